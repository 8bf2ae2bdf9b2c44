// The matrix of traversals: each row walks one dimension from low to high and leaves the others where they are.
import { putSheet } from "./paint.js";
import { dimensionName } from "./sliders.js";

const COLUMNS = 11;
const ROWS = 12;

export class Traversals {
  /**
   * @param {HTMLElement} host
   * @param {import("./batch.js").BatchDecoder} batch
   * @param {(z: Float32Array) => void} onPick
   */
  constructor(host, batch, onPick) {
    this.batch = batch;
    this.onPick = onPick;
    host.innerHTML = '<div class="names"></div><div class="matrix" role="group"><canvas></canvas></div>';
    this.names = host.querySelector(".names");
    this.matrix = host.querySelector(".matrix");
    this.canvas = host.querySelector("canvas");
    const help = "Traversals: a row a dimension, from low to high; arrow keys move, Enter goes there";
    this.matrix.setAttribute("aria-label", help);
    this.matrix.addEventListener("click", (event) => this.pick(event.target));
    this.matrix.addEventListener("keydown", (event) => this.key(event));
    batch.on("traversals", (sheet) => putSheet(this.canvas, sheet));
  }

  /**
   * @param {import("./sliders.js").Dimension[]} dimensions ordered by KL
   * @param {import("./paint.js").Shape} shape
   */
  build(dimensions, shape) {
    this.dimensions = dimensions.slice(0, ROWS);
    this.matrix.style.setProperty("--rows", this.dimensions.length);
    this.matrix.style.setProperty("--columns", COLUMNS);
    this.matrix.style.setProperty("--sheet", (COLUMNS * shape[2]) / (this.dimensions.length * shape[1]));
    this.names.replaceChildren(...this.dimensions.map(({ index }) => {
      return Object.assign(document.createElement("span"), { textContent: dimensionName(index) });
    }));
    this.cells = this.dimensions.flatMap((dimension, row) =>
      Array.from({ length: COLUMNS }, (_, column) => this.cell(dimension, row, column)));
    this.cells[0].tabIndex = 0;
    this.matrix.replaceChildren(this.canvas, ...this.cells);
  }

  cell({ index, low, high }, row, column) {
    const cell = document.createElement("button");
    const value = low + ((high - low) * column) / (COLUMNS - 1);
    cell.type = "button";
    cell.tabIndex = -1;
    cell.dataset.role = "traversal";
    cell.dataset.row = row;
    cell.dataset.column = column;
    cell.setAttribute("aria-label", `${dimensionName(index)} at ${value.toFixed(2)}`);
    Object.assign(cell, { latent: index, value });
    return cell;
  }

  /** @param {Float32Array} z the present z: every row walks around it */
  update(z) {
    this.z = z;
    const count = this.cells.length, dim = z.length, batch = new Float32Array(count * dim);
    this.cells.forEach(({ latent, value }, i) => {
      batch.set(z, i * dim);
      batch[i * dim + latent] = value;
    });
    this.batch.request("traversals", batch, count, COLUMNS);
    this.dimensions.forEach(({ index, low, high }, row) => {
      const nearest = Math.round(((z[index] - low) / (high - low)) * (COLUMNS - 1));
      const column = Math.min(COLUMNS - 1, Math.max(0, nearest));
      if (this.outlined?.[row] !== column) this.outline(row, column);
    });
  }

  outline(row, column) {
    this.outlined ??= [];
    const before = this.cells[row * COLUMNS + (this.outlined[row] ?? column)];
    before?.classList.remove("present");
    this.cells[row * COLUMNS + column].classList.add("present");
    this.outlined[row] = column;
  }

  pick(cell) {
    if (cell?.dataset?.role !== "traversal") return;
    const z = Float32Array.from(this.z);
    z[cell.latent] = cell.value;
    this.onPick(z);
  }

  /** Arrow keys move over the cells; only one of them is in the page's order of tabs. */
  key(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };
    const at = this.cells.indexOf(event.target), next = this.cells[at + moves[event.key]];
    if (at < 0 || !next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}
