import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boxAround,
  boxOfMass,
  boxOfMasses,
  elboOn,
  gridOver,
  logJointOf,
  normalised,
  quadratureError,
} from "../../static/live/math/grid.js";
import { expected, near } from "./expected.js";

const { mean, covariance, precision, logEvidence, q, divergence, logNormaliser } = expected();

/** @param {import("../../static/live/math/grid.js").Grid} grid log p(x, z) of a Gaussian posterior that is not diagonal */
function logJoint(grid) {
  const likelihoods = Array.from({ length: grid.side ** 2 }, (_, i) => {
    const [x, y] = [grid.z[2 * i] - mean[0], grid.z[2 * i + 1] - mean[1]],
      square = precision[0][0] * x * x + 2 * precision[0][1] * x * y + precision[1][1] * y * y,
      logPrior = -0.5 * (grid.z[2 * i] ** 2 + grid.z[2 * i + 1] ** 2) - Math.log(2 * Math.PI);
    return logEvidence - 0.5 * square - logNormaliser - logPrior;
  });
  return logJointOf(likelihoods, grid);
}

const stddev = [Math.sqrt(covariance[0][0]), Math.sqrt(covariance[1][1])];

test("log p(x), mean and covariance by quadrature", () => {
  const grid = gridOver(boxAround(mean, stddev, 7), 48),
    found = normalised(logJoint(grid), grid);
  near([found.logEvidence], [logEvidence], 1e-6);
  near(found.mean, mean, 1e-5);
  near(found.covariance, [covariance[0][0], covariance[0][1], covariance[1][1]], 1e-5);
  near([found.mass.reduce((a, b) => a + b)], [1], 1e-12);
});

test("ELBO and KL(q || p) add up to log p(x), as in closed form", () => {
  const grid = gridOver(boxAround(q.mean, q.stddev, 5), 16);
  near([logEvidence - elboOn(logJoint(grid), grid, q.mean, q.stddev)], [divergence], 1e-4);
});

test("the box of the mass holds it, and little else", () => {
  const grid = gridOver({ low: [-5, -5], high: [5, 5] }, 200),
    { low, high } = boxOfMass(grid, logJoint(grid), 14),
    reach = Math.sqrt(2 * 14);
  for (const d of [0, 1]) {
    assert.ok(low[d] < mean[d] - reach * stddev[d] + 0.05 && low[d] > mean[d] - reach * stddev[d] - 0.1);
    assert.ok(high[d] > mean[d] + reach * stddev[d] - 0.05 && high[d] < mean[d] + reach * stddev[d] + 0.1);
  }
});

test("what one grid misses is in the box if another saw it", () => {
  const whole = gridOver({ low: [-4, -4], high: [4, 4] }, 8),
    close = gridOver({ low: [2.9, 2.9], high: [3.1, 3.1] }, 16);
  /** @param {import("../../static/live/math/grid.js").Grid} grid a wide hump at (-2, -2), and a needle at (3, 3) */
  const seenOn = (grid) => {
    /** @param {number} i @param {number} at @param {number} width */
    const hump = (i, at, width) =>
      Math.exp(-((grid.z[2 * i] - at) ** 2 + (grid.z[2 * i + 1] - at) ** 2) / (2 * width ** 2)) / width ** 2;
    const density = Array.from({ length: grid.side ** 2 }, (_, i) => Math.log(hump(i, -2, 0.5) + hump(i, 3, 0.02)));
    return { grid, logDensity: Float64Array.from(density) };
  };
  const first = seenOn(whole);
  assert.ok(boxOfMass(whole, first.logDensity, 10).high[0] < 1.5);
  const { low, high } = boxOfMasses([first, seenOn(close)], 10);
  assert.ok(low[0] < -3 && high[0] > 3.08 && high[1] > 3.08);
});

test("a sum over cells errs by no more than it says", () => {
  for (const [width, least, most] of [
    [0.5, 0, 1e-6],
    [0.12, 1e-3, 0.2],
    [0.05, 0.5, 10],
  ]) {
    const grid = gridOver({ low: [-4, -4], high: [4, 4] }, 64);
    const hump = Float64Array.from({ length: 64 ** 2 }, (_, i) => {
      const distance = ((grid.z[2 * i] - 0.013) ** 2 + (grid.z[2 * i + 1] + 0.029) ** 2) / width ** 2;
      return -0.5 * distance - Math.log(2 * Math.PI * width ** 2);
    });
    const error = quadratureError(hump, 64);
    assert.ok(Math.abs(normalised(hump, grid).logEvidence) <= error + 1e-9);
    assert.ok(error >= least && error <= most, String(error));
  }
});
