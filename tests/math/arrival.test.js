import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivals, visitOf } from "../../static/live/kit/arrival.js";

test("a page is sent to a place once, however often that is tried", () => {
  const isArriving = arrivals();
  const sent = [{ visit: 7 }, { visit: 7 }, { visit: 8 }, { visit: 8 }, { visit: 7 }];
  assert.deepEqual(
    sent.map((data) => isArriving(data)),
    [true, false, true, false, true],
  );
});

test("each page counts for itself, from any number on", () => {
  const [one, other] = [arrivals(), arrivals()];
  assert.ok(one({ visit: 0 }) && other({ visit: 0 }));
  assert.ok(!one({ visit: 0 }));
});

test("the visit stands beside the place, or in it", () => {
  assert.equal(visitOf({ place: { visit: 3 }, visit: 2 }), 3);
  assert.equal(visitOf({ place: { kind: "pen" }, visit: 2 }), 2);
  assert.equal(visitOf({}), 0);
});
