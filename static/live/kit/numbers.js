// Numbers as people read them.

/**
 * @param {number} value
 * @param {number} [digits] significant ones
 * @returns {string} with a true minus sign; whole from a thousand on, a dash for what is no number
 */
export function significant(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value) < 0.005 ? "0" : value.toPrecision(digits);
  return String(Math.abs(value) >= 1000 ? Math.round(value) : text).replace("-", "−");
}
