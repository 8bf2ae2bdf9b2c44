// A diagonal Gaussian in the place of a posterior on a grid: its ELBO by quadrature, and the best one. The same as
// vae_core.analysis.posterior_grid gives.
import { ascended, centralDifferences } from "./maximum_likelihood.js";

/** @typedef {import("./grid.js").Grid} Grid */
/** @typedef {import("./grid.js").Pair} Pair */
/** @typedef {{mean: Pair, stddev: Pair}} Gaussian N(mean, diag(stddev^2)) */

const REACH = 4.5; // standard deviations that a grid must hold
const FIRST_STEP = 0.5; // of the search, in standard deviations
const LAST_STEP = 1e-4;
const MOST_TURNS = 2000;

/**
 * E_q[log p(x, z)] + H(q). A Gaussian without correlation weighs rows and columns apart: a thousandth of a second.
 * @param {Float64Array} logJoint (side * side,)
 * @param {Grid} grid
 * @param {Gaussian} q
 * @returns {number} nats; -Infinity where the grid is too coarse for q or does not hold it
 */
export function boundOn(logJoint, { box, side }, { mean, stddev }) {
  const weights = [];
  for (const d of [0, 1]) {
    const low = box.low[d],
      high = box.high[d],
      cell = (high - low) / side;
    const outside = mean[d] - REACH * stddev[d] < low || mean[d] + REACH * stddev[d] > high;
    if (!(stddev[d] >= cell) || outside) return -Infinity;
    const weight = new Float64Array(side);
    let sum = 0;
    for (let i = 0; i < side; i++)
      sum += weight[i] = Math.exp(-0.5 * ((low + (i + 0.5) * cell - mean[d]) / stddev[d]) ** 2);
    weights.push(weight.map((value) => value / sum));
  }
  const [across, up] = weights;
  let expected = 0;
  for (let row = 0; row < side; row++) {
    let sum = 0;
    for (let i = 0; i < side; i++) sum += across[i] * logJoint[row * side + i];
    expected += up[row] * sum;
  }
  return expected + 1 + Math.log(2 * Math.PI) + Math.log(stddev[0]) + Math.log(stddev[1]);
}

/**
 * The Gaussian with the highest ELBO, by a search from each start: steps of one parameter, which halve where none of them
 * is better.
 * @param {Float64Array} logJoint (side * side,)
 * @param {Grid} grid
 * @param {Gaussian[]} starts
 * @returns {Gaussian & {elbo: number}} -Infinity where the grid holds none of the starts
 */
export function bestGaussian(logJoint, grid, starts) {
  const found = starts.map((start) => climbed(logJoint, grid, start));
  return found.reduce((best, one) => (one.elbo > best.elbo ? one : best));
}

/** @param {Float64Array} logJoint @param {Grid} grid @param {Gaussian} start */
function climbed(logJoint, grid, { mean, stddev }) {
  let place = [...mean, ...stddev.map(Math.log)],
    step = FIRST_STEP;
  /** @param {number[]} at */
  const judged = (at) => boundOn(logJoint, grid, gaussianAt(at));
  let elbo = judged(place);
  for (let turn = 0; turn < MOST_TURNS && step >= LAST_STEP; turn++) {
    const scale = [Math.exp(place[2]), Math.exp(place[3]), 1, 1];
    const moves = [0, 1, 2, 3].flatMap((d) =>
      [1, -1].map((way) => place.map((value, i) => (i === d ? value + way * step * scale[d] : value))),
    );
    const bounds = moves.map(judged),
      most = Math.max(...bounds);
    if (most > elbo) {
      elbo = most;
      place = moves[bounds.indexOf(most)];
    } else step /= 2;
  }
  return { ...gaussianAt(place), elbo };
}

/** @param {number[]} place means, and logarithms of standard deviations @returns {Gaussian} */
function gaussianAt([first, second, logFirst, logSecond]) {
  return { mean: [first, second], stddev: [Math.exp(logFirst), Math.exp(logSecond)] };
}

/**
 * The ELBO of a Gaussian's share of each cell, never above the sum over the cells, wherever the Gaussian is.
 * @param {Float64Array} logJoint (side * side,)
 * @param {Grid} grid
 * @param {Gaussian} q
 * @returns {number} nats
 */
export function boundOnCells(logJoint, { box, side }, { mean, stddev }) {
  let entropy = 0;
  const [across, up] = [0, 1].map((d) => {
    const cell = (box.high[d] - box.low[d]) / side,
      logs = Float64Array.from({ length: side }, (_, i) => {
        return -0.5 * ((box.low[d] + (i + 0.5) * cell - mean[d]) / stddev[d]) ** 2;
      }),
      most = logs.reduce((a, b) => Math.max(a, b)),
      weights = logs.map((value) => Math.exp(value - most)),
      sum = weights.reduce((a, b) => a + b);
    entropy += Math.log(sum * cell) + most;
    for (let i = 0; i < side; i++) {
      weights[i] /= sum;
      entropy -= weights[i] * logs[i];
    }
    return weights;
  });
  let expected = 0;
  for (let row = 0; row < side; row++) {
    let sum = 0;
    for (let i = 0; i < side; i++) sum += across[i] * logJoint[row * side + i];
    expected += up[row] * sum;
  }
  return expected + entropy;
}

/**
 * One step up the ELBO of the cells by the natural gradient in the mean and the logarithm of the standard deviation.
 * @param {Float64Array} logJoint (side * side,)
 * @param {Grid} grid
 * @param {Gaussian} q
 * @param {number} rate
 * @returns {{model: Gaussian, value: number, rate: number} | null} the better q, its ELBO, the rate to go on with; null
 *   at an optimum
 */
export function steppedUp(logJoint, grid, q, rate) {
  /** @param {Gaussian} at */
  const value = (at) => boundOnCells(logJoint, grid, at),
    slopes = centralDifferences(q, value, movedBy, 4),
    step = slopes.map((slope, i) => (i < 2 ? slope : slope / 2)); // the inverse of the Fisher information
  return ascended(q, value, step, movedBy, rate);
}

/** @param {Gaussian} q @param {number[]} step in its standard deviations, and in their logarithms @param {number} rate @returns {Gaussian} */
function movedBy({ mean, stddev }, step, rate) {
  return {
    mean: [mean[0] + rate * step[0] * stddev[0], mean[1] + rate * step[1] * stddev[1]],
    stddev: [stddev[0] * Math.exp(rate * step[2]), stddev[1] * Math.exp(rate * step[3])],
  };
}
