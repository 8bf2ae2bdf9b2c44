// The picture with its hole: drawn masks, and a brush that hides pixels or brings them back.
import { DrawingPad } from "../parts/pad.js";
import { contextOf } from "../kit/canvas.js";
import { writePicture } from "../kit/paint.js";

/** @typedef {import("../kit/paint.js").Shape} Shape */

const MISSING = 128; // how far a pixel must be under the brush to be hidden

/**
 * @param {Uint8Array} bits packed, the first pixel in the highest bit
 * @param {number} start in bytes
 * @param {number} count of pixels
 */
export function unpacked(bits, start, count) {
  return Uint8Array.from({ length: count }, (_, i) => (bits[start + (i >> 3)] >> (7 - (i & 7))) & 1);
}

/** @param {Uint8Array} mask of 0 and 1 @returns {Uint8Array} eight in a byte */
export function packed(mask) {
  const bits = new Uint8Array(Math.ceil(mask.length / 8));
  mask.forEach((observed, i) => {
    bits[i >> 3] |= observed << (7 - (i & 7));
  });
  return bits;
}

export class HolePad {
  /** @type {Shape} */
  shape = [1, 1, 1]; // of the pictures
  mask = new Uint8Array(0); // (H, W), 1 = observed; empty until `build`
  /** @type {ImageData | null} */
  image = null;

  /**
   * @param {HTMLCanvasElement} canvas shows what is observed
   * @param {HTMLCanvasElement} brush lies on it, unseen
   * @param {{onChange: (time: number) => void, onStroke: () => void}} handlers
   */
  constructor(canvas, brush, { onChange, onStroke }) {
    this.canvas = canvas;
    this.context = contextOf(canvas);
    /** @param {Uint8Array} covered */
    const take = (covered) => {
      this.mask = Uint8Array.from(covered, (byte) => Number(byte < MISSING));
    };
    this.pad = new DrawingPad(brush, {
      onDraw: (covered, time) => {
        take(covered);
        onChange(time);
      },
      onStroke: (covered) => {
        take(covered);
        onChange(performance.now());
        onStroke();
      },
    });
    brush.dataset.role = "hole";
  }

  /** @param {Shape} shape of the pictures */
  build(shape) {
    this.shape = shape;
    this.pad.build([1, shape[1], shape[2]]);
    this.mask = new Uint8Array(shape[1] * shape[2]).fill(1);
    Object.assign(this.canvas, { width: shape[2], height: shape[1] });
    this.image = this.context.createImageData(shape[2], shape[1]);
  }

  /** @param {Uint8Array<ArrayBuffer>} mask (H, W), 1 = observed: on the pad, to be painted on */
  load(mask) {
    this.mask = mask;
    this.pad.load(mask.map((observed) => (observed ? 0 : 255)));
  }

  /** How many pixels are hidden. */
  get missing() {
    return this.mask.reduce((count, observed) => count + 1 - observed, 0);
  }

  /** @param {Uint8Array} bytes (C, H, W) @param {string} colour of the hole */
  show(bytes, colour) {
    if (!this.image) return;
    const width = this.shape[2];
    writePicture(bytes, 0, this.shape, 1, this.image.data, width, 0, 0);
    this.canvas.classList.remove("skeleton");
    this.context.putImageData(this.image, 0, 0);
    this.context.fillStyle = colour;
    this.mask.forEach((observed, i) => {
      if (!observed) this.context.fillRect(i % width, Math.floor(i / width), 1, 1);
    });
  }
}
