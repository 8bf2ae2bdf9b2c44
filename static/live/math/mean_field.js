// Two causes of one effect, and the best posterior that treats them apart: the same as vae_core.learning.mean_field.

/** @typedef {[[number, number], [number, number]]} Joint p(a, b): absence and presence of the first cause, then the second */
/** @typedef {{first: number, second: number, kl: number}} Factored q's probabilities of both causes; nats */

const SWEEPS = 500; // over both causes, at most
/** @type {[number, number][]} */
export const STARTS = [
  [0.9, 0.1],
  [0.1, 0.9],
  [0.5, 0.5],
]; // of q
const SAME = 1e-3; // two optima that are nearer to each other are one

/**
 * p(a, b | evidence), by a noisy or of both causes and of everything else.
 * @param {ArrayLike<number>} priors of both causes
 * @param {ArrayLike<number>} strengths how surely each alone brings the effect about
 * @param {number} leak how probable the effect is without either, above 0
 * @param {number} heard the evidence: 1 for the effect, 0 for none, 0.5 where nothing is known
 * @returns {Joint}
 */
export function posterior(priors, strengths, leak, heard) {
  /** @param {number} a @param {number} b */
  const weight = (a, b) => {
    const happens = 1 - (1 - leak) * (1 - a * strengths[0]) * (1 - b * strengths[1]);
    const prior = (a ? priors[0] : 1 - priors[0]) * (b ? priors[1] : 1 - priors[1]);
    return prior * (heard * happens + (1 - heard) * (1 - happens));
  };
  const total = weight(0, 0) + weight(0, 1) + weight(1, 0) + weight(1, 1);
  return [
    [weight(0, 0) / total, weight(0, 1) / total],
    [weight(1, 0) / total, weight(1, 1) / total],
  ];
}

/** @param {number} first @param {number} second of q @param {Joint} joint @returns {number} KL(q || joint) in nats */
export function klOfFactored(first, second, joint) {
  let total = 0;
  for (const a of [0, 1]) {
    for (const b of [0, 1]) {
      const q = (a ? first : 1 - first) * (b ? second : 1 - second);
      if (q > 0) total += joint[a][b] > 0 ? q * (Math.log(q) - Math.log(joint[a][b])) : Infinity;
    }
  }
  return total;
}

/**
 * The best q of one cause while that of the other stays: exp E_q[log p(a, b)], normalised.
 * @param {Joint} joint above 0
 * @param {number} other q's probability of the other cause
 * @param {0 | 1} cause
 */
export function updated(joint, other, cause) {
  /** @param {number} own @param {number} theirs */
  const log = (own, theirs) => Math.log(cause === 0 ? joint[own][theirs] : joint[theirs][own]);
  const absent = (1 - other) * log(0, 0) + other * log(0, 1),
    present = (1 - other) * log(1, 0) + other * log(1, 1);
  return 1 / (1 + Math.exp(absent - present));
}

/** @param {Joint} joint above 0 @returns {Factored[]} what coordinate ascent reaches from STARTS, the best one first */
export function optima(joint) {
  /** @type {Factored[]} */
  const found = [];
  for (let [first, second] of STARTS) {
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      const before = [first, second];
      first = updated(joint, second, 0);
      second = updated(joint, first, 1);
      if (Math.abs(first - before[0]) + Math.abs(second - before[1]) < 1e-13) break;
    }
    if (found.every((other) => Math.abs(first - other.first) + Math.abs(second - other.second) > SAME))
      found.push({ first, second, kl: klOfFactored(first, second, joint) });
  }
  return found.sort((a, b) => a.kl - b.kl);
}

/** @param {Joint} joint @returns {number} KL(joint || product of its marginals) in nats: how strongly they are tied */
export function mutualInformation(joint) {
  let total = 0;
  for (const a of [0, 1]) {
    for (const b of [0, 1]) {
      const apart = (joint[a][0] + joint[a][1]) * (joint[0][b] + joint[1][b]);
      if (joint[a][b] > 0) total += joint[a][b] * Math.log(joint[a][b] / apart);
    }
  }
  return total;
}
