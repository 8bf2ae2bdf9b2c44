// p with its humps, and the Gaussians fitted to it.
import { likeliest, negativeLogLikelihood, pointsOf } from "../../../math/data_points.js";
import { alphaDivergence, evenGrid, fits, kl, logGaussian, logHumps, moments } from "../../../math/divergences.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {ReturnType<typeof fitted>} Fitted */

export const X = evenGrid();
const POINTS = 12;

/** @param {Values} values */
export function fitted({ positions, widths, weights, alpha: [alpha], zero, gap, points, hand, mu, sigma }) {
  const interval = /** @type {[number, number]} */ ([gap[0] - gap[1], gap[0] + gap[1]]),
    logP = logHumps(X, positions, widths, weights, zero[0] ? interval : null),
    total = weights.reduce((sum, weight) => sum + weight, 0),
    shares = weights.map((weight) => weight / total),
    humps = positions.map((_, k) => k).filter((k) => weights[k] > 0);
  /** @type {[number, number][]} */
  const starts = [...humps.map((k) => /** @type {[number, number]} */ ([positions[k], widths[k]])), moments(logP, X)];
  const data = points[0] ? pointsOf(logP, X, POINTS) : null,
    names = data ? ["likelihood"] : [...humps.map((k) => `hump ${k + 1}`), "p's moments"],
    found = data ? [likeliestFit(data)] : fits(logP, alpha, starts, X),
    own = hand[0] === 1 || !found.length,
    q = own ? { mu: mu[0], sigma: sigma[0] } : found[0],
    logQ = logGaussian(X, q.mu, q.sigma);
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
    reverse: data ? Infinity : kl(logQ, logP, X),
    forward: data ? Infinity : kl(logP, logQ, X),
    between: data ? NaN : alphaDivergence(logP, logQ, alpha, X),
    left: data ? negativeLogLikelihood(data, q.mu, q.sigma) : crossEntropy(logP, logQ),
  };
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
