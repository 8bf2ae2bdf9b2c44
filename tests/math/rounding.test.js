import assert from "node:assert/strict";
import { test } from "node:test";
import { addingUp } from "../../static/live/math/rounding.js";
import { apart, between, decimalsFor, inSum, nats, negated } from "../../static/live/parts/nats.js";
import { expected, near } from "./expected.js";

const { cases } = expected();

test("parts are rounded as in Python", () => {
  for (const { parts, decimals, total, expected: rounded } of cases) {
    near(addingUp(parts, decimals, total ?? undefined), rounded, 1e-9);
  }
});

/** @param {string} text */
const number = (text) => Number(text.replaceAll(",", "").replace("−", "-"));

test("what stands together adds up as it stands, and nothing is off by a digit", () => {
  let apart = 0;
  for (let i = 0; i < 2000; i++) {
    const parts = [-80 - ((i * 7919) % 1000) / 37, -((i * 104729) % 1000) / 41],
      [likelihood, kl, elbo] = inSum(parts);
    assert.ok(Math.abs(number(likelihood) + number(kl) - number(elbo)) < 1e-6);
    assert.ok(Math.abs(number(likelihood) - parts[0]) < 0.1 && Math.abs(number(kl) - parts[1]) < 0.1);
    assert.equal(elbo, nats(parts[0] + parts[1]));
    const alone = parts.map((part) => number(nats(part)));
    apart += Number(Math.abs(alone[0] + alone[1] - number(elbo)) > 0.05);
  }
  assert.ok(apart > 400); // a quarter, each rounded for itself
  assert.deepEqual(inSum([1234.4, -12.3]), ["1,234", "−12", "1,222"]);
  assert.deepEqual(inSum([NaN, 1]), ["–", "1.0", "–"]);
});

test("a gap is the difference of the numbers shown, and its parts make it up", () => {
  assert.deepEqual(between(-89.96, -91.04, [0.74, 0.34]), ["1.0", "0.7", "0.3"]);
  assert.deepEqual(between(-89.94, -91.06, [0.74, 0.38]), ["1.2", "0.8", "0.4"]);
  for (const [to, from] of [
    [-89.96, -91.04],
    [1005.2, 990.4],
    [3, 3],
  ]) {
    const [gap] = between(to, from);
    if (Math.abs(to) < 999) assert.ok(Math.abs(number(nats(to)) - number(nats(from)) - number(gap)) < 1e-6);
  }
  assert.deepEqual(["1.5", "−1.5", "0.0"].map(negated), ["−1.5", "1.5", "0.0"]);
});

test("numbers that stand together have as many decimals as are asked for, and none where they are large", () => {
  assert.deepEqual(
    [decimalsFor([-23.4, 0.06]), decimalsFor([-23.4, 0.06], 2), decimalsFor([-1023.4, 0.06], 2)],
    [1, 2, 0],
  );
  assert.deepEqual(apart(-23.314, -23.377, 2), ["−23.38", "0.07", "−23.31"]);
  assert.deepEqual(between(-23.314, -23.377, [0.04, 0.023], 2), ["0.07", "0.04", "0.03"]);
});
