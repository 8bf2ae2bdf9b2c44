// p with its humps, and the Gaussians fitted to it.
import { likeliest, negativeLogLikelihood, pointsOf } from "../../../math/data_points.js";
import { alphaDivergence, evenGrid, fits, kl, logGaussian, logHumps, moments } from "../../../math/divergences.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {ReturnType<typeof fitted>} Fitted */

export const X = evenGrid();
const WIDE = evenGrid(60, 1201), // holds the widest q that a hand may make
  CELL = X[1] - X[0];
const POINTS = 12;

/** @param {Values} values */
export function fitted({ positions, widths, weights, alpha: [alpha], zero, gap, points, hand, mu, sigma }) {
  const interval = wholeCells(gap),
    nowhere = zero[0] ? interval : null,
    logP = logHumps(X, positions, widths, weights, nowhere),
    total = weights.reduce((sum, weight) => sum + weight, 0),
    shares = weights.map((weight) => weight / total),
    humps = positions.map((_, k) => k).filter((k) => weights[k] > 0);
  /** @type {[number, number][]} */
  const starts = [...humps.map((k) => /** @type {[number, number]} */ ([positions[k], widths[k]])), moments(logP, X)];
  const data = points[0] ? pointsOf(logP, X, POINTS) : null,
    names = data ? ["likelihood"] : [...humps.map((k) => `hump ${k + 1}`), "p's moments"],
    found = data ? [likeliestFit(data)] : fitsOf(logP, alpha, starts),
    own = hand[0] === 1 || !found.length,
    q = own ? { mu: mu[0], sigma: sigma[0] } : found[0],
    logQ = logGaussian(X, q.mu, q.sigma),
    [wideP, wideQ] = [logHumps(WIDE, positions, widths, weights, nowhere), logGaussian(WIDE, q.mu, q.sigma)];
  return {
    logP,
    logQ,
    shares,
    interval,
    found,
    names,
    q,
    own,
    data,
    reverse: data ? Infinity : kl(wideQ, wideP, WIDE),
    forward: data ? Infinity : kl(wideP, wideQ, WIDE),
    between: data ? NaN : alphaDivergence(wideP, wideQ, alpha, WIDE),
    left: data ? negativeLogLikelihood(data, q.mu, q.sigma) : crossEntropy(logP, logQ),
  };
}

/** @param {ArrayLike<number>} gap middle and half the width @returns {[number, number]} the cells of the grid where p is zero: sums take a cell whole */
function wholeCells(gap) {
  const [low, high] = [gap[0] - gap[1], gap[0] + gap[1]].map((end) => (Math.round(end / CELL - 0.5) + 0.5) * CELL);
  return [low, Math.max(high, low + CELL)];
}

/** @param {Float64Array} logP @param {number} alpha @param {[number, number][]} starts the last: p's moments, the only optimum at alpha = 1 */
function fitsOf(logP, alpha, starts) {
  const found = fits(logP, alpha, starts, X);
  return alpha === 1 ? found.map((fit) => ({ ...fit, start: starts.length - 1 })) : found;
}

/** @param {number[]} data @returns {import("../../../math/divergences.js").Fit} by maximum likelihood; its divergence is what is left of it */
function likeliestFit(data) {
  const [mu, sigma] = likeliest(data);
  return { mu, sigma, divergence: negativeLogLikelihood(data, mu, sigma), start: 0 };
}

/** The part of KL(p ‖ q) that knows q. @param {Float64Array} logP @param {Float64Array} logQ @returns {number} nats */
function crossEntropy(logP, logQ) {
  return logP.reduce((sum, value, i) => sum - Math.exp(value) * logQ[i], 0) * (X[1] - X[0]);
}
