// The codes of a test split as they come over the wire: one file of float32 blocks, one after another.
import { fetchBytes } from "./runtime.js";

/**
 * @param {{url: string, count: number, blocks: [string, number][]}} source each block's name and values in a row
 * @returns {Promise<Record<string, Float32Array> & {count: number}>}
 */
export async function loadCodes({ url, count, blocks }) {
  const values = new Float32Array(await fetchBytes(url));
  const codes = { count };
  let start = 0;
  for (const [name, width] of blocks) {
    codes[name] = values.subarray(start, start + count * width);
    start += count * width;
  }
  if (start !== values.length) throw new Error(`${url} has ${values.length} numbers where ${start} belong`);
  return codes;
}

/** @param {Float32Array} rows (N, D) @param {number} dim D @param {number} index @returns {Float32Array} one row */
export function rowOf(rows, dim, index) {
  return rows.slice(index * dim, (index + 1) * dim);
}

/** The real pictures behind the codes: bytes in sheets of so many pictures, each sheet fetched when first looked at. */
export class Originals {
  /** @param {{sheets: string[], perSheet: number}} source @param {import("./paint.js").Shape} shape */
  constructor({ sheets, perSheet }, shape) {
    this.sheets = sheets;
    this.perSheet = perSheet;
    this.size = shape[0] * shape[1] * shape[2];
    this.loaded = [];
  }

  /** @param {number} index row of the codes @returns {Uint8Array | undefined} if its sheet is here already */
  at(index) {
    const sheet = this.loaded[Math.floor(index / this.perSheet)], place = (index % this.perSheet) * this.size;
    return sheet instanceof Uint8Array ? sheet.subarray(place, place + this.size) : undefined;
  }

  /** @param {number} index @returns {Promise<Uint8Array>} */
  async get(index) {
    const number = Math.floor(index / this.perSheet);
    this.loaded[number] ??= fetchBytes(this.sheets[number]).then((bytes) => {
      this.loaded[number] = new Uint8Array(bytes);
    });
    await this.loaded[number];
    return this.at(index);
  }
}
