// The test pictures that sections show: the real ones, or ours in their place.
import { Originals } from "../engine/codes.js";

/** @typedef {import("../engine/model.js").OriginalsSource} OriginalsSource */

export class TestPictures {
  /** @type {Originals | null} */
  originals = null; // none where neither they nor stand-ins are here
  /** @type {string | undefined} */
  source = undefined; // address of their first sheet
  /** @type {string[] | null} */
  own = null; // what each of our own pictures is called; null where the test pictures are here
  /** @type {number[] | null} */
  ownLabels = null; // of our own pictures
  count = 0; // of test pictures

  /**
   * @param {OriginalsSource} source
   * @param {number} samples test pictures
   * @param {import("../math/shape.js").Shape} shape
   * @param {import("../kit/bootstrap.js").Persist} persist
   * @returns {boolean} whether the same row is another picture now
   */
  follow(source, samples, shape, persist) {
    const sheets = source.sheets ? source : source.missing ? source.standIns : null,
      first = sheets?.sheets?.[0],
      other = first !== this.source;
    if (other) this.originals = sheets?.sheets ? new Originals(sheets, shape, persist) : null;
    this.source = first;
    this.own = source.missing ? (source.standIns?.names ?? null) : null;
    this.ownLabels = source.missing ? (source.standIns?.labels ?? null) : null;
    this.count = samples;
    return other;
  }

  /** @param {number} row of the codes @returns {number} the one that is shown for it */
  place(row) {
    return row % (this.own?.length ?? this.count);
  }

  /** @param {number} row @returns {Promise<Uint8Array> | null} (C, H, W); null where there are none */
  get(row) {
    return this.originals && this.originals.get(this.place(row));
  }

  /** @param {number} row @param {number} count @returns {Promise<Uint8Array[]> | null} so many, from a row on */
  several(row, count) {
    const wanted = Array.from({ length: count }, (_, i) => this.get((row + i) % this.count));
    return wanted.includes(null) ? null : /** @type {Promise<Uint8Array[]>} */ (Promise.all(wanted));
  }

  /** @param {number} row @param {number} steps @returns {number} the row so many further, round and round */
  after(row, steps) {
    const count = this.own?.length ?? this.count;
    return count ? (((row + steps) % count) + count) % count : row;
  }

  /** @param {number} row @returns {number | undefined} label of the picture of our own that is shown for it */
  ownLabel(row) {
    return this.ownLabels?.[this.place(row)];
  }

  /** @param {number} row @returns {string} */
  name(row) {
    return this.own?.[this.place(row)] ?? `Test picture ${row}`;
  }
}
