// How a card reads a picture: what it decodes then is a z near the mean of q(z|x).
import { asPicture, encode } from "../engine/encoder.js";
import { loadSession } from "../engine/runtime.js";
import { klPerDimension, logLikelihoods, total } from "../math/likelihood.js";
import { reparametrised } from "../math/noise.js";

/** @typedef {import("../engine/runtime.js").Runtime} Runtime */
/** @typedef {import("./card.js").CardModel} CardModel */

export class Reader {
  /** @type {CardModel} */
  model;
  /** @type {Runtime | null} */
  encoder = null; // fetched when a picture is first read
  reading = false; // whether the card is given pictures, not latents
  /** @type {Float32Array} */
  epsilon = new Float32Array(0); // (D,)
  scale = 0; // of epsilon: z = mean + scale * stddev * epsilon
  /** @type {Float32Array | null} */
  x = null; // (C * H * W,) what was read last, in [0, 1]
  /** @type {Float32Array} */
  mean = new Float32Array(0); // (D,) of its posterior, as `stddev`
  /** @type {Float32Array} */
  stddev = new Float32Array(0);
  /** @type {Float32Array | null} */
  start = null; // (D,) mean of the posterior of the picture that traversals start from

  /** @param {CardModel} model */
  constructor(model) {
    this.model = model;
  }

  /** Another model is read with from now on. @param {CardModel} model */
  use(model) {
    this.model = model;
    this.encoder = this.start = null;
  }

  /** @param {{ort: string, wasm: string}} files */
  async open(files) {
    const { encoder } = this.model,
      runtime = await loadSession(files, encoder);
    if (this.model.encoder === encoder) this.encoder = runtime;
  }

  /**
   * The z that is decoded for what the card was given.
   * @param {Float32Array} input z, or x while `reading`
   * @returns {Promise<Float32Array | null>} (D,); null where another model was chosen meanwhile
   */
  async codeOf(input) {
    if (!this.reading) return input;
    const { encoder, epsilon, scale } = this;
    if (!encoder) return null;
    const { mean, stddev } = await encode(encoder, input, this.model.shape);
    if (this.encoder !== encoder) return null;
    this.x = input;
    this.mean = mean;
    this.stddev = stddev;
    return reparametrised(mean, stddev, epsilon, scale);
  }

  /** Let traversals start from a picture's code. @param {Uint8Array} bytes (C, H, W) */
  async startFrom(bytes) {
    const { encoder, model } = this;
    if (!encoder) return;
    const { mean } = await encode(encoder, asPicture(bytes, model.noise), model.shape);
    if (this.encoder === encoder) this.start = mean;
  }

  /**
   * What the two terms of the ELBO say of the picture that was read, at the posterior's mean.
   * @param {Runtime} decoder
   * @returns {Promise<{rate: number, distortion: number} | null>} nats: KL(q(z|x) || p(z)) and -log p(x|z); null where
   *   no picture was read
   */
  async terms({ ort, session }) {
    const { x, mean, stddev, model } = this,
      wanted = model.noise === null ? "logits" : "x";
    if (!x) return null;
    const outputs = await session.run({ z: new ort.Tensor("float32", mean, [1, mean.length]) }, [wanted]);
    const made = /** @type {Float32Array} */ (outputs[wanted].data);
    return { rate: total(klPerDimension(mean, stddev)), distortion: -logLikelihoods(made, x, model.noise)[0] };
  }
}
