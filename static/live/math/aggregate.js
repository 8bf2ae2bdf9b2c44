// The aggregate posterior q(z): how far a latent can be trusted, the same as vae_core.analysis.aggregate_posterior gives.
import { Spread } from "./likelihood.js";

const NEGLIGIBLE = 40; // nats below the largest component: less than a rounding error of their sum

export class AggregatePosterior {
  /**
   * @param {Float32Array} mean (N, D) of all codes
   * @param {{count: number, stddev: Float32Array, reference: Float32Array}} components M of the N codes, evenly spread:
   *   stddev (M, D); the reference is -log q(z) of its draws
   */
  constructor(mean, { count, stddev, reference }) {
    const dim = stddev.length / count,
      codes = mean.length / dim;
    this.dim = dim;
    this.spread = new Spread(reference);
    this.mean = new Float64Array(stddev.length);
    this.precision = Float64Array.from(stddev, (value) => 1 / value); // square root of it
    this.constant = new Float64Array(count); // log of each component at its mean
    this.logs = new Float64Array(count);
    for (let m = 0; m < count; m++) {
      const row = Math.floor((m * codes) / count);
      this.constant[m] = (-dim / 2) * Math.log(2 * Math.PI);
      for (let d = 0; d < dim; d++) {
        this.mean[m * dim + d] = mean[row * dim + d];
        this.constant[m] += Math.log(this.precision[m * dim + d]);
      }
    }
  }

  /** @param {ArrayLike<number>} z (D,) @returns {number} -log q(z), nats */
  surprisal(z) {
    const { dim, mean, precision, constant, logs } = this;
    let most = -Infinity;
    for (let m = 0, at = 0; m < logs.length; m++) {
      let square = 0;
      for (let d = 0; d < dim; d++, at++) {
        const away = (z[d] - mean[at]) * precision[at];
        square += away * away;
      }
      logs[m] = constant[m] - square / 2;
      if (logs[m] > most) most = logs[m];
    }
    let sum = 0;
    for (let m = 0; m < logs.length; m++) if (logs[m] > most - NEGLIGIBLE) sum += Math.exp(logs[m] - most);
    return Math.log(logs.length) - most - Math.log(sum);
  }

  /** @param {ArrayLike<number>} z (D,) @returns {number} percentage of draws from q(z) with a higher density: 0 to 100 */
  rarity(z) {
    return this.spread.percentile(this.surprisal(z));
  }
}

/** @param {ArrayLike<number>} z (D,) @param {number[]} active dimensions @returns {Float32Array} what z has there */
export function inActive(z, active) {
  return Float32Array.from(active, (dimension) => z[dimension]);
}
