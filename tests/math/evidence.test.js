import { test } from "node:test";
import { between, normQuantile, normShare, pathLength, priorNormPercentile } from "../../static/live/math/evidence.js";
import { expected, near } from "./expected.js";

const { z, percentiles, length, chi } = expected();

test("the percentile of a norm under the prior, in few dimensions and in many", () => {
  for (const { z: some, expected: theirs } of percentiles) near(some.map(priorNormPercentile), theirs, 1e-7);
});

test("quantiles of the norm are those of the chi distribution", () => {
  for (const { dim, share, norm } of chi) {
    near([normQuantile(share, dim)], [norm], 1e-9);
    near([normShare(norm, dim)], [share], 1e-9);
  }
});

test("a path is as long, up to each of its pictures", () => {
  near(pathLength(Float32Array.from(z.flat()), z.length), length);
});

test("values between samples lie on straight lines", () => {
  near(
    [0, 0.25, 0.5, 1].map((share) => between([1, 3, 2], share)),
    [1, 2, 3, 2],
  );
});
