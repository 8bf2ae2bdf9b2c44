// Draws of a prior that was learned: a mixture of Gaussians without correlation.
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
export function mixtureDraws({ count: components, weight, mean, stddev }, count, dim, seed) {
  const uniform = uniforms(seed),
    z = normals(count * dim, seed + 1);
  for (let i = 0; i < count; i++) {
    const component = componentAt(weight, components, uniform()) * dim;
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

/** @param {Float32Array} weight @param {number} components @param {number} share in [0, 1) @returns {number} whose turn that is */
function componentAt(weight, components, share) {
  let left = share;
  for (let k = 0; k < components; k++) {
    left -= weight[k];
    if (left < 0) return k;
  }
  return components - 1; // the weights add up to a little less than 1
}
