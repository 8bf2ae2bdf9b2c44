// The numbers that pytest wrote for a test, and how near ours must be.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** @returns {any} what vae_core gives */
export function expected() {
  return JSON.parse(readFileSync(String(process.env.EXPECTED), "utf8"));
}

/**
 * @param {ArrayLike<number>} ours
 * @param {ArrayLike<number>} theirs
 * @param {number} within absolute, and relative to what is larger than 1
 */
export function near(ours, theirs, within = 1e-5) {
  assert.equal(ours.length, theirs.length);
  for (let i = 0; i < theirs.length; i++) {
    const bound = within * Math.max(1, Math.abs(theirs[i]));
    assert.ok(Math.abs(ours[i] - theirs[i]) <= bound, `${i}: ${ours[i]} is not ${theirs[i]} within ${bound}`);
  }
}
