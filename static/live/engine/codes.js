// The codes of a test split as they come over the wire: one file of float32 blocks, one after another.
import { AggregatePosterior } from "../math/aggregate.js";
import { fetchBytes, once } from "./files.js";

/**
 * @typedef {object} Codes of a test split of N pictures
 * @property {number} count N
 * @property {Float32Array} mean (N, D)
 * @property {Float32Array} indices (N,) of the pictures in the test split
 * @property {Float32Array} kl (N,) nats
 * @property {Float32Array} reconstruction_error (N,) -log p(x|z) at the mean, nats
 * @property {Float32Array} [labels] (N,)
 * @property {Float32Array} [pca] (N, 2)
 * @property {Float32Array} [umap] (N, 2)
 * @property {Float32Array} [log_likelihood] (N,) nats
 */

/** @typedef {{url: string, count: number, blocks: [string, number][]}} CodesSource each block's name and values in a row */

/** @param {CodesSource} source @returns {Promise<Codes>} */
export async function loadCodes(source) {
  return /** @type {Codes} */ (await loadBlocks(source));
}

/**
 * The mixture of posteriors of a model's codes.
 * @param {CodesSource} source its components
 * @param {Float32Array} mean (N, D) of all codes
 */
export async function loadAggregate(source, mean) {
  const { count, stddev, reference } = /** @type {Record<string, any>} */ (await loadBlocks(source));
  return new AggregatePosterior(mean, { count, stddev, reference });
}

/**
 * @param {CodesSource | null} source of a prior that was learned
 * @returns {Promise<import("../math/mixture_prior.js").Mixture | null>} null for N(0, I)
 */
export async function loadMixture(source) {
  return source && /** @type {import("../math/mixture_prior.js").Mixture} */ (await loadBlocks(source));
}

/**
 * @param {CodesSource | null} source of draws from a prior that has no other form here
 * @returns {Promise<Float32Array | null>} (many, D); null where there is none
 */
export async function loadDraws(source) {
  return source && /** @type {Record<string, any>} */ (await loadBlocks(source)).draws;
}

/** @param {CodesSource} source @returns {Promise<unknown>} count and blocks by name */
async function loadBlocks({ url, count, blocks }) {
  const values = new Float32Array(await fetchBytes(url));
  /** @type {Record<string, Float32Array>} */
  const parts = {};
  let start = 0;
  for (const [name, width] of blocks) {
    parts[name] = values.subarray(start, start + count * width);
    start += count * width;
  }
  if (start !== values.length) throw new Error(`${url} has ${values.length} numbers where ${start} belong`);
  return { count, ...parts };
}

/** @param {Float32Array} rows (N, D) @param {number} dim D @param {number} index @returns {Float32Array} one row */
export function rowOf(rows, dim, index) {
  return rows.slice(index * dim, (index + 1) * dim);
}

/**
 * Which of our own pictures stands in for a test picture: the same one each time, of its label if it has one.
 * @param {number[]} own labels of our own pictures
 * @param {number | null} label
 * @param {number} number of the test picture
 * @returns {number}
 */
export function standIn(own, label, number) {
  const rows = Array.from(own.keys()).filter((row) => label === null || own[row] === label);
  return rows[number % rows.length];
}

/** The real pictures behind the codes: bytes in sheets of so many pictures, each sheet fetched when first looked at. */
export class Originals {
  /**
   * @param {{sheets: string[], perSheet: number}} source
   * @param {import("../kit/paint.js").Shape} shape
   * @param {import("../kit/bootstrap.js").Persist} persist tries what may fail until it succeeds
   */
  constructor({ sheets, perSheet }, shape, persist) {
    this.persist = persist;
    this.sheets = sheets;
    this.perSheet = perSheet;
    this.size = shape[0] * shape[1] * shape[2];
    /** @type {Uint8Array[]} */
    this.loaded = [];
    /** @type {Promise<void>[]} */
    this.fetching = []; // sheets that were asked for
  }

  /** @param {number} index row of the codes @returns {Uint8Array | undefined} if its sheet is here already */
  at(index) {
    const sheet = this.loaded[Math.floor(index / this.perSheet)],
      place = (index % this.perSheet) * this.size;
    return sheet?.subarray(place, place + this.size);
  }

  /** @param {number} index @returns {Promise<Uint8Array>} kept once its sheet is here, however often fetching it fails */
  async get(index) {
    const number = Math.floor(index / this.perSheet),
      sheet = this.sheets[number];
    this.fetching[number] ??= new Promise((resolve) => {
      this.persist(sheet, async () => {
        this.loaded[number] = new Uint8Array(await once(sheet, () => fetchBytes(sheet)));
        resolve();
      });
    });
    await this.fetching[number];
    return /** @type {Uint8Array} */ (this.at(index));
  }
}
