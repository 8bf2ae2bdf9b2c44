import { test } from "node:test";
import { estimates, measured, summed } from "../../static/live/math/gradient_variance.js";
import { expected, near } from "./expected.js";

const { epsilon, dimensions, cases, values, mean, variance, error } = expected();

test("estimates of any number of samples, in any dimension, from one set of noise", () => {
  const noise = summed(Float32Array.from(epsilon), dimensions);
  for (const { toy, n, estimator, baseline, estimates: theirs } of cases) {
    near(estimates(noise, toy, n, estimator, baseline), theirs, 1e-9);
    near(estimates(noise, toy, n, estimator, baseline, 2), theirs.slice(0, 2), 1e-9);
  }
});

test("a measured variance and its standard error", () => {
  const found = measured(values);
  near([found.mean, found.variance, found.error], [mean, variance, error], 1e-9);
});
