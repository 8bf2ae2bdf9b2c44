// Numbers of the ELBO in words.
import { addingUp } from "../math/rounding.js";

const WHOLE_FROM = 999.95; // above, a decimal of a nat is noise

/** @param {number} value nats that stand alone: one decimal */
export function nats(value) {
  return written(value, decimalsFor([value]));
}

/**
 * Parts and their total as they stand together: with one number of decimals, and adding up on the screen.
 * @param {number[]} parts nats
 * @returns {string[]} the parts, then the total
 */
export function inSum(parts) {
  const total = parts.reduce((sum, part) => sum + part, 0),
    decimals = decimalsFor([...parts, total]);
  return [...addingUp(parts, decimals), rounded(total, decimals)].map((value) => written(value, decimals));
}

/**
 * What lies between two numbers that are on the screen, and what it is made of.
 * @param {number} to nats
 * @param {number} from nats
 * @param {number[]} parts of the difference
 * @param {number} decimals
 * @returns {string[]} the difference of the two as they are shown, then the parts that add up to it
 */
export function between(to, from, parts = [], decimals = decimalsFor([to, from])) {
  const difference = rounded(to, decimals) - rounded(from, decimals);
  return [difference, ...addingUp(parts, decimals, difference)].map((value) => written(value, decimals));
}

/**
 * Two numbers that stand together, and what lies between them.
 * @param {number} to nats
 * @param {number} from nats
 * @param {number} decimals
 * @returns {string[]} `from`, the difference and `to`, which add up on the screen
 */
export function apart(to, from, decimals = decimalsFor([to, from])) {
  return [written(from, decimals), ...between(to, from, [], decimals), written(to, decimals)];
}

/** @param {string} text of a number @returns {string} that of the same number with the other sign */
export function negated(text) {
  return text.startsWith("−") ? text.slice(1) : Number(text) === 0 ? text : `−${text}`;
}

/** @param {number[]} values nats that stand together @param {number} most decimals that they have */
export function decimalsFor(values, most = 1) {
  return values.some((value) => Math.abs(value) >= WHOLE_FROM) ? 0 : most;
}

/** @param {number} value @param {number} decimals */
function rounded(value, decimals) {
  return addingUp([value], decimals)[0];
}

/** @param {number} value @param {number} decimals */
function written(value, decimals) {
  if (!Number.isFinite(value)) return "–";
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return (rounded(value, decimals) + 0).toLocaleString("en", digits).replace("-", "−");
}

/** @param {number} value a standard error in nats; a small one is not rounded to none */
export function plusMinus(value) {
  return value >= WHOLE_FROM ? nats(value) : value.toFixed(value < 0.095 ? 2 : 1);
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

/**
 * log p(x) as it was estimated: "−90.2 ± 0.1", or as a bound, "≥ −95.1", where too few draws count for more.
 * @param {{value: number, standardError: number, bound: boolean}} estimate nats
 */
export function estimated({ value, standardError, bound }) {
  return bound ? `≥ ${nats(value)}` : `${nats(value)} ± ${plusMinus(standardError)}`;
}

const SEEN = 0.05; // nats: an error that the decimal of a sum hides

/** @param {number} error nats, at most @returns {string} what stands behind a number that errs by so much */
export function errs(error) {
  return error < SEEN ? "" : ` ± ${plusMinus(error)}`;
}
