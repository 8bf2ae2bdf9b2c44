// The same VAE trained three times on the same digits, batches and noise: only the encoder's gradient is estimated otherwise.
import { bytesOf } from "../../../kit/bytes.js";
import { encode, pictures } from "../../../math/small_vae.js";
import { BLOCK, goOn, newRun } from "../../../math/training_run.js";
import { reparametrised, scoreFunction } from "../../../math/vae_gradient.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/training_run.js").Run} Run */
/** @typedef {import("../../../math/training_run.js").Judged} Judged */
/** @typedef {{train: Uint8Array, heldOut: Uint8Array, shown: Float64Array}} Digits shown: one of each label, in [0, 1] */
/** @typedef {ReturnType<typeof raced>} Raced */

export const STEPS = 600,
  PIXELS = 64;
const HIDDEN = 32,
  BATCH = 24,
  DRAWS = 2, // of z for each picture
  SLICE = 1.5; // ms of each training in a frame

export const WAYS = [
  { name: "path", symbol: "q", label: "reparametrised", estimator: reparametrised },
  { name: "baseline", symbol: "a", label: "score, baseline", estimator: scoreFunction(1) },
  { name: "score", symbol: "e", label: "score alone", estimator: scoreFunction(0) },
];

/** @type {{key: string, digits: Digits | null, runs: Run[]}} those of the last settings */
const kept = { key: "", digits: null, runs: [] };

/** @param {{train: string, heldOut: string, labels: number[]}} file @returns {Digits} */
export function digitsOf({ train, heldOut, labels }) {
  const bytes = bytesOf(heldOut),
    rows = Array.from({ length: 10 }, (_, label) => labels.indexOf(label));
  return {
    train: bytesOf(train),
    heldOut: bytes,
    shown: Float64Array.from(
      { length: 10 * PIXELS },
      (_, i) => bytes[PIXELS * rows[Math.floor(i / PIXELS)] + (i % PIXELS)] / 255,
    ),
  };
}

/** As far as there is time for in a frame, all three side by side. @param {Values} values @param {{digits: Digits}} loaded */
export function raced({ D: [latent], rate: [rate], step: [goal], seed: [seed] }, { digits }) {
  const key = `${latent} ${rate} ${seed}`;
  if (kept.key !== key || kept.digits !== digits)
    Object.assign(kept, {
      key,
      digits,
      runs: WAYS.map(({ estimator }) =>
        newRun(
          digits,
          { pixels: PIXELS, hidden: HIDDEN, latent },
          { seed, rate, batch: BATCH, draws: DRAWS, estimator },
        ),
      ),
    });
  const { runs } = kept,
    slowest = Math.min(...runs.map(({ at }) => at)),
    together = Math.min(goal, BLOCK * (Math.floor(slowest / BLOCK) + 1));
  const there = runs.map((run) => {
    const towards = run.at > goal ? goal : Math.max(run.at, together),
      end = performance.now() + SLICE;
    return (
      goOn(
        run,
        towards,
        () => 1,
        () => performance.now() < end,
      ) && towards === goal
    );
  });
  return {
    there: there.every(Boolean),
    goal,
    at: Math.min(...runs.map(({ at }) => at)),
    shown: digits.shown,
    ways: runs.map((run, i) => ({
      ...WAYS[i],
      at: run.at,
      curve: curveOf(run),
      pictures: pictures(run.vae, encode(run.vae, digits.shown).mean),
    })),
  };
}

/** @param {Run} run @returns {({step: number} & Judged)[]} on held-out digits */
function curveOf({ judged }) {
  return Array.from(judged)
    .flatMap(([step, { heldOut }]) => (heldOut ? [{ step, ...heldOut }] : []))
    .sort((a, b) => a.step - b.step);
}
