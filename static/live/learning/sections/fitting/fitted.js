// A one-dimensional latent-variable model under the hand, and the points that it is to fit.
import { normals } from "../../../math/noise.js";
import { drawn, fitted as stepped, logDensity, LEAST_NOISE, MOST_NOISE } from "../../../math/one_dimension.js";
import { divergences, logPoints } from "../../../math/point_divergences.js";
import { meanOf } from "../../../math/maximum_likelihood.js";
import { evenGrid } from "../../../math/divergences.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/one_dimension.js").OneDimension} OneDimension */
/** @typedef {ReturnType<typeof fit>} Fit */

const HELD_OUT = 200, // points that are never trained on
  WIDENED = 12; // points that are widened at most: more take longer than a frame
const RATE = 0.5; // of the first try of a gradient step
/** @type {OneDimension} where the points come from */
const TRUTH = { centre: 0.4, stretch: 0.5, split: 1.7, noise: 0.5 };
export const X = evenGrid(6, 121);

/** @type {{seed: number, training: Float64Array, heldOut: Float64Array}} */
const data = { seed: 0, training: new Float64Array(0), heldOut: new Float64Array(0) };

/** @param {number} seed @param {number} n @returns {{training: Float64Array, heldOut: Float64Array}} */
function pointsOf(seed, n) {
  if (data.seed !== seed) {
    /** @param {number} count @param {number} of */
    const from = (count, of) => drawn(TRUTH, Float64Array.from(normals(2 * count, of)));
    Object.assign(data, { seed, training: from(HELD_OUT, 2 * seed), heldOut: from(HELD_OUT, 2 * seed + 1) });
  }
  return { training: data.training.subarray(0, n), heldOut: data.heldOut };
}

/** @param {Values} values @returns {OneDimension} */
function modelOf({ centre: [centre], stretch: [stretch], split: [split], noise: [noise] }) {
  return { centre, stretch, split, noise: Math.min(MOST_NOISE, Math.max(LEAST_NOISE, noise)) };
}

/** @param {Values} values */
export function fit(values) {
  const {
      n,
      seed,
      width: [width],
    } = values,
    model = modelOf(values),
    { training, heldOut } = pointsOf(seed[0], n[0]),
    test = logDensity(model, heldOut),
    some = training.subarray(0, WIDENED);
  return {
    model,
    training,
    heldOut,
    density: logDensity(model, X).map(Math.exp),
    likelihood: meanOf(logDensity(model, training)),
    test: meanOf(test),
    error: errorOf(test),
    bumps: width > 0 ? logPoints(X, some, width).map(Math.exp) : null,
    far: width > 0 ? divergences(model, some, width) : null,
  };
}

/** @param {Float64Array} values @returns {number} the standard error of their mean */
function errorOf(values) {
  const mean = meanOf(values),
    variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

/** So many gradient steps of the training points' likelihood. @param {Fit} from @param {number} steps @returns {Values} */
export function climbed({ model, training }, steps) {
  let at = model,
    rate = RATE;
  for (let step = 0; step < steps; step++) {
    const better = stepped(at, training, rate);
    if (!better) break;
    ({ model: at, rate } = better);
  }
  return Object.fromEntries(Object.entries(at).map(([name, value]) => [name, [value]]));
}
