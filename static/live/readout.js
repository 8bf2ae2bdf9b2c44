// How far the present z can be trusted, in numbers: the same on Explore and along a path.
import { encode } from "./encoder.js";
import { codesWithin, normShare } from "./evidence.js";
import { distance, normOf } from "./path.js";
import { loadSession } from "./runtime.js";
import { figure } from "./sliders.js";

/**
 * @typedef {object} Evidence
 * @property {number} norm of z
 * @property {number} percentile share of the prior with a smaller norm, 0 to 1
 * @property {number | null} within real codes within the radius; null while the codes are not there
 * @property {number | null} cycle distance between z and the code of its picture; null until the picture is encoded
 */

export class Readout {
  /** @param {HTMLElement} [host] where the numbers are written; without one they are only measured */
  constructor(host) {
    this.host = host;
    this.codes = null;
    this.runtime = null;
    this.onCycle = () => {};
    /** @type {Evidence | null} */
    this.evidence = null;
  }

  /**
   * @param {{ort: string, wasm: string}} files
   * @param {{encoder: string, radius: number, shape: import("./paint.js").Shape}} model
   * @param {Float32Array} codes (N, D)
   */
  async use(files, model, codes) {
    Object.assign(this, { model, codes, runtime: null });
    const runtime = await loadSession(files, model.encoder);
    if (this.model === model) this.runtime = runtime;
  }

  /** @param {ArrayLike<number>} z @returns {Evidence} what can be said at once */
  at(z) {
    const norm = normOf(z), within = this.codes && codesWithin(this.codes, z, this.model.radius);
    this.evidence = { norm, percentile: normShare(norm, z.length), within, cycle: null };
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
      const { z, picture } = this.next, runtime = this.runtime;
      this.next = null;
      const { mean } = await encode(runtime, picture, this.model.shape);
      if (runtime === this.runtime) this.onCycle(distance(mean, z), z);
    }
    this.busy = false;
  }

  /** Measure z and its picture, and write the numbers down. */
  follow(z, picture) {
    this.at(z);
    this.onCycle = (cycle, at) => {
      if (at === z) this.evidence.cycle = cycle;
      this.write();
    };
    this.write();
    if (picture) this.encode(z, picture);
  }

  write() {
    const { norm, percentile, within, cycle } = this.evidence;
    const cycleText = cycle ?? this.before ?? NaN;
    this.before = cycle ?? this.before;
    const parts = {
      norm: [`‖z‖ ${figure(norm)}`, `Norm of z; ${percent(percentile)} of the prior has a smaller one.`],
      percentile: [`${percent(percentile)} of the prior`, "The share of the prior whose norm is smaller than that of z; near 0 or 100 % the prior hardly ever goes."],
      within: [`${within ?? "–"} codes within ${figure(this.model?.radius ?? NaN)}`, "Codes of real test pictures within this distance of z; none means that the model never learned about such a z."],
      cycle: [`cycle error ${figure(cycleText)}`, "Decode z and encode the picture again: how far from z that lands, in the units of z."],
    };
    for (const [name, [text, help]] of Object.entries(parts)) {
      let part = this.host.querySelector(`[data-evidence="${name}"]`);
      if (!part) {
        part = Object.assign(document.createElement("span"), { title: help });
        part.dataset.evidence = name;
        this.host.append(part);
      }
      if (part.textContent !== text) part.textContent = text;
      part.title = help;
    }
  }
}

/** @param {number} share @returns {string} in per cent, never rounded to a certainty */
export function percent(share) {
  if (share > 0.999) return "> 99.9 %";
  if (share < 0.001) return "< 0.1 %";
  return `${(100 * share).toFixed(share > 0.99 || share < 0.1 ? 1 : 0)} %`;
}
