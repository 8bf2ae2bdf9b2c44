import assert from "node:assert/strict";
import { test } from "node:test";
import { binarised, mirroredNormals, normals, reparametrised, uniforms } from "../../static/live/math/noise.js";
import { normalQuantile, normalShare } from "../../static/live/math/normal.js";
import { expected, near } from "./expected.js";

const { shares, quantiles } = expected();
const COUNT = 40_000;

test("quantiles of the standard normal, and shares below them", () => {
  near(shares.map(normalQuantile), quantiles, 2e-5);
  near(quantiles.map(normalShare), shares, 2e-7);
});

test("draws of a normal have its shares below its quantiles", () => {
  const sorted = normals(COUNT, 3).sort();
  shares.forEach((share, i) => {
    const below = sorted.findIndex((value) => value > quantiles[i]) / COUNT;
    assert.ok(Math.abs(below - share) < 5 * Math.sqrt((share * (1 - share)) / COUNT) + 1e-4, `${below} for ${share}`);
  });
});

test("a seed fixes them, and uniform numbers lie in [0, 1)", () => {
  assert.deepEqual(normals(8, 5), normals(8, 5));
  assert.notDeepEqual(normals(8, 5), normals(8, 6));
  const uniform = uniforms(1);
  for (let i = 0; i < 1000; i++) assert.ok(((u) => u >= 0 && u < 1)(uniform()));
});

test("mirrored draws come in pairs that cancel", () => {
  const epsilon = mirroredNormals(6, 3, 1);
  for (let pair = 0; pair < 3; pair++) {
    for (let d = 0; d < 3; d++) assert.equal(epsilon[6 * pair + d], -epsilon[6 * pair + 3 + d]);
  }
});

test("z = mean + scale stddev epsilon", () => {
  const z = reparametrised(Float32Array.of(1, 2), Float32Array.of(0.5, 4), Float32Array.of(1, -1, 0, 2), 2);
  near(z, [2, -6, 1, 18]);
});

test("a binarised picture has as much ink on average", () => {
  const drawn = binarised(new Uint8Array(COUNT).fill(51));
  assert.deepEqual(Array.from(new Set(drawn)).sort(), [0, 255]);
  near([drawn.reduce((sum, byte) => sum + byte / 255, 0) / COUNT], [0.2], 0.01);
});
