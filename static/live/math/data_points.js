// Where p is a handful of points, what is left of KL(p || q) is the likelihood: the same as vae_core.learning.data_points.

/**
 * The quantiles of p at the shares (k + 1/2) / count: points that lie as p does.
 * @param {Float64Array} logP on the even grid x
 * @param {Float64Array} x
 * @param {number} count
 * @returns {number[]}
 */
export function pointsOf(logP, x, count) {
  const step = x[1] - x[0];
  /** @type {number[]} */
  const points = [];
  let below = 0;
  for (let i = 0; i < x.length; i++) {
    const mass = Math.exp(logP[i]) * step,
      reached = Math.min(count, Math.floor(count * (below + mass) + 0.5)); // shares up to the end of this cell
    while (points.length < reached) points.push(x[i] + (((points.length + 0.5) / count - below) / mass - 0.5) * step);
    below += mass;
  }
  return points;
}

/** @param {number[]} points @param {number} mu @param {number} sigma @returns {number} the mean of -log N(x; mu, sigma^2), nats */
export function negativeLogLikelihood(points, mu, sigma) {
  const squares = points.reduce((sum, x) => sum + ((x - mu) / sigma) ** 2, 0);
  return (0.5 * squares) / points.length + Math.log(sigma) + 0.5 * Math.log(2 * Math.PI);
}

/** @param {number[]} points @returns {[number, number]} mean and standard deviation of the likeliest Gaussian */
export function likeliest(points) {
  const mean = points.reduce((sum, x) => sum + x, 0) / points.length,
    variance = points.reduce((sum, x) => sum + (x - mean) ** 2, 0) / points.length;
  return [mean, Math.sqrt(variance)];
}
