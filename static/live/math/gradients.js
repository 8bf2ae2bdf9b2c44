// Two estimators of one gradient, as vae_core.learning.estimators has them: of E[f(z)] with f(z) = |z - a|^2 / 2 over
// z ~ N(mu, sigma^2 I), with respect to mu, from noise epsilon = (z - mu) / sigma.

/** @typedef {"score" | "reparametrised"} Estimator */
/** @typedef {"none" | "mean" | "best"} Baseline subtracted from f: nothing, E[f], or the constant of least variance */
/** @typedef {{distance: number, sigma: number, dimensions: number}} Quadratic distance: every mu_d - a_d, the gradient */

/** @param {Quadratic} toy @returns {number} E[f(z)] */
export function expectationOf({ distance, sigma, dimensions }) {
  return (dimensions * (distance * distance + sigma * sigma)) / 2;
}

/** @param {Baseline} kind @param {number} expectation E[f] @param {number} sigma @returns {number} */
export function baselineOf(kind, expectation, sigma) {
  return { none: 0, mean: expectation, best: expectation + sigma * sigma }[kind];
}

/**
 * Of one sample of one component of the gradient; derived in vae_core.learning.estimators.Quadratic.
 * @param {Quadratic} toy
 * @param {Estimator} estimator
 * @param {Baseline} [kind]
 * @returns {number}
 */
export function varianceOf(toy, estimator, kind = "none") {
  const { distance, sigma, dimensions } = toy;
  if (estimator === "reparametrised") return sigma * sigma;
  const least = (dimensions + 1) * distance * distance + ((dimensions + 2) * sigma * sigma) / 2,
    expectation = expectationOf(toy);
  return least + ((baselineOf(kind, expectation, sigma) - baselineOf("best", expectation, sigma)) / sigma) ** 2;
}

/**
 * One estimate of the gradient from each row of noise.
 * @param {ArrayLike<number>} distances mu - a, (D,)
 * @param {ArrayLike<number>} epsilon (N, D)
 * @param {number} sigma
 * @param {Estimator} estimator
 * @param {number} [baseline]
 * @returns {Float64Array} (N, D)
 */
export function gradients(distances, epsilon, sigma, estimator, baseline = 0) {
  const dim = distances.length,
    found = new Float64Array(epsilon.length); // z - a
  for (let i = 0; i < found.length; i++) found[i] = distances[i % dim] + sigma * epsilon[i];
  if (estimator === "reparametrised") return found;
  for (let i = 0; i < found.length; i += dim) {
    let value = -baseline;
    for (let d = i; d < i + dim; d++) value += (found[d] * found[d]) / 2;
    for (let d = i; d < i + dim; d++) found[d] = (value * epsilon[d]) / sigma;
  }
  return found;
}

/** @param {ArrayLike<number>} values N > 1 @returns {Float64Array} for each the mean of the others: a baseline without bias */
export function leaveOneOut(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return Float64Array.from(values, (value) => (sum - value) / (values.length - 1));
}

/**
 * Gradient descent on E[f] by estimated gradients.
 * @param {{start: number, sigma: number, rate: number, samples: number, dimensions: number}} settings start: every
 *   mu_d - a_d; samples N that a step averages over
 * @param {ArrayLike<number>} epsilon (T, N, D)
 * @param {Estimator} estimator
 * @param {Baseline} [kind] of where mu stands
 * @returns {Float64Array} mu - a before the first and after every step, (T + 1, D)
 */
export function descent({ start, sigma, rate, samples, dimensions }, epsilon, estimator, kind = "none") {
  const size = samples * dimensions,
    steps = epsilon.length / size,
    noise = Float64Array.from(epsilon),
    path = new Float64Array((steps + 1) * dimensions).fill(start);
  for (let step = 0; step < steps; step++) {
    const at = path.subarray(step * dimensions, (step + 1) * dimensions),
      next = path.subarray((step + 1) * dimensions, (step + 2) * dimensions),
      expectation = at.reduce((sum, value) => sum + (value * value + sigma * sigma) / 2, 0),
      rows = noise.subarray(step * size, (step + 1) * size);
    const found = gradients(at, rows, sigma, estimator, baselineOf(kind, expectation, sigma));
    next.set(at);
    found.forEach((value, i) => (next[i % dimensions] -= (rate * value) / samples));
  }
  return path;
}
