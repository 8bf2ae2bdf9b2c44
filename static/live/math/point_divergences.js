// How far a one-dimensional model and data points are from each other, as vae_core.learning.point_divergences has it.
import { decodedNodes, logDensity, normalised, SHARES, Z } from "./one_dimension.js";

const CELLS = 300,
  EVERY = 25, // of the nodes, from the 13th on: enough around each of many points
  HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Between a model and data points that are each widened to N(point, width^2), in nats: at width 0 both are infinite,
 * but of the second only the points' entropy is, which no model changes.
 * @param {import("./one_dimension.js").OneDimension} model
 * @param {ArrayLike<number>} points (N,)
 * @param {number} width above 0
 * @returns {{modelFromPoints: number, pointsFromModel: number, crossEntropy: number, entropy: number}} KL(model ||
 *   points); KL(points || model) = crossEntropy - entropy
 */
export function divergences(model, points, width) {
  const f = decodedNodes(model),
    low = Math.min(...f) - 6 * model.noise,
    step = (Math.max(...f) + 6 * model.noise - low) / CELLS,
    x = Float64Array.from({ length: CELLS }, (_, i) => low + (i + 0.5) * step),
    logModel = logDensity(model, x),
    shares = normalised(logModel.map(Math.exp)),
    logData = logPoints(x, points, width),
    offsets = Z.filter((_, j) => j % EVERY === (EVERY - 1) / 2),
    weights = normalised(SHARES.filter((_, j) => j % EVERY === (EVERY - 1) / 2)),
    spread = Float64Array.from(
      { length: points.length * offsets.length },
      (_, i) => points[Math.floor(i / offsets.length)] + width * offsets[i % offsets.length],
    );
  /** @param {Float64Array} values at `spread` */
  const expected = (values) =>
    values.reduce((sum, value, i) => sum + weights[i % offsets.length] * value, 0) / points.length;
  const entropy = -expected(logPoints(spread, points, width)),
    crossEntropy = -expected(logDensity(model, spread)),
    modelFromPoints = shares.reduce((sum, share, i) => sum + share * (logModel[i] - logData[i]), 0);
  return { modelFromPoints, pointsFromModel: crossEntropy - entropy, crossEntropy, entropy };
}

/**
 * The log density at x of the even mixture of N(point, width^2).
 * @param {Float64Array} x (M,)
 * @param {ArrayLike<number>} points (N,)
 * @param {number} width
 * @returns {Float64Array} (M,)
 */
export function logPoints(x, points, width) {
  const half = -0.5 / (width * width),
    squares = new Float64Array(points.length);
  return x.map((each) => {
    let nearest = Infinity,
      sum = 0;
    for (let i = 0; i < points.length; i++) {
      squares[i] = (each - points[i]) ** 2;
      if (squares[i] < nearest) nearest = squares[i];
    }
    for (let i = 0; i < points.length; i++) {
      const exponent = half * (squares[i] - nearest);
      if (exponent > -60) sum += Math.exp(exponent); // else lost in rounding
    }
    return half * nearest + Math.log(sum / points.length) - Math.log(width) - HALF_LOG_TWO_PI;
  });
}
