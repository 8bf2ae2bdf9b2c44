// How far a latent can be trusted: norm and length, the same as vae_core.analysis.traversal gives.
import { normOf } from "./path.js";

/**
 * The share of the standard normal prior of `dim` dimensions whose norm is at most this: a chi distribution.
 * @param {number} norm
 * @param {number} dim
 * @returns {number} from 0 to 1
 */
export function normShare(norm, dim) {
  return lowerGamma(dim / 2, (norm * norm) / 2);
}

/**
 * The percentage of the prior that lies nearer to the middle than z.
 * @param {ArrayLike<number>} z (D,)
 * @returns {number} 0 to 100
 */
export function priorNormPercentile(z) {
  return 100 * normShare(normOf(z), z.length);
}

/**
 * The norm below which this share of the prior lies, by bisection.
 * @param {number} share
 * @param {number} dim
 * @returns {number}
 */
export function normQuantile(share, dim) {
  let low = 0,
    high = Math.sqrt(dim) + 10;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (normShare(middle, dim) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The regularised lower incomplete gamma function P(a, x): its series for small x, its continued fraction for large.
 * @param {number} a
 * @param {number} x
 */
function lowerGamma(a, x) {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a,
      sum = term;
    for (let n = 1; n < 1000 && term > sum * 1e-15; n++) sum += term *= x / (a + n);
    return front * sum;
  }
  let b = x + 1 - a,
    c = 1e300,
    d = 1 / b,
    fraction = d; // modified Lentz
  for (let n = 1; n < 1000; n++) {
    const step = -n * (n - a);
    b += 2;
    d = 1 / (step * d + b);
    c = b + step / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return 1 - front * fraction;
}

/** log Gamma of a whole or half number, which is all that dimensions need: by its recurrence. @param {number} a */
function logGamma(a) {
  let log = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let k = a - 1; k > 0; k--) log += Math.log(k);
  return log;
}

/**
 * The length of a decoded path up to each of its pictures, in grey levels (0 to 1) over all pixels.
 * @param {ArrayLike<number>} pictures (count, size)
 * @param {number} count
 * @returns {Float64Array} (count,), from 0
 */
export function pathLength(pictures, count) {
  const size = pictures.length / count,
    lengths = new Float64Array(count);
  for (let i = 1; i < count; i++) {
    let square = 0;
    for (let p = i * size; p < (i + 1) * size; p++) square += (pictures[p] - pictures[p - size]) ** 2;
    lengths[i] = lengths[i - 1] + Math.sqrt(square);
  }
  return lengths;
}

/** A value between samples that are evenly spaced. @param {ArrayLike<number>} values @param {number} share 0 to 1 */
export function between(values, share) {
  const at = share * (values.length - 1),
    low = Math.min(Math.floor(at), values.length - 2);
  return values[low] + (at - low) * (values[low + 1] - values[low]);
}
