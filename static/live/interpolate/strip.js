// The filmstrip: one row a path, one picture a frame, and the pixels' own mixture below for contrast.
import { partOf } from "../kit/part.js";
import { putSheet, writePicture } from "../kit/paint.js";

/** @typedef {{name: import("./state.js").RowName, title: string, help: string, path: boolean}} Row path: can be chosen */

export class Strip {
  /** @type {Row[]} from above */
  rows = [];
  frames = 0;
  /** @type {import("../kit/paint.js").Shape} of a picture */
  shape = [1, 1, 1];
  row = ""; // the marked one
  column = -1; // the marked frame

  /**
   * @param {HTMLElement} host
   * @param {{onChoose: (row: import("./state.js").RowName) => void, onPick: (share: number) => void}} handlers
   */
  constructor(host, handlers) {
    this.handlers = handlers;
    host.innerHTML = `
      <div class="row-names" role="radiogroup" aria-label="The path"></div>
      <div class="film"><canvas class="skeleton" data-role="filmstrip" role="img" aria-label="Pictures along each path"></canvas><i></i></div>`;
    this.names = partOf(host, ".row-names", HTMLElement);
    this.film = partOf(host, ".film", HTMLElement);
    this.canvas = partOf(this.film, "canvas", HTMLCanvasElement);
    this.mark = partOf(this.film, "i", HTMLElement);
    this.film.addEventListener("click", (event) => this.pick(event)); // a swipe over it scrolls
  }

  /**
   * @param {Row[]} rows
   * @param {number} frames pictures in a row
   * @param {import("../kit/paint.js").Shape} shape
   */
  build(rows, frames, shape) {
    Object.assign(this, { rows, frames, shape, row: "", column: -1 });
    this.names.replaceChildren(
      ...rows.map(({ name, title, help, path }) => {
        const item = document.createElement(path ? "button" : "span");
        item.title = help;
        item.innerHTML = `<i data-path="${name}"></i>${title}`;
        Object.assign(item.dataset, { role: "path", row: name });
        if (!path) return item;
        item.onclick = () => this.handlers.onChoose(name);
        item.setAttribute("type", "button");
        item.setAttribute("role", "radio");
        return item;
      }),
    );
  }

  /**
   * @param {Record<string, Float32Array>} pictures of each row, in order: (frames, C, H, W) in [0, 1]; a row that is not
   *   known yet is left empty
   */
  paint(pictures) {
    const [channels, height, width] = this.shape,
      size = channels * height * width;
    const sheetWidth = this.frames * width,
      sheetHeight = this.rows.length * height;
    const pixels = new Uint8ClampedArray(4 * sheetWidth * sheetHeight);
    this.rows.forEach(({ name }, row) => {
      if (!pictures[name]) return;
      for (let i = 0; i < this.frames; i++) {
        writePicture(pictures[name], i * size, this.shape, 255, pixels, sheetWidth, i * width, row * height);
      }
    });
    putSheet(this.canvas, { pixels, width: sheetWidth, height: sheetHeight });
  }

  /** @param {string} row the chosen path @param {number} share where on it, 0 to 1 */
  show(row, share) {
    const column = Math.round(share * (this.frames - 1));
    if (row === this.row && column === this.column) return;
    this.row = row;
    this.column = column;
    const index = this.rows.findIndex(({ name }) => name === row);
    for (const item of this.names.querySelectorAll("[data-row]")) {
      if (item.matches("button")) item.setAttribute("aria-checked", String(item.getAttribute("data-row") === row));
    }
    Object.assign(this.mark.style, {
      width: `${100 / this.frames}%`,
      height: `${100 / this.rows.length}%`,
      left: `${(100 * column) / this.frames}%`,
      top: `${(100 * index) / this.rows.length}%`,
    });
  }

  /** @param {MouseEvent} event */
  pick({ clientX, clientY }) {
    const { left, top, width, height } = this.film.getBoundingClientRect(),
      count = this.rows.length;
    const column = Math.min(this.frames - 1, Math.floor(((clientX - left) / width) * this.frames));
    const { name, path } = this.rows[Math.min(count - 1, Math.floor(((clientY - top) / height) * count))];
    if (path) this.handlers.onChoose(name);
    this.handlers.onPick(column / (this.frames - 1));
  }
}
