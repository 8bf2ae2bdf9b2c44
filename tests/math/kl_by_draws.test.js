// KL by draws is log q - log p of each, and the terms of the ELBO add up, each with the error of its own mean.
import assert from "node:assert/strict";
import { test } from "node:test";
import { logRatios, termsByDraws } from "../../static/live/math/kl_by_draws.js";
import { klPerDimension, total } from "../../static/live/math/likelihood.js";
import { mirroredNormals } from "../../static/live/math/noise.js";

const MEAN = Float32Array.of(0.5, -1),
  STDDEV = Float32Array.of(0.25, 1.5);
const mean = (/** @type {ArrayLike<number>} */ values) => total(values) / values.length;

test("of one draw it is the densities' ratio", () => {
  const mixture = {
    count: 2,
    weight: Float32Array.of(0.25, 0.75),
    mean: Float32Array.of(-1, 0, 2, 1),
    stddev: Float32Array.of(0.5, 1, 2, 0.75),
  };
  const normal = (/** @type {number} */ x, /** @type {number} */ m, /** @type {number} */ s) =>
    Math.exp(-0.5 * ((x - m) / s) ** 2) / (s * Math.sqrt(2 * Math.PI));
  const epsilon = Float32Array.of(0.3, -0.7),
    [x, y] = [0.5 + 0.25 * 0.3, -1 + 1.5 * -0.7],
    q = normal(x, 0.5, 0.25) * normal(y, -1, 1.5),
    p = 0.25 * normal(x, -1, 0.5) * normal(y, 0, 1) + 0.75 * normal(x, 2, 2) * normal(y, 1, 0.75);
  const [found] = logRatios(MEAN, STDDEV, epsilon, mixture);
  assert.ok(Math.abs(found - Math.log(q / p)) < 1e-5);
});

test("its mean is the closed form where there is one", () => {
  const epsilon = mirroredNormals(20_000, 2, 5),
    known = total(klPerDimension(MEAN, STDDEV));
  assert.ok(Math.abs(mean(logRatios(MEAN, STDDEV, epsilon, null)) - known) < 0.05);
  const moved = { count: 1, weight: Float32Array.of(1), mean: MEAN, stddev: STDDEV };
  for (const ratio of logRatios(MEAN, STDDEV, epsilon.slice(0, 20), moved)) assert.ok(Math.abs(ratio) < 1e-5);
});

test("terms add up, and what moves together errs less", () => {
  const likelihoods = Float64Array.of(-100, -98, -104, -102),
    ratios = Float64Array.of(5, 7, 1, 3),
    terms = termsByDraws(likelihoods, ratios);
  assert.deepEqual([terms.likelihood, terms.kl, terms.elbo], [-101, 4, -105]);
  assert.equal(terms.standardError, 2); // of -99 and -103
  assert.equal(terms.klError, 2);
  assert.equal(terms.elboError, 0); // every draw's is -105
});
