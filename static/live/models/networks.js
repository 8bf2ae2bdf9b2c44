// One model's networks, fetched once, for several pictures at a time.
import { loadDraws, loadMixture } from "../engine/codes.js";
import { asPicture } from "../engine/encoder.js";
import { loadSession } from "../engine/runtime.js";
import { codingOf } from "./codings.js";

/** @typedef {import("./state.js").Network & {codes: number[][] | null}} ReadNetwork
 *   `codes` where the pictures are not here: what its encoder once said of them, (count, width) */
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
  /** @type {Runtime | null} */
  classifier = null; // q(y|x), where there is one
  /** @type {Runtime | null} */
  prior = null; // of codes
  /** @type {import("../math/mixture_prior.js").Mixture | null} */
  mixture = null; // p(z), where it is not N(0, I)
  /** @type {Float32Array | null} */
  draws = null; // of a p(z) that is no mixture, (many, D)

  /** @param {ReadNetwork} model */
  constructor(model) {
    this.model = model;
    this.coding = codingOf(this);
  }

  /** @param {{ort: string, wasm: string}} files @returns {Promise<boolean>} whether they are others than before */
  async open(files) {
    const { decoder, mixture, draws } = this.model;
    if (this.opened === decoder) return false;
    const parts = ["decoder", "encoder", "classifier", "prior"].map(
      /** @param {string} kind */ async (kind) => {
        const address = /** @type {Record<string, any>} */ (this.model)[kind];
        return [kind, address ? await loadSession(files, address) : null];
      },
    );
    const [there, learned, drawn] = await Promise.all([Promise.all(parts), loadMixture(mixture), loadDraws(draws)]);
    if (this.model.decoder !== decoder) return false;
    Object.assign(this, Object.fromEntries(there), { mixture: learned, draws: drawn, opened: decoder });
    this.coding = codingOf(this);
    return true;
  }

  /**
   * Draws of p(z).
   * @param {number} count @param {number} seed
   * @param {() => boolean} [late] whether they are wanted no more
   * @returns {Promise<Float32Array>} (count, width)
   */
  fromPrior(count, seed, late) {
    return this.coding.fromPrior(count, seed, late);
  }

  /**
   * Where pictures lie.
   * @param {Uint8Array[] | null} pictures (C, H, W) each; null for stored codes
   * @param {number[]} labels of the pictures, for networks that are given them
   * @returns {Promise<Float32Array | null>} (count, width); null before the networks are there
   */
  async codesOf(pictures, labels) {
    const { encoder, model, coding } = this;
    if (!encoder) return null;
    if (!pictures) return Float32Array.from((model.codes ?? []).flat());
    return coding.read(encoder, inputOf(pictures, model.noise), pictures.length, labels);
  }

  /**
   * @param {Float32Array} codes (count, width)
   * @returns {Promise<Float32Array | null>} (count, C, H, W) mean pictures; null for none, and before the networks are there
   */
  async decode(codes) {
    const count = codes.length / this.coding.width;
    if (!this.decoder || !count) return null;
    const { ort, session } = this.decoder,
      { x } = await session.run(this.coding.feeds(ort, codes, count), ["x"]);
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
