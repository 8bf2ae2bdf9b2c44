// p with its humps, and the Gaussians fitted to it.
import { alphaDivergence, evenGrid, fits, kl, logGaussian, logHumps, moments } from "../../../math/divergences.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {ReturnType<typeof fitted>} Fitted */

export const X = evenGrid();

/** @param {Values} values */
export function fitted({ positions, widths, weights, alpha: [alpha], zero, gap, hand, mu, sigma }) {
  const interval = /** @type {[number, number]} */ ([gap[0] - gap[1], gap[0] + gap[1]]),
    logP = logHumps(X, positions, widths, weights, zero[0] ? interval : null),
    total = weights.reduce((sum, weight) => sum + weight, 0),
    shares = weights.map((weight) => weight / total),
    humps = positions.map((_, k) => k).filter((k) => weights[k] > 0);
  /** @type {[number, number][]} */
  const starts = [...humps.map((k) => /** @type {[number, number]} */ ([positions[k], widths[k]])), moments(logP, X)];
  const names = [...humps.map((k) => `hump ${k + 1}`), "p's moments"],
    found = fits(logP, alpha, starts, X),
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
    reverse: kl(logQ, logP, X),
    forward: kl(logP, logQ, X),
    between: alphaDivergence(logP, logQ, alpha, X),
  };
}
