import assert from "node:assert/strict";
import { test } from "node:test";
import { curveOf, lastUpTo } from "../../static/live/math/race.js";
import { expected } from "./expected.js";

const { trainers, latents } = expected();

test("the curves of trainers and of numbers of latents, in the order of pictures seen", () => {
  for (const [points, whose, value] of [
    [trainers, "trainer", "log_marginal"],
    [latents, "latent_dim", "bound"],
  ])
    for (const who of new Set(points.map((/** @type {any} */ point) => point[whose]))) {
      const found = curveOf(points.toReversed(), /** @type {any} */ (who), "test"),
        own = points.filter((/** @type {any} */ point) => point[whose] === who && point.split === "test");
      assert.deepEqual(
        found.value,
        own.map((/** @type {any} */ point) => point[value]),
      );
      assert.deepEqual(
        found.error,
        own.map((/** @type {any} */ point) => point.standard_error),
      );
    }
});

test("the last mark up to a number of pictures", () => {
  const curve = curveOf(trainers, "aevb", "train");
  assert.equal(curve.seen[lastUpTo(curve, 2_500)], 2_000);
  assert.equal(curve.seen[lastUpTo(curve, 5_000)], 5_000);
  assert.equal(lastUpTo(curve, 99), -1);
});
