// A VAE whose decoder's mean is a flow, as vae_core.learning.noisy_flow has it: x = f(z) + noise with z ~ N(0, I), so
// that the flow's exact log p(x) stands beside the bound of a VAE with the same f.
import { forward, inverse, logDensity, planeForward, planeInverse, planeLogDensity } from "./change_of_variables.js";

/** @typedef {import("./change_of_variables.js").Point} Point */
/** @typedef {{elbo: number, logEvidence: number}} Judged the VAE's bound and its own log p(x), nats */

const REACH = 6, // standard deviations
  LINE_NODES = 121,
  PLANE_NODES = 41, // along a dimension
  LOG_TWO_PI = Math.log(2 * Math.PI);

/** @param {number} nodes @returns {number[]} evenly from -REACH to REACH */
const axisOf = (nodes) => Array.from({ length: nodes }, (_, i) => REACH * ((2 * i) / (nodes - 1) - 1));
const LINE = axisOf(LINE_NODES),
  PLANE = axisOf(PLANE_NODES);

/** @param {number[]} axis @returns {Float64Array} shares of a standard normal at its nodes, which sum to 1 */
function sharesOf(axis) {
  const weights = Float64Array.from(axis, (u) => Math.exp(-0.5 * u * u)),
    sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}
const LINE_SHARES = sharesOf(LINE),
  PLANE_SHARES = sharesOf(PLANE);

/**
 * q is the posterior of f made straight at f^-1(x) by its Jacobian there.
 * @param {import("./change_of_variables.js").Monotone} flow
 * @param {number} x
 * @param {number} noise above 0
 * @returns {Judged}
 */
export function lineJudged(flow, x, noise) {
  const start = inverse(flow, x),
    slope = Math.exp(forward(flow, start).logSlope),
    variance = 1 / (1 + (slope / noise) ** 2),
    stddev = Math.sqrt(variance),
    constant = -0.5 * LOG_TWO_PI - Math.log(noise) + Math.log(stddev);
  const ratios = Float64Array.from(LINE, (u) => {
    const z = start - variance * start + stddev * u;
    return constant - 0.5 * (z * z + ((x - forward(flow, z).x) / noise) ** 2 - u * u);
  });
  return {
    elbo: expected(LINE_SHARES, ratios),
    logEvidence: Math.log(
      expected(
        LINE_SHARES,
        Float64Array.from(LINE, (u) => Math.exp(logDensity(flow, x + noise * u))),
      ),
    ),
  };
}

/**
 * @param {import("./change_of_variables.js").Coupling[]} layers
 * @param {Point} x
 * @param {number} noise above 0
 * @returns {Judged}
 */
export function planeJudged(layers, x, noise) {
  const start = planeInverse(layers, x).z,
    [[a, b], [c, d]] = planeForward(layers, start).jacobian,
    [xx, xy, yy] = [a * a + c * c, a * b + c * d, b * b + d * d].map((value) => value / noise ** 2),
    determinant = (1 + xx) * (1 + yy) - xy * xy,
    covariance = [(1 + yy) / determinant, -xy / determinant, (1 + xx) / determinant];
  const mean = [
    start[0] - covariance[0] * start[0] - covariance[1] * start[1],
    start[1] - covariance[1] * start[0] - covariance[2] * start[1],
  ];
  const first = Math.sqrt(covariance[0]),
    across = covariance[1] / first,
    second = Math.sqrt(covariance[2] - across * across),
    constant = -LOG_TWO_PI - 2 * Math.log(noise) + Math.log(first * second),
    ratios = new Float64Array(PLANE_NODES ** 2),
    around = new Float64Array(PLANE_NODES ** 2),
    shares = new Float64Array(PLANE_NODES ** 2);
  PLANE.forEach((u, i) =>
    PLANE.forEach((v, j) => {
      const z = /** @type {Point} */ ([mean[0] + first * u, mean[1] + across * u + second * v]),
        decoded = planeForward(layers, z).x,
        missed = (x[0] - decoded[0]) ** 2 + (x[1] - decoded[1]) ** 2,
        at = i * PLANE_NODES + j;
      ratios[at] = constant - 0.5 * (z[0] ** 2 + z[1] ** 2 + missed / noise ** 2 - u * u - v * v);
      around[at] = Math.exp(planeLogDensity(layers, [x[0] + noise * u, x[1] + noise * v]));
      shares[at] = PLANE_SHARES[i] * PLANE_SHARES[j];
    }),
  );
  return { elbo: expected(shares, ratios), logEvidence: Math.log(expected(shares, around)) };
}

/** @param {Float64Array} shares @param {Float64Array} values @returns {number} */
function expected(shares, values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += shares[i] * values[i];
  return sum;
}
