// A one-dimensional latent-variable model under the hand, and the points that it is to fit.
import { fitted as stepped, logDensity, LEAST_NOISE, MOST_NOISE } from "../../../math/one_dimension.js";
import { divergences, logPoints } from "../../../math/point_divergences.js";
import { meanOf } from "../../../math/maximum_likelihood.js";
import { errorOf, pointsOf, X } from "../../points_on_line.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/one_dimension.js").OneDimension} OneDimension */
/** @typedef {ReturnType<typeof fit>} Fit */

const WIDENED = 12, // points that are widened at most: more take longer than a frame
  RATE = 0.5; // of the first try of a gradient step

/** @param {Values} values @returns {OneDimension} */
function modelOf({ centre: [centre], stretch: [stretch], split: [split], noise: [noise] }) {
  return { centre, stretch, split, noise: Math.min(MOST_NOISE, Math.max(LEAST_NOISE, noise)) };
}

/** @param {Values} values */
export function fit(values) {
  const {
      n,
      seed,
      width: [width],
    } = values,
    model = modelOf(values),
    { training, heldOut } = pointsOf(seed[0], n[0]),
    test = logDensity(model, heldOut),
    some = training.subarray(0, WIDENED);
  return {
    model,
    training,
    heldOut,
    density: logDensity(model, X).map(Math.exp),
    likelihood: meanOf(logDensity(model, training)),
    test: meanOf(test),
    error: errorOf(test),
    bumps: width > 0 ? logPoints(X, some, width).map(Math.exp) : null,
    far: width > 0 ? divergences(model, some, width) : null,
  };
}

/** So many gradient steps of the training points' likelihood. @param {Fit} from @param {number} steps @returns {Values} */
export function climbed({ model, training }, steps) {
  let at = model,
    rate = RATE;
  for (let step = 0; step < steps; step++) {
    const better = stepped(at, training, rate);
    if (!better) break;
    ({ model: at, rate } = better);
  }
  return Object.fromEntries(Object.entries(at).map(([name, value]) => [name, [value]]));
}
