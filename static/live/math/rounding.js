// Numbers that are rounded together, so that what stands on the screen adds up. The same as vae_core.rounding.

/**
 * Parts to so many decimals that add up to their total, which is rounded for itself: each part is rounded down, and
 * those with the largest remainders up instead (Hamilton's method). No part is off by a whole unit of its last digit
 * while the total is their sum.
 * @param {number[]} parts
 * @param {number} decimals
 * @param {number} [total] where it was rounded before
 * @returns {number[]} the parts as they are where one is not finite
 */
export function addingUp(parts, decimals, total = parts.reduce((sum, part) => sum + part, 0)) {
  if (![...parts, total].every(Number.isFinite)) return parts;
  const unit = 10 ** -decimals,
    scaled = parts.map((part) => part / unit),
    whole = scaled.map(Math.floor),
    missing = Math.floor(total / unit + 0.5) - whole.reduce((sum, part) => sum + part, 0),
    each = Math.floor(missing / parts.length);
  const order = parts.map((_, i) => i).sort((a, b) => scaled[b] - whole[b] - (scaled[a] - whole[a]) || a - b);
  order.forEach((i, rank) => {
    whole[i] += each + (rank < missing - each * parts.length ? 1 : 0);
  });
  return whole.map((part) => Number((part * unit).toFixed(Math.max(0, decimals))));
}
