// How far the present z can be trusted, in numbers: the same on Explore and along a path.
import { encode } from "./encoder.js";
import { codesWithin, normShare } from "./evidence.js";
import { distance, normOf } from "./path.js";
import { loadSession } from "./runtime.js";
import { figure } from "./sliders.js";

const REST = 250; // ms without a move

/**
 * @typedef {object} Evidence
 * @property {number} norm of z
 * @property {number} percentile of the prior's norms, 0 to 100
 * @property {number | null} within real codes within the radius; null while the codes are not there
 * @property {number | null} cycle distance between z and the code of its picture; null until the picture is encoded
 */

export class Readout {
  /** @param {HTMLElement} [host] where the numbers are written; without one they are only measured */
  constructor(host) {
    this.host = host;
    this.codes = null;
    this.runtime = null;
    this.wanted = Promise.resolve(); // when the encoder may be fetched
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
    await this.wanted;
    if (this.model !== model) return;
    const runtime = await loadSession(files, model.encoder);
    if (this.model === model) this.runtime = runtime;
  }

  /** Another model is on its way: its pictures are not for this encoder, nor are its codes these. */
  stop() {
    this.codes = this.runtime = this.next = null;
  }

  /** @param {ArrayLike<number>} z @returns {Evidence} what can be said at once */
  at(z) {
    const norm = normOf(z), within = this.codes && codesWithin(this.codes, z, this.model.radius);
    this.evidence = { norm, percentile: 100 * normShare(norm, z.length), within, cycle: null };
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
      if (!this.runtime || !this.next) break;
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
      this.lastCycle = cycle;
      this.write();
    };
    this.write();
    this.encode(z, picture);
  }

  write() {
    const { norm, percentile, within } = this.evidence, radius = this.model?.radius ?? NaN;
    const parts = [
      ["norm", `‖z‖ ${figure(norm)}`, "The distance of z from the origin, where the prior has its mean."],
      ["percentile", `beyond ${percent(percentile)} of the prior`, "The share of the prior with a smaller norm; close to 0 or 100 % the prior hardly ever goes."],
      ["within", `${within ?? "–"} ${within === 1 ? "code" : "codes"} within ${figure(radius)}`, "How many codes of real test pictures lie within this distance of z; none means that the model was never asked about such a z."],
      ["cycle", `cycle error ${figure(this.lastCycle ?? NaN)}`, "Decode z and encode the picture again: how far from z that lands, in the units of z."],
    ];
    if (!this.host.children.length) {
      this.host.replaceChildren(...parts.map(([name, , title]) => {
        const part = Object.assign(document.createElement("span"), { title });
        part.dataset.evidence = name;
        return part;
      }));
    }
    parts.forEach(([, text], i) => {
      if (this.host.children[i].textContent !== text) this.host.children[i].textContent = text;
    });
  }
}

/** @param {number} percentile @returns {string} never rounded to a certainty */
export function percent(percentile) {
  if (percentile > 99.9) return "> 99.9 %";
  if (percentile < 0.1) return "< 0.1 %";
  return `${percentile.toFixed(percentile > 99 || percentile < 10 ? 1 : 0)} %`;
}

/** @returns {Promise<void>} kept once someone has moved, touched or typed anything, and rests */
export function firstRest() {
  const done = new AbortController();
  let timer;
  return new Promise((resolve) => {
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => { done.abort(); resolve(); }, REST);
    };
    for (const type of ["pointermove", "pointerdown", "keydown"]) {
      window.addEventListener(type, moved, { passive: true, capture: true, signal: done.signal });
    }
  });
}

function idle() {
  return new Promise((resolve) => {
    if (window.requestIdleCallback) window.requestIdleCallback(resolve, { timeout: 250 });
    else setTimeout(resolve, 30);
  });
}
