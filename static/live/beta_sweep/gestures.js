// What a visitor can do with the sliders: every change ends in `decodeAll`, every finished one in `commit`.
import { commit, commitSoon } from "./commit.js";
import { decodeAll } from "./decoding.js";
import { arrive } from "./picture.js";
import { show, showValue } from "./view.js";

/** @typedef {import("./state.js").Sweep} Sweep */

/** @param {Sweep} sweep @param {import("./state.js").Mode} mode */
export function chooseMode(sweep, mode) {
  sweep.player.pause();
  sweep.mode = mode;
  show(sweep);
  return arrive(sweep);
}

/** @param {Sweep} sweep @param {import("./state.js").Around} around where the other dimensions are to be */
export function chooseAround(sweep, around) {
  sweep.around = around;
  show(sweep);
  return arrive(sweep);
}

/** @param {Sweep} sweep @param {number} k rank by KL of the dimension that the slider is to move, from 1 */
export function chooseRank(sweep, k) {
  if (k < 1 || k > sweep.most || sweep.mode !== "slider") return;
  sweep.k = k;
  show(sweep);
  decodeAll(sweep, performance.now());
  commitSoon(sweep);
}

/** Another draw of epsilon, the same for every model. @param {Sweep} sweep */
export function resample(sweep) {
  sweep.seed = (sweep.seed % sweep.limits.draws) + 1;
  decodeAll(sweep, performance.now());
  commitSoon(sweep);
}

/** @param {Sweep} sweep @param {number} noise standard deviations of q(z|x) @param {number} time when the event came */
export function setNoise(sweep, noise, time) {
  sweep.noise = noise;
  showValue(sweep);
  decodeAll(sweep, time);
}

/** @param {Sweep} sweep @param {number} u standard deviations from the middle @param {number} time when the event came */
export function move(sweep, u, time) {
  sweep.u = u;
  showValue(sweep);
  decodeAll(sweep, time);
}

/** A step of the slider by a key. @param {Sweep} sweep @param {number} step standard deviations */
export function stepBy(sweep, step) {
  sweep.player.pause();
  const { farthest } = sweep.limits;
  move(sweep, Math.min(farthest, Math.max(-farthest, sweep.u + step)), performance.now());
  commitSoon(sweep);
}

/** @param {Sweep} sweep */
export function moveToMiddle(sweep) {
  sweep.player.pause();
  move(sweep, 0, performance.now());
  commit(sweep);
}

/** The player has begun, or stopped. @param {Sweep} sweep @param {boolean} playing */
export function played(sweep, playing) {
  sweep.layout.play.textContent = playing ? "pause" : "play_arrow";
  if (playing) sweep.player.share = (sweep.u / sweep.limits.farthest + 1) / 2;
  else commit(sweep);
}
