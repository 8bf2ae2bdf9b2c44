// The terms of the ELBO, as vae_core.analysis.likelihood has them: natural logarithms, nats a picture.

const LARGE = 1e300;

/**
 * log p(x|z) of one picture under several decoded z. A Bernoulli likelihood is linear in x, so x may be grey:
 * x * logit - log(1 + exp(logit)), summed over pixels.
 * @param {Float32Array} outputs (count, C * H * W): logits for a Bernoulli likelihood, mean pictures for a Gaussian one
 * @param {Float32Array} x (C * H * W,) in [0, 1]
 * @param {number | null} noise the Gaussian's standard deviation; null for a Bernoulli likelihood
 * @returns {Float64Array} (count,)
 */
export function logLikelihoods(outputs, x, noise) {
  const size = x.length,
    values = new Float64Array(outputs.length / size);
  for (let i = 0; i < values.length; i++) {
    const start = i * size;
    let sum = 0;
    if (noise === null) {
      let product = 1; // of 1 + exp(-|logit|), each at most 2: one logarithm serves many pixels
      for (let p = 0; p < size; p++) {
        const logit = outputs[start + p];
        sum += x[p] * logit - Math.max(logit, 0);
        product *= 1 + Math.exp(-Math.abs(logit));
        if (product < LARGE) continue;
        sum -= Math.log(product);
        product = 1;
      }
      sum -= Math.log(product);
    } else {
      for (let p = 0; p < size; p++) sum -= (x[p] - outputs[start + p]) ** 2;
      sum = sum / (2 * noise * noise) - size * (Math.log(noise) + 0.5 * Math.log(2 * Math.PI));
    }
    values[i] = sum;
  }
  return values;
}

/**
 * KL(N(mean, stddev^2) || N(0, 1)) of each dimension.
 * @param {ArrayLike<number>} mean (D,)
 * @param {ArrayLike<number>} stddev (D,)
 * @returns {Float64Array} (D,) nats
 */
export function klPerDimension(mean, stddev) {
  return Float64Array.from(mean, (m, d) => 0.5 * (m * m + stddev[d] * stddev[d] - 1) - Math.log(stddev[d]));
}

/** @param {ArrayLike<number>} values @returns {number} */
export function total(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
}

/**
 * The mean of values that were drawn in mirrored pairs, and its standard error.
 * @param {ArrayLike<number>} values of even length: 2 i and 2 i + 1 belong together
 */
export function pairedMean(values) {
  const pairs = values.length / 2,
    mean = total(values) / values.length;
  let squares = 0;
  for (let i = 0; i < pairs; i++) squares += ((values[2 * i] + values[2 * i + 1]) / 2 - mean) ** 2;
  return { mean, standardError: Math.sqrt(squares / (pairs - 1) / pairs) };
}

/**
 * -log p in nats as bits per pixel and channel; densities over [0, 1] become probabilities of 256 grey levels.
 * @param {number} nats
 * @param {import("./shape.js").Shape} shape
 * @param {boolean} density whether 8 bits are to be added
 */
export function bitsPerDimension(nats, shape, density) {
  return nats / (shape[0] * shape[1] * shape[2] * Math.LN2) + (density ? 8 : 0);
}

/** Which share of a test set's values is smaller. */
export class Spread {
  /** @param {Float32Array} values of each test picture */
  constructor(values) {
    this.sorted = Float32Array.from(values).sort();
  }

  /** @param {number} value @returns {number} 0 to 100: the percentage of values below, those equal counted half */
  percentile(value) {
    return (50 * (this.below(value) + this.below(value, true))) / this.sorted.length;
  }

  /** @param {number} value @param {boolean} [orEqual] @returns {number} how many values are smaller */
  below(value, orEqual = false) {
    let low = 0,
      high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle] < value || (orEqual && this.sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {number} share 0 to 1 */
  quantile(share) {
    return this.sorted[Math.min(this.sorted.length - 1, Math.floor(share * this.sorted.length))];
  }

  /**
   * Heights of equal cells, the highest 1.
   * @param {number} low
   * @param {number} high
   * @param {number} bins
   * @returns {Float32Array} (bins,)
   */
  histogram(low, high, bins) {
    const counts = new Float32Array(bins);
    for (let i = 0; i < bins; i++) {
      counts[i] = this.below(low + ((i + 1) * (high - low)) / bins) - this.below(low + (i * (high - low)) / bins);
    }
    const most = Math.max(...counts, 1);
    return counts.map((count) => count / most);
  }
}
