// The picture that follows the hand. The newest z always wins, and there is at most one picture in an animation frame.
import { PictureCanvas } from "../kit/paint.js";
import { Newest } from "./newest.js";

/** @typedef {import("./runtime.js").Runtime} Runtime */
/** @typedef {import("../kit/paint.js").Shape} Shape */

/**
 * @param {Runtime["ort"]} ort @param {Float32Array} z (count, D) @param {number} count
 * @returns {Record<string, import("onnxruntime-web").Tensor>}
 */
export function plainFeeds(ort, z, count) {
  return { z: new ort.Tensor("float32", z, [count, z.length / count]) };
}

export class LiveDecoder {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.picture = new PictureCanvas(canvas);
    /** @type {Runtime | null} */
    this.runtime = null;
    /** @type {Shape} */
    this.shape = [1, 1, 1];
    /** @type {Newest<Float32Array>} */
    this.newest = new Newest(
      (z, time) => this.paint(z, time),
      () => this.runtime !== null,
    );
    this.inputs = 0;
    this.pictures = 0;
    /** @type {Float32Array | null} */
    this.lastPicture = null; // the tensor on the screen, (C * H * W)
    /** @type {Float32Array | null} */
    this.z = null; // the z it was decoded from
    this.milliseconds = 0; // of the last decode alone
    this.feeds = plainFeeds;
    this.onPainted = () => {};
  }

  /**
   * Decode with another network from now on.
   * @param {Runtime} runtime
   * @param {Shape} shape
   * @param {typeof plainFeeds} [feeds] what the network is given for a code
   */
  use(runtime, shape, feeds = plainFeeds) {
    Object.assign(this, { runtime, shape, feeds });
  }

  /** Another network is on its way: what is asked for until then waits for it. */
  stop() {
    this.runtime = null;
    this.newest.drop();
  }

  /** The newest input that is not on the screen yet. */
  get pending() {
    return this.newest.pending;
  }

  /**
   * Ask for the picture at z: it is painted at once if this frame has had none yet, else in the next.
   * @param {ArrayLike<number>} z
   * @param {number} [time] when the hand moved
   */
  request(z, time = performance.now()) {
    this.inputs += 1;
    this.newest.request(Float32Array.from(z), time);
  }

  /**
   * Decode and paint without waiting for a frame.
   * @param {Float32Array} z
   * @param {number} time
   */
  async paint(z, time = performance.now()) {
    if (!this.runtime) return;
    const { ort, session } = this.runtime,
      shape = this.shape,
      begun = performance.now();
    const { x } = await session.run(this.feeds(ort, z, 1), ["x"]);
    this.milliseconds = performance.now() - begun;
    if (this.runtime?.session !== session) return; // another model was chosen meanwhile
    const picture = /** @type {Float32Array} */ (x.data);
    this.picture.paint(picture, shape);
    this.lastPicture = picture;
    this.z = z;
    this.pictures += 1;
    performance.measure("live:decode", { start: time, end: performance.now() });
    this.onPainted();
  }

  /**
   * Show a picture that no decoder made: a real sample.
   * @param {ArrayLike<number>} bytes (C, H, W), 0 to 255
   */
  showSample(bytes, time = performance.now()) {
    this.inputs += 1;
    this.newest.drop();
    this.picture.paint(bytes, this.shape, 1);
    this.pictures += 1;
    performance.measure("live:decode", { start: time, end: performance.now() });
  }
}
