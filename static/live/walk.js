// What a hand can do on the Interpolate page: one t on one path; the picture, the curves, the strip and the map show it.
import { between, lengthsSoFar, normQuantile } from "./evidence.js";
import { distance, legOf, normOf, ray, sampled, spherical, steps, straight } from "./path.js";
import { percent } from "./readout.js";
import { figure } from "./sliders.js";

const FINE = 41; // samples of a curve
const RANGES = { walk: [0, 1], direction: [-2, 2], arithmetic: [0, 1] };
export const ROWS = { walk: ["straight", "spherical", "data", "fade"], direction: ["along"], arithmetic: ["along", "fade"] };

export class Walk {
  constructor() {
    Object.assign(this, { mode: "walk", path: "straight", t: 0, frames: 15, ringed: 0, sequence: 0, z: null });
    this.lists = { walk: [], direction: [], arithmetic: [] }; // the ends of each way of walking
    this.along = null; // {key, stops}: the path that follows the data, from Python
    this.direction = null; // {key, vector, ...}: from Python
    this.lines = {}; // evidence along each path
    this.lengths = {};
  }

  get ends() { return this.lists[this.mode]; }
  get range() { return RANGES[this.mode]; }
  get share() { return (this.t - this.range[0]) / (this.range[1] - this.range[0]); }
  get rows() { return ROWS[this.mode]; }
  get chosen() { return this.mode === "walk" ? this.path : "along"; }

  /** @returns {import("./path.js").Path | null} null where it is not known yet */
  pathOf(name) {
    const codes = this.ends.map(({ z }) => z);
    if (name === "straight") return straight(codes);
    if (name === "spherical") return spherical(codes);
    if (name === "data") return this.along?.key === this.endsKey && this.along.stops ? straight(this.along.stops) : null;
    if (this.mode === "arithmetic") return ray(codes[2], codes[0].map((value, d) => value - codes[1][d]));
    return ray(codes[0], this.direction?.vector ?? new Float32Array(codes[0].length));
  }

  /** Everything about the paths is new: an end, a direction, the way of walking. */
  rebuild() {
    this.paths = Object.fromEntries(this.rows.filter((name) => name !== "fade").map((name) => [name, this.pathOf(name)]));
    this.lines = {};
    this.requestStrip();
    const known = Object.keys(this.paths).filter((name) => this.paths[name]), dim = this.model.latentDim;
    const times = steps(...this.range, FINE), block = new Float32Array(known.length * FINE * dim);
    known.forEach((name, i) => block.set(sampled(this.paths[name], times, dim), i * FINE * dim));
    this.batch.request("evidence", block, known.length * FINE, { encode: true, tag: { known, block, paths: this.paths } });
    this.drawPaths();
    this.present();
  }

  requestStrip() {
    const known = Object.keys(this.paths).filter((name) => this.paths[name]), dim = this.model.latentDim;
    const times = steps(...this.range, this.frames), block = new Float32Array(known.length * this.frames * dim);
    known.forEach((name, i) => block.set(sampled(this.paths[name], times, dim), i * this.frames * dim));
    this.batch.request("strip", block, known.length * this.frames, { tag: { known, frames: this.frames, paths: this.paths } });
  }

  /** The worker has decoded the strip's frames. */
  stripCame(pictures, { known, frames, paths }) {
    if (paths !== this.paths || frames !== this.frames) return;
    const size = pictures.length / (known.length * frames);
    this.film = Object.fromEntries(known.map((name, i) => [name, pictures.subarray(i * frames * size, (i + 1) * frames * size)]));
    this.paintStrip();
  }

  paintStrip() {
    if (this.rows.includes("fade")) {
      const mixed = steps(...this.range, this.frames).map((t) => this.mixtureAt(t));
      if (mixed.every(Boolean)) {
        const fade = new Float32Array(this.frames * mixed[0].length);
        mixed.forEach((picture, i) => fade.set(picture, i * picture.length));
        this.film = { ...this.film, fade };
      }
    }
    this.strip.paint(this.film ?? {});
  }

