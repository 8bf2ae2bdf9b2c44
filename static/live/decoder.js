// The picture that follows the hand. The newest z always wins, and there is at most one picture in an animation frame.
import { PictureCanvas } from "./paint.js";

export class LiveDecoder {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.picture = new PictureCanvas(canvas);
    this.runtime = null; // {ort, session}
    this.shape = null;
    this.pending = null; // {z, time}: the newest input that is not on the screen yet
    this.busy = false; // a decode is under way, or this frame has had its picture
    this.inputs = 0;
    this.pictures = 0;
    this.lastPicture = null; // the tensor on the screen, (C * H * W)
    this.z = null; // the z it was decoded from
    this.milliseconds = 0; // of the last decode alone
    this.onPainted = () => {};
  }

  /**
   * Decode with another network from now on.
   * @param {{ort: any, session: any}} runtime
   * @param {import("./paint.js").Shape} shape
   */
  use(runtime, shape) {
    this.runtime = runtime;
    this.shape = shape;
  }

  /** Another network is on its way: what is asked for until then waits for it. */
  stop() {
    this.runtime = this.pending = null;
  }

  /**
   * Ask for the picture at z: it is painted at once if this frame has had none yet, else in the next.
   * @param {ArrayLike<number>} z
   * @param {number} [time] when the hand moved
   */
  request(z, time = performance.now()) {
    this.inputs += 1;
    this.pending = { z: Float32Array.from(z), time };
    if (!this.busy && this.runtime) this.frame();
  }

  async frame() {
    const { z, time } = this.pending;
    this.pending = null;
    this.busy = true;
    try {
      await this.paint(z, time); // ends in microtasks, before the browser draws this frame
    } finally {
      requestAnimationFrame(() => {
        this.busy = false;
        if (this.pending && this.runtime) this.frame();
      });
    }
  }

  /**
   * Decode and paint without waiting for a frame.
   * @param {Float32Array} z
   * @param {number} time
   */
  async paint(z, time = performance.now()) {
    const { ort, session } = this.runtime, shape = this.shape, begun = performance.now();
    const { x } = await session.run({ z: new ort.Tensor("float32", z, [1, z.length]) }, ["x"]);
    this.milliseconds = performance.now() - begun;
    if (this.runtime?.session !== session) return; // another model was chosen meanwhile
    this.picture.paint(x.data, shape);
    this.lastPicture = x.data;
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
    this.pending = null;
    this.picture.paint(bytes, this.shape, 1);
    this.pictures += 1;
    performance.measure("live:decode", { start: time, end: performance.now() });
  }
}
