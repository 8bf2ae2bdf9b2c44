import { test } from "node:test";
import { finer, interpolated } from "../../static/live/math/interpolation.js";
import { expected, near } from "./expected.js";

const { box, side, values, z, expected: theirs, times, finer: dense } = expected();

test("between the middles of cells, and beyond them", () => {
  const at = interpolated(values, { box, side });
  near(
    z.map((/** @type {[number, number]} */ [a, b]) => at(a, b)),
    theirs,
    1e-9,
  );
});

test("a finer grid, away from the edge", () => {
  const found = finer(values, side, times),
    wide = side * times;
  const inside = Array.from(found.keys()).filter((i) =>
    [i % wide, Math.floor(i / wide)].every((at) => at >= 2 * times && at < wide - 2 * times),
  );
  near(
    inside.map((i) => found[i]),
    inside.map((i) => dense[i]),
    1e-9,
  );
});
