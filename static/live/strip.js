// The filmstrip: one row a path, one picture a frame, and the pixels' own mixture below for contrast.
import { putSheet, writePicture } from "./paint.js";

export class Strip {
  /**
   * @param {HTMLElement} host
   * @param {{onChoose: (row: string) => void, onPick: (share: number) => void}} handlers
   */
  constructor(host, handlers) {
    this.handlers = handlers;
    host.innerHTML = `
      <div class="row-names" role="radiogroup" aria-label="The path"></div>
      <div class="film"><canvas data-role="filmstrip" role="img" aria-label="Pictures along each path"></canvas><i></i></div>`;
    this.names = host.querySelector(".row-names");
    this.film = host.querySelector(".film");
    this.canvas = host.querySelector("canvas");
    this.mark = host.querySelector("i");
    this.film.addEventListener("pointerdown", (event) => this.pick(event));
  }

  /**
   * @param {{name: string, title: string, help: string, path: boolean}[]} rows from above
   * @param {number} frames pictures in a row
   * @param {import("./paint.js").Shape} shape
   */
  build(rows, frames, shape) {
    Object.assign(this, { rows, frames, shape });
    this.film.style.setProperty("--columns", frames);
    this.film.style.aspectRatio = `${frames * shape[2]} / ${rows.length * shape[1]}`;
    this.names.replaceChildren(...rows.map(({ name, title, help, path }) => {
      const item = document.createElement(path ? "button" : "span");
      Object.assign(item, { title: help, innerHTML: `<i data-path="${name}"></i>${title}` });
      item.dataset.role = "path";
      item.dataset.row = name;
      if (!path) return item;
      Object.assign(item, { type: "button", onclick: () => this.handlers.onChoose(name) });
      item.setAttribute("role", "radio");
      return item;
    }));
  }

  /** Each row's pictures, in order: (frames, C, H, W) in [0, 1]; a row that is not known yet is left empty. */
  paint(pictures) {
    const [channels, height, width] = this.shape, size = channels * height * width;
    const sheetWidth = this.frames * width, sheetHeight = this.rows.length * height;
    const pixels = new Uint8ClampedArray(4 * sheetWidth * sheetHeight);
    this.rows.forEach(({ name }, row) => {
      if (!pictures[name]) return;
      for (let i = 0; i < this.frames; i++) {
        writePicture(pictures[name], i * size, this.shape, 255, pixels, sheetWidth, i * width, row * height);
      }
    });
    putSheet(this.canvas, { pixels, width: sheetWidth, height: sheetHeight });
  }

  /** @param {string} row the path that is walked @param {number} share where on it, 0 to 1 */
  show(row, share) {
    const index = this.rows.findIndex(({ name }) => name === row), column = Math.round(share * (this.frames - 1));
    if (this.at === `${row} ${column} ${this.frames} ${this.rows.length}`) return;
    this.at = `${row} ${column} ${this.frames} ${this.rows.length}`;
    for (const item of this.names.children) {
      if (item.dataset.row === row) item.setAttribute("aria-checked", "true");
      else item.removeAttribute("aria-checked");
    }
    Object.assign(this.mark.style, {
      width: `${100 / this.frames}%`, height: `${100 / this.rows.length}%`,
      left: `${(100 * column) / this.frames}%`, top: `${(100 * index) / this.rows.length}%`,
    });
  }

  pick(event) {
    const box = this.film.getBoundingClientRect();
    const column = Math.min(this.frames - 1, Math.floor(((event.clientX - box.left) / box.width) * this.frames));
    const row = this.rows[Math.min(this.rows.length - 1, Math.floor(((event.clientY - box.top) / box.height) * this.rows.length))];
    if (row.path) this.handlers.onChoose(row.name);
    this.handlers.onPick(column / (this.frames - 1));
  }
}
