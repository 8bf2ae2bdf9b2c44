// q(z | x observed) as the completer network gives it: a mixture of K diagonal Gaussians over D dimensions.
import { normals, uniforms } from "./noise.js";

/** @typedef {{weights: Float64Array, mean: Float32Array, stddev: Float32Array, dim: number}} Mixture rows of D */

/**
 * @param {Float32Array} outputs (K + 2 K D): logits, means, scales before softplus
 * @param {number} components K
 * @param {number} dim D
 * @param {number} smallest standard deviation
 * @returns {Mixture}
 */
export function mixtureOf(outputs, components, dim, smallest) {
  const logits = outputs.subarray(0, components),
    most = Math.max(...logits);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  /** @param {number} raw */
  const softplus = (raw) => Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw)));
  return {
    weights: weights.map((weight) => weight / total),
    mean: outputs.slice(components, components * (1 + dim)),
    stddev: outputs.slice(components * (1 + dim)).map((raw) => softplus(raw) + smallest),
    dim,
  };
}

/** The same noise for every picture, so that the draws move with the picture alone. */
export class MixtureNoise {
  /** @param {number} count of draws @param {number} dim D @param {number} seed */
  constructor(count, dim, seed) {
    const uniform = uniforms(seed);
    this.count = count;
    this.epsilon = normals(count * dim, seed + 1);
    this.uniform = Float64Array.from({ length: count }, uniform);
  }

  /** @param {Mixture} mixture @returns {Float32Array} (count, D) draws of it */
  draw({ weights, mean, stddev, dim }) {
    const z = new Float32Array(this.count * dim);
    for (let i = 0; i < this.count; i++) {
      let component = 0;
      for (let left = this.uniform[i] - weights[0]; left >= 0 && component < weights.length - 1;) {
        component += 1;
        left -= weights[component];
      }
      for (let d = 0; d < dim; d++) {
        const at = component * dim + d;
        z[i * dim + d] = mean[at] + stddev[at] * this.epsilon[i * dim + d];
      }
    }
    return z;
  }
}
