// What Monte Carlo is tried on: a test picture's log p(x|z) over the plane, fine around its posterior, and log p(x).
import { boxAround, boxOfBoth, boxOfMass, gridOver, squared, wider } from "../../../math/grid.js";
import { finer, interpolated } from "../../../math/interpolation.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../trained.js").Trained} Trained */
/** @typedef {import("../../../math/grid.js").Box} Box */
/** @typedef {Awaited<ReturnType<typeof judge>>} Judged */

const FINE = 80, // cells along a side of the grid around the posterior
  FINER = 4, // times as many, by interpolation
  ROOM = 1.2;
const COARSE = 40; // of the one over the whole plane
const OF_PRIOR = 4; // standard deviations that the whole plane holds
const OF_Q = 3, // and those of q(z|x) that the close-up holds,
  SHOWN = 5; // with what is so many nats below the posterior's peak

/** @param {Values} values @param {Trained} trained */
export async function judge({ picture: [k] }, trained) {
  const { x, bytes, label } = await trained.picture(k),
    { mean, stddev } = await trained.encode(x),
    found = await trained.posterior(x, { mean, stddev }, FINE, ROOM),
    fine = gridOver(found.box, FINE),
    whole = squared(boxOfBoth(trained.region, boxAround([0, 0], [1, 1], OF_PRIOR))),
    coarse = gridOver(whole, COARSE);
  const dense = finer(logLikelihoodOf(found.logJoint, fine.z), FINE, FINER),
    around = interpolated(dense, { box: found.box, side: FINER * FINE }),
    elsewhere = interpolated(await trained.logLikelihoods(coarse.z, x), coarse),
    { low, high } = found.box;
  /** @param {number} a @param {number} b @returns {number} log p(x|z) at z = (a, b), nats */
  const logLikelihood = (a, b) =>
    a > low[0] && a < high[0] && b > low[1] && b < high[1] ? around(a, b) : elsewhere(a, b);
  return {
    x,
    bytes,
    label,
    shape: trained.shape,
    encoder: { mean: Array.from(mean), stddev: Array.from(stddev) },
    logEvidence: found.logEvidence,
    posterior: { box: found.box, side: FINE, mass: found.mass },
    logLikelihood,
    whole,
    close: squared(wider(boxOfBoth(boxOfMass(fine, found.logJoint, SHOWN), boxAround(mean, stddev, OF_Q)), ROOM)),
  };
}

/** @param {ArrayLike<number>} logJoint under the prior N(0, I) @param {Float32Array} z @returns {Float64Array} */
function logLikelihoodOf(logJoint, z) {
  return Float64Array.from(
    logJoint,
    (value, i) => value + 0.5 * (z[2 * i] ** 2 + z[2 * i + 1] ** 2) + Math.log(2 * Math.PI),
  );
}
