// The smallest latent-variable model whose fit can be seen, as vae_core.learning.one_dimension has it: z ~ N(0, 1) and
// x ~ N(f(z), noise^2) with f(z) = centre + stretch z + split tanh(3 z). Integrals are sums over NODES values of z.
import { ascended, meanOf } from "./maximum_likelihood.js";

/** @typedef {{centre: number, stretch: number, split: number, noise: number}} OneDimension */
/** @typedef {[number, number, number, number]} Step of centre, stretch, split and log noise */

const STEEP = 3,
  NODES = 500,
  REACH = 5,
  NOTHING = -60, // nats below the largest: lost in rounding, whatever a node's share
  HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

export const LEAST_NOISE = 0.2,
  MOST_NOISE = 5;

/** Where a standard normal is evaluated, and each node's share, which sum to 1. */
export const Z = Float64Array.from({ length: NODES }, (_, j) => (j + 0.5) * ((2 * REACH) / NODES) - REACH);
export const SHARES = normalised(Z.map((z) => Math.exp((-z * z) / 2)));
const BENT = Z.map((z) => Math.tanh(STEEP * z));

/** @param {Float64Array} values @returns {Float64Array} that sum to 1 */
export function normalised(values) {
  const sum = values.reduce((a, b) => a + b);
  return values.map((value) => value / sum);
}

/** @param {OneDimension} model @param {number} z @returns {number} f(z) */
export function decode({ centre, stretch, split }, z) {
  return centre + stretch * z + split * Math.tanh(STEEP * z);
}

/** @param {number} z @returns {[number, number, number]} of f(z) in centre, stretch and split */
export function slopesAt(z) {
  return [1, z, Math.tanh(STEEP * z)];
}

/** @param {OneDimension} model @param {number} x @param {number} z @returns {number} log p(x|z), nats */
export function logDensityGiven(model, x, z) {
  return -0.5 * ((x - decode(model, z)) / model.noise) ** 2 - Math.log(model.noise) - HALF_LOG_TWO_PI;
}

/** @param {OneDimension} model @returns {Float64Array} f at each node */
export function decodedNodes({ centre, stretch, split }) {
  const f = new Float64Array(NODES);
  for (let j = 0; j < NODES; j++) f[j] = centre + stretch * Z[j] + split * BENT[j];
  return f;
}

/**
 * @param {OneDimension} model
 * @param {ArrayLike<number>} noise (N, 2) of a standard normal: z, and what is added to f(z)
 * @returns {Float64Array} x (N,)
 */
export function drawn(model, noise) {
  const x = new Float64Array(noise.length / 2);
  return x.map((_, i) => decode(model, noise[2 * i]) + model.noise * noise[2 * i + 1]);
}

/**
 * Fills each node's share of p(x, z), relative to the largest, and returns log p(x).
 * @param {number} x
 * @param {Float64Array} f at each node
 * @param {number} noise
 * @param {Float64Array} joint (NODES,) to be filled
 * @returns {{logDensity: number, sum: number}} and the sum of what was filled in
 */
function jointAt(x, f, noise, joint) {
  const half = -0.5 / (noise * noise);
  let nearest = Infinity,
    sum = 0;
  for (let j = 0; j < NODES; j++) {
    joint[j] = (x - f[j]) * (x - f[j]);
    if (joint[j] < nearest) nearest = joint[j];
  }
  for (let j = 0; j < NODES; j++) {
    const exponent = half * (joint[j] - nearest);
    sum += joint[j] = exponent < NOTHING ? 0 : SHARES[j] * Math.exp(exponent);
  }
  return { logDensity: half * nearest + Math.log(sum) - Math.log(noise) - HALF_LOG_TWO_PI, sum };
}

/** @param {OneDimension} model @param {ArrayLike<number>} x (M,) @returns {Float64Array} log p(x), nats */
export function logDensity(model, x) {
  const f = decodedNodes(model),
    joint = new Float64Array(NODES);
  return Float64Array.from(x, (each) => jointAt(each, f, model.noise, joint).logDensity);
}

/** @param {OneDimension} model @param {number} x @returns {Float64Array} p(z|x): the share of each node */
export function posterior(model, x) {
  const joint = new Float64Array(NODES);
  jointAt(x, decodedNodes(model), model.noise, joint);
  return normalised(joint);
}

/** @param {OneDimension} model @param {number} x @returns {{mean: number, stddev: number}} of p(z|x) */
export function moments(model, x) {
  const joint = new Float64Array(NODES),
    { sum } = jointAt(x, decodedNodes(model), model.noise, joint);
  let mean = 0,
    variance = 0;
  for (let j = 0; j < NODES; j++) mean += (joint[j] / sum) * Z[j];
  for (let j = 0; j < NODES; j++) variance += (joint[j] / sum) * (Z[j] - mean) ** 2;
  return { mean, stddev: Math.sqrt(variance) };
}

/**
 * Of the mean log p(x), with respect to centre, stretch, split and log noise: by formula, the mean over p(z|x) of the
 * gradient of log p(x, z).
 * @param {OneDimension} model
 * @param {ArrayLike<number>} points (N,)
 * @returns {Step}
 */
export function gradient(model, points) {
  const f = decodedNodes(model),
    joint = new Float64Array(NODES),
    { noise } = model,
    count = points.length;
  let [centre, stretch, split, wider] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const { sum } = jointAt(points[i], f, noise, joint);
    for (let j = 0; j < NODES; j++) {
      const share = joint[j] / sum,
        pull = (points[i] - f[j]) / noise,
        along = (share * pull) / noise;
      centre += along;
      stretch += along * Z[j];
      split += along * BENT[j];
      wider += share * (pull * pull - 1);
    }
  }
  return [centre / count, stretch / count, split / count, wider / count];
}

/**
 * The model with `rate` times a step added to it; the noise stays within its range.
 * @param {OneDimension} model
 * @param {Step} step
 * @param {number} rate
 * @returns {OneDimension}
 */
export function moved(model, [centre, stretch, split, logNoise], rate) {
  return {
    centre: model.centre + rate * centre,
    stretch: model.stretch + rate * stretch,
    split: model.split + rate * split,
    noise: Math.min(Math.max(model.noise * Math.exp(rate * logNoise), LEAST_NOISE), MOST_NOISE),
  };
}

/**
 * One step of maximum likelihood, see `ascended`.
 * @param {OneDimension} model
 * @param {ArrayLike<number>} points (N,), at least one
 * @param {number} rate
 */
export function fitted(model, points, rate) {
  /** @param {OneDimension} tried */
  const value = (tried) => meanOf(logDensity(tried, points));
  return ascended(model, value, gradient(model, points), moved, rate);
}

/**
 * E_q[log p(x|z)] - KL(q || p(z)) for q = N(mean, stddev^2): at most log p(x).
 * @param {OneDimension} model
 * @param {number} x
 * @param {number} mean
 * @param {number} stddev
 * @returns {number} nats
 */
export function elbo(model, x, mean, stddev) {
  let expected = 0;
  for (let j = 0; j < NODES; j++) expected += SHARES[j] * (x - decode(model, mean + stddev * Z[j])) ** 2;
  const logLikelihood = (-0.5 * expected) / (model.noise * model.noise) - Math.log(model.noise) - HALF_LOG_TWO_PI;
  return logLikelihood - (0.5 * (mean * mean + stddev * stddev - 1) - Math.log(stddev));
}
