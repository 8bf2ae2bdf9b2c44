// The completion that follows the hand: complete, sample, decode, blend; the newest hole wins, once a frame.
import { LiveDecoder } from "./decoder.js";
import { asPicture } from "./encoder.js";
import { mixtureOf } from "./inpaintmixture.js";

export class LiveCompletion extends LiveDecoder {
  /**
   * @param {object} model what Python says of it
   * @param {{ort: any, session: any}} decoder
   * @param {{ort: any, session: any}} completer
   */
  open(model, decoder, completer) {
    Object.assign(this, { model, completer });
    this.use(decoder, model.shape);
  }

  /** @param {Uint8Array} bytes (C, H, W) @param {Uint8Array} mask (H, W), 1 = observed @param {number} [time] */
  complete(bytes, mask, time) {
    const both = new Uint8Array(bytes.length + mask.length); // one input, so that picture and hole belong together
    both.set(bytes);
    both.set(mask, bytes.length);
    this.request(both, time);
  }

  /** @param {Float32Array} input bytes of a picture and its mask */
  async paint(input, time = performance.now()) {
    const { model, completer, runtime, noise, chosen } = this,
      size = model.shape[0] * model.shape[1] * model.shape[2];
    const bytes = Uint8Array.from(input.subarray(0, size)),
      mask = Uint8Array.from(input.subarray(size));
    const mixture = await this.read(bytes, mask),
      z = noise.draw(mixture),
      own = z.slice(chosen * model.latentDim, (chosen + 1) * model.latentDim);
    const { x } = await runtime.session.run({ z: new runtime.ort.Tensor("float32", own, [1, own.length]) }, ["x"]);
    if (this.runtime !== runtime || this.completer !== completer || this.noise !== noise) return; // all of it is old
    const completed = blended(x.data, bytes, mask);
    this.picture.paint(completed, model.shape, 1);
    Object.assign(this, { bytes, mask, mixture, draws: z, z: own, completed, lastPicture: x.data });
    this.pictures += 1;
    performance.measure("live:decode", { start: time, end: performance.now() });
    this.onPainted();
  }

  /** q(z | x observed) of a picture. */
  async read(bytes, mask) {
    const { model, completer } = this,
      { ort, session } = completer,
      [, height, width] = model.shape;
    const { outputs } = await session.run({
      picture: new ort.Tensor("float32", asPicture(bytes, model.noise), [1, ...model.shape]),
      mask: new ort.Tensor("float32", Float32Array.from(mask), [1, 1, height, width]),
    });
    return mixtureOf(outputs.data, model.components, model.latentDim, model.smallest);
  }
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
