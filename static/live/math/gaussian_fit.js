// A diagonal Gaussian in the place of a posterior on a grid: its ELBO by quadrature, and the best one. The same as
// vae_core.analysis.posterior_grid gives.

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
