// Both estimators of one gradient: their variance by formula and as measured, where the sliders are and around there.
import { estimates, measured, summed } from "../../../math/gradient_variance.js";
import { baselineOf, expectationOf, varianceOf } from "../../../math/gradients.js";
import { normals } from "../../../math/noise.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/gradients.js").Estimator} Estimator */
/** @typedef {import("../../../math/gradients.js").Baseline} Baseline */
/** @typedef {{samples: number, dimensions: number, distance: number}} Setting */
/** @typedef {{variance: number, error: number}} Measured with its standard error */
/** @typedef {ReturnType<typeof estimated>} Estimated */

export const SAMPLES = 6400; // of all estimates together, at least 200 of each
export const MOST = { samples: 32, dimensions: 100, distance: 3 };
export const SEEN = 200; // estimates in the picture
export const SIGMA = 1;
export const BASELINES = /** @type {Baseline[]} */ (["none", "mean", "best"]);

/** @type {Record<keyof Setting, number[]>} where the variance is measured, too */
const PLACES = {
  samples: [1, 2, 4, 8, 16, 32],
  dimensions: [1, 2, 5, 10, 20, 50, 100],
  distance: [0, 0.5, 1, 1.5, 2, 2.5, 3],
};

/** @type {{seed: number, noise: import("../../../math/gradient_variance.js").Noise | null}} */
const drawn = { seed: 0, noise: null };

/** @param {number} seed */
function noiseOf(seed) {
  if (drawn.seed !== seed || !drawn.noise)
    Object.assign(drawn, { seed, noise: summed(normals(SAMPLES * MOST.dimensions, seed), MOST.dimensions) });
  return /** @type {import("../../../math/gradient_variance.js").Noise} */ (drawn.noise);
}

/** @param {Setting} setting @param {Estimator} estimator @param {Baseline} [kind] @returns {number} by formula */
export function varianceAt({ samples, dimensions, distance }, estimator, kind) {
  return varianceOf({ distance, sigma: SIGMA, dimensions }, estimator, kind) / samples;
}

/** @param {Values} values */
export function estimated({ N: [samples], D: [dimensions], distance: [distance], baseline: [rank], seed: [seed] }) {
  const setting = { samples, dimensions, distance },
    kind = BASELINES[rank],
    noise = noiseOf(seed);
  /** @param {Setting} at @param {Estimator} estimator @param {number} [most] */
  const found = (at, estimator, most) => {
    const toy = { distance: at.distance, sigma: SIGMA, dimensions: at.dimensions };
    return estimates(noise, toy, at.samples, estimator, baselineOf(kind, expectationOf(toy), SIGMA), most);
  };
  const keys = /** @type {(keyof Setting)[]} */ (Object.keys(PLACES));
  /** @param {Estimator} estimator */
  const both = (estimator) => ({
    exact: varianceAt(setting, estimator, kind),
    seen: found(setting, estimator, SEEN),
    measured: measured(found(setting, estimator)),
    around: keys.map((name) =>
      PLACES[name].map((at) => ({ at, ...measured(found({ ...setting, [name]: at }, estimator, SEEN)) })),
    ),
  });
  return { setting, kind, keys, score: both("score"), reparametrised: both("reparametrised") };
}
