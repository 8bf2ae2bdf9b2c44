import assert from "node:assert/strict";
import { test } from "node:test";
import { klOfFactored, mutualInformation, optima, posterior, updated } from "../../static/live/math/mean_field.js";
import { expected, near } from "./expected.js";

const { cases } = expected();

test("the posterior, how tied it is, and each step of coordinate ascent", () => {
  for (const { priors, causes, leak, heard, joint, tie, q, kl, updates } of cases) {
    const ours = posterior(priors, causes, leak, heard);
    near(ours.flat(), joint.flat(), 1e-9);
    near([mutualInformation(ours)], [tie], 1e-9);
    near([klOfFactored(q[0], q[1], ours)], [kl], 1e-9);
    near([updated(ours, q[1], 0), updated(ours, q[0], 1)], updates, 1e-9);
  }
});

test("the optima of the factored q and their order", () => {
  for (const { priors, causes, leak, heard, found } of cases) {
    const ours = optima(posterior(priors, causes, leak, heard));
    assert.equal(ours.length, found.length);
    ours.forEach(({ first, second, kl }, i) => near([first, second, kl], found[i], 1e-6));
  }
});
