// One Gaussian q fitted to a density p on a line, by KL(q || p), KL(p || q) and what lies between them: the same as
// vae_core.learning.divergences, which says where each formula comes from. Densities are logarithms on an even grid.
import { logSumExp } from "./log_sum.js";

/** @typedef {{mu: number, sigma: number, divergence: number, start: number}} Fit a local optimum, and what led there */
/** @typedef {[number, number]} Place mu and sigma of a Gaussian */
/** @typedef {{value: number, slope: Place, bend: [number, number, number]}} Surface at (mu, log sigma), in nats */

export const NARROWEST = 0.1; // standard deviations that a fit may have
export const WIDEST = 12;
const STEPS = 60; // of Newton's method, at most
const SETTLED = 1e-15; // nats that another step could still gain
const SAME = 1e-3; // two optima that are nearer to each other are one
const HALF_LOG_TURN = 0.5 * Math.log(2 * Math.PI);

/** @param {number} [reach] @param {number} [points] @returns {Float64Array} an even grid from -reach to reach */
export function evenGrid(reach = 25, points = 501) {
  return Float64Array.from({ length: points }, (_, i) => -reach + (2 * reach * i) / (points - 1));
}

/**
 * The log-density of a mixture of Gaussians, which integrates to one on the grid.
 * @param {Float64Array} x the grid
 * @param {ArrayLike<number>} positions
 * @param {ArrayLike<number>} widths
 * @param {ArrayLike<number>} weights at least one above 0
 * @param {Place | null} [gap] from where to where the density is zero
 * @returns {Float64Array}
 */
export function logHumps(x, positions, widths, weights, gap = null) {
  const there = Array.from(positions, (_, k) => k).filter((k) => weights[k] > 0),
    tops = there.map((k) => Math.log(weights[k]) - Math.log(widths[k]) - HALF_LOG_TURN),
    each = new Float64Array(there.length);
  const logP = x.map((at) => {
    if (gap && at >= gap[0] && at <= gap[1]) return -Infinity;
    for (let i = 0; i < there.length; i++) {
      const u = (at - positions[there[i]]) / widths[there[i]];
      each[i] = tops[i] - 0.5 * u * u;
    }
    return logSumExp(each);
  });
  const total = logSumExp(logP) + Math.log(x[1] - x[0]);
  return logP.map((value) => value - total);
}

/** @param {Float64Array} x @param {number} mu @param {number} sigma @returns {Float64Array} log N(x; mu, sigma^2) */
export function logGaussian(x, mu, sigma) {
  const top = -Math.log(sigma) - HALF_LOG_TURN;
  return x.map((at) => top - 0.5 * ((at - mu) / sigma) ** 2);
}

/**
 * KL(a || b) in nats, by its definition; infinite where b is zero and a is not.
 * @param {Float64Array} logA
 * @param {Float64Array} logB
 * @param {Float64Array} x
 */
export function kl(logA, logB, x) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    if (logA[i] === -Infinity) continue;
    if (logB[i] === -Infinity) return Infinity;
    sum += Math.exp(logA[i]) * (logA[i] - logB[i]);
  }
  return sum * (x[1] - x[0]);
}

/**
 * KL(q || p) at alpha = 0, KL(p || q) at alpha = 1, and Minka's alpha-divergence between them, in nats.
 * @param {Float64Array} logP
 * @param {Float64Array} logQ
 * @param {number} alpha 0 to 1
 * @param {Float64Array} x
 */
export function alphaDivergence(logP, logQ, alpha, x) {
  if (alpha === 0) return kl(logQ, logP, x);
  if (alpha === 1) return kl(logP, logQ, x);
  let overlap = 0;
  for (let i = 0; i < x.length; i++) overlap += Math.exp(alpha * logP[i] + (1 - alpha) * logQ[i]);
  return (1 - overlap * (x[1] - x[0])) / (alpha * (1 - alpha));
}

/** @param {Float64Array} logP @param {Float64Array} x @returns {Place} mean and standard deviation of p */
export function moments(logP, x) {
  const step = x[1] - x[0];
  let mean = 0,
    variance = 0;
  for (let i = 0; i < x.length; i++) mean += Math.exp(logP[i]) * x[i] * step;
  for (let i = 0; i < x.length; i++) variance += Math.exp(logP[i]) * (x[i] - mean) ** 2 * step;
  return [mean, Math.sqrt(variance)];
}

