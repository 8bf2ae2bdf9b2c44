// The matrix of traversals: each row takes one dimension from low to high and leaves the others where they are.
import { partOf } from "../kit/part.js";
import { putSheet } from "../kit/paint.js";
import { dimensionName } from "../parts/sliders.js";

/** @typedef {import("../engine/model.js").Dimension} Dimension */
/** @typedef {{button: HTMLButtonElement, index: number, value: number}} Cell the dimension it sets, and to what */

const COLUMNS = 11;
const ROWS = 10;
/** @type {Record<string, number>} */
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };

export class Traversals {
  /** @type {Dimension[]} of the rows */
  dimensions = [];
  /** @type {Cell[]} row by row */
  cells = [];
  /** @type {number[]} the column of each row that is nearest to the present z */
  outlined = [];
  /** @type {Float32Array} the present z: every row goes around it */
  z = new Float32Array(0);

  /**
   * @param {HTMLElement} host
   * @param {import("../engine/sheets.js").Sheets} sheets
   * @param {(z: Float32Array) => void} onPick
   */
  constructor(host, sheets, onPick) {
    this.sheets = sheets;
    this.onPick = onPick;
    host.innerHTML =
      '<div class="names"></div><div class="matrix" role="group" data-keys="arrows"><canvas class="skeleton"></canvas></div>';
    this.names = partOf(host, ".names", HTMLElement);
    this.matrix = partOf(host, ".matrix", HTMLElement);
    this.canvas = partOf(host, "canvas", HTMLCanvasElement);
    const help = "Traversals: a row a dimension, from low to high; arrow keys move, Enter goes there";
    this.matrix.setAttribute("aria-label", help);
    this.matrix.addEventListener("click", ({ target }) => this.pick(target));
    this.matrix.addEventListener("keydown", (event) => this.key(event));
    sheets.on("traversals", (sheet) => putSheet(this.canvas, sheet));
  }

  /**
   * @param {Dimension[]} dimensions the most used first
   * @param {import("../kit/paint.js").Shape} shape
   */
  build(dimensions, shape) {
    this.dimensions = dimensions.slice(0, ROWS);
    const rows = this.dimensions.length;
    this.matrix.style.setProperty("--rows", String(rows));
    this.matrix.style.setProperty("--columns", String(COLUMNS));
    this.matrix.style.setProperty("--sheet", String((COLUMNS * shape[2]) / (rows * shape[1])));
    this.names.replaceChildren(
      ...this.dimensions.map(({ index }) => {
        return Object.assign(document.createElement("span"), { textContent: dimensionName(index) });
      }),
    );
    this.cells = this.dimensions.flatMap((dimension, row) =>
      Array.from({ length: COLUMNS }, (_, column) => cellOf(dimension, row, column)),
    );
    this.outlined = [];
    this.cells[0].button.tabIndex = 0;
    this.matrix.replaceChildren(this.canvas, ...this.cells.map(({ button }) => button));
  }

  /** Show no picture. */
  clear() {
    this.canvas.width = this.canvas.height = 1;
  }

  /** @param {Float32Array} z the present z */
  update(z) {
    this.z = z;
    const count = this.cells.length,
      dim = z.length,
      batch = new Float32Array(count * dim);
    this.cells.forEach(({ index, value }, i) => {
      batch.set(z, i * dim);
      batch[i * dim + index] = value;
    });
    this.sheets.request("traversals", batch, count, COLUMNS);
    this.dimensions.forEach(({ index, low, high }, row) => {
      const nearest = Math.round(((z[index] - low) / (high - low)) * (COLUMNS - 1));
      const column = Math.min(COLUMNS - 1, Math.max(0, nearest));
      if (this.outlined[row] !== column) this.outline(row, column);
    });
  }

  /** @param {number} row @param {number} column */
  outline(row, column) {
    const before = this.cells[row * COLUMNS + (this.outlined[row] ?? column)];
    before.button.classList.remove("present");
    this.cells[row * COLUMNS + column].button.classList.add("present");
    this.outlined[row] = column;
  }

  /** @param {EventTarget | null} target a cell's button, or something else */
  pick(target) {
    const cell = this.cells.find(({ button }) => button === target);
    if (!cell) return;
    const z = Float32Array.from(this.z);
    z[cell.index] = cell.value;
    this.onPick(z);
  }

  /** Arrow keys move over the cells; only one of them is in the page's order of tabs. @param {KeyboardEvent} event */
  key(event) {
    const at = this.cells.findIndex(({ button }) => button === event.target),
      next = this.cells[at + MOVES[event.key]];
    if (at < 0 || !next) return;
    event.preventDefault();
    this.cells[at].button.tabIndex = -1;
    next.button.tabIndex = 0;
    next.button.focus();
  }
}

/**
 * @param {Dimension} dimension
 * @param {number} row
 * @param {number} column
 * @returns {Cell}
 */
function cellOf({ index, low, high }, row, column) {
  const button = document.createElement("button"),
    value = low + ((high - low) * column) / (COLUMNS - 1);
  button.type = "button";
  button.tabIndex = -1;
  Object.assign(button.dataset, { role: "traversal", row, column });
  button.setAttribute("aria-label", `${dimensionName(index)} at ${value.toFixed(2)}`);
  return { button, index, value };
}
