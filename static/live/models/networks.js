// One model's networks, fetched once, for several pictures at a time.
import { loadMixture } from "../engine/codes.js";
import { asPicture, encode } from "../engine/encoder.js";
import { loadSession } from "../engine/runtime.js";
import { priorDraws } from "../math/mixture_prior.js";

/** @typedef {import("./state.js").Network & {codes: number[][] | null}} ReadNetwork
 *   `codes` where the pictures are not here: what its encoder once said of them, (count, D) */
/** @typedef {import("../engine/runtime.js").Runtime} Runtime */

export class Networks {
  /** @type {ReadNetwork} */
  model;
  /** @type {string | null} */
  opened = null; // address of the decoder that is there
  /** @type {Runtime | null} */
  encoder = null;
  /** @type {Runtime | null} */
  decoder = null;
  /** @type {import("../math/mixture_prior.js").Mixture | null} */
  mixture = null; // p(z), where it is not N(0, I)

  /** @param {ReadNetwork} model */
  constructor(model) {
    this.model = model;
  }

  /** @param {{ort: string, wasm: string}} files @returns {Promise<boolean>} whether they are others than before */
  async open(files) {
    const { decoder, encoder, mixture } = this.model;
    if (this.opened === decoder) return false;
    const [made, read, prior] = await Promise.all([
      loadSession(files, decoder),
      loadSession(files, encoder),
      loadMixture(mixture),
    ]);
    if (this.model.decoder !== decoder) return false;
    Object.assign(this, { decoder: made, encoder: read, mixture: prior, opened: decoder });
    return true;
  }

  /** Draws of p(z). @param {number} count @param {number} seed @returns {Float32Array} (count, D) */
  fromPrior(count, seed) {
    return priorDraws(this.mixture, count, this.model.latentDim, seed);
  }

  /**
   * Where pictures lie.
   * @param {Uint8Array[] | null} pictures (C, H, W) each; null for stored codes
   * @returns {Promise<Float32Array | null>} (count, D) means of q(z|x); null before the networks are there
   */
  async codesOf(pictures) {
    const { encoder, model } = this;
    if (!encoder) return null;
    if (!pictures) return Float32Array.from((model.codes ?? []).flat());
    return (await encode(encoder, inputOf(pictures, model.noise), model.shape, pictures.length)).mean.slice();
  }

  /**
   * @param {Float32Array} z (count, D)
   * @returns {Promise<Float32Array | null>} (count, C, H, W) mean pictures; null for no z, and before the networks are there
   */
  async decode(z) {
    const count = z.length / this.model.latentDim;
    if (!this.decoder || !count) return null;
    const { ort, session } = this.decoder,
      { x } = await session.run({ z: new ort.Tensor("float32", z, [count, this.model.latentDim]) }, ["x"]);
    return /** @type {Float32Array} */ (x.data);
  }
}

/** @param {Uint8Array[]} pictures (C, H, W) each @param {number | null} noise the model's @returns {Float32Array} what encoders read */
export function inputOf(pictures, noise) {
  return asPicture(
    pictures.flatMap((bytes) => Array.from(bytes)),
    noise,
  );
}
