// What the prior makes, for models with too many dimensions for one grid: a sheet of fresh draws.
import { partOf } from "../kit/part.js";
import { putSheet } from "../kit/paint.js";
import { freshDraws } from "../math/mixture_prior.js";

const COLUMNS = 8,
  ROWS = 4,
  COUNT = COLUMNS * ROWS;
/** @type {Record<string, number>} */
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };

export class PriorSamples {
  dim = 0;
  /** @type {Float32Array | null} (COUNT, D), of the sheet */
  z = null;
  /** @type {number | null} the sample that is on the screen */
  chosen = null;

  /**
   * @param {HTMLElement} host
   * @param {import("../engine/sheets.js").Sheets} sheets
   * @param {(z: Float32Array) => void} onPick
   */
  constructor(host, sheets, onPick) {
    this.sheets = sheets;
    this.onPick = onPick;
    host.innerHTML =
      '<canvas class="skeleton" data-role="samples" tabindex="0" data-keys="arrows" role="img"></canvas><i class="frame" hidden></i>';
    this.canvas = partOf(host, "canvas", HTMLCanvasElement);
    this.frame = partOf(host, "i", HTMLElement);
    this.canvas.setAttribute("aria-label", "Pictures drawn from the prior; click one to go there, arrow keys step.");
    this.canvas.addEventListener("click", ({ clientX, clientY }) => {
      const { left, top, width, height } = this.canvas.getBoundingClientRect();
      const column = Math.floor(((clientX - left) / width) * COLUMNS);
      this.pick(Math.floor(((clientY - top) / height) * ROWS) * COLUMNS + column);
    });
    this.canvas.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      this.pick((this.chosen ?? -move) + move);
    });
    sheets.on("samples", (sheet) => putSheet(this.canvas, sheet));
  }

  /**
   * Draw a new sheet.
   * @param {number} dim of the latent space
   * @param {import("../math/mixture_prior.js").Mixture | null} mixture of a prior that was learned
   * @returns {Float32Array} the first z
   */
  draw(dim, mixture) {
    const z = freshDraws(mixture, COUNT, dim);
    this.dim = dim;
    this.z = z;
    this.chosen = null;
    this.frame.hidden = true;
    this.sheets.request("samples", z.slice(), COUNT, COLUMNS);
    return z.slice(0, dim);
  }

  /** @param {number} index */
  pick(index) {
    if (!this.z || !(index >= 0 && index < COUNT)) return;
    this.onPick(this.z.slice(index * this.dim, (index + 1) * this.dim));
  }

  /** Frame the sample that is on the screen, if one is. @param {Float32Array} z */
  update(z) {
    const { z: sheet, dim } = this;
    if (!sheet) return;
    let index = 0;
    while (index < COUNT && !z.every((value, d) => value === sheet[index * dim + d])) index++;
    this.chosen = index < COUNT ? index : null;
    this.frame.hidden = this.chosen === null;
    this.frame.style.translate = `${(index % COLUMNS) * 100}% ${Math.floor(index / COLUMNS) * 100}%`;
  }
}
