// Numbers of the ELBO in words.

/** @param {number} value nats: one decimal, so that the sum adds up on the screen */
export function nats(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return (size >= 999.95 ? Math.round(value).toLocaleString("en") : value.toFixed(1)).replace("-", "−");
}

/** @param {number} value a standard error in nats; a small one is not rounded to none */
export function plusMinus(value) {
  return value >= 999.95 ? nats(value) : value.toFixed(value < 0.095 ? 2 : 1);
}

/** How unusual a picture is. @param {number} percentile of its ELBO among the test set's */
export function unusual(percentile) {
  const lower = percentile < 50,
    share = rank(lower ? 100 - percentile : percentile);
  return `A ${lower ? "lower" : "higher"} ELBO than ${share === "100" ? "any" : `${share} %`} of the test set`;
}

/** @param {number} value 0 to 100 */
export function rank(value) {
  return value < 0.05 || value > 99.95
    ? String(Math.round(value))
    : value < 10 || value > 90
      ? value.toFixed(1)
      : String(Math.round(value));
}
