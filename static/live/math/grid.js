// A density over two latent dimensions, known at the middles of a grid's cells, and what follows by quadrature.

import { largest } from "./log_sum.js";
import { logPrior } from "./mixture_prior.js";

/** @typedef {[number, number]} Pair of numbers, one for each dimension */
/** @typedef {{low: Pair, high: Pair}} Box a piece of the plane */
/** @typedef {{box: Box, side: number, z: Float32Array}} Grid of (side * side, 2) middles; z1 runs fastest */

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** @param {Box} box @param {number} side cells along it @returns {Grid} */
export function gridOver(box, side) {
  const z = new Float32Array(2 * side * side),
    [across, up] = stepsOf(box, side);
  for (let i = 0; i < side * side; i++) {
    z[2 * i] = box.low[0] + ((i % side) + 0.5) * across;
    z[2 * i + 1] = box.low[1] + (Math.floor(i / side) + 0.5) * up;
  }
  return { box, side, z };
}

/** @param {Box} box @param {number} side @returns {Pair} width and height of a cell */
function stepsOf({ low, high }, side) {
  return [(high[0] - low[0]) / side, (high[1] - low[1]) / side];
}

/** @param {ArrayLike<number>} mean @param {ArrayLike<number>} stddev @param {number} times @returns {Box} around a Gaussian */
export function boxAround(mean, stddev, times) {
  return {
    low: [mean[0] - times * stddev[0], mean[1] - times * stddev[1]],
    high: [mean[0] + times * stddev[0], mean[1] + times * stddev[1]],
  };
}

/** @param {Box} one @param {Box} other @returns {Box} around both */
export function boxOfBoth({ low: [a, b], high: [c, d] }, { low: [e, f], high: [g, h] }) {
  return { low: [Math.min(a, e), Math.min(b, f)], high: [Math.max(c, g), Math.max(d, h)] };
}

/** @param {Box} box @param {number} times @returns {Box} around the same middle, so many times as wide and high */
export function wider({ low, high }, times) {
  const across = ((times - 1) * (high[0] - low[0])) / 2,
    up = ((times - 1) * (high[1] - low[1])) / 2;
  return { low: [low[0] - across, low[1] - up], high: [high[0] + across, high[1] + up] };
}

/** @param {Box} box @returns {Box} a square around it: both directions have one scale */
export function squared({ low, high }) {
  const half = Math.max(high[0] - low[0], high[1] - low[1]) / 2,
    [a, b] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  return { low: [a - half, b - half], high: [a + half, b + half] };
}

/** @param {Box} box */
export function areaOf({ low, high }) {
  return (high[0] - low[0]) * (high[1] - low[1]);
}

/**
 * The piece of a grid where the density is within so many nats of its largest value, and one cell more on each side.
 * @param {Grid} grid
 * @param {Float64Array} logDensity (side * side,)
 * @param {number} within nats
 * @returns {Box}
 */
export function boxOfMass(grid, logDensity, within) {
  return boxOfMasses([{ grid, logDensity }], within);
}

/**
 * The same over several grids of one density: a hump that falls between the cells of one may lie on those of another.
 * @param {{grid: Grid, logDensity: Float64Array}[]} seen
 * @param {number} within nats of the largest value on any of them
 * @returns {Box}
 */
export function boxOfMasses(seen, within) {
  const most = Math.max(...seen.map(({ logDensity }) => largest(logDensity)));
  /** @type {Box} */
  const found = { low: [Infinity, Infinity], high: [-Infinity, -Infinity] };
  for (const { grid, logDensity } of seen) {
    const room = stepsOf(grid.box, grid.side).map((step) => 1.5 * step);
    for (let i = 0; i < 2 * logDensity.length; i++) {
      if (logDensity[i >> 1] < most - within) continue;
      found.low[i % 2] = Math.min(found.low[i % 2], grid.z[i] - room[i % 2]);
      found.high[i % 2] = Math.max(found.high[i % 2], grid.z[i] + room[i % 2]);
    }
  }
  return found;
}

/**
 * How far the sum over every second cell along both sides is from that over all: a sum over all errs by less, so a
 * density that falls between the cells gives itself away.
 * @param {Float64Array} logDensity (side * side,)
 * @param {number} side an even number
 * @returns {number} nats of the log of its integral
 */
export function quadratureError(logDensity, side) {
  const most = largest(logDensity),
    sums = [0, 0, 0, 0];
  for (let i = 0; i < logDensity.length; i++)
    sums[((i % side) % 2) + 2 * (Math.floor(i / side) % 2)] += Math.exp(logDensity[i] - most);
  const mean = sums.reduce((a, b) => a + b) / 4;
  return Math.max(...sums.map((sum) => Math.abs(Math.log(Math.max(sum, Number.MIN_VALUE) / mean))));
}

/**
 * log p(x, z) of each cell's middle.
 * @param {ArrayLike<number>} logLikelihoods log p(x|z), (side * side,)
 * @param {Pick<Grid, "z">} grid
 * @param {import("./mixture_prior.js").Mixture | null} [mixture] of a prior that was learned; null for N(0, I)
 * @returns {Float64Array} (side * side,)
 */
export function logJointOf(logLikelihoods, { z }, mixture = null) {
  const prior = logPrior(mixture, z, 2);
  return prior.map((value, i) => value + logLikelihoods[i]);
}

/**
 * The log of the integral of exp(logJoint), and the density that it normalises.
 * @param {Float64Array} logJoint log p(x, z), (side * side,)
 * @param {Grid} grid
 * @returns {{logEvidence: number, mass: Float64Array, mean: Pair, covariance: [number, number, number]}} nats; the mass
 *   of each cell, which sums to 1; the covariance's xx, xy and yy
 */
export function normalised(logJoint, { box, side, z }) {
  const most = largest(logJoint),
    mass = logJoint.map((value) => Math.exp(value - most)),
    sum = mass.reduce((a, b) => a + b);
  for (let i = 0; i < mass.length; i++) mass[i] /= sum;
  /** @param {(i: number) => number} value */
  const expected = (value) => mass.reduce((total, share, i) => total + share * value(i), 0);
  /** @type {Pair} */
  const mean = [expected((i) => z[2 * i]), expected((i) => z[2 * i + 1])];
  /** @param {number} a @param {number} b */
  const moment = (a, b) => expected((i) => (z[2 * i + a] - mean[a]) * (z[2 * i + b] - mean[b]));
  return {
    logEvidence: most + Math.log(sum * (areaOf(box) / (side * side))),
    mass,
    mean,
    covariance: [moment(0, 0), moment(0, 1), moment(1, 1)],
  };
}

/**
 * E_q[log p(x, z) - log q(z)] for q = N(mean, diag(stddev^2)) on a grid around q.
 * @param {Float64Array} logJoint (side * side,)
 * @param {Grid} grid
 * @param {ArrayLike<number>} mean (2,)
 * @param {ArrayLike<number>} stddev (2,)
 * @returns {number} nats
 */
export function elboOn(logJoint, { z }, mean, stddev) {
  let bound = 0,
    sum = 0;
  for (let i = 0; i < logJoint.length; i++) {
    const distance = ((z[2 * i] - mean[0]) / stddev[0]) ** 2 + ((z[2 * i + 1] - mean[1]) / stddev[1]) ** 2,
      logQ = -0.5 * distance - Math.log(stddev[0] * stddev[1]) - LOG_TWO_PI,
      weight = Math.exp(-0.5 * distance);
    bound += weight * (logJoint[i] - logQ);
    sum += weight;
  }
  return bound / sum;
}
