import { test } from "node:test";
import { closedForm, logRatios, running, varianceOfRatio } from "../../static/live/math/gaussian_kl.js";
import { expected, near } from "./expected.js";

const { epsilon, stride, cases, means, errors } = expected();

test("the closed form, each draw's log-ratio, and its variance", () => {
  for (const { q, p, kl, ratios, variance } of cases) {
    near([closedForm(q, p)], [kl], 1e-9);
    near(logRatios(epsilon, stride, ratios.length, q, p), ratios, 1e-9);
    near([varianceOfRatio(q, p)], [variance], 1e-9);
  }
});

test("the running mean and its standard error", () => {
  const { mean, error } = running(cases[0].ratios);
  near(mean, means, 1e-9);
  near(error.subarray(1), errors, 1e-7);
});
