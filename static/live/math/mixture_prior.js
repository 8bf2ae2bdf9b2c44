// A prior, N(0, I) or one that was learned, a mixture of Gaussians without correlation: its draws and its density.
import { codeAt } from "./code_prior.js";
import { logSumExp } from "./log_sum.js";
import { normals, uniforms } from "./noise.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);

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
 * log p(z), whichever it is.
 * @param {Mixture | null} mixture null for N(0, I)
 * @param {ArrayLike<number>} z (count, D)
 * @param {number} dim D
 * @returns {Float64Array} (count,) nats
 */
export function logPrior(mixture, z, dim) {
  const each = new Float64Array(mixture?.count ?? 0);
  return Float64Array.from({ length: z.length / dim }, (_, i) => {
    if (!mixture) return logNormal(z, i * dim, dim);
    for (let k = 0; k < each.length; k++) each[k] = Math.log(mixture.weight[k]) + logPart(mixture, k, z, i * dim, dim);
    return logSumExp(each);
  });
}

/** log N(z; 0, I). @param {ArrayLike<number>} z @param {number} at where it begins @param {number} dim D */
function logNormal(z, at, dim) {
  let square = 0;
  for (let d = 0; d < dim; d++) square += z[at + d] ** 2;
  return -0.5 * square - (dim / 2) * LOG_TWO_PI;
}

/**
 * log of one Gaussian's density.
 * @param {Mixture} mixture
 * @param {number} k which one
 * @param {ArrayLike<number>} z
 * @param {number} at where it begins
 * @param {number} dim D
 */
function logPart({ mean, stddev }, k, z, at, dim) {
  let log = (-dim / 2) * LOG_TWO_PI;
  for (let d = 0; d < dim; d++) {
    const spread = stddev[k * dim + d];
    log -= 0.5 * ((z[at + d] - mean[k * dim + d]) / spread) ** 2 + Math.log(spread);
  }
  return log;
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
