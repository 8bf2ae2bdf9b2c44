// Test pictures to pick from, beside what every model makes of them.
import { sheetOf, putSheet } from "./paint.js";

const SHELVED = 16; // pictures

export class RailShelf {
  /** @param {HTMLElement} host @param {(row: number) => void} onPick gets a row of the codes */
  constructor(host, onPick) {
    this.host = host;
    host.addEventListener("click", ({ target }) => {
      const button = target.closest("button");
      if (button) onPick(Number(button.dataset.row));
    });
  }

  /**
   * The first pictures of a data set, fetched once; none where there are none.
   * @param {import("./codes.js").Originals | null} originals
   * @param {import("./paint.js").Shape} shape
   * @param {number} count of all test pictures
   */
  async fill(originals, shape, count) {
    if (this.originals === originals) return;
    this.originals = originals;
    this.host.replaceChildren();
    if (!originals) return;
    const rows = Array.from({ length: Math.min(SHELVED, count) }, (_, row) => row);
    const pictures = await Promise.all(rows.map((row) => originals.get(row)));
    if (this.originals !== originals) return;
    this.host.replaceChildren(...pictures.map((bytes, row) => thumbnail(bytes, shape, row)));
    this.mark(this.row);
  }

  /** @param {number | null} row of the picture that is read */
  mark(row) {
    this.row = row;
    for (const button of this.host.children) button.setAttribute("aria-pressed", Number(button.dataset.row) === row);
  }
}

/** @param {Uint8Array} bytes (C, H, W) @param {import("./paint.js").Shape} shape @param {number} row */
function thumbnail(bytes, shape, row) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.row = row;
  button.title = `Test picture ${row}`;
  button.setAttribute("aria-label", button.title);
  const canvas = document.createElement("canvas");
  putSheet(canvas, sheetOf(Float32Array.from(bytes, (byte) => byte / 255), 1, shape, 1));
  button.append(canvas);
  return button;
}
