// How sharp pictures are, and how far they are from others (`vae_core.analysis.sharpness`).

/** @typedef {import("./shape.js").Shape} Shape channels, height, width of one picture */

/**
 * The variance over pixels, edges left out, of the discrete Laplacian, the mean over channels and pictures.
 * @param {ArrayLike<number>} pictures (count, C, H, W)
 * @param {Shape} shape
 * @returns {number} squared grey values; NaN for pictures below 3x3
 */
export function laplacianVariance(pictures, [, height, width]) {
  const plane = height * width,
    inside = (height - 2) * (width - 2);
  if (height < 3 || width < 3) return NaN;
  let total = 0;
  for (let start = 0; start < pictures.length; start += plane) {
    let sum = 0,
      squares = 0;
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) {
        const at = start + y * width + x,
          around = pictures[at - 1] + pictures[at + 1] + pictures[at - width] + pictures[at + width],
          value = around - 4 * pictures[at];
        sum += value;
        squares += value * value;
      }
    }
    total += squares / inside - (sum / inside) ** 2;
  }
  return (total * plane) / pictures.length;
}

/** @param {ArrayLike<number>} some @param {ArrayLike<number>} others @returns {number} root of the mean squared difference */
export function rootMeanSquare(some, others) {
  let squares = 0;
  for (let i = 0; i < some.length; i++) squares += (some[i] - others[i]) ** 2;
  return Math.sqrt(squares / some.length);
}
