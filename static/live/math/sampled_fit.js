// One small model trained with each bound, as vae_core.learning.sampled_fit has it.
import { decode, logDensityGiven, moments, moved, slopesAt } from "./one_dimension.js";

/** @typedef {import("./one_dimension.js").OneDimension} OneDimension */
/** @typedef {import("./one_dimension.js").Step} Step */
/** @typedef {"prior" | "posterior"} Proposal what z is drawn from: N(0, 1), or the Gaussian with p(z|x)'s moments */

/**
 * log (1/K) sum_k p(x|z_k) p(z_k) / q(z_k) of each point from one set of draws, and the gradient of their mean.
 * @param {OneDimension} model
 * @param {ArrayLike<number>} x (N,)
 * @param {ArrayLike<number>} epsilon (N, K) of a standard normal
 * @param {Proposal} proposal
 * @returns {{value: Float64Array, gradient: Step}} value (N,) in nats; the draws are held fixed in the gradient
 */
export function sampledBound(model, x, epsilon, proposal) {
  const draws = epsilon.length / x.length,
    value = new Float64Array(x.length),
    z = new Float64Array(draws),
    logs = new Float64Array(draws);
  /** @type {Step} */
  const gradient = [0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const { mean, stddev } = proposal === "prior" ? { mean: 0, stddev: 1 } : moments(model, x[i]);
    let most = -Infinity,
      sum = 0;
    for (let k = 0; k < draws; k++) {
      const noise = epsilon[i * draws + k];
      z[k] = mean + stddev * noise;
      logs[k] = logDensityGiven(model, x[i], z[k]) + Math.log(stddev) + (noise * noise - z[k] * z[k]) / 2;
      most = Math.max(most, logs[k]);
    }
    for (let k = 0; k < draws; k++) sum += logs[k] = Math.exp(logs[k] - most);
    value[i] = most + Math.log(sum / draws);
    for (let k = 0; k < draws; k++) {
      const share = logs[k] / sum / x.length,
        pull = (x[i] - decode(model, z[k])) / model.noise;
      slopesAt(z[k]).forEach((slope, d) => (gradient[d] += (share * pull * slope) / model.noise));
      gradient[3] += share * (pull * pull - 1);
    }
  }
  return { value, gradient };
}

/**
 * One step of stochastic gradient ascent on the mean bound.
 * @param {OneDimension} model
 * @param {ArrayLike<number>} points (N,)
 * @param {ArrayLike<number>} epsilon (N, K), fresh
 * @param {number} rate
 * @param {Proposal} proposal
 * @returns {OneDimension}
 */
export function trained(model, points, epsilon, rate, proposal) {
  return moved(model, sampledBound(model, points, epsilon, proposal).gradient, rate);
}
