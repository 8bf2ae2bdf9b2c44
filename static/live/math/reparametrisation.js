// z = mu + sigma epsilon, seen at f(z) = z^2 / 4 + cos 2z: the same as vae_core.learning.reparametrisation.

const CURVATURE = 0.25; // of the bowl
const HEIGHT = 1; // of the waves in it
const RATE = 2;

/** @param {number} z @returns {number} f(z) */
export function valueAt(z) {
  return CURVATURE * z * z + HEIGHT * Math.cos(RATE * z);
}

/** @param {number} z @returns {number} f'(z) */
export function slopeAt(z) {
  return 2 * CURVATURE * z - HEIGHT * RATE * Math.sin(RATE * z);
}

/**
 * What the draws say of the gradient of E[f(z)]: the means of f'(z) dz/dmu = f'(z) and f'(z) dz/dsigma = f'(z) epsilon.
 * @param {number} mu
 * @param {number} sigma
 * @param {ArrayLike<number>} epsilon at least one
 * @returns {{value: number, byMu: number, bySigma: number}} the mean of f(z), too
 */
export function estimated(mu, sigma, epsilon) {
  let [value, byMu, bySigma] = [0, 0, 0];
  for (let i = 0; i < epsilon.length; i++) {
    const z = mu + sigma * epsilon[i],
      downstream = slopeAt(z);
    value += valueAt(z) / epsilon.length;
    byMu += downstream / epsilon.length;
    bySigma += (downstream * epsilon[i]) / epsilon.length;
  }
  return { value, byMu, bySigma };
}

/**
 * E[f(z)] under N(mu, sigma^2) and its derivatives, in closed form.
 * @param {number} mu
 * @param {number} sigma
 * @returns {{value: number, byMu: number, bySigma: number}}
 */
export function exact(mu, sigma) {
  const waves = HEIGHT * Math.exp(-((RATE * sigma) ** 2) / 2);
  return {
    value: CURVATURE * (mu * mu + sigma * sigma) + waves * Math.cos(RATE * mu),
    byMu: 2 * CURVATURE * mu - RATE * waves * Math.sin(RATE * mu),
    bySigma: 2 * CURVATURE * sigma - RATE * RATE * sigma * waves * Math.cos(RATE * mu),
  };
}
