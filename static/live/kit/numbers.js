// Numbers as people read them.

/**
 * @param {number} value
 * @param {number} [digits] significant ones
 * @returns {string} with a true minus sign; whole from a thousand on, a dash for what is no number
 */
export function significant(value, digits = 3) {
  return Math.abs(value) < 0.005 ? "0" : precise(value, digits);
}

/**
 * The same for what is measured: a small number keeps its digits, and thousands are set apart.
 * @param {number} value
 * @param {number} [digits] significant ones
 * @returns {string} 0 below a millionth
 */
export function precise(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text = size < 1e-6 ? "0" : value.toPrecision(digits);
  if (size >= 1000) text = Math.round(value).toLocaleString("en");
  else if (text.includes("e")) text = String(Number(text)); // two digits of 186 are 190, not 1.9e+2
  return text.replace("-", "−");
}
