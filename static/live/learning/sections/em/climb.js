// EM from its start to where the hand has stepped it: the mixture, q, and what log p(x) and its bound were on the way.
import {
  bound,
  eStep,
  logJoint,
  logLikelihood,
  mStep,
  onlineEM,
  startedAt,
  statistics,
} from "../../../math/gaussian_mixture.js";
import { meanOf } from "../../../math/maximum_likelihood.js";
import { uniforms } from "../../../math/noise.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/gaussian_mixture.js").Point} Point */
/** @typedef {import("../../../math/gaussian_mixture.js").Mixture} Mixture */
/** @typedef {{evidence: number, bound: number}} Stage nats a point */
/** @typedef {ReturnType<typeof climbed>} Climb */

export const STARTS = 20; // that the best and the worst are of
const CONVERGED = 60; // EM steps

/** @param {number[]} numbers @returns {Point[]} */
export function pairs(numbers) {
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}

/** @param {Values} values */
export function climbed({ points: flat, means, K: [components], step: [step], online: [online], seed: [seed] }) {
  const points = pairs(flat),
    start = startedAt(points, pairs(means).slice(0, components)),
    order = online ? shuffled(points, seed, step) : [],
    way = online ? alongPoints(start, points, order) : inTurn(start, points, step);
  return { points, components, step, last: order.at(-1), ...way };
}

/** E and M steps in turn, so many of them together; q is even at the start. @param {Mixture} mixture @param {Point[]} points @param {number} steps */
function inTurn(mixture, points, steps) {
  let joint = logJoint(mixture, points),
    q = points.map(() => mixture.map(({ weight }) => weight)),
    evidence = meanOf(logLikelihood(joint));
  const stages = [{ evidence, bound: meanOf(bound(joint, q)) }];
  for (let step = 1; step <= steps; step++) {
    if (step % 2) q = eStep(joint);
    else {
      mixture = mStep(statistics(points, q));
      joint = logJoint(mixture, points);
      evidence = meanOf(logLikelihood(joint));
    }
    stages.push({ evidence, bound: step % 2 ? evidence : meanOf(bound(joint, q)) });
  }
  return { mixture, q, stages };
}

/** Online EM: q is the posterior after each point. @param {Mixture} start @param {Point[]} points @param {Point[]} order */
function alongPoints(start, points, order) {
  const mixtures = [start, ...onlineEM(start, order)],
    stages = mixtures.map((mixture) => {
      const evidence = meanOf(logLikelihood(logJoint(mixture, points)));
      return { evidence, bound: evidence };
    }),
    mixture = mixtures[mixtures.length - 1];
  return { mixture, q: eStep(logJoint(mixture, points)), stages };
}

/** @template T @param {T[]} items @param {number} seed @param {number} count @returns {T[]} so many of them: all in a random order, all again, ... */
function shuffled(items, seed, count) {
  const uniform = uniforms(seed),
    drawn = [];
  while (drawn.length < count) {
    const left = [...items];
    while (left.length && drawn.length < count) drawn.push(...left.splice(Math.floor(uniform() * left.length), 1));
  }
  return drawn;
}

/** Means at points that a seed draws. @param {Values} values @param {number} seed @returns {Values} */
export function startOf({ points, means, K: [components] }, seed) {
  const drawn = shuffled(pairs(points), seed, components).flat();
  return { means: [...drawn, ...means.slice(drawn.length)], seed: [seed], step: [0] };
}

/** Of so many random starts the one from which EM ends best, or worst. @param {Values} values @param {1 | -1} sign 1 for the best @returns {Values} */
export function startThatEnds(values, sign) {
  const points = pairs(values.points);
  let [found, reached] = [startOf(values, 1), -Infinity];
  for (let seed = 1; seed <= STARTS; seed++) {
    const start = startOf(values, seed),
      { stages } = inTurn(startedAt(points, pairs(start.means).slice(0, values.K[0])), points, 2 * CONVERGED),
      end = sign * stages[stages.length - 1].evidence;
    if (end > reached) [found, reached] = [start, end];
  }
  return found;
}
