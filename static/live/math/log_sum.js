// Sums of what is known by its logarithm.

/** @param {ArrayLike<number>} values @returns {number} */
export function largest(values) {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
  return most;
}

/** @param {ArrayLike<number>} values @returns {number} the log of the sum of exp(values) */
export function logSumExp(values) {
  const most = largest(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i] - most);
  return most + Math.log(sum);
}
