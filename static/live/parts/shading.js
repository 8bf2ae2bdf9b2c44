// A density over the map, as shading.
import { contextOf } from "../kit/canvas.js";

/** @typedef {import("./posterior_marks.js").Place} Place */

const DARKEST = 0.85; // of the densest cell

/**
 * @param {Float64Array} mass of each cell, (side * side,)
 * @param {number} side
 * @param {string} colour "#rrggbb"
 * @returns {HTMLCanvasElement} a pixel a cell
 */
export function shadingOf(mass, side, colour) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side }),
    context = contextOf(canvas),
    image = context.createImageData(side, side),
    most = mass.reduce((a, b) => Math.max(a, b), 0),
    parts = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  mass.forEach((share, i) => image.data.set([...parts, (255 * DARKEST * share) / most], 4 * i));
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} shading
 * @param {Place[]} corners in pixels: of the first cell, of its row's end, of its column's end
 */
export function drawShading(context, shading, [first, across, along]) {
  const { width, height } = shading;
  context.save();
  context.transform(
    (across[0] - first[0]) / width,
    (across[1] - first[1]) / width,
    (along[0] - first[0]) / height,
    (along[1] - first[1]) / height,
    ...first,
  );
  context.imageSmoothingEnabled = true;
  context.drawImage(shading, 0, 0);
  context.restore();
}
