// A two-dimensional latent space in one view: pictures at the prior's quantiles, each cell the same share of the prior.
import { partOf } from "../kit/part.js";
import { putSheet } from "../kit/paint.js";
import { normalQuantile, normalShare } from "../math/normal.js";

const SIDE = 15; // at 1280x720 a cell is 28 pixels wide

const QUANTILES = Array.from({ length: SIDE }, (_, i) => normalQuantile((i + 0.5) / SIDE));
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The row or column of the grid nearest to i. @param {number} i */
const inside = (i) => Math.min(SIDE - 1, Math.max(0, i));

export class Manifold {
  /** @type {[number, number] | null} column and row of the present z */
  cell = null;

  /**
   * @param {HTMLElement} host
   * @param {import("../engine/sheets.js").Sheets} sheets
   * @param {(z: Float32Array) => void} onPick
   */
  constructor(host, sheets, onPick) {
    this.sheets = sheets;
    this.onPick = onPick;
    host.innerHTML =
      '<canvas class="skeleton" data-role="manifold" tabindex="0" data-keys="arrows" role="img"></canvas><i class="here" hidden></i>';
    this.canvas = partOf(host, "canvas", HTMLCanvasElement);
    this.mark = partOf(host, "i", HTMLElement);
    const help = "Pictures at the prior's quantiles; click one to go there, arrow keys step.";
    this.canvas.setAttribute("aria-label", help);
    this.canvas.addEventListener("click", ({ clientX, clientY }) => {
      const box = this.canvas.getBoundingClientRect();
      const column = Math.floor(((clientX - box.left) / box.width) * SIDE);
      const row = Math.floor(((clientY - box.top) / box.height) * SIDE);
      onPick(this.at(column, row));
    });
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    sheets.on("manifold", (sheet) => putSheet(this.canvas, sheet));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = MOVES[event.key];
    if (!move || !this.cell) return;
    event.preventDefault();
    this.cell = [inside(this.cell[0] + move[0]), inside(this.cell[1] + move[1])]; // the next key may come before a frame
    this.onPick(this.at(...this.cell));
  }

  /** The z of a cell; z2 grows upwards, as on the map. @param {number} column @param {number} row */
  at(column, row) {
    return Float32Array.of(QUANTILES[inside(column)], QUANTILES[SIDE - 1 - inside(row)]);
  }

  /** Decode the whole grid; it depends on the model alone. */
  build() {
    const z = new Float32Array(2 * SIDE * SIDE);
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) z.set(this.at(column, row), 2 * (row * SIDE + column));
    }
    this.sheets.request("manifold", z, SIDE * SIDE, SIDE);
  }

  /** @param {Float32Array} z mark its place */
  update(z) {
    const across = normalShare(z[0]),
      up = normalShare(z[1]);
    this.cell = [Math.floor(across * SIDE), Math.floor((1 - up) * SIDE)];
    this.mark.hidden = false;
    this.mark.style.transform = `translate(${(across * 100).toFixed(2)}cqw, ${((1 - up) * 100).toFixed(2)}cqh)`;
  }
}
