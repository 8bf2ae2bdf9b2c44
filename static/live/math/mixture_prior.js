// Draws of a prior that was learned: a mixture of Gaussians without correlation.
import { codeAt } from "./code_prior.js";
import { normals, uniforms } from "./noise.js";

/**
 * @typedef {object} Mixture of K Gaussians over D latents
 * @property {number} count K
 * @property {Float32Array} weight (K,) that add up to 1
 * @property {Float32Array} mean (K, D)
 * @property {Float32Array} stddev (K, D)
 */

/**
 * @param {Mixture} mixture
 * @param {number} count of draws
 * @param {number} dim D
 * @param {number} seed
 * @returns {Float32Array} (count, D)
 */
export function mixtureDraws({ weight, mean, stddev }, count, dim, seed) {
  const uniform = uniforms(seed),
    logWeights = Float64Array.from(weight, Math.log),
    z = normals(count * dim, seed + 1);
  for (let i = 0; i < count; i++) {
    const component = codeAt(logWeights, uniform()) * dim;
    for (let d = 0; d < dim; d++) z[i * dim + d] = mean[component + d] + stddev[component + d] * z[i * dim + d];
  }
  return z;
}

/**
 * Draws of p(z), whichever it is: those of N(0, I) are the same for models of as many dimensions.
 * @param {Mixture | null} mixture null for N(0, I)
 * @param {number} count of draws
 * @param {number} dim D
 * @param {number} seed
 * @returns {Float32Array} (count, D)
 */
export function priorDraws(mixture, count, dim, seed) {
  return mixture ? mixtureDraws(mixture, count, dim, seed) : normals(count * dim, seed);
}

/**
 * Draws of p(z) that nobody has seen before.
 * @param {Mixture | null} mixture null for N(0, I)
 * @param {number} count of draws
 * @param {number} dim D
 * @returns {Float32Array} (count, D)
 */
export function freshDraws(mixture, count, dim) {
  return priorDraws(mixture, count, dim, Math.floor(2 ** 32 * Math.random()));
}
