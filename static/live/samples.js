// What the prior makes, for models with too many dimensions for one grid: a sheet of fresh draws.
import { putSheet } from "./paint.js";

const COLUMNS = 8, ROWS = 4;

export class PriorSamples {
  /**
   * @param {HTMLElement} host
   * @param {import("./batch.js").BatchDecoder} batch
   * @param {(z: Float32Array) => void} onPick
   */
  constructor(host, batch, onPick) {
    this.batch = batch;
    this.onPick = onPick;
    host.innerHTML = '<canvas data-role="samples" tabindex="0" role="img"></canvas><i class="frame" hidden></i>';
    [this.canvas, this.frame] = host.children;
    this.canvas.setAttribute("aria-label", "Pictures drawn from the prior; click one to go there, arrow keys step.");
    this.canvas.addEventListener("click", (event) => {
      const { left, top, width, height } = this.canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - left) / width) * COLUMNS);
      this.pick(Math.floor(((event.clientY - top) / height) * ROWS) * COLUMNS + column);
    });
    this.canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS }[event.key];
      if (!step) return;
      event.preventDefault();
      this.pick((this.chosen ?? -step) + step);
    });
    batch.on("samples", (sheet) => putSheet(this.canvas, sheet));
  }

  /**
   * Draw a new sheet.
   * @param {number} dim of the latent space
   * @returns {Float32Array} the first z
   */
  draw(dim) {
    if (dim === 2) return Float32Array.of(normal(), normal()); // the manifold grid shows them all
    this.dim = dim;
    this.z = Float32Array.from({ length: COLUMNS * ROWS * dim }, normal);
    this.chosen = null;
    this.frame.hidden = true;
    this.batch.request("samples", this.z.slice(), COLUMNS * ROWS, COLUMNS);
    return this.at(0);
  }

  at(index) {
    return this.z.slice(index * this.dim, (index + 1) * this.dim);
  }

  pick(index) {
    if (!this.z || !(index >= 0 && index < COLUMNS * ROWS)) return;
    this.onPick(this.at(index));
  }

  /** Frame the sample that is on the screen, if one is. @param {Float32Array} z */
  update(z) {
    if (!this.z) return;
    let index = 0;
    while (index < COLUMNS * ROWS && !this.at(index).every((value, d) => value === z[d])) index++;
    this.chosen = index < COLUMNS * ROWS ? index : null;
    this.frame.hidden = this.chosen === null;
    this.frame.style.translate = `${(index % COLUMNS) * 100}% ${Math.floor(index / COLUMNS) * 100}%`;
  }
}

/** One draw from the standard normal (Box and Muller). */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
