import { test } from "node:test";
import { AggregatePosterior, inActive } from "../../static/live/math/aggregate.js";
import { expected, near } from "./expected.js";

const { mean, stddev, reference, z, surprisal, rarity, active } = expected();
const aggregate = new AggregatePosterior(Float32Array.from(mean), {
  count: reference.length,
  stddev: Float32Array.from(stddev),
  reference: Float32Array.from(reference),
});

test("-log q(z) is that of the mixture, also where all its components are far away", () => {
  near(
    z.map((some) => aggregate.surprisal(Float32Array.from(some))),
    surprisal,
  );
});

test("as many of its draws have a higher density", () => {
  near(
    z.map((some) => aggregate.rarity(Float32Array.from(some)) / 100),
    rarity.map((/** @type {number} */ percentage) => percentage / 100),
    5.1e-4, // one draw of 2,000 that float32 puts on the other side
  );
});

test("the active dimensions of z", () => {
  near(inActive(z[0], [0, 3]), active[0], 0);
  near(inActive(z[0], [0, 1, 2, 3, 4]), active[1], 0);
});
