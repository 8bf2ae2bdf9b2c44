// Where the pictures at the ends come from: samples, labels, the prior, a click on the map.
import { rowOf } from "./codes.js";
import { asPicture } from "./encoder.js";
import { bytesOf } from "./livereconstruction.js";
import { Walk } from "./walk.js";

const MOST = 8; // ends of one path
const LEAST = { walk: 2, direction: 1, arithmetic: 3 };

export class Choosing extends Walk {
  /** An end from what Python says: the row of a code, or a z of its own with its picture if it has one. */
  endFrom({ row = null, z, text, picture, drawn }) {
    if (row !== null) return this.sample(row);
    const end = { row: null, z: Float32Array.from(z), text: text || "a z of its own" };
    if (picture) end.picture = asPicture(bytesOf(picture), this.model.noise);
    if (drawn) end.drawn = picture; // what a link may hold
    return end;
  }

  /** The end at one code. @param {number} row */
  sample(row) {
    const { labels, indices, mean } = this.codes, names = this.model.labels;
    const label = labels && names.length ? names[labels[row]] : null;
    const text = `${label === null ? "" : `${label}, `}test ${indices[row]}`;
    const bytes = this.originals?.at(row);
    return { row, z: rowOf(mean, this.model.latentDim, row), text, picture: bytes && asPicture(bytes, this.model.noise) };
  }

  /** A code drawn at random, of one label or of any. @param {number} [label] its index */
  randomRow(label) {
    const { labels, count } = this.codes;
    const rows = label === undefined ? [] : Array.from(labels.keys()).filter((row) => labels[row] === label);
    return rows.length ? rows[Math.floor(Math.random() * rows.length)] : Math.floor(Math.random() * count);
  }

  /** The label of an end; undefined if it has none. */
  labelOf({ row }) {
    return row === null || !this.codes.labels || !this.model.labels.length ? undefined : this.codes.labels[row];
  }

  /** Put an end in the ringed place. */
  replace(end) {
    this.ends[this.ringed] = end;
    this.endsChanged();
  }

  another() {
    this.replace(this.sample(this.randomRow(this.labelOf(this.ends[this.ringed]))));
  }

  ofLabel(label) {
    this.replace(this.sample(this.randomRow(label)));
  }

  prior() {
    const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    this.replace({ row: null, z: Float32Array.from({ length: this.model.latentDim }, normal), text: "from the prior" });
  }

  swap() {
    const ends = this.ends;
    if (this.mode === "arithmetic") [ends[0], ends[1]] = [ends[1], ends[0]];
    else {
      ends.reverse();
      this.ringed = ends.length - 1 - this.ringed;
    }
    this.endsChanged();
  }

  shuffle() {
    this.lists[this.mode] = this.ends.map((end) => this.sample(this.randomRow(this.labelOf(end))));
    this.endsChanged();
  }

  add() {
    if (this.mode !== "walk" || this.ends.length >= MOST) return;
    this.ringed += 1;
    this.ends.splice(this.ringed, 0, this.sample(this.randomRow()));
    this.endsChanged();
  }

  remove() {
    if (this.ends.length <= LEAST[this.mode]) return;
    this.ends.splice(this.ringed, 1);
    this.ringed = Math.min(this.ringed, this.ends.length - 1);
    this.endsChanged();
  }

  /** A click on the map: the point, or the spot between the points. */
  pick(x, y, radius) {
    if (!this.projection) return;
    const [nearest] = this.projection.index.nearest(x, y, 1);
    if (nearest?.distance <= radius) this.replace(this.sample(nearest.index));
    else this.replace({ row: null, z: this.projection.inverse(x, y, this.z).z, text: "a spot of the map" });
  }

  /** Enough ends for the present way of walking: those of the walk first, then one code of each further label. */
  fillEnds() {
    const list = this.ends, wanted = LEAST[this.mode], kind = (end) => this.labelOf(end) ?? `row ${end.row}`;
    for (const end of this.lists.walk) if (list.length < wanted) list.push({ ...end });
    for (let row = 0; list.length < wanted && row < this.codes.count; row++) {
      const end = this.sample(row);
      if (!list.map(kind).includes(kind(end))) list.push(end);
    }
    while (list.length < wanted) list.push(this.sample(this.randomRow()));
    this.ringed = Math.min(this.ringed, list.length - 1);
  }

  /** Originals of the ends that are codes; what the decoder makes of the others. */
  async fetchPictures() {
    const ends = this.ends, wanted = ends.filter(({ picture }) => !picture), dim = this.model.latentDim;
    const decoded = wanted.filter(({ row }) => row === null || !this.originals);
    const block = new Float32Array(decoded.length * dim);
    decoded.forEach(({ z }, i) => block.set(z, i * dim));
    if (decoded.length) this.batch.request("ends", block, decoded.length, { tag: decoded });
    const fetched = wanted.filter((end) => !decoded.includes(end));
    const { noise } = this.model;
    for (const end of fetched) end.picture = asPicture(this.originals.at(end.row) ?? (await this.originals.get(end.row)), noise);
    if (fetched.length && ends === this.ends) this.picturesCame();
  }

  /** The worker has decoded the ends that have no original. */
  endsDecoded(pictures, ends) {
    const size = pictures.length / ends.length;
    ends.forEach((end, i) => { end.picture = pictures.subarray(i * size, (i + 1) * size); });
    this.picturesCame();
  }

  picturesCame() {
    this.ends.forEach((_, index) => this.endsView.paint(index));
    this.paintStrip();
    this.follow();
  }
}
