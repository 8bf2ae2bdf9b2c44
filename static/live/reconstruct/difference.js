// The signed error map: one diverging scale, zero in the middle, the ground's own colour there.
import { contextOf } from "../kit/canvas.js";

const MORE = [178, 24, 43]; // the picture has more than its reconstruction
const LESS = [33, 102, 172]; // the reconstruction has more than the picture
// The ends of ColorBrewer's RdBu, which people with any kind of colour vision can tell apart.

/**
 * Paint x - reconstruction on a canvas of the picture's size; channels are averaged.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} x (C, H, W) in [0, 1]
 * @param {ArrayLike<number>} reconstruction the same
 * @param {import("../kit/paint.js").Shape} shape
 * @param {boolean} dark whether zero is dark
 */
export function paintDifference(canvas, x, reconstruction, [channels, height, width], dark) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = contextOf(canvas),
    image = context.createImageData(width, height),
    zero = dark ? 24 : 247;
  const plane = height * width;
  for (let p = 0; p < plane; p++) {
    let difference = 0;
    for (let c = 0; c < channels; c++) difference += x[c * plane + p] - reconstruction[c * plane + p];
    const share = Math.min(1, Math.abs(difference / channels)),
      end = difference > 0 ? MORE : LESS;
    for (let i = 0; i < 3; i++) image.data[4 * p + i] = zero + share * (end[i] - zero);
    image.data[4 * p + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** @param {string} hex "#rrggbb" @returns {boolean} whether this ground is dark */
export function isDark(hex) {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16) / 255);
  return 0.3 * red + 0.6 * green + 0.1 * blue < 0.5;
}
