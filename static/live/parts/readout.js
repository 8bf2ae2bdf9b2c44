// How far the present z can be trusted, in numbers: the same on Explore and along a path.
import { encode } from "../engine/encoder.js";
import { loadAggregate } from "../engine/codes.js";
import { inActive } from "../math/aggregate.js";
import { priorNormPercentile } from "../math/evidence.js";
import { distance, normOf } from "../math/path.js";
import { loadSession } from "../engine/runtime.js";
import { significant } from "../kit/numbers.js";
import { idle } from "../kit/rest.js";

export const TRUSTED = 95; // percent, as in vae_core.analysis.aggregate_posterior
export const RARITY =
  "q(z) is the mixture of the posteriors of the test pictures (where a flow bends them, of Gaussians as long and as broad), and that share of its draws has a higher density than z. The decoder learned from draws of posteriors: above 95 % z is unlike them.";
const NORM = "The distance of z from the origin, in the active dimensions.",
  PERCENTILE =
    "The share of the prior with a smaller norm in these dimensions; close to 0 or 100 % the prior hardly ever goes.";

/**
 * @typedef {object} Evidence
 * @property {number} norm of z in the active dimensions, as all that follows of norms and distances
 * @property {number | null} percentile of the prior's norms, 0 to 100; NaN where no dimension is active, null where the
 *   prior was learned, or is not known yet
 * @property {number | null} rarity percentage of draws from q(z) with a higher density; null while q(z) is not there
 * @property {number | null} cycle distance between z and the code of its picture; null until the picture is encoded
 */

/**
 * What it needs to know of a model.
 * @typedef {object} MeasuredModel
 * @property {string} encoder address
 * @property {number} latentDim D
 * @property {number[]} active dimensions
 * @property {import("../engine/codes.js").CodesSource | null} mixture a prior that was learned
 * @property {import("../engine/codes.js").CodesSource} aggregate
 * @property {import("../kit/paint.js").Shape} shape
 */

export class Readout {
  /** @type {MeasuredModel | null} */
  model = null;
  /** @type {import("../math/aggregate.js").AggregatePosterior | null} */
  aggregate = null;
  /** @type {import("../engine/runtime.js").Runtime | null} */
  runtime = null; // of the encoder
  /** @type {Promise<void>} */
  wanted = Promise.resolve(); // when the encoder may be fetched
  /** @type {(cycle: number, z: Float32Array) => void} */
  onCycle = () => {};
  /** @type {Evidence | null} */
  evidence = null;
  /** @type {number | null} */
  lastCycle = null; // the newest cycle error, while the one at z is not there
  /** @type {{z: Float32Array, picture: Float32Array} | null} */
  next = null; // the newest that waits for the encoder
  busy = false;

  /** @param {HTMLElement} [host] where the numbers are written; without one they are only measured */
  constructor(host) {
    this.host = host;
  }

  /**
   * What can be said without a network, once q(z) is there.
   * @param {MeasuredModel} model
   * @param {Float32Array} codes (N, D)
   */
  async know(model, codes) {
    Object.assign(this, { model, aggregate: null, runtime: null });
    const aggregate = await loadAggregate(model.aggregate, codes);
    if (this.model === model) this.aggregate = aggregate;
  }

  /** The encoder. @param {{ort: string, wasm: string}} files @param {MeasuredModel} model */
  async use(files, model) {
    await this.wanted;
    if (this.model !== model) return;
    const runtime = await loadSession(files, model.encoder);
    if (this.model === model) this.runtime = runtime;
  }

  /** Another model is on its way: nothing that is known of this one is true of it. */
  stop() {
    this.model = this.aggregate = this.runtime = this.next = null;
  }

  /** @param {ArrayLike<number>} z @returns {Evidence} what can be said at once */
  at(z) {
    const { model } = this,
      active = model ? inActive(z, model.active) : z,
      share = active.length ? priorNormPercentile(active) : NaN,
      percentile = model && !model.mixture ? share : null;
    this.evidence = { norm: normOf(active), percentile, rarity: this.aggregate?.rarity(z) ?? null, cycle: null };
    return this.evidence;
  }

  /**
   * Encode the picture at z again; of several the newest is encoded, and nothing waits for it.
   * @param {Float32Array} z
   * @param {Float32Array} picture
   */
  async encode(z, picture) {
    this.next = { z, picture };
    if (this.busy || !this.runtime) return;
    this.busy = true;
    while (this.next && this.runtime) {
      await idle(); // the picture under the hand comes first
      /** @type {typeof this.runtime} */
      const runtime = this.runtime;
      if (!runtime || !this.next || !this.model) break;
      const { z, picture } = this.next;
      this.next = null;
      const { mean } = await encode(runtime, picture, this.model.shape);
      const { active } = this.model;
      if (runtime === this.runtime) this.onCycle(distance(inActive(mean, active), inActive(z, active)), z);
    }
    this.busy = false;
  }

  /**
   * Measure z and its picture, and write the numbers down.
   * @param {Float32Array} z
   * @param {Float32Array} picture
   */
  follow(z, picture) {
    const evidence = this.at(z);
    this.onCycle = (cycle, at) => {
      if (at === z) evidence.cycle = cycle;
      this.lastCycle = cycle;
      this.write();
    };
    this.write();
    this.encode(z, picture);
  }

  write() {
    const { host, evidence } = this;
    if (!host || !evidence) return;
    const { norm, percentile, rarity } = evidence,
      where = activeOf(this.model);
    const parts = [
      ["norm", `‖z‖ ${significant(norm)}${where && ` in ${where}`}`, NORM],
      ["percentile", percentile === null ? "" : `beyond ${percent(percentile)} of the prior`, PERCENTILE],
      ["rarity", rarity === null ? "q(z): not yet" : rarityText(rarity), RARITY],
      [
        "cycle",
        `encoded again: ${this.lastCycle === null ? "not yet" : `${significant(this.lastCycle)} away`}`,
        "The cycle error: z is decoded and the picture encoded again, which lands this far from z in the active dimensions.",
      ],
    ];
    if (!host.children.length) {
      host.replaceChildren(
        ...parts.map(([name, , title]) => {
          const part = Object.assign(document.createElement("span"), { title });
          part.dataset.evidence = name;
          return part;
        }),
      );
    }
    parts.forEach(([, text, title], i) => {
      const part = /** @type {HTMLElement} */ (host.children[i]);
      part.title = title;
      part.hidden = !text;
      if (part.textContent !== text) part.textContent = text;
    });
  }
}

/** In how many dimensions norms and distances are; nothing where that is all. @param {MeasuredModel | null} model */
function activeOf(model) {
  return model && model.active.length < model.latentDim ? `${model.active.length} active of ${model.latentDim}` : "";
}

/** Whether z is like the draws of q(z), in words. @param {number} rarity percentage */
export function rarityText(rarity) {
  const share = percent(rarity).replace("< ", "under ").replace("> ", "over ");
  return `${rarity > TRUSTED ? "unlike" : "like"} q(z): rarer than ${share}`;
}

/** @param {number} percentile @returns {string} never rounded to a certainty; a dash for NaN */
export function percent(percentile) {
  if (Number.isNaN(percentile)) return "–";
  if (percentile > 99.9) return "> 99.9 %";
  if (percentile < 0.1) return "< 0.1 %";
  return `${percentile.toFixed(percentile > 99 || percentile < 10 ? 1 : 0)} %`;
}
