// The completion that follows the hand: complete, sample, decode, blend; the newest hole wins, once a frame.
import { asPicture } from "../engine/encoder.js";
import { Newest } from "../engine/newest.js";
import { PictureCanvas } from "../kit/paint.js";
import { mixtureOf } from "../math/mixture.js";

/** @typedef {import("../engine/runtime.js").Runtime} Runtime */
/** @typedef {import("../math/mixture.js").Mixture} Mixture */
/** @typedef {{bytes: Uint8Array, mask: Uint8Array}} Hole a picture (C, H, W) and its mask (H, W), 1 = observed */

export class LiveCompletion {
  /** @type {import("./state.js").Model | null} */
  model = null;
  /** @type {Runtime | null} */
  runtime = null; // of the decoder
  /** @type {Runtime | null} */
  completer = null;
  /** @type {import("../math/mixture.js").MixtureNoise | null} */
  noise = null;
  chosen = 0; // which draw is the completion
  inputs = 0;
  pictures = 0;

  // What is on the screen:
  /** @type {Uint8Array | null} */
  bytes = null; // (C, H, W)
  /** @type {Uint8Array | null} */
  mask = null; // (H, W)
  /** @type {Mixture | null} */
  mixture = null; // q(z | x observed)
  /** @type {Float32Array | null} */
  draws = null; // (count, D) of it
  /** @type {Float32Array | null} */
  z = null; // the chosen draw
  /** @type {Float32Array | null} */
  lastPicture = null; // (C, H, W) in [0, 1], decoded from it
  /** @type {Float32Array | null} */
  completed = null; // the same, 0 to 255, with the observed pixels as they are

  /** @param {HTMLCanvasElement} canvas @param {() => void} onPainted */
  constructor(canvas, onPainted) {
    this.picture = new PictureCanvas(canvas);
    this.onPainted = onPainted;
    /** @type {Newest<Hole>} */
    this.newest = new Newest(
      (hole, time) => this.paint(hole, time),
      () => this.runtime !== null,
    );
  }

  /** @param {import("./state.js").Model} model @param {Runtime} decoder @param {Runtime} completer */
  open(model, decoder, completer) {
    this.model = model;
    this.runtime = decoder;
    this.completer = completer;
  }

  /** Another model is on its way: what is asked for until then waits for it. */
  stop() {
    this.runtime = null;
    this.newest.drop();
  }

  /** @param {Hole} hole @param {number} [time] when the hand moved */
  request(hole, time = performance.now()) {
    this.inputs += 1;
    this.newest.request(hole, time);
  }

  /** @param {Hole} hole @param {number} time */
  async paint({ bytes, mask }, time) {
    const { model, completer, runtime, noise, chosen } = this;
    if (!model || !completer || !runtime || !noise) return;
    const mixture = await read(model, completer, bytes, mask),
      draws = noise.draw(mixture),
      z = draws.slice(chosen * model.latentDim, (chosen + 1) * model.latentDim);
    const { x } = await runtime.session.run({ z: new runtime.ort.Tensor("float32", z, [1, z.length]) }, ["x"]);
    if (this.runtime !== runtime || this.completer !== completer || this.noise !== noise) return; // all of it is old
    const made = /** @type {Float32Array} */ (x.data),
      completed = blended(made, bytes, mask);
    this.picture.paint(completed, model.shape, 1);
    this.bytes = bytes;
    this.mask = mask;
    this.mixture = mixture;
    this.draws = draws;
    this.z = z;
    this.completed = completed;
    this.lastPicture = made;
    this.pictures += 1;
    performance.measure("live:decode", { start: time, end: performance.now() });
    this.onPainted();
  }
}

/**
 * q(z | x observed) of a picture.
 * @param {import("./state.js").Model} model
 * @param {Runtime} completer
 * @param {Uint8Array} bytes (C, H, W)
 * @param {Uint8Array} mask (H, W)
 */
async function read(model, { ort, session }, bytes, mask) {
  const [, height, width] = model.shape;
  const { outputs } = await session.run({
    picture: new ort.Tensor("float32", asPicture(bytes, model.noise), [1, ...model.shape]),
    mask: new ort.Tensor("float32", Float32Array.from(mask), [1, 1, height, width]),
  });
  const values = /** @type {Float32Array} */ (outputs.data);
  return mixtureOf(values, model.components, model.latentDim, model.smallest);
}

/**
 * Observed pixels exactly as they are, missing ones as the model makes them.
 * @param {Float32Array} made (C, H, W) in [0, 1]
 * @param {Uint8Array} bytes (C, H, W)
 * @param {Uint8Array} mask (H, W)
 * @returns {Float32Array} 0 to 255
 */
function blended(made, bytes, mask) {
  return made.map((value, i) => (mask[i % mask.length] ? bytes[i] : 255 * value));
}
