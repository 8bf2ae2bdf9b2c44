// A VAE whose decoder's mean is a flow, as vae_core.learning.noisy_flow has it: x = f(z) + noise with z ~ N(0, I), so
// that the flow's exact log p(x) stands beside the bound of a VAE with the same f.
import { forward, inverse, logDensity, planeForward, planeInverse, planeLogDensity } from "./change_of_variables.js";

/** @typedef {import("./change_of_variables.js").Point} Point */
/** @typedef {{elbo: number, logEvidence: number}} Judged the VAE's bound and its own log p(x), nats */

const REACH = 5, // standard deviations
  WIDTHS = Array.from({ length: 6 }, (_, k) => 2 ** (-k / 2)), // of q that are tried
  LOG_TWO_PI = Math.log(2 * Math.PI),
  LINE = nodesOf(61),
  PLANE = nodesOf(17),
  AROUND = nodesOf(65); // x: a flow's density may be much narrower than the noise

/** @param {number} count @returns {{u: number, share: number}[]} where a standard normal is evaluated; shares sum to 1 */
function nodesOf(count) {
  const us = Array.from({ length: count }, (_, i) => REACH * ((2 * i) / (count - 1) - 1)),
    sum = us.reduce((total, u) => total + Math.exp(-0.5 * u * u), 0);
  return us.map((u) => ({ u, share: Math.exp(-0.5 * u * u) / sum }));
}

/**
 * q is the posterior of f made straight at f^-1(x) by its Jacobian there, with the best of the WIDTHS.
 * @param {import("./change_of_variables.js").Monotone} flow
 * @param {number} x
 * @param {number} noise above 0
 * @returns {Judged}
 */
export function lineJudged(flow, x, noise) {
  const start = inverse(flow, x),
    variance = 1 / (1 + (Math.exp(forward(flow, start).logSlope) / noise) ** 2),
    mean = start - variance * start;
  const bounds = WIDTHS.map((width) => {
    const stddev = width * Math.sqrt(variance);
    let squares = 0;
    for (const { u, share } of LINE) {
      const z = mean + stddev * u;
      squares += share * (z * z + ((x - forward(flow, z).x) / noise) ** 2 - u * u);
    }
    return -0.5 * (LOG_TWO_PI + squares) - Math.log(noise) + Math.log(stddev);
  });
  const density = LINE.reduce((sum, { u, share }) => sum + share * Math.exp(logDensity(flow, x + noise * u)), 0);
  return { elbo: Math.max(...bounds), logEvidence: Math.log(density) };
}

/**
 * The same in the plane.
 * @param {import("./change_of_variables.js").Coupling[]} layers
 * @param {Point} x
 * @param {number} noise above 0
 * @returns {Judged}
 */
export function planeJudged(layers, x, noise) {
  const start = planeInverse(layers, x).z,
    [xx, xy, yy] = covarianceAt(planeForward(layers, start).jacobian, noise),
    mean = [start[0] - xx * start[0] - xy * start[1], start[1] - xy * start[0] - yy * start[1]],
    first = Math.sqrt(xx),
    across = xy / first,
    second = Math.sqrt(yy - across * across);
  const bounds = WIDTHS.map((width) => {
    let squares = 0;
    for (const { u, share } of PLANE)
      for (const { u: v, share: other } of PLANE) {
        const z1 = mean[0] + width * first * u,
          z2 = mean[1] + width * (across * u + second * v),
          decoded = planeForward(layers, [z1, z2]).x,
          missed = (x[0] - decoded[0]) ** 2 + (x[1] - decoded[1]) ** 2;
        squares += share * other * (z1 * z1 + z2 * z2 + missed / noise ** 2 - u * u - v * v);
      }
    return -0.5 * squares - LOG_TWO_PI - 2 * Math.log(noise) + Math.log(width * width * first * second);
  });
  let density = 0;
  for (const { u, share } of AROUND)
    for (const { u: v, share: other } of AROUND)
      density += share * other * Math.exp(planeLogDensity(layers, [x[0] + noise * u, x[1] + noise * v]));
  return { elbo: Math.max(...bounds), logEvidence: Math.log(density) };
}

/** @param {[Point, Point]} jacobian @param {number} noise @returns {number[]} xx, xy and yy of (I + J'J / noise^2)^-1 */
function covarianceAt([[a, b], [c, d]], noise) {
  const [xx, xy, yy] = [a * a + c * c, a * b + c * d, b * b + d * d].map((value) => value / noise ** 2),
    determinant = (1 + xx) * (1 + yy) - xy * xy;
  return [(1 + yy) / determinant, -xy / determinant, (1 + xx) / determinant];
}
