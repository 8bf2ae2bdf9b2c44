// Points of two humps on a line, some to train on and others held out, and how they are drawn.
import { evenGrid } from "../math/divergences.js";
import { meanOf } from "../math/maximum_likelihood.js";
import { normals } from "../math/noise.js";
import { drawn } from "../math/one_dimension.js";
import { steps } from "./plot.js";

/** @typedef {import("./section.js").Picture} Picture */
/** @typedef {{from: number, share: number}} Bar density of a bin */

const HELD_OUT = 200, // points that are never trained on
  BIN = 0.5,
  PEAKS = [0.3, 0.4, 0.5, 0.6, 0.8, 1.2, 2, 4, 8, 16];
/** @type {import("../math/one_dimension.js").OneDimension} where the points come from */
const TRUTH = { centre: 0.4, stretch: 0.5, split: 1.7, noise: 0.5 };
export const X = evenGrid(6, 121); // where densities are drawn

/** @type {{seed: number, training: Float64Array, heldOut: Float64Array}} */
const data = { seed: 0, training: new Float64Array(0), heldOut: new Float64Array(0) };

/** @param {number} seed @param {number} n @returns {{training: Float64Array, heldOut: Float64Array}} */
export function pointsOf(seed, n) {
  if (data.seed !== seed) {
    /** @param {number} count @param {number} of */
    const from = (count, of) => drawn(TRUTH, Float64Array.from(normals(2 * count, of)));
    Object.assign(data, { seed, training: from(HELD_OUT, 2 * seed), heldOut: from(HELD_OUT, 2 * seed + 1) });
  }
  return { training: data.training.subarray(0, n), heldOut: data.heldOut };
}

/** @param {Float64Array} values @returns {number} the standard error of their mean */
export function errorOf(values) {
  const mean = meanOf(values),
    variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

/** @param {Float64Array} points @param {number} reach @returns {Bar[]} densities of the bins from -reach to reach */
export function histogram(points, reach) {
  return steps(-reach, reach - BIN, BIN).map((from) => ({
    from,
    share: points.filter((point) => point >= from && point < from + BIN).length / (points.length * BIN),
  }));
}

/** @param {Picture} picture @param {import("./plot.js").Axes} axes @param {Bar[]} bars */
export function drawBars({ context, colours }, { x, y, box }, bars) {
  context.save();
  Object.assign(context, { fillStyle: colours.p, globalAlpha: 0.28 });
  for (const { from, share } of bars)
    context.fillRect(x(from) + 1, y(share), x(from + BIN) - x(from) - 2, box.bottom - y(share));
  context.restore();
}

/** @param {number} highest density @returns {number} where an axis ends that shows it, in few steps */
export function peakOver(highest) {
  return PEAKS.find((end) => end >= highest) ?? highest;
}
