// q of one picture from where the hand, or the encoder, has put it, as many steps up its own ELBO as were taken.
import { boundOnCells, steppedUp } from "../../../math/gaussian_fit.js";
import { movedFrom, resolved } from "../../judged_posterior.js";
import { logSumExp } from "../../../math/log_sum.js";
import { areaOf } from "../../../math/grid.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../judged_posterior.js").Judged} Judged */
/** @typedef {import("../../../math/gaussian_fit.js").Gaussian} Gaussian */
/** @typedef {{q: Gaussian, elbo: number}} Stage */
/** @typedef {ReturnType<typeof climbed>} Climb */

const CLOSE = 0.01; // nats below the best Gaussian: the steps have come to their end
const RATE = 0.25; // of the first step

/** @type {{judged: Judged | null, key: string, path: Stage[], rate: number, over: boolean}} the steps that were computed last */
const kept = { judged: null, key: "", path: [], rate: RATE, over: false };

/** @param {Values} values @param {{judged: Judged}} loaded */
export function climbed({ q: moves, step: [step] }, { judged }) {
  const { encoder, frame, grid, logJoint } = judged,
    key = moves.join();
  /** @param {number[]} from @returns {Stage} */
  const stageAt = (from) => {
    const q = resolved(movedFrom(from, encoder), frame, grid);
    return { q, elbo: boundOnCells(logJoint, grid, q) };
  };
  if (kept.judged !== judged || kept.key !== key)
    Object.assign(kept, { judged, key, path: [stageAt(moves)], rate: RATE, over: false });
  while (!kept.over && kept.path.length <= step) {
    const next = steppedUp(logJoint, grid, kept.path[kept.path.length - 1].q, kept.rate);
    kept.over = next === null;
    if (!next) break;
    kept.path.push({ q: next.model, elbo: next.value });
    kept.rate = next.rate;
  }
  const path = kept.path.slice(0, step + 1),
    { q, elbo } = path[path.length - 1],
    logEvidence = logSumExp(logJoint) + Math.log(areaOf(grid.box) / grid.side ** 2),
    best = Math.max(elbo, boundOnCells(logJoint, grid, judged.best));
  return {
    judged,
    path,
    q,
    elbo,
    logEvidence,
    encoded: stageAt([0, 0, 1, 1]).elbo,
    best,
    ended: best - elbo < CLOSE,
    stuck: kept.path.length <= step,
  };
}
