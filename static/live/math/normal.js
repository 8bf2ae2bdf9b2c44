// The standard normal distribution in one dimension.

/**
 * The share of the standard normal below x (Abramowitz and Stegun 7.1.26, error below 1e-7).
 * @param {number} x
 * @returns {number} 0 to 1
 */
export function normalShare(x) {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp((-x * x) / 2)) / 2;
  return x < 0 ? tail : 1 - tail;
}

/**
 * The quantile of the standard normal, by bisection.
 * @param {number} share 0 to 1
 * @returns {number}
 */
export function normalQuantile(share) {
  let low = -8,
    high = 8;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
