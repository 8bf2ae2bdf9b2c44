// Quantiles of a sample, by linear interpolation between its sorted values.

/**
 * @param {ArrayLike<number>} values in any order, at least one
 * @param {number[]} shares 0 to 1
 * @returns {number[]} a quantile for each share; of 0.5 the median
 */
export function quantiles(values, shares) {
  const sorted = Float32Array.from(values).sort();
  return shares.map((share) => {
    const place = share * (sorted.length - 1),
      low = Math.floor(place);
    return sorted[low] + (place - low) * (sorted[Math.ceil(place)] - sorted[low]);
  });
}
