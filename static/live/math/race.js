// Where the curves of vae_core.studies.race stand.

/** @typedef {{trainer?: string, latent_dim?: number, seen: number, split: "train" | "test", log_marginal?: number, bound?: number, standard_error: number}} Point */
/** @typedef {{seen: number[], value: number[], error: number[]}} Curve over the pictures seen, in nats */

/**
 * @param {Point[]} points
 * @param {string | number} who a trainer, or a number of latents
 * @param {"train" | "test"} split
 * @returns {Curve} in the order of pictures seen
 */
export function curveOf(points, who, split) {
  const own = points
    .filter((point) => point.split === split && (point.trainer ?? point.latent_dim) === who)
    .sort((a, b) => a.seen - b.seen);
  return {
    seen: own.map(({ seen }) => seen),
    value: own.map(({ log_marginal, bound }) => Number(log_marginal ?? bound)),
    error: own.map(({ standard_error }) => standard_error),
  };
}

/** @param {Curve} curve @param {number} seen @returns {number} the index of the last point up to there; -1 before the first */
export function lastUpTo(curve, seen) {
  return curve.seen.findLastIndex((mark) => mark <= seen);
}
