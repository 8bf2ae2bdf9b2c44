// Flows small enough to draw, as vae_core.learning.change_of_variables has them: x = f(z) with z ~ N(0, I) and f a
// bijection, so that log p(x) = log p(z) - log |det df/dz| is exact.
import { ascended, centralDifferences, meanOf } from "./maximum_likelihood.js";

/** @typedef {{height: number, steepness: number, at: number}} Bend height * tanh(steepness * (z - at)); height from 0 */
/** @typedef {{shift: number, scale: number, bends: Bend[]}} Monotone shift + scale z + the bends; scale above 0 */
/** @typedef {{stretch: number, bend: number}} Coupling v exp(stretch tanh u) + bend cos u, for the coordinate u kept */
/** @typedef {[number, number]} Point */

const BISECTIONS = 60,
  LOG_TWO_PI = Math.log(2 * Math.PI);

/** @param {Monotone} flow @param {number} z @returns {{x: number, logSlope: number}} f(z) and log f'(z) */
export function forward({ shift, scale, bends }, z) {
  let x = shift + scale * z,
    slope = scale;
  for (const { height, steepness, at } of bends) {
    const step = Math.tanh(steepness * (z - at));
    x += height * step;
    slope += height * steepness * (1 - step * step);
  }
  return { x, logSlope: Math.log(slope) };
}

/** @param {Monotone} flow @param {number} x @returns {number} f^-1(x), by bisection */
export function inverse(flow, x) {
  const middle = (x - flow.shift) / flow.scale,
    reach = flow.bends.reduce((sum, bend) => sum + bend.height, 0) / flow.scale;
  let [low, high] = [middle - reach, middle + reach];
  for (let i = 0; i < BISECTIONS; i++) {
    const z = (low + high) / 2;
    if (forward(flow, z).x < x) low = z;
    else high = z;
  }
  return (low + high) / 2;
}

/** @param {Monotone} flow @param {number} x @returns {number} log p(x), nats */
export function logDensity(flow, x) {
  const z = inverse(flow, x);
  return -0.5 * (z * z + LOG_TWO_PI) - forward(flow, z).logSlope;
}

/**
 * The flow with `rate` times a step added to shift, log scale, and each bend's height (0 at least) and place.
 * @param {Monotone} flow
 * @param {number[]} step (2 + 2 K,)
 * @param {number} rate
 * @returns {Monotone}
 */
export function moved({ shift, scale, bends }, step, rate) {
  return {
    shift: shift + rate * step[0],
    scale: scale * Math.exp(rate * step[1]),
    bends: bends.map(({ height, steepness, at }, k) => {
      return { height: Math.max(0, height + rate * step[2 + 2 * k]), steepness, at: at + rate * step[3 + 2 * k] };
    }),
  };
}

/**
 * @param {Monotone} flow
 * @param {ArrayLike<number>} points (N,)
 * @returns {number[]} the gradient of their mean log p(x), with respect to what `moved` changes
 */
export function gradient(flow, points) {
  return centralDifferences(flow, meanLog(points), moved, 2 + 2 * flow.bends.length);
}

/**
 * One step of maximum likelihood, see `ascended`.
 * @param {Monotone} flow
 * @param {ArrayLike<number>} points (N,), at least one
 * @param {number} rate
 */
export function fitted(flow, points, rate) {
  return ascended(flow, meanLog(points), gradient(flow, points), moved, rate);
}

/** @param {ArrayLike<number>} points @returns {(flow: Monotone) => number} */
function meanLog(points) {
  return (flow) => meanOf(Float64Array.from(points, (x) => logDensity(flow, x)));
}

/**
 * Couplings in turn: the first keeps the first coordinate, the next the second, ...
 * @param {Coupling[]} layers
 * @param {Point} z
 * @returns {{x: Point, logDet: number, jacobian: [Point, Point]}} f(z), log |det df/dz| and df/dz, rows x
 */
export function planeForward(layers, [z1, z2]) {
  /** @type {Point} */
  const x = [z1, z2];
  /** @type {[Point, Point]} */
  const jacobian = [
    [1, 0],
    [0, 1],
  ];
  let logDet = 0;
  layers.forEach(({ stretch, bend }, number) => {
    const kept = number % 2,
      moved = 1 - kept,
      u = x[kept],
      logScale = stretch * Math.tanh(u),
      scale = Math.exp(logScale),
      sheared = x[moved] * scale * stretch * (1 - Math.tanh(u) ** 2) - bend * Math.sin(u);
    jacobian[moved][0] = scale * jacobian[moved][0] + sheared * jacobian[kept][0];
    jacobian[moved][1] = scale * jacobian[moved][1] + sheared * jacobian[kept][1];
    x[moved] = x[moved] * scale + bend * Math.cos(u);
    logDet += logScale;
  });
  return { x, logDet, jacobian };
}

/**
 * @param {Coupling[]} layers
 * @param {Point} x
 * @returns {{z: Point, logDet: number}} f^-1(x) and log |det df/dz| there
 */
export function planeInverse(layers, [x1, x2]) {
  /** @type {Point} */
  const z = [x1, x2];
  let logDet = 0;
  for (let number = layers.length - 1; number >= 0; number--) {
    const { stretch, bend } = layers[number],
      kept = number % 2,
      moved = 1 - kept,
      u = z[kept],
      logScale = stretch * Math.tanh(u);
    z[moved] = (z[moved] - bend * Math.cos(u)) * Math.exp(-logScale);
    logDet += logScale;
  }
  return { z, logDet };
}

/** @param {Coupling[]} layers @param {Point} x @returns {number} log p(x), nats */
export function planeLogDensity(layers, x) {
  const { z, logDet } = planeInverse(layers, x);
  return -0.5 * (z[0] * z[0] + z[1] * z[1]) - LOG_TWO_PI - logDet;
}

/** @param {Coupling[]} layers @param {number[]} step (2 L,) @param {number} rate @returns {Coupling[]} */
export function planeMoved(layers, step, rate) {
  return layers.map(({ stretch, bend }, k) => {
    return { stretch: stretch + rate * step[2 * k], bend: bend + rate * step[2 * k + 1] };
  });
}

/**
 * @param {Coupling[]} layers
 * @param {Point[]} points
 * @returns {number[]} the gradient of their mean log p(x), with respect to the stretch and the bend of each layer
 */
export function planeGradient(layers, points) {
  return centralDifferences(layers, planeMeanLog(points), planeMoved, 2 * layers.length);
}

/**
 * One step of maximum likelihood, see `ascended`.
 * @param {Coupling[]} layers
 * @param {Point[]} points at least one
 * @param {number} rate
 */
export function planeFitted(layers, points, rate) {
  return ascended(layers, planeMeanLog(points), planeGradient(layers, points), planeMoved, rate);
}

/** @param {Point[]} points @returns {(layers: Coupling[]) => number} */
function planeMeanLog(points) {
  return (layers) => meanOf(points.map((x) => planeLogDensity(layers, x)));
}
