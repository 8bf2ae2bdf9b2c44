// The variance of the estimators of gradients.js, measured: many estimates of one component of the gradient, each the
// mean of N samples, at any distance and in any number of dimensions from one set of noise.

/** @typedef {import("./gradients.js").Quadratic} Quadratic */
/** @typedef {import("./gradients.js").Estimator} Estimator */

/**
 * @typedef {object} Noise standard normals epsilon, and what f(z) needs of them: its sums over the first d dimensions
 * @property {number} samples
 * @property {number} dimensions
 * @property {Float32Array} first epsilon of the first dimension, (samples,)
 * @property {Float64Array} sums of epsilon, (dimensions, samples)
 * @property {Float64Array} squares of epsilon^2, (dimensions, samples)
 */

/** @param {Float32Array} epsilon (dimensions, samples) @param {number} dimensions @returns {Noise} */
export function summed(epsilon, dimensions) {
  const samples = epsilon.length / dimensions,
    sums = Float64Array.from(epsilon),
    squares = sums.map((value) => value * value);
  for (let i = samples; i < epsilon.length; i++) {
    sums[i] += sums[i - samples];
    squares[i] += squares[i - samples];
  }
  return { samples, dimensions, first: epsilon.subarray(0, samples), sums, squares };
}

/**
 * Estimates of the first component of the gradient, each the mean over `n` samples of its own: as many as the noise
 * fills, at most `most`.
 * @param {Noise} noise
 * @param {Quadratic} toy of at most as many dimensions as the noise
 * @param {number} n samples of an estimate
 * @param {Estimator} estimator
 * @param {number} [baseline]
 * @param {number} [most]
 * @returns {Float64Array}
 */
export function estimates(noise, { distance, sigma, dimensions }, n, estimator, baseline = 0, most = Infinity) {
  const { samples, first, sums, squares } = noise,
    found = new Float64Array(Math.min(most, Math.floor(samples / n))),
    row = (dimensions - 1) * samples,
    constant = (dimensions * distance * distance) / 2 - baseline;
  for (let i = 0; i < found.length * n; i++) {
    const value = constant + sigma * (distance * sums[row + i] + (sigma * squares[row + i]) / 2), // f(z) - b
      one = estimator === "score" ? (value * first[i]) / sigma : distance + sigma * first[i];
    found[Math.floor(i / n)] += one / n;
  }
  return found;
}

/**
 * @param {ArrayLike<number>} values R > 1
 * @returns {{mean: number, variance: number, error: number}} error: the standard error of the variance
 */
export function measured(values) {
  const count = values.length;
  let mean = 0,
    second = 0,
    fourth = 0;
  for (let i = 0; i < count; i++) mean += values[i] / count;
  for (let i = 0; i < count; i++) {
    const square = (values[i] - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  const variance = second / (count - 1);
  return { mean, variance, error: Math.sqrt(Math.max(0, fourth / count - variance * variance) / count) };
}
