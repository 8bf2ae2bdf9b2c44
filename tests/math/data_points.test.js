import { test } from "node:test";
import { likeliest, negativeLogLikelihood, pointsOf } from "../../static/live/math/data_points.js";
import { evenGrid } from "../../static/live/math/divergences.js";
import { expected, near } from "./expected.js";

const { cases } = expected();

test("the points, the likeliest Gaussian, and how likely another one is", () => {
  for (const { logP, points, best, q, left } of cases) {
    const ours = pointsOf(Float64Array.from(logP), evenGrid(), points.length);
    near(ours, points, 1e-9);
    near(likeliest(ours), best, 1e-9);
    near([negativeLogLikelihood(ours, q[0], q[1])], [left], 1e-9);
  }
});
