// A two-dimensional latent space in one view: pictures at the prior's quantiles, each cell the same share of the prior.
import { putSheet } from "./paint.js";

const SIDE = 20;

/** The share of the standard normal below x (Abramowitz and Stegun 7.1.26, error below 1e-7). */
export function normalShare(x) {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp((-x * x) / 2)) / 2;
  return x < 0 ? tail : 1 - tail;
}

/** The quantile of the standard normal, by bisection. */
export function normalQuantile(share) {
  let low = -8, high = 8;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const QUANTILES = Array.from({ length: SIDE }, (_, i) => normalQuantile((i + 0.5) / SIDE));

/** The row or column of the grid nearest to i. */
const inside = (i) => Math.min(SIDE - 1, Math.max(0, i));

export class Manifold {
  /**
   * @param {HTMLElement} host
   * @param {import("./batch.js").BatchDecoder} batch
   * @param {(z: Float32Array) => void} onPick
   */
  constructor(host, batch, onPick) {
    this.batch = batch;
    host.innerHTML = '<canvas data-role="manifold" tabindex="0" role="img"></canvas><i class="here" hidden></i>';
    [this.canvas, this.mark] = host.children;
    const help = "Pictures at the prior's quantiles; click one to go there, arrow keys step.";
    this.canvas.setAttribute("aria-label", help);
    this.canvas.addEventListener("click", (event) => {
      const box = this.canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - box.left) / box.width) * SIDE);
      const row = Math.floor(((event.clientY - box.top) / box.height) * SIDE);
      onPick(this.at(column, row));
    });
    this.canvas.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!move || !this.cell) return;
      event.preventDefault();
      this.cell = this.cell.map((i, d) => inside(i + move[d])); // now: the next key may come before the next frame
      onPick(this.at(...this.cell));
    });
    batch.on("manifold", (sheet, tag, milliseconds) => {
      putSheet(this.canvas, sheet);
      this.milliseconds = milliseconds;
    });
  }

  /** The z of a cell; z2 grows upwards, as on the map. */
  at(column, row) {
    return Float32Array.of(QUANTILES[inside(column)], QUANTILES[SIDE - 1 - inside(row)]);
  }

  /** Decode the whole grid; it depends on the model alone. */
  build() {
    const z = new Float32Array(2 * SIDE * SIDE);
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) z.set(this.at(column, row), 2 * (row * SIDE + column));
    }
    this.batch.request("manifold", z, SIDE * SIDE, SIDE);
  }

  /** @param {Float32Array} z mark its place */
  update(z) {
    const across = normalShare(z[0]), up = normalShare(z[1]);
    this.cell = [Math.floor(across * SIDE), Math.floor((1 - up) * SIDE)];
    this.mark.hidden = false;
    this.mark.style.transform = `translate(${(across * 100).toFixed(2)}cqw, ${((1 - up) * 100).toFixed(2)}cqh)`;
  }
}
