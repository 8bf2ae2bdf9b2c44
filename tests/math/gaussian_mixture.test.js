import { test } from "node:test";
import * as mixtures from "../../static/live/math/gaussian_mixture.js";
import { expected, near } from "./expected.js";

/** @typedef {import("../../static/live/math/gaussian_mixture.js").Mixture} Mixture */

const { points, cases } = expected();
const WITHIN = 1e-9;

/** @param {Mixture} mixture @returns {number[]} */
const numbers = (mixture) => mixture.flatMap(({ weight, mean, covariance }) => [weight, ...mean, ...covariance]);

test("the mixture, its posterior, and any bound", () => {
  for (const { mixture, joint, evidence, posterior, q, bound } of cases) {
    const ours = mixtures.logJoint(mixture, points);
    near(ours.flat(), joint, WITHIN);
    near(mixtures.logLikelihood(ours), evidence, WITHIN);
    near(mixtures.eStep(ours).flat(), posterior, WITHIN);
    near(mixtures.bound(ours, mixtures.eStep(ours)), evidence, WITHIN);
    near(mixtures.bound(ours, q), bound, WITHIN);
  }
});

test("EM, a point at a time, too", () => {
  for (const { mixture, steps, online } of cases) {
    let reached = mixture;
    for (const theirs of steps) {
      reached = mixtures.mStep(mixtures.statistics(points, mixtures.eStep(mixtures.logJoint(reached, points))));
      near(numbers(reached), numbers(theirs), 1e-6);
    }
    mixtures.onlineEM(mixture, points).forEach((each, i) => near(numbers(each), numbers(online[i]), 1e-6));
  }
});

test("a start at means", () => {
  for (const { means, started } of cases) near(numbers(mixtures.startedAt(points, means)), numbers(started), WITHIN);
});
