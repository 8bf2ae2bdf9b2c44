// Which labels the completions look like: each counts for the label that most of its nearest codes have.
import { partOf } from "../kit/part.js";
import { shortened } from "../kit/markup.js";
import { nearestCodes } from "../math/nearest.js";

const AT_ONCE = 3; // draws whose neighbours are looked for before the browser gets its turn
const REST = 60; // milliseconds: while the hand moves, each new hole puts the count off

/** @typedef {import("../engine/codes.js").Codes} Codes */

export class Votes {
  /** @type {string[]} */
  labels = [];
  /** @type {Codes | null} */
  codes = null;
  neighbours = 1; // codes that vote for a draw
  /** @type {number[] | null} */
  counts = null; // draws of each label
  /** @type {{share: HTMLElement, number: HTMLElement}[]} */
  bars = [];
  /** @type {Float32Array | null} */
  counted = null; // the draws that are being counted
  /** @type {number | undefined} */
  timer = undefined;

  /** @param {HTMLElement} section it is hidden where there are no labels */
  constructor(section) {
    this.section = section;
    this.host = partOf(section, ".labels", HTMLElement);
  }

  /**
   * @param {string[]} labels
   * @param {Codes} codes
   * @param {string[]} colours of labels
   * @param {number} neighbours codes that vote for a draw
   */
  build(labels, codes, colours, neighbours) {
    this.labels = labels;
    this.codes = codes;
    this.neighbours = neighbours;
    this.counts = null;
    this.section.hidden = !labels.length;
    const bars = labels.map((name, i) => barOf(name, colours[i % colours.length]));
    this.bars = bars;
    this.host.replaceChildren(...bars.map(({ bar }) => bar));
  }

  /** @param {Float32Array} draws (count, D), a few at a time; newer ones take over */
  count(draws) {
    const { codes, labels } = this;
    if (!labels.length || !codes) return;
    const counts = new Uint16Array(labels.length),
      dim = codes.mean.length / codes.count,
      count = draws.length / dim;
    this.counted = draws;
    /** @param {number} from */
    const some = (from) => {
      if (this.counted !== draws) return;
      for (let i = from; i < Math.min(from + AT_ONCE, count); i++) {
        counts[labelOf(codes, draws.subarray(i * dim, (i + 1) * dim), labels.length, this.neighbours)] += 1;
      }
      if (from + AT_ONCE < count) setTimeout(some, 0, from + AT_ONCE);
      else this.show(Array.from(counts), count);
    };
    clearTimeout(this.timer);
    this.timer = setTimeout(some, REST, 0);
  }

  /** @param {number[]} counts of each label @param {number} count of draws */
  show(counts, count) {
    this.counts = counts;
    this.bars.forEach(({ share, number }, i) => {
      share.style.setProperty("--share", String(counts[i] / count));
      number.textContent = counts[i] ? String(counts[i]) : "";
    });
    const seen = this.labels.map((name, i) => `${counts[i]} look like ${name}`).filter((_, i) => counts[i]);
    this.host.setAttribute("aria-label", seen.join(", "));
  }
}

/** The bar of one label, which may be called anything: it is text. @param {string} name @param {string} colour */
function barOf(name, colour) {
  const bar = Object.assign(document.createElement("span"), { title: name }),
    share = document.createElement("i"),
    number = document.createElement("b");
  share.style.setProperty("--colour", colour);
  bar.append(share, number, shortened(name));
  return { bar, share, number };
}

/**
 * @param {Codes} codes
 * @param {Float32Array} z (D,)
 * @param {number} labels
 * @param {number} neighbours
 * @returns {number} the label that most of the codes nearest to z have
 */
function labelOf(codes, z, labels, neighbours) {
  const counts = new Uint8Array(labels);
  for (const { index } of nearestCodes(codes.mean, z, neighbours)) counts[codes.labels?.[index] ?? 0] += 1;
  return counts.indexOf(Math.max(...counts));
}
