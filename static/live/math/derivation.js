// The ELBO one line of its derivation at a time, each a number, as vae_core.learning.derivation has it: in nats.
import { areaOf } from "./grid.js";
import { largest, logSumExp } from "./log_sum.js";
import { klPerDimension, total } from "./likelihood.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** @typedef {{name: string, relation: "" | "=" | ">=", value: number, gap: number}} Line gap: below the line before */
/**
 * @typedef {object} Derivation
 * @property {Line[]} jensen log p(x) to the ELBO by the concavity of the logarithm
 * @property {Line[]} divergence the same by KL(q || p(z|x)) >= 0
 * @property {number} logEvidence log p(x)
 * @property {number} logLikelihood E_q[log p(x|z)]
 * @property {number} klPrior KL(q || p(z)) over the cells
 * @property {number} klPriorClosed the same in closed form, of the whole Gaussian
 * @property {number} klPosterior KL(q || p(z|x)): the gap
 * @property {number} elbo logLikelihood - klPrior
 * @property {number} mass of the Gaussian q within the cells: far from 1, the cells are too few or elsewhere
 */

/**
 * Every line between log p(x) and its bound for one picture and q(z) = N(mean, diag(stddev^2)), the prior N(0, I).
 * Each = holds to rounding and each >= holds, whatever the cells.
 * @param {ArrayLike<number>} logLikelihoods log p(x|z) in the middles of the grid's cells, (side * side,)
 * @param {import("./grid.js").Grid} grid narrower cells than p(z|x) and q, that cover both
 * @param {ArrayLike<number>} mean (2,)
 * @param {ArrayLike<number>} stddev (2,)
 * @returns {Derivation}
 */
export function derivation(logLikelihoods, { box, side, z }, mean, stddev) {
  const count = logLikelihoods.length,
    logArea = Math.log(areaOf(box) / (side * side)),
    logPrior = new Float64Array(count),
    logJoint = new Float64Array(count),
    logQ = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const [z1, z2] = [z[2 * i], z[2 * i + 1]];
    logPrior[i] = logArea - 0.5 * (z1 * z1 + z2 * z2) - LOG_TWO_PI;
    logJoint[i] = logLikelihoods[i] + logPrior[i];
    logQ[i] = logArea - 0.5 * (((z1 - mean[0]) / stddev[0]) ** 2 + ((z2 - mean[1]) / stddev[1]) ** 2);
    logQ[i] -= Math.log(stddev[0] * stddev[1]) + LOG_TWO_PI;
  }
  const logMass = logSumExp(logQ);
  for (let i = 0; i < count; i++) logQ[i] -= logMass;
  const q = logQ.map(Math.exp),
    logEvidence = logSumExp(logJoint),
    most = largest(logLikelihoods);
  let [logLikelihood, bound, klPrior, klPosterior, constant, bayes, overPrior] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const logPosterior = logJoint[i] - logEvidence;
    logLikelihood += q[i] * logLikelihoods[i];
    bound += q[i] * (logJoint[i] - logQ[i]);
    klPrior += q[i] * (logQ[i] - logPrior[i]);
    klPosterior += q[i] * (logQ[i] - logPosterior);
    constant += q[i] * logEvidence;
    bayes += q[i] * (logJoint[i] - logPosterior);
    overPrior += Math.exp(logPrior[i]) * Math.exp(logLikelihoods[i] - most);
  }
  const overQ = logSumExp(logQ.map((value, i) => value + (logJoint[i] - value))),
    elbo = logLikelihood - klPrior;
  return {
    jensen: lines([
      ["log p(x)", "", logEvidence],
      ["log E_p(z)[p(x|z)]", "=", Math.log(overPrior) + most],
      ["log E_q[p(x,z)/q(z)]", "=", overQ],
      ["E_q[log p(x,z)/q(z)]", ">=", bound],
      ["E_q[log p(x|z)] - KL(q || p(z))", "=", elbo],
    ]),
    divergence: lines([
      ["log p(x)", "", logEvidence],
      ["E_q[log p(x)]", "=", constant],
      ["E_q[log p(x,z)/p(z|x)]", "=", bayes],
      ["E_q[log p(x,z)/q(z)] + KL(q || p(z|x))", "=", bound + klPosterior],
      ["E_q[log p(x,z)/q(z)]", ">=", bound],
      ["E_q[log p(x|z)] - KL(q || p(z))", "=", elbo],
    ]),
    logEvidence,
    logLikelihood,
    klPrior,
    klPriorClosed: total(klPerDimension(mean, stddev)),
    klPosterior,
    elbo,
    mass: Math.exp(logMass),
  };
}

/** @param {[string, "" | "=" | ">=", number][]} given @returns {Line[]} */
function lines(given) {
  return given.map(([name, relation, value], i) => ({ name, relation, value, gap: i ? given[i - 1][2] - value : 0 }));
}

/**
 * log E[w] against E[log w] for w that is a with probability `weight`, and else b: Jensen's inequality.
 * @param {number} a above 0
 * @param {number} b above 0
 * @param {number} weight 0 to 1
 * @returns {{at: number, curve: number, chord: number, gap: number}} the mean; the log of it; the mean of the logs; the
 *   gap from the chord up to the curve, in nats
 */
export function chord(a, b, weight) {
  const at = weight * a + (1 - weight) * b,
    curve = Math.log(at),
    straight = weight * Math.log(a) + (1 - weight) * Math.log(b);
  return { at, curve, chord: straight, gap: curve - straight };
}
