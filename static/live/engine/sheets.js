// Sheets of one model's pictures, for parts of a page that know nothing but z.

/** @typedef {{pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}} Sheet */

export class Sheets {
  /** @param {import("./jobs.js").Jobs} jobs of the page */
  constructor(jobs) {
    this.jobs = jobs;
    /** @type {{decoder: string, shape: import("../kit/paint.js").Shape} | null} */
    this.model = null;
  }

  /**
   * Decode with this model from now on.
   * @param {{decoder: string, shape: import("../kit/paint.js").Shape}} model
   * @returns {Promise<void>} when its decoder is there
   */
  use(model) {
    this.model = model;
    return this.jobs.keep([model.decoder]);
  }

  /** Another model is on its way: nothing is decoded until then. */
  stop() {
    this.model = null;
    this.jobs.stop();
  }

  /**
   * @param {string} kind who asks
   * @param {(sheet: Sheet, tag: any, milliseconds: number) => void} handler
   */
  on(kind, handler) {
    this.jobs.on(kind, ({ sheet }, tag, milliseconds) => handler(sheet, tag, milliseconds));
  }

  /**
   * Ask for a sheet; of several requests of one kind the newest wins.
   * @param {string} kind
   * @param {Float32Array} z (count, D), row by row
   * @param {number} count
   * @param {number} columns pictures in one row of the sheet
   * @param {any} [tag] comes back with the sheet
   */
  request(kind, z, count, columns, tag) {
    if (!this.model) return;
    const { decoder, shape } = this.model;
    this.jobs.request(kind, { task: "sheet", decoder, shape, z, count, columns }, tag);
  }
}
