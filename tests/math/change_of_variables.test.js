import { test } from "node:test";
import * as flows from "../../static/live/math/change_of_variables.js";
import { expected, near } from "./expected.js";

const { z, x, lines, z2, x2, planes } = expected();
const WITHIN = 1e-9;

test("flows of the line", () => {
  for (const { flow, forward, logSlope, inverse, density } of lines) {
    const there = z.map((/** @type {number} */ each) => flows.forward(flow, each));
    near(
      there.map((/** @type {any} */ each) => each.x),
      forward,
      WITHIN,
    );
    near(
      there.map((/** @type {any} */ each) => each.logSlope),
      logSlope,
      WITHIN,
    );
    near(
      x.map((/** @type {number} */ each) => flows.inverse(flow, each)),
      inverse,
      WITHIN,
    );
    near(
      x.map((/** @type {number} */ each) => flows.logDensity(flow, each)),
      density,
      WITHIN,
    );
  }
});

test("flows of the plane", () => {
  for (const { layers, forward, logDet, jacobian, inverse, logDetThere, density } of planes) {
    const there = z2.map((/** @type {flows.Point} */ each) => flows.planeForward(layers, each)),
      back = x2.map((/** @type {flows.Point} */ each) => flows.planeInverse(layers, each));
    /** @param {any[]} found @param {string} name */
    const all = (found, name) => found.map((each) => each[name]).flat(2);
    near(all(there, "x"), forward, WITHIN);
    near(all(there, "logDet"), logDet, WITHIN);
    near(all(there, "jacobian"), jacobian, WITHIN);
    near(all(back, "z"), inverse, WITHIN);
    near(all(back, "logDet"), logDetThere, WITHIN);
    near(
      x2.map((/** @type {flows.Point} */ each) => flows.planeLogDensity(layers, each)),
      density,
      WITHIN,
    );
  }
});

test("their gradients, and the same steps up", () => {
  /** @param {any} flow */
  const numbers = ({ shift, scale, bends }) => [shift, scale, ...bends.flatMap(Object.values)];
  for (const { flow, gradient, path } of lines) {
    near(flows.gradient(flow, x), gradient, 1e-7);
    let [model, rate] = [flow, 0.1];
    for (const theirs of path) {
      ({ model, rate } = flows.fitted(model, x, rate) ?? { model, rate });
      near(numbers(model), numbers(theirs), 1e-6);
    }
  }
  for (const { layers, gradient, path } of planes) {
    near(flows.planeGradient(layers, x2), gradient, 1e-7);
    let [model, rate] = [layers, 0.1];
    for (const theirs of path) {
      ({ model, rate } = flows.planeFitted(model, x2, rate) ?? { model, rate });
      near(model.flatMap(Object.values), theirs.flatMap(Object.values), 1e-6);
    }
  }
});
