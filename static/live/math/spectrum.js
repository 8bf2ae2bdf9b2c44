// The power of pictures at each spatial frequency (`vae_core.analysis.sharpness.power_spectrum`).
import { transformed } from "./fourier.js";

/** @typedef {import("./shape.js").Shape} Shape channels, height, width of one picture */

const ROUNDING = 1e-9; // of a frequency: none that lies on the edge of a ring falls to its other side

/**
 * The power at each spatial frequency, averaged over directions, channels and pictures. The mean grey is left out, and a
 * Hann taper keeps the picture's edges from counting as details.
 * @param {ArrayLike<number>} pictures (count, C, H, W)
 * @param {Shape} shape
 * @returns {{frequencies: Float64Array, power: Float64Array}} each (F,): the middles of F rings of equal width, in units of
 *   the Nyquist frequency, and the mean squared Fourier coefficient in each
 */
export function powerSpectrum(pictures, [, height, width]) {
  const rings = Math.min(height, width) >> 1,
    plane = height * width,
    planes = pictures.length / plane,
    down = hann(height),
    across = hann(width),
    taper = Float64Array.from({ length: plane }, (_, i) => down[Math.floor(i / width)] * across[i % width]),
    weight = taper.reduce((sum, value) => sum + value, 0),
    ring = ringsOf(height, width, rings),
    power = new Float64Array(rings),
    counts = new Float64Array(rings);
  for (const each of ring) if (each < rings) counts[each] += 1;
  for (let start = 0; start < pictures.length; start += plane) {
    let mean = 0;
    for (let i = 0; i < plane; i++) mean += pictures[start + i] * taper[i];
    mean /= weight;
    const real = taper.map((value, i) => (pictures[start + i] - mean) * value),
      squared = squaredCoefficients(real, height, width);
    for (let i = 0; i < plane; i++) if (ring[i] < rings) power[ring[i]] += squared[i];
  }
  return {
    frequencies: Float64Array.from({ length: rings }, (_, i) => (i + 0.5) / rings),
    power: power.map((sum, i) => sum / Math.max(1, counts[i]) / planes),
  };
}

/** @param {number} count @returns {Float64Array} the periodic taper of Hann */
function hann(count) {
  return Float64Array.from({ length: count }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / count));
}

/**
 * The ring of every coefficient, as the transform orders them; `rings` or more for those in none.
 * @param {number} height @param {number} width @param {number} rings
 */
function ringsOf(height, width, rings) {
  /** @param {number} i @param {number} side in units of the Nyquist frequency */
  const frequency = (i, side) => (2 * (i < side / 2 ? i : i - side)) / side;
  return Uint32Array.from({ length: height * width }, (_, i) => {
    const radius = Math.hypot(frequency(Math.floor(i / width), height), frequency(i % width, width));
    return radius > 0 ? Math.floor(radius * rings + ROUNDING) : rings;
  });
}

/**
 * @param {Float64Array} real (H, W) @param {number} height @param {number} width
 * @returns {Float64Array} (H, W) squared Fourier coefficients
 */
function squaredCoefficients(real, height, width) {
  const imaginary = new Float64Array(real.length),
    squared = new Float64Array(real.length);
  for (let y = 0; y < height; y++) {
    const rows = [real, imaginary].map((part) => part.subarray(y * width, (y + 1) * width)),
      [re, im] = transformed(rows[0], rows[1]);
    rows[0].set(re);
    rows[1].set(im);
  }
  for (let x = 0; x < width; x++) {
    const [columnRe, columnIm] = [real, imaginary].map((part) =>
      Float64Array.from({ length: height }, (_, y) => part[y * width + x]),
    );
    const [re, im] = transformed(columnRe, columnIm);
    for (let y = 0; y < height; y++) squared[y * width + x] = re[y] ** 2 + im[y] ** 2;
  }
  return squared;
}
