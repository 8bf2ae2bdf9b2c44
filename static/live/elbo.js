// The ELBO taken apart: the formula with the present numbers in it, and each term as a bar on one axis of nats, in
// front of what the test set's pictures have.
import { elboMarkup } from "./elbolayout.js";
import { bitsPerDimension } from "./likelihood.js";
import { nats, plusMinus, rank } from "./nats.js";
import { emptied } from "./surface.js";

const BINS = 140;
const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10]; // where an axis may end, times a power of ten
const NARROW = 300; // pixels of an axis with room for few numbers
const TERMS = ["likelihood", "kl", "elbo"];

export class ElboPanel {
  /** @param {HTMLElement} host */
  constructor(host) {
    host.innerHTML = elboMarkup();
    const all = (name) =>
      Object.fromEntries(Array.from(host.querySelectorAll(`[data-${name}]`), (e) => [e.dataset[name], e]));
    Object.assign(this, {
      host,
      numbers: all("number"),
      values: all("value"),
      bits: all("bits"),
      percentiles: all("percentile"),
    });
    this.canvases = Object.fromEntries(
      Array.from(host.querySelectorAll("canvas"), (c) => [c.parentElement.dataset.term, c]),
    );
    this.axis = host.querySelector(".axis");
    this.marginal = null; // log p(x), once it was estimated
    new ResizeObserver(() => this.draw()).observe(host);
  }

  /**
   * @param {import("./paint.js").Shape} shape
   * @param {boolean} density Gaussian pixels: likelihoods are densities
   * @param {Record<"likelihood" | "kl" | "elbo", import("./likelihood.js").Spread | undefined>} spreads of the test set
   */
  build(shape, density, spreads) {
    Object.assign(this, { shape, density, spreads, terms: null, reach: null, outlines: {} });
    this.draw();
  }

  /** @param {Record<string, string>} colours `likelihood` and `kl` are the two fixed ones */
  recolour(colours) {
    this.colours = colours;
    this.draw();
  }

  /**
   * @param {{likelihood: number, kl: number, elbo: number, standardError: number}} terms nats
   * @param {boolean} comparable with those of the test set's pictures
   */
  show(terms, comparable) {
    this.terms = terms;
    for (const term of TERMS) {
      const value = terms[term],
        error = term === "likelihood" ? ` ± ${plusMinus(terms.standardError)}` : "";
      this.write(this.numbers[term], nats(value));
      this.write(this.values[term], nats(term === "kl" ? -value : value) + error);
      this.write(this.bits[term], this.inBits(term === "kl" ? -value : value, term !== "kl"));
      const usual = comparable ? this.spreads[term]?.percentile(value) : undefined;
      this.write(this.percentiles[term], usual === undefined ? "–" : rank(term === "kl" ? 100 - usual : usual));
    }
    this.draw();
  }

  /**
   * @param {{value: number, standardError: number, elbo: number} | null} marginal log p(x) of the present picture, or
   *   of its draw, and the ELBO of the same
   */
  showMarginal(marginal) {
    this.marginal = marginal;
    this.write(this.values.marginal, marginal ? `${nats(marginal.value)} ± ${plusMinus(marginal.standardError)}` : "");
    this.write(this.bits.marginal, marginal ? this.inBits(marginal.value, true) : "");
    this.draw();
  }

  inBits(value, whole) {
    return bitsPerDimension(-value, this.shape, whole && this.density)
      .toPrecision(3)
      .replace("-", "−");
  }

  write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  draw() {
    if (!this.colours || !this.shape) return;
    this.span();
    const { terms, marginal, colours } = this;
    const stacked = terms && [
      [0, terms.likelihood, colours.likelihood],
      [terms.likelihood, terms.elbo, colours.kl],
    ];
    this.bar("likelihood", this.spreads.likelihood, terms && [[0, terms.likelihood, colours.likelihood]]);
    this.bar("kl", this.spreads.kl, terms && [[0, -terms.kl, colours.kl]], -1);
    this.bar("elbo", this.spreads.elbo, stacked);
    this.bar(
      "marginal",
      undefined,
      terms &&
        marginal && [
          [0, marginal.value, colours.faint],
          [marginal.elbo, marginal.value, colours.accent],
        ],
    );
  }

  /** The axis reaches over the test set and the present terms, in steps: it does not creep under the pen. */
  span() {
    const { spreads, terms, marginal } = this,
      ends = [0];
    for (const spread of [spreads.likelihood, spreads.elbo])
      if (spread) ends.push(spread.quantile(0.005), spread.quantile(0.995));
    if (terms) ends.push(terms.likelihood, terms.elbo, -terms.kl);
    if (marginal) ends.push(marginal.value, marginal.elbo);
    const low = -stepAbove(-Math.min(...ends)),
      high = stepAbove(Math.max(...ends));
    const parts = this.axis.clientWidth < NARROW ? 2.5 : 6; // of the axis, about
    if (this.reach?.low === low && this.reach?.high === high && this.reach.parts === parts) return;
    Object.assign(this, { reach: { low, high, parts }, outlines: {} });
    const step = stepAbove((high - low) / parts),
      first = Math.ceil(low / step),
      count = Math.floor(high / step) - first + 1;
    this.axis.replaceChildren(
      ...Array.from({ length: count }, (_, i) =>
        Object.assign(document.createElement("span"), {
          textContent: String(Number(((first + i) * step).toPrecision(6))).replace("-", "−"),
          style: `left: ${(100 * ((first + i) * step - low)) / (high - low)}%`,
        }),
      ),
    );
  }

  bar(term, spread, parts, sign = 1) {
    if (!this.canvases[term].clientWidth) return;
    const { context, width, height } = emptied(this.canvases[term]),
      { low, high: top } = this.reach;
    const x = (value) => ((value - low) / (top - low)) * width;
    if (spread) {
      this.outlines[term] ??= outlineOf(
        sign > 0 ? spread.histogram(low, top, BINS) : spread.histogram(-top, -low, BINS).reverse(),
      );
      context.fillStyle = this.colours.ghost;
      context.save();
      context.scale(width, height);
      context.fill(this.outlines[term]);
      context.restore();
    }
    for (const [from, to, colour] of parts ?? []) {
      context.fillStyle = colour;
      context.fillRect(Math.min(x(from), x(to)), height * 0.34, Math.max(1.5, Math.abs(x(to) - x(from))), height * 0.4);
    }
    if (parts) {
      context.fillStyle = this.colours.ink;
      context.fillRect(x(parts.at(-1)[1]) - 1, height * 0.1, 2, height * 0.8);
    }
    context.fillStyle = this.colours.faint;
    context.fillRect(Math.min(x(0), width - 1), 0, 1, height);
  }
}

/** A histogram's outline in a square of side 1, so that it is one fill however often it is drawn. */
function outlineOf(heights) {
  const path = new Path2D("M 0 1");
  heights.forEach((share, i) => {
    path.lineTo(i / heights.length, 1 - share);
    path.lineTo((i + 1) / heights.length, 1 - share);
  });
  path.lineTo(1, 1);
  return path;
}

function stepAbove(value) {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return STEPS.find((step) => step * power >= value) * power;
}
