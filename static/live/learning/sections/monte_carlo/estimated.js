// log p(x) by importance sampling: draws of the proposal, their weights, several runs of them, and the bounds they give.
import { doubledBounds, Growth, logWeights, spreadOf } from "../../../math/estimators.js";
import { normals } from "../../../math/noise.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("./judged.js").Judged} Judged */
/** @typedef {ReturnType<typeof estimated>} Estimated */

export const MOST = 100_000; // draws
const RUNS = 20; // at most, as far as the draws reach
const FOR_BOUNDS = 16_384; // draws that the bounds are averaged over
const GROUPS = 8; // that a bound is averaged over at least
export const SEEN = 1000; // draws on the map

/** @type {{seed: number, epsilon: Float32Array}} */
const drawn = { seed: 0, epsilon: new Float32Array(0) };
const z = new Float32Array(2 * MOST),
  logLikelihoods = new Float64Array(MOST);

/** @param {Values} values @param {{judged: Judged}} loaded */
export function estimated({ mean, width, n: [n], seed: [seed] }, { judged }) {
  if (drawn.seed !== seed) Object.assign(drawn, { seed, epsilon: normals(2 * MOST, seed) });
  const runs = Math.max(1, Math.min(RUNS, Math.floor(MOST / n))),
    count = Math.max(runs * n, Math.min(MOST, FOR_BOUNDS)),
    { logLikelihood } = judged,
    { epsilon } = drawn;
  for (let i = 0; i < count; i++) {
    z[2 * i] = mean[0] + width[0] * epsilon[2 * i];
    z[2 * i + 1] = mean[1] + width[1] * epsilon[2 * i + 1];
    logLikelihoods[i] = logLikelihood(z[2 * i], z[2 * i + 1]);
  }
  const weights = logWeights(logLikelihoods.subarray(0, count), z, mean, width),
    paths = Array.from({ length: runs }, (_, run) => pathOf(weights.subarray(run * n, (run + 1) * n))),
    ends = paths.map((path) => path[path.length - 1].estimate),
    own = new Growth().add(weights.subarray(0, n));
  return {
    judged,
    n,
    runs,
    proposal: { mean, stddev: width },
    z,
    weights: weights.subarray(0, Math.min(n, SEEN)),
    paths,
    estimate: own.estimate,
    standardError: own.standardError,
    effective: own.effective,
    spread: Math.sqrt(spreadOf(ends).variance),
    bounds: doubledBounds(weights.subarray(0, FOR_BOUNDS), FOR_BOUNDS / GROUPS),
  };
}

/** The estimate after 1, 2, 4 and so on draws, and after all. @param {Float64Array} weights @returns {{k: number, estimate: number}[]} */
function pathOf(weights) {
  const growth = new Growth(),
    path = [];
  for (let k = 1; growth.samples < weights.length; k *= 2) {
    growth.add(weights.subarray(growth.samples, Math.min(k, weights.length)));
    path.push({ k: growth.samples, estimate: growth.estimate });
  }
  return path;
}
