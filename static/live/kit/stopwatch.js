// How long something takes that may take less than a browser's clock can tell.
import { precise } from "./numbers.js";

const ROUNDS = 3; // whose median counts, so that one pause of the browser's does not
const LONG = 5; // ms of a round, fifty steps of the clock of most browsers
const MOST = 2000; // runs of a round
const STEP = 0.1; // ms, of that clock

/**
 * @param {() => Promise<unknown>} run one after another, a few ms at a time
 * @param {() => number} [now] ms
 * @returns {Promise<number>} ms of one run; 0 where the clock cannot tell it from nothing
 */
export async function timeOf(run, now = () => performance.now()) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    await new Promise((resolve) => setTimeout(resolve)); // what the hand did meanwhile comes first
    const begun = now();
    let runs = 0,
      passed = 0;
    while (passed < LONG && runs < MOST) {
      await run();
      runs += 1;
      passed = now() - begun;
    }
    times.push(passed < LONG ? 0 : passed / runs);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1];
}

/** @param {number} time ms @returns {string} two significant digits, with the unit */
export function clocked(time) {
  return time ? `${precise(time, 2)} ms` : `< ${STEP} ms`;
}
