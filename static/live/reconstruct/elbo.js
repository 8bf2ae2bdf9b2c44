// The ELBO taken apart: the formula with the present numbers in it, and each term as a bar on one axis of nats, in
// front of what the test set's pictures have.
import { elboMarkup, klHelp } from "./elbo_layout.js";
import { axisNumbers, outlineOf, stepAbove } from "./elbo_axis.js";
import { bitsPerDimension } from "../math/likelihood.js";
import { estimated, inSum, negated, plusMinus, rank } from "../parts/nats.js";
import { emptied } from "../kit/canvas.js";
import { byName, partOf } from "../kit/part.js";

/** @typedef {import("../math/likelihood.js").Spread} Spread */
/** @typedef {"likelihood" | "kl" | "elbo"} Term */
/** @typedef {Partial<Record<Term, Spread>>} Spreads of the test set's pictures */
/**
 * nats, with the standard errors that are known: of the likelihood, of KL and of what the two make
 * @typedef {Record<Term, number> & {standardError: number | null, klError?: number, elboError?: number | null}} Terms
 */
/** @typedef {{value: number, standardError: number, bound: boolean}} Marginal log p(x), or a lower bound on it */
/** @typedef {[number, number, string]} Bar from, to, colour */

const BINS = 140;
const NARROW = 300; // pixels of an axis with room for few numbers
/** @type {Term[]} */
const TERMS = ["likelihood", "kl", "elbo"];

export class ElboPanel {
  /** @type {import("../kit/paint.js").Shape | null} */
  shape = null;
  density = false; // Gaussian pixels: likelihoods are densities
  /** @type {Spreads} */
  spreads = {};
  /** @type {Terms | null} */
  terms = null;
  /** @type {Marginal | null} */
  marginal = null; // once it was estimated
  /** @type {import("./elbo_axis.js").Reach | null} */
  reach = null; // of the axis
  /** @type {Record<string, Path2D>} */
  outlines = {}; // of the test set on that axis
  /** @type {Record<string, any> | null} */
  colours = null;

  /** @param {HTMLElement} host */
  constructor(host) {
    host.innerHTML = elboMarkup();
    this.numbers = byName(host, "number");
    this.values = byName(host, "value");
    this.bits = byName(host, "bits");
    this.percentiles = byName(host, "percentile");
    this.canvases = Object.fromEntries(
      Array.from(host.querySelectorAll("canvas"), (canvas) => [canvas.parentElement?.dataset.term, canvas]),
    );
    this.kl = partOf(host, ".term[data-term=kl]", HTMLElement);
    this.axis = partOf(host, ".axis", HTMLElement);
    new ResizeObserver(() => this.paint()).observe(host);
  }

  /**
   * @param {import("../kit/paint.js").Shape} shape
   * @param {boolean} density Gaussian pixels: likelihoods are densities
   * @param {Spreads} spreads of the test set
   * @param {boolean} learned whether the prior was, so that KL is a mean over draws
   */
  build(shape, density, spreads, learned) {
    this.kl.title = klHelp(learned);
    Object.assign(this, { shape, density, spreads, terms: null, marginal: null, reach: null, outlines: {} });
    this.paint();
  }

  /** @param {Record<string, any>} colours `likelihood` and `kl` are the two fixed ones */
  recolour(colours) {
    this.colours = colours;
    this.paint();
  }

  /** @param {Terms} terms @param {boolean} comparable with those of the test set's pictures */
  show(terms, comparable) {
    this.terms = terms;
    const [likelihood, negative, elbo] = inSum([terms.likelihood, -terms.kl]);
    const texts = { likelihood, kl: negative, elbo },
      errors = { likelihood: terms.standardError, kl: terms.klError, elbo: terms.elboError };
    for (const term of TERMS) {
      const value = terms[term],
        error = errors[term];
      write(this.numbers[term], term === "kl" ? negated(negative) : texts[term]);
      write(this.values[term], texts[term] + (error ? ` ± ${plusMinus(error)}` : ""));
      write(this.bits[term], this.inBits(term === "kl" ? -value : value, term !== "kl"));
      const usual = comparable ? this.spreads[term]?.percentile(value) : undefined;
      write(this.percentiles[term], usual === undefined ? "–" : rank(term === "kl" ? 100 - usual : usual));
    }
    this.paint();
  }

