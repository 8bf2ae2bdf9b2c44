// How far the present z can be trusted, in numbers: the same on Explore and along a path.
import { encode } from "../engine/encoder.js";
import { codesWithin, priorNormPercentile } from "../math/evidence.js";
import { distance, normOf } from "../math/path.js";
import { loadSession } from "../engine/runtime.js";
import { significant } from "../kit/numbers.js";

const REST = 250; // ms without a move

/**
 * @typedef {object} Evidence
 * @property {number} norm of z
 * @property {number} percentile of the prior's norms, 0 to 100
 * @property {number | null} within real codes within the radius; null while the codes are not there
 * @property {number | null} cycle distance between z and the code of its picture; null until the picture is encoded
 */

/**
 * What it needs to know of a model.
 * @typedef {object} MeasuredModel
 * @property {string} encoder address
 * @property {number} radius within which codes are counted
 * @property {import("../kit/paint.js").Shape} shape
 */

export class Readout {
  /** @type {MeasuredModel | null} */
  model = null;
  /** @type {Float32Array | null} */
  codes = null; // (N, D)
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
   * @param {{ort: string, wasm: string}} files
   * @param {MeasuredModel} model
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
    const norm = normOf(z),
      within = this.codes && this.model && codesWithin(this.codes, z, this.model.radius);
    this.evidence = { norm, percentile: priorNormPercentile(z), within, cycle: null };
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
      if (runtime === this.runtime) this.onCycle(distance(mean, z), z);
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
    const { norm, percentile, within } = evidence,
      radius = this.model?.radius ?? NaN;
    const parts = [
      ["norm", `‖z‖ ${significant(norm)}`, "The distance of z from the origin, where the prior has its mean."],
      [
        "percentile",
        `beyond ${percent(percentile)} of the prior`,
        "The share of the prior with a smaller norm; close to 0 or 100 % the prior hardly ever goes.",
      ],
      [
        "within",
        `${within ?? "–"} test ${within === 1 ? "picture" : "pictures"} close to z`,
        `How many test pictures have a code no farther than ${significant(radius)} from z; none means that the model was never asked about such a z.`,
      ],
      [
        "cycle",
        `encoded again: ${this.lastCycle === null ? "not yet" : `${significant(this.lastCycle)} away`}`,
        "The cycle error: z is decoded and the picture encoded again, which lands this far from z, in the units of z.",
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
      /** @type {HTMLElement} */ (host.children[i]).title = title;
      if (host.children[i].textContent !== text) host.children[i].textContent = text;
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
  /** @type {number | undefined} */
  let timer;
  return new Promise((resolve) => {
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        done.abort();
        resolve();
      }, REST);
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
