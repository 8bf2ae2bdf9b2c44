// z = mu + sigma epsilon, seen at f(z) = cos 2z - z^2 / 4: the same as vae_core.learning.reparametrisation.

const CURVATURE = -0.25; // of the hill
const HEIGHT = 1; // of the waves on it
const RATE = 2;

/** @param {number} z @returns {number} f(z) */
export function valueAt(z) {
  return CURVATURE * z * z + HEIGHT * Math.cos(RATE * z);
}

/** @param {number} z @returns {number} f'(z) */
export function slopeAt(z) {
  return 2 * CURVATURE * z - HEIGHT * RATE * Math.sin(RATE * z);
}

/** @typedef {{value: number, byMu: number, bySigma: number}} Triple E[f(z)] and its derivatives by mu and by sigma */

/**
 * What the draws say of E[f(z)] and its gradient: the means of f(z), of f'(z) dz/dmu = f'(z), and of f'(z) dz/dsigma =
 * f'(z) epsilon.
 * @param {number} mu
 * @param {number} sigma
 * @param {ArrayLike<number>} epsilon at least one
 * @returns {Triple & {errors: Triple}} with the standard errors of the three; of one draw none are known (NaN)
 */
export function estimated(mu, sigma, epsilon) {
  const n = epsilon.length,
    sums = [0, 0, 0],
    squares = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const z = mu + sigma * epsilon[i],
      downstream = slopeAt(z);
    [valueAt(z), downstream, downstream * epsilon[i]].forEach((one, k) => {
      sums[k] += one;
      squares[k] += one * one;
    });
  }
  const [value, byMu, bySigma] = sums.map((sum) => sum / n),
    errors = squares.map((square, k) => Math.sqrt(Math.max(0, square / n - (sums[k] / n) ** 2) / (n - 1)));
  return { value, byMu, bySigma, errors: { value: errors[0], byMu: errors[1], bySigma: errors[2] } };
}

/**
 * E[f(z)] under N(mu, sigma^2) and its derivatives, in closed form.
 * @param {number} mu
 * @param {number} sigma
 * @returns {Triple}
 */
export function exact(mu, sigma) {
  const waves = HEIGHT * Math.exp(-((RATE * sigma) ** 2) / 2);
  return {
    value: CURVATURE * (mu * mu + sigma * sigma) + waves * Math.cos(RATE * mu),
    byMu: 2 * CURVATURE * mu - RATE * waves * Math.sin(RATE * mu),
    bySigma: 2 * CURVATURE * sigma - RATE * RATE * sigma * waves * Math.cos(RATE * mu),
  };
}
