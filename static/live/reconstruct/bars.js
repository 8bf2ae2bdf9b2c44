// The posterior, dimension by dimension: mean and standard deviation above, KL from the prior below, where it is a sum
// over dimensions.
import { significant } from "../kit/numbers.js";
import { dimensionName, useOf } from "../parts/sliders.js";
import { contextOf, emptied } from "../kit/canvas.js";
import { partOf } from "../kit/part.js";

const REACH = 3.2; // of the upper axis, in prior standard deviations; further means grow it
const MANY = 24; // dimensions whose names still fit

export class PosteriorBars {
  /** @type {import("../parts/sliders.js").Dimension[]} */
  dimensions = []; // the most used first: the order of the bars
  learned = false; // whether the prior was: no KL of a dimension is known then
  /** @type {{mean: ArrayLike<number>, stddev: ArrayLike<number>, kl: ArrayLike<number> | null} | null} */
  values = null; // each (D,)
  /** @type {Record<string, any> | null} */
  colours = null;
  most = 0; // nats, of the lower axis; further KLs grow it
  hovered = -1; // the bar under the pointer
  cell = { left: 0, width: 1 }; // pixels: where the first bar begins, and how wide each one's cell is

  /** @param {HTMLElement} host it gets a canvas and a line that tells what is under the pointer */
  constructor(host) {
    host.innerHTML = '<canvas data-role="posterior" role="img"></canvas><p class="readout" aria-live="off"></p>';
    this.canvas = partOf(host, "canvas", HTMLCanvasElement);
    this.readout = partOf(host, ".readout", HTMLElement);
    this.canvas.setAttribute("aria-label", "Posterior mean, standard deviation and KL of each latent dimension");
    this.context = contextOf(this.canvas);
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => {
      this.hovered = -1;
      this.paint();
    });
    new ResizeObserver(() => this.paint()).observe(this.canvas);
  }

  /**
   * @param {import("../parts/sliders.js").Dimension[]} dimensions the most used first: the order of the bars
   * @param {boolean} learned whether the prior was
   */
  build(dimensions, learned) {
    Object.assign(this, { dimensions, learned, values: null });
    this.most = Math.max(...dimensions.map(useOf), 0.1) * 1.6;
    this.paint();
  }

  /** @param {Record<string, string>} colours of the theme and of the terms */
  recolour(colours) {
    this.colours = colours;
    this.paint();
  }

  /**
   * @param {ArrayLike<number>} mean (D,)
   * @param {ArrayLike<number>} stddev (D,)
   * @param {ArrayLike<number> | null} kl (D,) nats; null where it is no sum over dimensions
   */
  show(mean, stddev, kl) {
    this.values = { mean, stddev, kl };
    this.paint();
  }

  paint() {
    const { colours } = this;
    if (!this.canvas.clientWidth || !colours || !this.dimensions.length) return;
    const { context, width, height } = emptied(this.canvas),
      { size, small, font } = colours;
    context.font = `${small}px ${font}`;
    const left = Math.round(size * 2.1),
      names = this.dimensions.length <= MANY ? Math.round(size * 1.5) : 4;
    const above = Math.round((height - names) * (this.learned ? 1 : 0.62)),
      cell = (width - left) / this.dimensions.length;
    this.cell = { left, width: cell };
    if (this.hovered >= 0) this.block(left + this.hovered * cell, 0, cell, height, colours.line);
    this.means(left, above, width, cell, colours);
    if (!this.learned) this.kls(left, above + names, height, width, cell, colours);
    this.label(left, above + names * 0.72, cell, colours);
    this.showNumbers();
  }

  /**
   * Mean as a bar from 0, one standard deviation as a whisker, the prior's own as a band behind.
   * @param {number} left
   * @param {number} above height
   * @param {number} width
   * @param {number} cell width
   * @param {Record<string, any>} colours
   */
  means(left, above, width, cell, { ink, faint, line, accent }) {
    const { context, values } = this;
    const reach = values
      ? Math.max(REACH, ...Array.from(values.mean, (m, d) => Math.abs(m) + values.stddev[d]))
      : REACH;
    /** @param {number} value */
    const y = (value) => above / 2 - (value / reach) * (above / 2 - 3);
    if (!this.learned) this.block(left, y(1), width - left, y(-1) - y(1), line);
    this.block(left, y(0) - 0.5, width - left, 1, faint);
    Object.assign(context, { fillStyle: faint, textAlign: "right", textBaseline: "middle" });
    for (const value of [0, 1, -1]) context.fillText(String(value).replace("-", "−"), left - 5, y(value));
    if (!values) return;
    this.dimensions.forEach(({ index }, place) => {
      const m = values.mean[index],
        s = values.stddev[index],
        x = left + place * cell,
        thick = Math.min(26, cell * 0.56);
      const start = x + (cell - thick) / 2,
        middle = x + cell / 2;
      this.block(start, Math.min(y(m), y(0)), thick, Math.max(1, Math.abs(y(m) - y(0))), accent);
      this.block(middle - 1, y(m + s), 2, Math.max(2, y(m - s) - y(m + s)), ink);
      for (const end of [m + s, m - s])
        this.block(middle - Math.min(5, thick / 3), y(end) - 1, 2 * Math.min(5, thick / 3), 2, ink);
    });
  }

  /**
   * KL of each dimension, and its mean over the test set as a tick.
   * @param {number} left
   * @param {number} top
   * @param {number} height of the canvas
   * @param {number} width
   * @param {number} cell width
   * @param {Record<string, any>} colours
   */
  kls(left, top, height, width, cell, { faint, kl: orange }) {
    const kl = this.values?.kl,
      room = height - top - 2;
    const most = Math.max(this.most, ...Array.from(kl ?? []));
    this.block(left, top, width - left, 1, faint);
    this.dimensions.forEach((dimension, place) => {
      const { index } = dimension,
        x = left + place * cell,
        thick = Math.min(26, cell * 0.56),
        start = x + (cell - thick) / 2;
      if (kl) this.block(start, top, thick, Math.max(1, (kl[index] / most) * room), orange);
      this.block(start - 3, top + (useOf(dimension) / most) * room - 0.75, thick + 6, 1.5, faint);
    });
    Object.assign(this.context, { fillStyle: faint, textAlign: "right", textBaseline: "top" });
    this.context.fillText("KL", left - 5, top + 2);
  }

  /**
   * Names of the dimensions, if they fit.
   * @param {number} left
   * @param {number} y
   * @param {number} cell width
   * @param {Record<string, any>} colours
   */
  label(left, y, cell, { ink, size }) {
    if (this.dimensions.length > MANY) return;
    const short = cell < 1.9 * size; // the number alone
    Object.assign(this.context, { fillStyle: ink, textAlign: "center", textBaseline: "alphabetic" });
    this.dimensions.forEach(({ index }, place) => {
      this.context.fillText(short ? String(index + 1) : dimensionName(index), left + (place + 0.5) * cell, y);
    });
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} colour */
  block(x, y, width, height, colour) {
    this.context.fillStyle = colour;
    this.context.fillRect(x, y, width, height);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const x = event.clientX - this.canvas.getBoundingClientRect().left - this.cell.left;
    const place = Math.floor(x / this.cell.width);
    this.hovered = place >= 0 && place < this.dimensions.length ? place : -1;
    this.paint();
  }

  /** One line of numbers: those under the pointer, or what the marks mean. */
  showNumbers() {
    const { values, hovered, learned } = this,
      dimension = this.dimensions[hovered];
    let text =
      "Bar: mean. Whisker: ± one standard deviation. " +
      (learned
        ? "p(z) was learned: its KL is no sum over dimensions, and q is not optimised."
        : "Band: the prior. Tick: mean KL of the test set.");
    if (dimension && values) {
      const { index } = dimension,
        { mean, stddev, kl } = values;
      text =
        `${dimensionName(index)}: mean ${significant(mean[index])}, standard deviation ${significant(stddev[index])}` +
        (kl
          ? `, KL ${significant(kl[index])} nats ` +
            `(${significant(kl[index] / Math.LN2)} bits; test set ${significant(useOf(dimension))} nats)`
          : "");
    }
    if (this.readout.textContent !== text) this.readout.textContent = text;
  }
}
