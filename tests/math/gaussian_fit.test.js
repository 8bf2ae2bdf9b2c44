import { test } from "node:test";
import assert from "node:assert/strict";
import { bestGaussian, boundOn, boundOnCells, steppedUp } from "../../static/live/math/gaussian_fit.js";
import { gridOver, wider } from "../../static/live/math/grid.js";
import { expected, near } from "./expected.js";

const { low, high, side, logJoint, gaussians, starts, best, box, times, widened, onCells, climbed, rate } = expected();
const grid = gridOver({ low, high }, side),
  joint = Float64Array.from(logJoint);

test("the ELBO of a Gaussian on a grid, and of those that it cannot hold", () => {
  for (const { mean, stddev, elbo } of gaussians) {
    const ours = boundOn(joint, grid, { mean, stddev });
    if (elbo === null) assert.equal(ours, -Infinity);
    else near([ours], [elbo], 1e-9);
  }
});

test("the search for the best one ends in the same place", () => {
  const found = bestGaussian(joint, grid, starts);
  near([found.elbo], [best.elbo], 1e-6);
  near([...found.mean, ...found.stddev], [...best.mean, ...best.stddev], 1e-6);
});

test("the ELBO of its shares of the cells, and steps up it", () => {
  near(
    gaussians.map((/** @type {any} */ q) => boundOnCells(joint, grid, q)),
    onCells,
    1e-9,
  );
  let reached = { model: starts[0], value: 0, rate };
  for (const theirs of climbed) {
    const next = steppedUp(joint, grid, reached.model, reached.rate);
    assert.ok(next);
    near([...next.model.mean, ...next.model.stddev, next.value], theirs, 1e-6);
    reached = next;
  }
});

test("a box grows around its middle", () => {
  const found = wider(box, times);
  near([...found.low, ...found.high], widened.flat(), 1e-12);
});