  /** The worker has decoded fine samples of every path and encoded them again. */
  evidenceCame(pictures, means, { known, block, paths }) {
    if (paths !== this.paths) return;
    const dim = this.model.latentDim, size = pictures.length / (known.length * FINE);
    known.forEach((name, i) => {
      const row = (values, width, at) => values.subarray((i * FINE + at) * width, (i * FINE + at + 1) * width);
      const along = (measure) => Float64Array.from({ length: FINE }, (_, at) => measure(row(block, dim, at), at));
      this.lines[name] = {
        norm: along((z) => normOf(z)),
        within: along((z) => this.readout.at(z).within ?? 0),
        cycle: along((z, at) => distance(row(means, dim, at), z)),
        length: lengthsSoFar(pictures.subarray(i * FINE * size, (i + 1) * FINE * size), FINE),
      };
    });
    this.drawCurves();
    this.follow();
  }

  drawCurves() {
    const dim = this.model.latentDim, band = [normQuantile(0.05, dim), normQuantile(0.95, dim)];
    for (const name of ["norm", "within", "cycle", "length"]) {
      const lines = Object.keys(this.lines).map((path) => ({ values: this.lines[path][name], path, chosen: path === this.chosen }));
      this.curves.draw(name, lines.sort((a, b) => a.chosen - b.chosen), name === "norm" ? band : undefined);
    }
  }

  /** The pixels' own sum at t: what the pictures give without a model. */
  mixtureAt(t) {
    const pictures = this.ends.map(({ picture }) => picture);
    if (this.mode === "direction" || !pictures.every(Boolean)) return null;
    if (this.mode === "arithmetic") {
      const [a, b, c] = pictures;
      return Float32Array.from(c, (value, p) => Math.min(1, Math.max(0, value + t * (a[p] - b[p]))));
    }
    const [leg, share] = legOf(t, pictures.length - 1), from = pictures[leg], to = pictures[leg + 1];
    return Float32Array.from(from, (value, p) => (1 - share) * value + share * to[p]);
  }

  /** The slider, the player, a key, a frame or a curve moved t. */
  move(t, time) {
    this.t = Math.min(this.range[1], Math.max(this.range[0], t));
    this.present(time);
  }

  /** Show the picture at t in this frame; what stands around it follows once a frame. */
  present(time) {
    const path = this.paths[this.chosen] ?? this.paths.straight;
    this.z = path(this.t);
    this.decoder.request(this.z, time);
    this.follow();
  }

  follow() {
    if (this.following) return;
    this.following = true;
    requestAnimationFrame(() => {
      this.following = false;
      if (!this.paths) return;
      const mixture = this.mixtureAt(this.t);
      if (mixture) this.mixedCanvas.paint(mixture, this.model.shape);
      this.strip.show(this.chosen, this.share);
      this.slider.value = this.t;
      this.output.textContent = this.t.toFixed(2).replace("-", "−");
      if (this.projection) this.map.mark("shown", this.projection.place(this.z));
      this.measureHere();
    });
  }

  /** The numbers at the present z; the cycle error comes when the picture has been encoded. */
  measureHere() {
    const lengths = this.lines[this.chosen]?.length, { cycle } = this.evidence ?? {};
    this.evidence = { ...this.readout.at(this.z), cycle: this.cycleAt === this.z ? (cycle ?? null) : null };
    this.evidence.length = lengths ? between(lengths, this.share) : null;
    this.lastCycle = this.evidence.cycle ?? this.lastCycle;
    this.write();
  }

  /** The picture at z was painted, encoded, and came back at this distance. */
  cycleCame(cycle, z) {
    this.lastCycle = cycle;
    if (!this.evidence || z.some((value, d) => value !== this.z[d])) return;
    this.cycleAt = this.z;
    this.evidence = { ...this.evidence, cycle };
    this.write();
  }

  write() {
    const { norm, percentile, within, length } = this.evidence;
    this.curves.show(this.share, {
      norm: `${figure(norm)}, beyond ${percent(percentile)} of the prior`,
      within: within === null ? "–" : `${within} within ${figure(this.model.radius)}`,
      cycle: `${figure(this.lastCycle ?? NaN)} units of z`,
      length: length === null ? "–" : `${figure(length)} grey levels`,
    });
  }
}
