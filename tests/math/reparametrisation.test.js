import { test } from "node:test";
import { estimated, exact, slopeAt, valueAt } from "../../static/live/math/reparametrisation.js";
import { expected, near } from "./expected.js";

const { z, values, slopes, cases } = expected();

test("the function and its slope", () => {
  near(z.map(valueAt), values, 1e-9);
  near(z.map(slopeAt), slopes, 1e-9);
});

test("the estimate from the same noise, and what it estimates", () => {
  for (const { mu, sigma, epsilon, estimate, errors, expectation } of cases) {
    const ours = estimated(mu, sigma, epsilon),
      truth = exact(mu, sigma);
    near([ours.value, ours.byMu, ours.bySigma], estimate, 1e-9);
    near([ours.errors.value, ours.errors.byMu, ours.errors.bySigma], errors, 1e-9);
    near([truth.value, truth.byMu, truth.bySigma], expectation, 1e-9);
  }
});
