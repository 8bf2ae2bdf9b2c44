import assert from "node:assert/strict";
import { test } from "node:test";
import { clocked, timeOf } from "../../static/live/kit/stopwatch.js";

/**
 * What takes `each` ms by a clock that moves in steps.
 * @param {(run: number) => number} each ms of the run
 * @param {number} step ms
 */
function machine(each, step) {
  let time = 0,
    runs = 0;
  const run = async () => {
    time += each(runs++);
  };
  return { run, now: () => Math.floor(time / step) * step, runs: () => runs };
}

test("a run shorter than the clock's step is timed nevertheless", async () => {
  for (const step of [0.1, 1])
    for (const each of [0.012, 0.049, 0.37, 2.6, 41]) {
      const { run, now } = machine(() => each, step);
      const time = await timeOf(run, now);
      assert.ok(Math.abs(time - each) <= (step / 5) * each + 1e-9, `${each} ms by steps of ${step}: ${time}`);
    }
});

test("one pause of the machine's does not count, and what is slow is not run often", async () => {
  const { run, now } = machine((i) => (i === 20 ? 60 : 0.05), 0.1);
  assert.ok(Math.abs((await timeOf(run, now)) - 0.05) < 0.002);
  const slow = machine(() => 30, 0.1);
  await timeOf(slow.run, slow.now);
  assert.equal(slow.runs(), 3);
});

test("what is said has two digits and a unit, and no run takes no time", async () => {
  assert.deepEqual([0.0123, 0.1, 1.26, 12.6, 186, 1234].map(clocked), [
    "0.012 ms",
    "0.10 ms",
    "1.3 ms",
    "13 ms",
    "190 ms",
    "1,234 ms",
  ]);
  const { run, now } = machine(() => 0, 0.1);
  assert.equal(clocked(await timeOf(run, now)), "< 0.1 ms");
});
