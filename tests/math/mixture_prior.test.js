// Draws of a learned prior have its weights, its means and its spreads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { logPrior, mixtureDraws, priorDraws } from "../../static/live/math/mixture_prior.js";

const MIXTURE = {
  count: 3,
  weight: Float32Array.of(0.5, 0.3, 0.2),
  mean: Float32Array.of(-10, 0, 0, 5, 10, -5),
  stddev: Float32Array.of(0.1, 0.2, 1, 0.5, 0.3, 0.05),
};

test("every component has its share, its mean and its spread", () => {
  const count = 40_000,
    z = mixtureDraws(MIXTURE, count, 2, 3),
    rows = Array.from({ length: count }, (_, i) => [z[2 * i], z[2 * i + 1]]),
    of = (/** @type {number[]} */ [x]) => (x < -5 ? 0 : x > 5 ? 2 : 1);
  for (let k = 0; k < 3; k++) {
    const own = rows.filter((row) => of(row) === k);
    assert.ok(Math.abs(own.length / count - MIXTURE.weight[k]) < 0.01);
    for (const d of [0, 1]) {
      const mean = own.reduce((sum, row) => sum + row[d], 0) / own.length,
        spread = Math.sqrt(own.reduce((sum, row) => sum + (row[d] - mean) ** 2, 0) / own.length);
      assert.ok(Math.abs(mean - MIXTURE.mean[2 * k + d]) < 0.03);
      assert.ok(Math.abs(spread / MIXTURE.stddev[2 * k + d] - 1) < 0.03);
    }
  }
});

test("a seed gives the same draws, another one others", () => {
  assert.deepEqual(mixtureDraws(MIXTURE, 5, 2, 3), mixtureDraws(MIXTURE, 5, 2, 3));
  assert.notDeepEqual(mixtureDraws(MIXTURE, 5, 2, 3), mixtureDraws(MIXTURE, 5, 2, 4));
});

test("the density of a mixture is the weighted sum of its Gaussians', and that of N(0, I) has one", () => {
  const z = Float32Array.of(-10, 0.1, 0.5, 4, 3, -2),
    normal = (/** @type {number} */ x, /** @type {number} */ m, /** @type {number} */ s) =>
      Math.exp(-0.5 * ((x - m) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
  const { weight, mean, stddev } = MIXTURE;
  [...logPrior(MIXTURE, z, 2)].forEach((log, i) => {
    let density = 0;
    for (let k = 0; k < 3; k++)
      density +=
        weight[k] *
        normal(z[2 * i], mean[2 * k], stddev[2 * k]) *
        normal(z[2 * i + 1], mean[2 * k + 1], stddev[2 * k + 1]);
    assert.ok(Math.abs(log - Math.log(density)) < 1e-9);
  });
  [...logPrior(null, z, 3)].forEach((log, i) => {
    const density = [0, 1, 2].reduce((product, d) => product * normal(z[3 * i + d], 0, 1), 1);
    assert.ok(Math.abs(log - Math.log(density)) < 1e-9);
  });
});

test("a density integrates to one over its own draws' neighbourhood: the mean of 1 / p over draws in a box is its area", () => {
  const count = 200_000,
    z = priorDraws(MIXTURE, count, 2, 5),
    logs = logPrior(MIXTURE, z, 2);
  let sum = 0;
  for (let i = 0; i < count; i++)
    if (Math.abs(z[2 * i]) < 1 && Math.abs(z[2 * i + 1] - 5) < 0.5) sum += Math.exp(-logs[i]);
  assert.ok(Math.abs(sum / count / 2 - 1) < 0.02);
});
