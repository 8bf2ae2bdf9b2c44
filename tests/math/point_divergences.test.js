import { test } from "node:test";
import { divergences } from "../../static/live/math/point_divergences.js";
import { expected, near } from "./expected.js";

const { points, cases } = expected();

test("both divergences between a model and points of some width", () => {
  for (const { model, width, expected: theirs } of cases) {
    const found = divergences(model, points, width);
    for (const [name, value] of Object.entries(theirs)) near([/** @type {any} */ (found)[name]], [value], 1e-9);
  }
});
