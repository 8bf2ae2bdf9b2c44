import assert from "node:assert/strict";
import { test } from "node:test";
import * as estimators from "../../static/live/math/estimators.js";
import { expected, near } from "./expected.js";

const {
  z,
  logLikelihoods,
  mean,
  stddev,
  logWeights,
  mild,
  counts,
  growth,
  heaviest,
  counting,
  bounds,
  doubled,
  shares,
} = expected();
const WITHIN = 1e-9;

test("log weights", () => near(estimators.logWeights(logLikelihoods, z, mean, stddev), logWeights, WITHIN));

test("the estimate as it grows, however the draws come in", () => {
  const all = new estimators.Growth();
  counts.forEach((/** @type {number} */ count, /** @type {number} */ i) => {
    all.add(mild.slice(all.samples, count));
    for (const found of [all, new estimators.Growth().add(mild.slice(0, count))]) {
      assert.equal(found.samples, count);
      near([found.estimate, found.effective], [growth.estimate[i], growth.effective[i]], WITHIN);
      if (count === 1) assert.ok(Number.isNaN(found.standardError));
      else near([found.standardError], [growth.standardError[i]], WITHIN);
    }
  });
  near([new estimators.Growth().add(logWeights).estimate], [heaviest], WITHIN);
});

test("draws that hold a share of the weight", () => {
  for (const { share, expected: count } of counting) assert.equal(estimators.drawsThatCount(mild, share), count);
});

test("the bound of K samples", () => {
  for (const { k, value, standard_error: error, groups } of bounds) {
    const found = estimators.multiSampleBound(mild, k);
    near([found.value, found.standardError, found.groups], [value, error, groups], WITHIN);
  }
  assert.ok(Number.isNaN(estimators.multiSampleBound(mild, mild.length).standardError));
});

test("bounds of 1, 2, 4 and so on samples", () => {
  const found = estimators.doubledBounds(mild, 300);
  assert.deepEqual(
    found.map(({ k }) => k),
    doubled.map((/** @type {any} */ one) => one.k),
  );
  for (const [i, { value, standard_error: error, groups }] of doubled.entries())
    near([found[i].value, found[i].standardError, found[i].groups], [value, error, groups], WITHIN);
});

test("the share of a proposal's draws that count", () => {
  for (const { given, expected: share } of shares) near([estimators.effectiveShare(...given)], [share], WITHIN);
});
