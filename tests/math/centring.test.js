import assert from "node:assert/strict";
import { test } from "node:test";
import { centredByMass, fittedToBox } from "../../static/live/math/centring.js";
import { expected } from "./expected.js";

const { drawn, centred } = expected();

test("centred by mass as what is brought is", () => {
  assert.deepEqual(Array.from(centredByMass(Uint8Array.from(drawn), [1, 28, 28])), centred);
});

test("fitted into a box: the longer side fills it, in the middle", () => {
  const fitted = fittedToBox(
    Uint8Array.from(drawn, (byte) => (byte ? 255 : 0)),
    [1, 28, 28],
    20,
  );
  const rows = Array.from({ length: 28 }, (_, row) => row).filter((row) =>
    fitted.subarray(28 * row, 28 * row + 28).some((b) => b > 127),
  );
  const columns = Array.from({ length: 28 }, (_, column) => column).filter((column) =>
    rows.some((row) => fitted[28 * row + column] > 127),
  );
  assert.deepEqual([rows[0], rows.at(-1)], [4, 23]);
  assert.equal(columns[0] + (columns.at(-1) ?? 0), 27);
  assert.ok(Math.abs(columns.length - (20 * 7) / 12) <= 1);
});
