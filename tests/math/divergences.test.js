import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alphaDivergence,
  evenGrid,
  fits,
  kl,
  logGaussian,
  logHumps,
  moments,
} from "../../static/live/math/divergences.js";
import { expected, near } from "./expected.js";

const { cases, alphas } = expected();
const x = evenGrid();

test("humps, their moments, and both divergences are those of Python", () => {
  for (const { humps, gap, logP, mean, stddev, q, reverse, forward, between } of cases) {
    const ours = logHumps(x, humps[0], humps[1], humps[2], gap),
      logQ = logGaussian(x, q[0], q[1]);
    const there = logP.map((/** @type {number | null} */ value) => value ?? -1e9);
    near(
      Array.from(ours, (value) => Math.max(value, -1e9)),
      there,
      1e-9,
    );
    near(moments(ours, x), [mean, stddev], 1e-9);
    if (reverse === null) assert.equal(kl(logQ, ours, x), Infinity);
    else near([kl(logQ, ours, x)], [reverse], 1e-9);
    near([kl(ours, logQ, x)], [forward], 1e-9);
    near(
      [0.25, 0.5, 0.99].map((alpha) => alphaDivergence(ours, logQ, alpha, x)),
      between,
      1e-9,
    );
  }
});

test("the optima, their starts and their order are those of Python", () => {
  for (const { humps, gap, starts, found } of cases) {
    const logP = logHumps(x, humps[0], humps[1], humps[2], gap);
    alphas.forEach((/** @type {number} */ alpha, /** @type {number} */ i) => {
      const ours = fits(logP, alpha, starts, x);
      assert.equal(ours.length, found[i].length);
      for (const name of /** @type {const} */ (["mu", "sigma", "divergence"]))
        near(
          ours.map((fit) => fit[name]),
          found[i].map((/** @type {any} */ fit) => fit[name]),
          1e-6,
        );
      assert.deepEqual(
        ours.map(({ start }) => start),
        found[i].map((/** @type {any} */ fit) => fit.start),
      );
    });
  }
});
