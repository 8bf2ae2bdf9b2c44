// KL between two diagonal Gaussians, in closed form and by draws: the same as vae_core.learning.gaussian_kl.

/** @typedef {{mean: ArrayLike<number>, stddev: ArrayLike<number>}} Gaussian of D dimensions, diagonal */

/** @param {Gaussian} q @param {Gaussian} p @returns {number} KL(q || p) in nats */
export function closedForm(q, p) {
  let sum = 0;
  for (let d = 0; d < q.mean.length; d++) {
    const ratio = (q.stddev[d] / p.stddev[d]) ** 2,
      shift = (q.mean[d] - p.mean[d]) / p.stddev[d];
    sum += 0.5 * (ratio + shift * shift - 1 - Math.log(ratio));
  }
  return sum;
}

/**
 * log q(z) - log p(z) at draws of q, as a quadratic of the noise in each dimension.
 * @param {ArrayLike<number>} epsilon (D, stride) standard normals, of which the first `count` of each row are used
 * @param {number} stride
 * @param {number} count of draws
 * @param {Gaussian} q
 * @param {Gaussian} p
 * @returns {Float64Array} (count,) in nats
 */
export function logRatios(epsilon, stride, count, q, p) {
  const { square, line, constant } = quadratic(q, p),
    ratios = new Float64Array(count).fill(constant);
  for (let d = 0; d < q.mean.length; d++) {
    const [a, b] = [square[d], line[d]];
    for (let i = 0, at = d * stride; i < count; i++, at++) ratios[i] += (a * epsilon[at] + b) * epsilon[at];
  }
  return ratios;
}

/** @param {Gaussian} q @param {Gaussian} p @returns {number} the variance of one draw's log-ratio, in nats squared */
export function varianceOfRatio(q, p) {
  const { square, line } = quadratic(q, p);
  return square.reduce((sum, a, d) => sum + 2 * a * a + line[d] * line[d], 0);
}

/**
 * The mean of the first k values and its standard error, for every k; of one value no error is known (NaN).
 * @param {ArrayLike<number>} values
 * @returns {{mean: Float64Array, error: Float64Array}}
 */
export function running(values) {
  const mean = new Float64Array(values.length),
    error = new Float64Array(values.length);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    squares += values[i] * values[i];
    mean[i] = sum / (i + 1);
    error[i] = i ? Math.sqrt(Math.max(0, squares / (i + 1) - mean[i] * mean[i]) / i) : NaN;
  }
  return { mean, error };
}

/** The log-ratio's coefficients of epsilon squared and of epsilon, and what is left. @param {Gaussian} q @param {Gaussian} p */
function quadratic(q, p) {
  const dim = q.mean.length,
    square = new Float64Array(dim),
    line = new Float64Array(dim);
  let constant = 0;
  for (let d = 0; d < dim; d++) {
    const ratio = q.stddev[d] / p.stddev[d],
      shift = (q.mean[d] - p.mean[d]) / p.stddev[d];
    square[d] = 0.5 * (ratio * ratio - 1);
    line[d] = shift * ratio;
    constant += 0.5 * shift * shift - Math.log(ratio);
  }
  return { square, line, constant };
}
