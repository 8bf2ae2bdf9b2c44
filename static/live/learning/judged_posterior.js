// A test picture's likelihood on a grid around its posterior, and where q over it may be.
import { bestGaussian } from "../math/gaussian_fit.js";
import {
  boxAround,
  boxOfBoth,
  boxOfMass,
  gridOver,
  logJointOf,
  normalised,
  quadratureError,
  squared,
  wider,
} from "../math/grid.js";

/** @typedef {import("./state.js").Values} Values */
/** @typedef {import("./trained.js").Trained} Trained */
/** @typedef {import("../math/grid.js").Box} Box */
/** @typedef {import("../math/gaussian_fit.js").Gaussian} Gaussian */
/** @typedef {Awaited<ReturnType<typeof judge>>} Judged */

const SEARCHED = 24, // cells along a side of the grid that finds the posterior
  SIDES = [64, 128], // and of the one that the lines are computed on: the second where the first is too coarse
  CLOSE = 0.005; // nats: an error that the lines do not show
const SHOWN = 4.5, // nats below the posterior's peak that the plane shows
  BESIDE = 2.5, // standard deviations of the encoder's q that it shows, too
  ROOM = 1.5, // so much wider, for a hand
  HELD = 1.4; // times the plane that the grid holds
const WIDEST = 0.15; // of the plane: a standard deviation of q

/**
 * @param {Values} values
 * @param {Trained} trained
 */
export async function judge({ picture: [k] }, trained) {
  const { x, bytes, label, row } = await trained.picture(k),
    encoded = await trained.encode(x),
    found = await trained.posterior(x, encoded, SEARCHED, 1);
  /** @type {Gaussian} */
  const encoder = { mean: [encoded.mean[0], encoded.mean[1]], stddev: [encoded.stddev[0], encoded.stddev[1]] },
    mass = boxOfMass(gridOver(found.box, found.side), found.logJoint, SHOWN),
    frame = squared(wider(boxOfBoth(mass, boxAround(encoder.mean, encoder.stddev, BESIDE)), ROOM)),
    held = await integrated(x, wider(frame, HELD), trained),
    { mean, covariance, mass: shares } = normalised(held.logJoint, held.grid),
    moments = { mean, stddev: /** @type {[number, number]} */ ([Math.sqrt(covariance[0]), Math.sqrt(covariance[2])]) },
    best = resolved(bestGaussian(held.logJoint, held.grid, [moments, encoder]), frame, held.grid);
  return { k, row, label, x, bytes, shape: trained.shape, encoder, best, frame, shares, ...held };
}

/** log p(x|z) on cells that are fine enough where some are. @param {Float32Array} x @param {Box} box @param {Trained} trained */
async function integrated(x, box, trained) {
  let found;
  for (const side of SIDES) {
    const grid = gridOver(box, side),
      logLikelihoods = await trained.logLikelihoods(grid.z, x),
      logJoint = logJointOf(logLikelihoods, grid),
      error = quadratureError(logJoint, side);
    found = { grid, logLikelihoods, logJoint, error };
    if (error < CLOSE) break;
  }
  return /** @type {NonNullable<typeof found>} */ (found);
}

/** @param {Gaussian} q @param {Box} frame @param {import("../math/grid.js").Grid} grid @returns {Gaussian} the one nearest to it that the grid holds and resolves */
export function resolved({ mean, stddev }, { low, high }, { box, side }) {
  const whole = high[0] - low[0];
  /** @param {number} value @param {number} least @param {number} most */
  const within = (value, least, most) => Math.min(most, Math.max(least, value));
  /** @param {0 | 1} d */
  const spread = (d) => within(stddev[d], (box.high[0] - box.low[0]) / side, WIDEST * whole);
  return { mean: [within(mean[0], low[0], high[0]), within(mean[1], low[1], high[1])], stddev: [spread(0), spread(1)] };
}

/** A Gaussian that the hand has moved from the encoder's, in standard deviations of that. @param {number[]} q @param {Gaussian} encoder @returns {Gaussian} */
export function movedFrom([right, up, across, high], { mean, stddev }) {
  return {
    mean: [mean[0] + right * stddev[0], mean[1] + up * stddev[1]],
    stddev: [across * stddev[0], high * stddev[1]],
  };
}

/** What the hand has to move to have this one. @param {Gaussian} q @param {Gaussian} encoder @returns {number[]} */
export function movesTo({ mean, stddev }, encoder) {
  return [
    ...mean.map((value, d) => (value - encoder.mean[d]) / encoder.stddev[d]),
    ...stddev.map((value, d) => value / encoder.stddev[d]),
  ];
}
