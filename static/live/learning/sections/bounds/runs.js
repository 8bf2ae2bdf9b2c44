// One small model trained on the same points by four bounds: of one draw or of K, from the prior or from near the posterior.
import { meanOf } from "../../../math/maximum_likelihood.js";
import { normals } from "../../../math/noise.js";
import { fitted, logDensity } from "../../../math/one_dimension.js";
import { trained } from "../../../math/sampled_fit.js";
import { errorOf, pointsOf, X } from "../../points_on_line.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/one_dimension.js").OneDimension} OneDimension */
/** @typedef {{step: number, value: number, error: number}} Judged the mean log p(x) of held-out points, nats */
/** @typedef {{models: OneDimension[], judged: Judged[]}} Run models: after each step, from none on */
/** @typedef {ReturnType<typeof trainedByEach>} Trainings */

export const STEPS = 400;
const N = 40, // points to train on
  RATE = 0.1,
  BLOCK = 20, // steps from one judgement to the next
  SLICE = 5, // ms of all trainings together in a frame
  MOST_CLIMBS = 200;
/** @type {OneDimension} */
const START = { centre: 0, stretch: 1, split: 0, noise: 1.5 };

export const WAYS = /** @type {const} */ ([
  { proposal: "prior", many: false, symbol: "e" },
  { proposal: "prior", many: true, symbol: "a" },
  { proposal: "posterior", many: false, symbol: "likelihood" },
  { proposal: "posterior", many: true, symbol: "q" },
]);

/** @type {{key: string, runs: Run[], best: Judged}} those of the last settings */
const kept = { key: "", runs: [], best: { step: 0, value: 0, error: 0 } };

/** As far as there is time for in a frame, all four side by side. @param {Values} values */
export function trainedByEach({ K: [draws], step: [goal], seed: [seed] }) {
  const { training, heldOut } = pointsOf(seed, N),
    key = `${draws} ${seed}`;
  if (kept.key !== key) {
    const runs = WAYS.map(() => ({ models: [START], judged: [judge(START, heldOut, 0)] }));
    Object.assign(kept, { key, runs, best: judge(likeliest(training), heldOut, 0) });
  }
  const { runs, best } = kept,
    end = performance.now() + SLICE;
  for (let at = reached(); at < goal && performance.now() < end; at = reached())
    runs.forEach((run, i) => goOn(run, training, heldOut, WAYS[i].many ? draws : 1, WAYS[i].proposal, seed));
  const at = Math.min(goal, reached());
  return {
    there: at === goal,
    goal,
    at,
    draws,
    training,
    best,
    ways: runs.map(({ models, judged }, i) => ({
      ...WAYS[i],
      judged,
      latest: judge(models[at], heldOut, at),
      density: logDensity(models[at], X).map(Math.exp),
    })),
  };
}

/** @returns {number} steps that all runs have taken */
function reached() {
  return Math.min(...kept.runs.map(({ models }) => models.length - 1));
}

/** One step. @param {Run} run @param {Float64Array} training @param {Float64Array} heldOut @param {number} draws @param {"prior" | "posterior"} proposal @param {number} seed */
function goOn({ models, judged }, training, heldOut, draws, proposal, seed) {
  const step = models.length,
    epsilon = normals(N * draws, 1000 * seed + step),
    model = trained(models[step - 1], training, epsilon, RATE, proposal);
  models.push(model);
  if (step % BLOCK === 0) judged.push(judge(model, heldOut, step));
}

/** @param {OneDimension} model @param {Float64Array} heldOut @param {number} step @returns {Judged} */
function judge(model, heldOut, step) {
  const each = logDensity(model, heldOut);
  return { step, value: meanOf(each), error: errorOf(each) };
}

/** The training points' maximum of log p(x) itself. @param {Float64Array} training @returns {OneDimension} */
function likeliest(training) {
  let model = START,
    rate = 0.5;
  for (let step = 0; step < MOST_CLIMBS; step++) {
    const better = fitted(model, training, rate);
    if (!better) break;
    ({ model, rate } = better);
  }
  return model;
}