/**
 * The local optima over all Gaussians that Newton's method reaches, the best one first; none at alpha = 0 where p is zero
 * anywhere, as every Gaussian's divergence is infinite there.
 * @param {Float64Array} logP
 * @param {number} alpha 0 to 1
 * @param {Place[]} starts
 * @param {Float64Array} x
 * @returns {Fit[]}
 */
export function fits(logP, alpha, starts, x) {
  if (alpha === 1) {
    const [mu, sigma] = moments(logP, x);
    return [{ mu, sigma, divergence: kl(logP, logGaussian(x, mu, sigma), x), start: 0 }];
  }
  if (alpha === 0 && logP.includes(-Infinity)) return [];
  /** @type {Fit[]} */
  const found = [];
  starts.forEach(([mu, sigma], start) => {
    const fit = newton(logP, alpha, mu, Math.log(sigma), x);
    if (fit && found.every((other) => Math.abs(fit.mu - other.mu) + Math.abs(fit.sigma - other.sigma) > SAME))
      found.push({ ...fit, start });
  });
  return found.sort((a, b) => a.divergence - b.divergence);
}

/**
 * Newton's method in (mu, log sigma), along the natural gradient where the surface is not convex.
 * @param {Float64Array} logP
 * @param {number} alpha
 * @param {number} mu
 * @param {number} logSigma
 * @param {Float64Array} x
 * @returns {Omit<Fit, "start"> | null} null where it ends at a saddle
 */
function newton(logP, alpha, mu, logSigma, x) {
  let here = surface(logP, alpha, mu, logSigma, x);
  for (let number = 0; number < STEPS; number++) {
    const [slopeMu, slopeSigma] = here.slope,
      [a, b, c] = here.bend,
      determinant = a * c - b * b,
      convex = a > 0 && determinant > 0;
    let across = convex ? (b * slopeSigma - c * slopeMu) / determinant : -Math.exp(2 * logSigma) * slopeMu,
      along = convex ? (b * slopeMu - a * slopeSigma) / determinant : -slopeSigma / 2;
    const longest = Math.max(1, Math.abs(across) / Math.exp(logSigma), Math.abs(along));
    across /= longest;
    along /= longest;
    const gain = -(across * slopeMu + along * slopeSigma);
    for (let share = 1; ; share /= 2) {
      const to = Math.min(Math.log(WIDEST), Math.max(Math.log(NARROWEST), logSigma + share * along)),
        there = surface(logP, alpha, mu + share * across, to, x),
        last = share < 1e-6;
      if (!last && there.value > here.value - 1e-4 * share * gain) continue;
      if (there.value <= here.value) [mu, logSigma, here] = [mu + share * across, to, there];
      if (last) number = STEPS;
      break;
    }
    if (gain < SETTLED) break;
  }
  const [a, b, c] = here.bend;
  return a > 0 && a * c > b * b ? { mu, sigma: Math.exp(logSigma), divergence: here.value } : null;
}

/**
 * The divergence as a function of (mu, log sigma), with its first and second derivatives.
 * @param {Float64Array} logP
 * @param {number} alpha
 * @param {number} mu
 * @param {number} logSigma
 * @param {Float64Array} x
 * @returns {Surface}
 */
function surface(logP, alpha, mu, logSigma, x) {
  const sigma = Math.exp(logSigma),
    step = x[1] - x[0],
    top = -logSigma - HALF_LOG_TURN;
  let total = 0,
    [slopeMu, slopeSigma, a, b, c] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const u = (x[i] - mu) / sigma,
      logQ = top - 0.5 * u * u,
      q = Math.exp(logQ) * step,
      tilted = alpha === 0 ? q : Math.exp(alpha * logP[i] + (1 - alpha) * logQ) * step,
      weighted = alpha === 0 ? q * (logP[i] - logQ) : (tilted - q) / alpha,
      byMu = u / sigma,
      bySigma = u * u - 1;
    total += alpha === 0 ? weighted : tilted;
    slopeMu -= weighted * byMu;
    slopeSigma -= weighted * bySigma;
    a += tilted * byMu * byMu - weighted * (byMu * byMu - 1 / (sigma * sigma));
    b += tilted * byMu * bySigma - weighted * (byMu * bySigma - 2 * byMu);
    c += tilted * bySigma * bySigma - weighted * (bySigma * bySigma - 2 * u * u);
  }
  const value = alpha === 0 ? -total : (1 - total) / (alpha * (1 - alpha));
  return { value, slope: [slopeMu, slopeSigma], bend: [a, b, c] };
}
