// Several answers, not one: completions side by side, their mean and spread, and which labels they look like.
import { partOf } from "../kit/part.js";
import { PictureCanvas, putSheet } from "../kit/paint.js";
import { completedSheet, inColour } from "./spread.js";
import { Votes } from "./votes.js";

/** @typedef {{draws: Float32Array, bytes: Uint8Array, mask: Uint8Array, columns: number}} Asked what a sheet is of */

export class Gallery {
  /** @type {import("./state.js").Model | null} */
  model = null;
  count = 0; // answers
  most = Infinity; // columns in which they stand
  chosen = 0; // which of them is the completion

  /**
   * @param {HTMLElement} root of the page
   * @param {import("../engine/sheets.js").Sheets} sheets
   * @param {(answer: number) => void} onPick
   */
  constructor(root, sheets, onPick) {
    this.root = root;
    this.sheets = sheets;
    this.onPick = onPick;
    this.sheet = partOf(root, "[data-role=gallery]", HTMLCanvasElement);
    this.frame = partOf(root, ".frame", HTMLElement);
    this.mean = new PictureCanvas(partOf(root, "[data-role=mean]", HTMLCanvasElement));
    this.spread = new PictureCanvas(partOf(root, "[data-role=spread]", HTMLCanvasElement));
    this.voting = new Votes(partOf(root, "section.votes", HTMLElement));
    this.sheet.addEventListener("click", (event) => this.clicked(event));
    this.sheet.addEventListener("keydown", ({ key }) => this.stepped(key));
    sheets.on("gallery", (sheet, asked) => this.receive(sheet, asked));
  }

  /** Answers that look like each label; null until they are counted. */
  get votes() {
    return this.voting.counts;
  }

  get columns() {
    return Math.min(this.most, this.count);
  }

  /**
   * The sheet has its size before it has its pictures.
   * @param {import("./state.js").Model} model
   * @param {number} answers
   */
  build(model, answers) {
    this.model = model;
    this.count = answers;
    this.arrange(this.most);
  }

  /** @param {number} most columns from now on @returns {boolean} whether that is new */
  arrange(most) {
    const { model, count } = this,
      changed = most !== this.most;
    this.most = most;
    if (model) {
      const [, height, width] = model.shape,
        columns = this.columns;
      this.root.style.setProperty("--sheet", String((columns * columns * width) / (count * height)));
    }
    return changed;
  }

  /** @param {import("./completion.js").LiveCompletion} completion what is on the screen now */
  ask({ draws, bytes, mask, chosen }) {
    if (!draws || !bytes || !mask) return;
    this.pick(chosen);
    const { count, columns } = this;
    this.sheets.request("gallery", draws, count, columns, { draws, bytes, mask, columns });
  }

  /** @param {number} chosen */
  pick(chosen) {
    this.chosen = chosen;
    const { columns, frame } = this,
      rows = this.count / columns;
    Object.assign(frame.style, { width: `${100 / columns}%`, height: `${100 / rows}%` });
    frame.style.translate = `${(chosen % columns) * 100}% ${Math.floor(chosen / columns) * 100}%`;
  }

  /** @param {MouseEvent} event */
  clicked({ clientX, clientY }) {
    const { left, top, width, height } = this.sheet.getBoundingClientRect(),
      { count, columns } = this;
    if (!count) return; // no model is there yet
    const row = Math.floor(((clientY - top) / height) * (count / columns));
    this.onPick(row * columns + Math.floor(((clientX - left) / width) * columns));
  }

  /** @param {string} key */
  stepped(key) {
    const { columns, count } = this;
    /** @type {Record<string, number>} */
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    if (key in steps && count) this.onPick((this.chosen + steps[key] + count) % count);
  }

  /** @param {import("../engine/sheets.js").Sheet} sheet @param {Asked} asked */
  receive(sheet, { draws, bytes, mask, columns }) {
    if (!this.model) return;
    const { shape, mostSpread } = this.model,
      [channels, height, width] = shape;
    const { mean, deviation } = completedSheet(sheet, this.count, columns, shape, bytes, mask);
    putSheet(this.sheet, sheet);
    this.mean.paint(mean, shape, 1);
    this.spread.paint(inColour(deviation, channels, height * width, mostSpread), [3, height, width], 1);
    this.voting.count(draws);
  }
}
