// The pictures a path is built from: a row of thumbnails, one of them ringed; what is chosen next replaces that one.
import { PictureCanvas } from "./paint.js";

/**
 * @typedef {object} End
 * @property {Float32Array} z
 * @property {number | null} row of the codes; null for a z of its own
 * @property {string} text what it is
 * @property {ArrayLike<number>} [picture] (C, H, W) in [0, 1]: the original if there is one, else what is decoded
 */

const SIGNS = { arithmetic: ["", "−", "+"], walk: "→" };

export class Ends {
  /** @param {HTMLElement} host @param {{onRing: (index: number) => void}} handlers */
  constructor(host, handlers) {
    this.host = host;
    this.handlers = handlers;
  }

  /**
   * @param {"walk" | "direction" | "arithmetic"} mode
   * @param {End[]} ends
   * @param {number} ringed
   * @param {import("./paint.js").Shape} shape
   */
  show(mode, ends, ringed, shape) {
    Object.assign(this, { ends, shape });
    const children = ends.flatMap((end, index) => {
      const sign = index === 0 ? "" : mode === "arithmetic" ? SIGNS.arithmetic[index] : SIGNS.walk;
      return [...(sign ? [Object.assign(document.createElement("b"), { textContent: sign })] : []), this.slot(end, index, index === ringed)];
    });
    this.host.replaceChildren(...children);
  }

  slot(end, index, ringed) {
    const slot = document.createElement("button");
    slot.type = "button";
    slot.className = "slot";
    slot.dataset.role = "end";
    slot.dataset.end = index;
    slot.setAttribute("aria-pressed", ringed);
    slot.title = `${end.text}. What you choose next takes the place of the ringed picture.`;
    slot.innerHTML = "<canvas></canvas><small></small>";
    slot.querySelector("small").textContent = end.text;
    slot.onclick = () => this.handlers.onRing(index);
    if (end.picture) new PictureCanvas(slot.firstElementChild).paint(end.picture, this.shape);
    return slot;
  }

  /** The picture of one end has come. */
  paint(index) {
    const canvas = this.host.querySelector(`[data-end="${index}"] canvas`);
    if (canvas && this.ends[index]?.picture) new PictureCanvas(canvas).paint(this.ends[index].picture, this.shape);
  }
}
