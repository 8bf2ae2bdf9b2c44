import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestCodes } from "../../static/live/math/nearest.js";
import {
  latentProjection,
  neighbourProjection,
  pcaProjection,
  projectionFor,
} from "../../static/live/math/projection.js";
import { expected, near } from "./expected.js";

const { codes, points, components, mean, spots, z, ...theirs } = expected();
const block = Float32Array.from(codes.flat()),
  plane = Float32Array.from(points.flat()),
  dim = mean.length;

test("the PCA plane, there and back", () => {
  const projection = pcaProjection(plane, components, mean);
  near(z.flatMap(projection.place), theirs.onPlane.flat());
  near(
    spots.flatMap(([x, y]) => Array.from(projection.inverse(x, y, []).z)),
    theirs.planeInverse.flat(),
  );
});

test("a map without a formula, there and back", () => {
  const projection = neighbourProjection(plane, block, dim);
  near(
    z.flatMap((some) => projection.place(some)),
    theirs.placed.flat(),
    1e-4,
  );
  for (const [i, [x, y]] of spots.entries()) {
    const spot = projection.inverse(x, y, []);
    near(spot.z, theirs.nearestInverse[i], 1e-4);
    near(spot.back, projection.place(spot.z));
    near([Math.hypot(spot.back[0] - x, spot.back[1] - y)], [theirs.roundTrip[i]], 1e-4);
    near([spot.beneath.count, spot.beneath.away, spot.beneath.norm], [8, theirs.away[i], theirs.norm[i]], 1e-4);
    assert.ok(Math.hypot(...spot.z) <= spot.beneath.norm + 1e-5);
  }
});

test("two latent dimensions: a spot sets these two and keeps the others", () => {
  const projection = latentProjection(block, dim, [3, 1]);
  const moved = projection.inverse(7, 8, codes[0]).z;
  near(
    moved,
    codes[0].map((value, d) => (d === 3 ? 7 : d === 1 ? 8 : value)),
  );
  near(projection.place(moved), [7, 8]);
  near(Array.from(projection.points.subarray(0, 2)), [codes[0][3], codes[0][1]]);
});

test("the nearest, in the latent space and in the plane", () => {
  assert.deepEqual(
    z.map((some) => nearestCodes(block, some, 8).map(({ index }) => index)),
    theirs.nearest,
  );
  const { index } = neighbourProjection(plane, block, dim);
  assert.deepEqual(
    spots.map(([x, y]) => index.nearest(x, y, 8).map((one) => one.index)),
    theirs.nearestPoints,
  );
});

test("a projection that a model does not have is refused", () => {
  const view = { projection: /** @type {const} */ ("umap"), axes: /** @type {[number, number]} */ ([0, 1]) };
  assert.throws(() => projectionFor({ mean: block }, { latentDim: dim, pca: null }, view), /no umap projection/);
});
