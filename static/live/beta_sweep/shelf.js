// Test pictures to pick from, beside what every model makes of them.
import { sheetOf, putSheet } from "../kit/paint.js";

/** @typedef {import("../engine/codes.js").Originals} Originals */
/** @typedef {import("../kit/paint.js").Shape} Shape */

const SHELVED = 16; // pictures

export class Shelf {
  /** @type {HTMLElement} */
  host;
  /** @type {Originals | null} */
  originals = null; // those whose pictures are shown
  /** @type {number | null} */
  row = null; // of the picture that is read

  /** @param {HTMLElement} host @param {(row: number) => void} onPick gets a row of the codes */
  constructor(host, onPick) {
    this.host = host;
    host.addEventListener("click", ({ target }) => {
      const button = target instanceof Element && target.closest("button");
      if (button) onPick(Number(button.dataset.row));
    });
  }

  /**
   * The first pictures of a data set, fetched once; none where there are none.
   * @param {Originals | null} originals
   * @param {Shape} shape
   * @param {number} count of all test pictures
   * @param {string[] | null} own what each is called, where they are our own
   */
  async fill(originals, shape, count, own) {
    if (this.originals === originals) return;
    this.originals = originals;
    this.host.replaceChildren();
    if (!originals) return;
    const rows = Array.from({ length: Math.min(SHELVED, count) }, (_, row) => row);
    const pictures = await Promise.all(rows.map((row) => originals.get(row)));
    if (this.originals !== originals) return;
    this.host.replaceChildren(
      ...pictures.map((bytes, row) => thumbnail(bytes, shape, row, own?.[row] ?? `Test picture ${row}`)),
    );
    this.mark(this.row);
  }

  /** @param {number | null} row of the picture that is read */
  mark(row) {
    this.row = row;
    for (const button of this.host.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(Number(button.dataset.row) === row));
  }
}

/** @param {Uint8Array} bytes (C, H, W) @param {Shape} shape @param {number} row @param {string} title */
function thumbnail(bytes, shape, row, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.row = String(row);
  button.title = title;
  button.setAttribute("aria-label", button.title);
  const canvas = document.createElement("canvas"),
    x = Float32Array.from(bytes, (byte) => byte / 255);
  putSheet(canvas, sheetOf(x, 1, shape, 1));
  button.append(canvas);
  return button;
}
