// A mixture of Gaussians in the plane, fitted by EM, as vae_core.learning.gaussian_mixture has it (Bishop 2006, section
// 9.2.2). What a VAE approximates is exact here: the E step is the true posterior, and the bound then touches log p(x).

/** @typedef {[number, number]} Point */
/** @typedef {[number, number, number]} Covariance of x with x, x with y, y with y */
/** @typedef {{weight: number, mean: Point, covariance: Covariance}} Component */
/** @typedef {Component[]} Mixture weights above 0 that add up to 1 */
/** @typedef {number[][]} Responsibilities q(k) of each point, (N, K) */
/** @typedef {{share: number, first: Point, second: Covariance}[]} Statistics of each component: means over the points */

const JITTER = 1e-6, // added to the diagonal of every covariance
  START_COUNTS = 100, // points that online EM takes its start for
  TINY = Number.MIN_VALUE * 2 ** 52, // the smallest normal number
  LOG_TWO_PI = Math.log(2 * Math.PI);

/** @param {Mixture} mixture @param {Point[]} points (N,) @returns {number[][]} log p(x, k), nats, (N, K) */
export function logJoint(mixture, points) {
  const constants = mixture.map(({ weight, covariance: [xx, xy, yy] }) => {
    const determinant = xx * yy - xy * xy;
    return { determinant, constant: Math.log(weight) - LOG_TWO_PI - 0.5 * Math.log(determinant) };
  });
  return points.map(([x, y]) => {
    const logs = [];
    for (let k = 0; k < mixture.length; k++) {
      const { mean, covariance } = mixture[k],
        { determinant, constant } = constants[k],
        [across, up] = [x - mean[0], y - mean[1]],
        square = covariance[2] * across * across - 2 * covariance[1] * across * up + covariance[0] * up * up;
      logs.push(constant - (0.5 * square) / determinant);
    }
    return logs;
  });
}

/** @param {number[]} logs @returns {number} the logarithm of the sum of what they are the logarithms of */
function logSum(logs) {
  let [most, sum] = [-Infinity, 0];
  for (const value of logs) most = Math.max(most, value);
  for (const value of logs) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

/** @param {number[][]} joint log p(x, k), (N, K) @returns {number[]} log p(x), nats, (N,) */
export function logLikelihood(joint) {
  return joint.map(logSum);
}

/** @param {number[][]} joint log p(x, k), (N, K) @returns {Responsibilities} p(k|x), with which `bound` is log p(x) */
export function eStep(joint) {
  return joint.map((logs) => {
    const total = logSum(logs);
    return logs.map((value) => Math.exp(value - total));
  });
}

/**
 * E_q[log p(x, k)] + H(q): below log p(x) by KL(q || p(k|x)).
 * @param {number[][]} joint log p(x, k), (N, K)
 * @param {Responsibilities} q
 * @returns {number[]} nats, (N,)
 */
export function bound(joint, q) {
  return joint.map((logs, i) =>
    logs.reduce((sum, value, k) => sum + (q[i][k] > 0 ? q[i][k] * (value - Math.log(q[i][k])) : 0), 0),
  );
}

/** @param {Point[]} points (N,) @param {Responsibilities} q @returns {Statistics} */
export function statistics(points, q) {
  return q[0].map((_, k) => {
    let [share, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < points.length; i++) {
      const part = q[i][k] / points.length,
        [across, up] = points[i];
      share += part;
      x += part * across;
      y += part * up;
      xx += part * across * across;
      xy += part * across * up;
      yy += part * up * up;
    }
    return { share, first: [x, y], second: [xx, xy, yy] };
  });
}

/** @param {Statistics} found @returns {Mixture} that maximises the mean of `bound` at a fixed q: Bishop 2006, 9.24 to 9.27 */
export function mStep(found) {
  const shares = found.map(({ share }) => Math.max(share, TINY)),
    total = shares.reduce((sum, share) => sum + share, 0);
  return found.map(({ first, second }, k) => {
    const [x, y] = first.map((sum) => sum / shares[k]),
      [xx, xy, yy] = second.map((sum) => sum / shares[k]);
    return {
      weight: shares[k] / total,
      mean: [x, y],
      covariance: [xx - x * x + JITTER, xy - x * y, yy - y * y + JITTER],
    };
  });
}

/**
 * The mixture after each point, seen in their order: Cappé and Moulines 2009, equation 13.
 * @param {Mixture} mixture
 * @param {Point[]} points
 * @param {number} [rate] gamma_n = (n + START_COUNTS)^-rate, above 1/2 and at most 1
 * @returns {Mixture[]}
 */
export function onlineEM(mixture, points, rate = 0.6) {
  /** @type {Statistics} */
  let seen = mixture.map(({ weight, mean: [x, y], covariance: [xx, xy, yy] }) => ({
    share: weight,
    first: [weight * x, weight * y],
    second: [weight * (xx + x * x), weight * (xy + x * y), weight * (yy + y * y)],
  }));
  return points.map((point, i) => {
    const step = (i + 1 + START_COUNTS) ** -rate,
      found = statistics([point], eStep(logJoint(mixture, [point])));
    /** @param {number} old @param {number} now */
    const towards = (old, now) => (1 - step) * old + step * now;
    seen = seen.map(({ share, first, second }, k) => ({
      share: towards(share, found[k].share),
      first: [towards(first[0], found[k].first[0]), towards(first[1], found[k].first[1])],
      second: [
        towards(second[0], found[k].second[0]),
        towards(second[1], found[k].second[1]),
        towards(second[2], found[k].second[2]),
      ],
    }));
    mixture = mStep(seen);
    return mixture;
  });
}

/** @param {Point[]} points @param {Point[]} means @returns {Mixture} equal weights, and the points' own covariance for each */
export function startedAt(points, means) {
  const [{ covariance }] = mStep(
    statistics(
      points,
      points.map(() => [1]),
    ),
  );
  return means.map((mean) => ({ weight: 1 / means.length, mean, covariance }));
}
