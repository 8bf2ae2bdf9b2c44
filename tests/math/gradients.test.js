import { test } from "node:test";
import * as gradients from "../../static/live/math/gradients.js";
import { expected, near } from "./expected.js";

const { cases, values, others } = expected();
const WITHIN = 1e-9;

test("both estimators, their baselines and variances", () => {
  for (const { toy, estimator, kind, epsilon, expectation, baseline, variance, gradients: theirs } of cases) {
    near([gradients.expectationOf(toy)], [expectation], WITHIN);
    near([gradients.baselineOf(kind, expectation, toy.sigma)], [baseline], WITHIN);
    near([gradients.varianceOf(toy, estimator, kind)], [variance], WITHIN);
    const distances = new Array(toy.dimensions).fill(toy.distance);
    near(gradients.gradients(distances, epsilon, toy.sigma, estimator, baseline), theirs, WITHIN);
  }
});

test("descent by either", () => {
  for (const { toy, estimator, kind, noise, descent } of cases) {
    const settings = { start: 2, sigma: toy.sigma, rate: 0.05, samples: 5, dimensions: toy.dimensions };
    near(gradients.descent(settings, noise, estimator, kind), descent, WITHIN);
  }
});

test("the mean of the others", () => near(gradients.leaveOneOut(values), others, WITHIN));
