// The true posterior p(z|x) beside q(z|x), for models with two latent dimensions: the worker integrates it over a grid.
import { boxOfBoth } from "../math/grid.js";
import { significant } from "../kit/numbers.js";
import { errs, nats } from "../parts/nats.js";
import { placeTruth } from "./map.js";

/** @typedef {import("./state.js").Reconstruction} Reconstruction */

/** @type {import("../math/grid.js").Box} */
const PRIOR = { low: [-4.5, -4.5], high: [4.5, 4.5] }; // all but e^-10 of it
const ROOM = 0.5; // beyond the farthest codes

/** Nothing is known of p(z|x) yet. @param {Reconstruction} state */
export function forgetTruth(state) {
  const { model, parts } = state;
  Object.assign(state, { region: null, truth: null });
  parts.map.showTruth(null);
  parts.truth.hidden = model?.latentDim !== 2;
  parts.truth.textContent = "";
}

/** Where p(z|x) may lie: the prior and all codes. @param {Reconstruction} state */
export function findRegion(state) {
  const { model, codes } = state;
  state.region = model?.latentDim === 2 && codes ? boxOfBoth(PRIOR, boxOfCodes(codes.mean)) : null;
}

/** @param {Float32Array} mean (N, 2) @returns {import("../math/grid.js").Box} */
function boxOfCodes(mean) {
  const low = [Infinity, Infinity],
    high = [-Infinity, -Infinity];
  mean.forEach((value, i) => {
    low[i % 2] = Math.min(low[i % 2], value);
    high[i % 2] = Math.max(high[i % 2], value);
  });
  return { low: [low[0] - ROOM, low[1] - ROOM], high: [high[0] + ROOM, high[1] + ROOM] };
}

/** @param {Reconstruction} state */
export function askForTruth({ model, mixture, region, parts }) {
  const { x, mean, stddev, pictures } = parts.decoder;
  if (!model || !region || !x || !mean || !stddev || mean.length !== 2) return;
  const { name, decoder, noise } = model;
  const job = { task: /** @type {const} */ ("posterior"), decoder, noise, mixture, x, mean, stddev, region };
  parts.jobs.request("posterior", job, { name, picture: pictures });
}

/**
 * @param {Reconstruction} state
 * @param {import("../engine/jobs/posterior.js").TruePosterior} truth
 * @param {{name: string, picture: number}} asked of which model and picture
 */
export function truthCame(state, truth, { name, picture }) {
  const { model, parts } = state,
    { divergence, logEvidence, uncertainty } = truth;
  if (name !== model?.name) return;
  state.truth = { ...truth, picture };
  placeTruth(state);
  parts.truth.innerHTML =
    `Shaded: the true posterior p(z|x). <b>KL(q ‖ p) = ${significant(Math.max(0, divergence))} nats</b>, ` +
    `log p(x) = ${nats(logEvidence)}${errs(uncertainty)}`;
}
