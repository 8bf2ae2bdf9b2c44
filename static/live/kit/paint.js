// From numbers in [0, 1] to pixels on a canvas: one picture, or a sheet of them.
import { contextOf } from "./canvas.js";

/** @typedef {import("../math/shape.js").Shape} Shape channels, height, width of one picture */

/**
 * Write one picture of a (C, H, W) tensor into RGBA pixels at a place of a wider sheet.
 * @param {ArrayLike<number>} values tensor values
 * @param {number} start index of the picture's first value
 * @param {Shape} shape
 * @param {number} scale 255 for values in [0, 1], 1 for bytes
 * @param {Uint8ClampedArray} pixels RGBA pixels of the sheet
 * @param {number} sheetWidth width of the sheet in pixels
 * @param {number} left column of the picture's left edge
 * @param {number} top row of the picture's top edge
 */
export function writePicture(values, start, shape, scale, pixels, sheetWidth, left, top) {
  const [channels, height, width] = shape;
  const plane = height * width;
  const green = channels === 3 ? plane : 0,
    blue = channels === 3 ? 2 * plane : 0;
  for (let row = 0; row < height; row++) {
    let at = 4 * ((top + row) * sheetWidth + left),
      from = start + row * width;
    for (let column = 0; column < width; column++, at += 4, from++) {
      pixels[at] = scale * values[from]; // a clamped array rounds and clips by itself
      pixels[at + 1] = scale * values[from + green];
      pixels[at + 2] = scale * values[from + blue];
      pixels[at + 3] = 255;
    }
  }
}

/**
 * Lay a batch of pictures out as a sheet, row by row.
 * @param {ArrayLike<number>} values (B, C, H, W)
 * @param {number} count B
 * @param {Shape} shape
 * @param {number} columns pictures in one row of the sheet
 * @param {Uint8ClampedArray<ArrayBuffer>} [reuse] pixels of an earlier sheet of the same size
 * @returns {{pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}}
 */
export function sheetOf(values, count, shape, columns, reuse) {
  const [channels, height, width] = shape;
  const sheetWidth = columns * width,
    sheetHeight = Math.ceil(count / columns) * height;
  const size = 4 * sheetWidth * sheetHeight;
  const pixels = reuse?.length === size ? reuse : new Uint8ClampedArray(size);
  for (let i = 0; i < count; i++) {
    const left = (i % columns) * width,
      top = Math.floor(i / columns) * height;
    writePicture(values, i * channels * plane(shape), shape, 255, pixels, sheetWidth, left, top);
  }
  return { pixels, width: sheetWidth, height: sheetHeight };
}

/**
 * Put a finished sheet on a canvas, which takes the sheet's size.
 * @param {HTMLCanvasElement} canvas
 * @param {{pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}} sheet
 */
export function putSheet(canvas, { pixels, width, height }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.classList.remove("skeleton");
  contextOf(canvas).putImageData(new ImageData(pixels, width, height), 0, 0);
}

/**
 * Put a part of an image on a canvas, which takes its size.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageBitmap} image
 * @param {[number, number, number, number]} box left, top, width, height in pixels of the image
 */
export function putPart(canvas, image, [left, top, width, height]) {
  Object.assign(canvas, { width, height });
  contextOf(canvas).drawImage(image, left, top, width, height, 0, 0, width, height);
}

const REST = 400; // ms without another picture

/** A canvas that shows one picture at a time and keeps its pixel buffer between pictures. */
export class PictureCanvas {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = contextOf(canvas);
    /** @type {ImageData | null} */
    this.image = null;
    /** @type {number | undefined} */
    this.naming = undefined; // timer
  }

  /**
   * @param {ArrayLike<number>} values (C, H, W) in [0, 1], or bytes
   * @param {Shape} shape
   * @param {number} scale 255 for values in [0, 1], 1 for bytes
   */
  paint(values, shape, scale = 255) {
    const [, height, width] = shape;
    let { image } = this;
    if (!image || image.width !== width || image.height !== height) {
      Object.assign(this.canvas, { width, height });
      this.image = image = this.context.createImageData(width, height);
      this.canvas.classList.remove("skeleton");
    }
    writePicture(values, 0, shape, scale, image.data, width, 0, 0);
    this.context.putImageData(image, 0, 0);
  }

  /**
   * Show a part of an image.
   * @param {ImageBitmap} image
   * @param {[number, number, number, number]} box
   */
  show(image, box) {
    this.image = null; // the canvas takes the part's size
    putPart(this.canvas, image, box);
  }

  /**
   * Name what is shown once it stays: a hand has let go.
   * @param {() => string} name
   */
  nameAtRest(name) {
    clearTimeout(this.naming);
    this.naming = setTimeout(() => this.canvas.setAttribute("aria-label", name()), REST);
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}

/** @param {Shape} shape */
function plane(shape) {
  return shape[1] * shape[2];
}
