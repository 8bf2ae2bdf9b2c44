import assert from "node:assert/strict";
import { test } from "node:test";
import { chord, derivation } from "../../static/live/math/derivation.js";
import { gridOver } from "../../static/live/math/grid.js";
import { expected, near } from "./expected.js";

const { low, high, side, logLikelihoods, cases, chords } = expected();
const WITHIN = 1e-9;

test("every line of both ways, its relation and its gap", () => {
  const grid = gridOver({ low: [low, low], high: [high, high] }, side);
  for (const { mean, stddev, jensen, divergence, numbers } of cases) {
    const found = derivation(logLikelihoods, grid, mean, stddev);
    for (const [ours, theirs] of [
      [found.jensen, jensen],
      [found.divergence, divergence],
    ]) {
      assert.deepEqual(
        ours.map(({ name, relation }) => [name, relation]),
        theirs.map((/** @type {any} */ line) => [line.name, line.relation]),
      );
      near(
        ours.map(({ value }) => value),
        theirs.map((/** @type {any} */ line) => line.value),
        WITHIN,
      );
      near(
        ours.map(({ gap }) => gap),
        theirs.map((/** @type {any} */ line) => line.gap),
        WITHIN * 100,
      );
    }
    for (const [name, value] of Object.entries(numbers)) near([/** @type {any} */ (found)[name]], [value], WITHIN);
  }
});

test("the chord below the curve", () => {
  for (const { given, expected: theirs } of chords) {
    const found = chord(...given);
    near([found.at, found.curve, found.chord, found.gap], [theirs.at, theirs.curve, theirs.chord, theirs.gap], WITHIN);
  }
});
