import { test } from "node:test";
import { sampledBound, trained } from "../../static/live/math/sampled_fit.js";
import { expected, near } from "./expected.js";

const { x, noise, rate, cases } = expected();

test("bounds of one draw and of several, and their gradients", () => {
  for (const { model, proposal, epsilon, value, gradient } of cases) {
    const found = sampledBound(model, x, epsilon, proposal);
    near(found.value, value, 1e-9);
    near(found.gradient, gradient, 1e-9);
  }
});

test("the same training from the same noise", () => {
  for (const { model, proposal, trained: theirs } of cases) {
    let ours = model;
    for (const epsilon of noise) ours = trained(ours, x, epsilon, rate, proposal);
    for (const [name, value] of Object.entries(theirs)) near([ours[name]], [value], 1e-8);
  }
});
