// The pictures a path is built from: a row of thumbnails, one of them ringed; what is chosen next replaces that one.
import { partOf } from "../kit/part.js";
import { PictureCanvas } from "../kit/paint.js";

/**
 * @typedef {object} End
 * @property {Float32Array} z
 * @property {number | null} row of the codes; null for a z of its own
 * @property {string} text what it is
 * @property {Float32Array} [picture] (C, H, W) in [0, 1]: the original if there is one, else what is decoded
 * @property {string} [drawn] what was drawn on the pad, in base64 of bytes: a link may hold it
 */
/**
 * An end as Python sends it; picture is base64 of bytes (C, H, W).
 * @typedef {{row?: number, z?: number[], text: string, picture?: string, drawn: boolean}} SentEnd
 */

const SIGNS = ["", "−", "+"]; // of a sum

export class Ends {
  /** @type {End[]} */
  ends = [];
  /** @type {import("../kit/paint.js").Shape} */
  shape = [1, 1, 1];

  /** @param {HTMLElement} host @param {{onRing: (index: number) => void}} handlers */
  constructor(host, handlers) {
    this.host = host;
    this.handlers = handlers;
  }

  /**
   * @param {import("./state.js").Mode} mode
   * @param {End[]} ends
   * @param {number} ringed
   * @param {import("../kit/paint.js").Shape} shape
   */
  show(mode, ends, ringed, shape) {
    this.ends = ends;
    this.shape = shape;
    const children = ends.flatMap((end, index) => {
      const sign = index === 0 ? "" : mode === "arithmetic" ? SIGNS[index] : "→";
      return [
        ...(sign ? [Object.assign(document.createElement("b"), { textContent: sign })] : []),
        this.slot(end, index, index === ringed),
      ];
    });
    this.host.replaceChildren(...children);
  }

  /** @param {End} end @param {number} index @param {boolean} ringed */
  slot(end, index, ringed) {
    const slot = document.createElement("button"),
      canvas = document.createElement("canvas"),
      small = Object.assign(document.createElement("small"), { textContent: end.text });
    slot.type = "button";
    slot.className = "slot";
    Object.assign(slot.dataset, { role: "end", end: index });
    slot.setAttribute("aria-pressed", String(ringed));
    slot.title = `${end.text}. What you choose next takes the place of the selected picture.`;
    canvas.className = "skeleton";
    slot.append(canvas, small);
    slot.onclick = () => this.handlers.onRing(index);
    if (end.picture) new PictureCanvas(canvas).paint(end.picture, this.shape);
    return slot;
  }

  /** The picture of one end has come. @param {number} index */
  paint(index) {
    const picture = this.ends[index]?.picture;
    if (!picture) return;
    const canvas = partOf(this.host, `[data-end="${index}"] canvas`, HTMLCanvasElement);
    new PictureCanvas(canvas).paint(picture, this.shape);
  }
}
