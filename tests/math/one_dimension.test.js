import { test } from "node:test";
import * as one from "../../static/live/math/one_dimension.js";
import { expected, near } from "./expected.js";

const { noise, x, nodes, start, cases } = expected();
const WITHIN = 1e-9;

/** @param {one.OneDimension} model */
const numbers = ({ centre, stretch, split, noise: spread }) => [centre, stretch, split, spread];

test("the nodes are where Python has them", () => near(one.Z, nodes, 1e-12));

test("density, posterior and bound, far from all mass too", () => {
  for (const { model, density, posterior, mean, stddev, qMean, qStddev, elbo } of cases) {
    near(one.logDensity(model, x), density, WITHIN);
    near(one.posterior(model, x[0]), posterior, WITHIN);
    const moments = x.map((/** @type {number} */ each) => one.moments(model, each));
    near(
      moments.map((/** @type {any} */ each) => each.mean),
      mean,
      WITHIN,
    );
    near(
      moments.map((/** @type {any} */ each) => each.stddev),
      stddev,
      1e-7,
    );
    near(
      x.map((/** @type {number} */ each, /** @type {number} */ i) => one.elbo(model, each, qMean[i], qStddev[i])),
      elbo,
      WITHIN,
    );
  }
});

test("draws and gradient", () => {
  for (const { model, points, gradient } of cases) {
    near(one.drawn(model, noise.flat()), points, WITHIN);
    near(one.gradient(model, points), gradient, WITHIN);
  }
});

test("the same steps up", () => {
  for (const { points, path } of cases) {
    let [model, rate] = [start, 0.1];
    for (const theirs of path) {
      const found = one.fitted(model, points, rate);
      if (!found) throw new Error("no step found");
      ({ model, rate } = found);
      near(numbers(model), numbers(theirs), 1e-7);
    }
  }
});

test("no step from a maximum", () => {
  const points = [-1, 1];
  let [model, rate, steps] = [start, 0.1, 0];
  for (let found = one.fitted(model, points, rate); found && steps < 2000; steps++) {
    ({ model, rate } = found);
    found = one.fitted(model, points, rate);
  }
  near(one.gradient(model, points).slice(0, 3), [0, 0, 0], 1e-3);
});
