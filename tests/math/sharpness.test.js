import assert from "node:assert/strict";
import { test } from "node:test";
import { transformed } from "../../static/live/math/fourier.js";
import { laplacianVariance, rootMeanSquare } from "../../static/live/math/sharpness.js";
import { powerSpectrum } from "../../static/live/math/spectrum.js";
import { expected, near } from "./expected.js";

const { cases, waves } = expected();

test("the variance of the Laplacian, and how far pictures are from others", () => {
  for (const { shape, pictures, others, laplacian, rmse } of cases) {
    near([laplacianVariance(pictures, shape)], [laplacian], 1e-9);
    near([rootMeanSquare(pictures, others)], [rmse], 1e-9);
  }
  assert.ok(Number.isNaN(laplacianVariance(new Float32Array(16), [1, 2, 8])));
});

test("the power at each frequency", () => {
  for (const { shape, pictures, frequencies, power } of cases) {
    const found = powerSpectrum(pictures, shape);
    near(found.frequencies, frequencies, 1e-12);
    near(
      found.power.map((value, i) => (power[i] ? value / power[i] : 1 + value)), // a ring may have no frequency in it
      power.map(() => 1),
      1e-6,
    );
  }
});

test("the Fourier transform of any length", () => {
  for (const { re, im, outRe, outIm } of waves) {
    const found = transformed(Float64Array.from(re), Float64Array.from(im));
    near(found[0], outRe, 1e-9);
    near(found[1], outIm, 1e-9);
  }
});
