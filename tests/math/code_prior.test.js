import assert from "node:assert/strict";
import { test } from "node:test";
import { codeAt, eachLogProbability, logProbabilities } from "../../static/live/math/code_prior.js";
import { expected, near } from "./expected.js";

const { size, codes, logits, each, uniforms, drawn } = expected();
const flat = Float32Array.from(logits.flat());

test("log p of each cell's code, given the cells before it", () =>
  near(eachLogProbability(flat, codes, size), each, 1e-6));

test("a uniform number draws the code whose share it falls into", () => {
  const logProbs = logProbabilities(flat, 2, size);
  assert.deepEqual(
    uniforms.map((/** @type {number} */ uniform) => codeAt(logProbs, uniform)),
    drawn,
  );
});

test("what rounding leaves over goes to the likeliest code", () =>
  assert.equal(codeAt(Float64Array.from([0.3, 0.6, 0.1 - 1e-12], Math.log), 1 - 1e-13), 1));
