import { test } from "node:test";
import { quantiles } from "../../static/live/math/quantiles.js";
import { expected, near } from "./expected.js";

test("quantiles lie between the sorted values, as numpy's do", () => {
  const { samples, shares, expected: theirs } = expected();
  for (const [i, sample] of samples.entries()) near(quantiles(sample, shares), theirs[i], 1e-6);
});