  /** @param {Marginal | null} marginal of the present picture */
  showMarginal(marginal) {
    this.marginal = marginal;
    write(this.values.marginal, marginal ? estimated(marginal) : "");
    write(this.bits.marginal, marginal ? this.inBits(marginal.value, true) : "");
    this.paint();
  }

  /** @param {number} value nats @param {boolean} whole whether it is a likelihood of the whole picture */
  inBits(value, whole) {
    if (!this.shape) return "";
    const bits = bitsPerDimension(-value, this.shape, whole && this.density);
    return bits.toPrecision(3).replace("-", "−");
  }

  paint() {
    const { terms, marginal, colours, spreads } = this;
    if (!colours || !this.shape) return;
    const reach = this.span();
    /** @param {Term | "marginal"} term @param {Spread | undefined} spread @param {Bar[] | null} bars @param {number} [sign] */
    const row = (term, spread, bars, sign) => this.row(term, reach, colours, spread, bars, sign);
    row("likelihood", spreads.likelihood, terms && [[0, terms.likelihood, colours.likelihood]]);
    row("kl", spreads.kl, terms && [[0, -terms.kl, colours.kl]], -1);
    row(
      "elbo",
      spreads.elbo,
      terms && [
        [0, terms.likelihood, colours.likelihood],
        [terms.likelihood, terms.elbo, colours.kl],
      ],
    );
    row(
      "marginal",
      undefined,
      terms &&
        marginal && [
          [0, marginal.value, colours.faint],
          [terms.elbo, marginal.value, colours.accent],
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
    if (marginal) ends.push(marginal.value);
    const low = -stepAbove(-Math.min(...ends)),
      high = stepAbove(Math.max(...ends)),
      parts = this.axis.clientWidth < NARROW ? 2.5 : 6;
    const before = this.reach;
    if (before?.low === low && before.high === high && before.parts === parts) return before;
    this.reach = { low, high, parts };
    this.outlines = {};
    this.axis.replaceChildren(...axisNumbers(this.reach));
    return this.reach;
  }

  /**
   * @param {Term | "marginal"} term
   * @param {import("./elbo_axis.js").Reach} reach
   * @param {Record<string, any>} colours
   * @param {Spread | undefined} spread of the test set
   * @param {Bar[] | null} bars
   * @param {number} [sign] of the test set's values on the axis
   */
  row(term, { low, high }, colours, spread, bars, sign = 1) {
    if (!this.canvases[term].clientWidth) return;
    const { context, width, height } = emptied(this.canvases[term]);
    /** @param {number} value */
    const x = (value) => ((value - low) / (high - low)) * width;
    if (spread) {
      this.outlines[term] ??= outlineOf(
        sign > 0 ? spread.histogram(low, high, BINS) : spread.histogram(-high, -low, BINS).reverse(),
      );
      context.fillStyle = colours.ghost;
      context.save();
      context.scale(width, height);
      context.fill(this.outlines[term]);
      context.restore();
    }
    for (const [from, to, colour] of bars ?? []) {
      context.fillStyle = colour;
      context.fillRect(Math.min(x(from), x(to)), height * 0.34, Math.max(1.5, Math.abs(x(to) - x(from))), height * 0.4);
    }
    if (bars) {
      context.fillStyle = colours.ink;
      context.fillRect(x(bars[bars.length - 1][1]) - 1, height * 0.1, 2, height * 0.8);
    }
    context.fillStyle = colours.faint;
    context.fillRect(Math.min(x(0), width - 1), 0, 1, height);
  }
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
