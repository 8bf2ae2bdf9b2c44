// What a model says about the present picture: at once what takes one decode, a moment later what takes many.
import { paintDifference } from "./difference.js";
import { ON_MAP, placePosterior } from "./map.js";
import { logRatios, termsByDraws } from "../math/kl_by_draws.js";
import { klPerDimension, pairedMean, total } from "../math/likelihood.js";
import { inSum, negated, unusual } from "../parts/nats.js";
import { normals } from "../math/noise.js";
import { askForTruth } from "./truth.js";
import { placeName } from "../parts/place_name.js";
import { putSheet } from "../kit/paint.js";

/** @typedef {import("./state.js").Reconstruction} Reconstruction */

export const DRAWS = 32; // of epsilon behind the log-likelihood: fixed, in mirrored pairs
const SHOWN = 6; // samples on the screen
const COLUMNS = 6;

/** A new picture is on the screen: what stands around it follows in the same frame. @param {Reconstruction} state */
export function picturePainted(state) {
  const { model, parts, root, drawn } = state,
    { x, mean, stddev, z, epsilonOfZ: epsilon, lastPicture } = parts.decoder;
  if (!model || !x || !mean || !stddev || !z || !lastPicture) return;
  paintDifference(parts.difference, x, lastPicture, model.shape, state.dark);
  parts.view.show({ mean, stddev, epsilon, z });
  parts.bars.show(mean, stddev, model.mixture ? null : klPerDimension(mean, stddev));
  placePosterior(state);
  askForReading(state);
  askForTruth(state);
  const order = model.dimensions.map(({ index }) => index);
  parts.decoder.picture.nameAtRest(() => {
    const of = parts.caption.textContent || "what was drawn";
    const from = drawn ? "a sample of the posterior" : "the posterior's mean";
    return `Reconstruction of ${of}, from ${from}: ${placeName(z, order, state.codes, model.labels)}`;
  });
  parts.compare.show(x);
  root.dataset.ready = "1";
}

/** Another epsilon: for the reconstruction, and the samples. @param {Reconstruction} state */
export function redraw(state) {
  state.seed += 1;
  setEpsilon(state, true);
}

/** @param {Reconstruction} state @param {number} scale how far epsilon reaches */
export function scaleEpsilon(state, scale) {
  state.scale = scale;
  setEpsilon(state, state.drawn);
}

/** @param {Reconstruction} state @param {boolean} drawn whether z is a sample, the first of those shown, or the mean */
export function setEpsilon(state, drawn) {
  const { model, seed, scale, parts } = state,
    { decoder } = parts;
  if (!model) return;
  state.drawn = drawn;
  decoder.epsilonOfZ = drawn ? normals(model.latentDim, seed).map((value) => scale * value) : null;
  parts.from.textContent = drawn ? "from a sample" : "from the mean";
  parts.mean.setAttribute("aria-pressed", String(!drawn));
  if (decoder.x && decoder.mean?.length === model.latentDim) decoder.request(decoder.x);
}

/** What needs many decodes is asked of the worker. @param {Reconstruction} state */
function askForReading({ model, parts, epsilon, scale, seed }) {
  const { x, pictures } = parts.decoder;
  if (!model || !x) return;
  const { name, decoder, encoder, shape, noise, latentDim } = model;
  const shown = normals(ON_MAP * latentDim, seed).slice(0, SHOWN * latentDim);
  parts.jobs.request(
    "page",
    { task: "reading", decoder, encoder, shape, noise, x, epsilon, shown, scale, columns: COLUMNS },
    { name, picture: pictures },
  );
}

/**
 * @param {Reconstruction} state
 * @param {{mean: Float32Array, stddev: Float32Array, draws: Float64Array, sheet: import("../engine/sheets.js").Sheet}} answer
 * @param {{name: string, picture: number}} asked of which model and picture
 */
export function readingCame(state, answer, { name, picture }) {
  const { model, parts } = state;
  if (name !== model?.name) return;
  putSheet(parts.samples, answer.sheet);
  if (!parts.panel.marginal) showTerms(state, termsOf(answer, picture, state)); // else those that were estimated with it stand
  state.root.dataset.judged = String(picture);
}

/**
 * @param {{mean: Float32Array, stddev: Float32Array, draws: Float64Array}} answer
 * @param {number} picture
 * @param {Reconstruction} state
 */
function termsOf({ mean, stddev, draws }, picture, { mixture, epsilon }) {
  if (mixture) return { ...termsByDraws(draws, logRatios(mean, stddev, epsilon, mixture)), picture };
  const { mean: likelihood, standardError } = pairedMean(draws),
    klEach = klPerDimension(mean, stddev),
    kl = total(klEach);
  return { likelihood, standardError, kl, elbo: likelihood - kl, klPerDimension: klEach, picture };
}

/**
 * The terms of the present picture, wherever they stand.
 * @param {Reconstruction} state
 * @param {NonNullable<Reconstruction["terms"]>} terms
 */
export function showTerms(state, terms) {
  const { model, parts, spreads, binary } = state;
  state.terms = terms;
  const comparable = !(binary && model?.noise === null); // the test set's terms are of grey pictures
  parts.panel.show(terms, comparable);
  const [explained, negative, bound] = inSum([terms.likelihood, -terms.kl]);
  parts.bound.innerHTML =
    `<span data-term="likelihood">${explained}</span> − <span data-term="kl">${negated(negative)}</span> = ` +
    `<b>ELBO ${bound} nats</b>`;
  parts.unusual.textContent = spreads.elbo && comparable ? unusual(spreads.elbo.percentile(terms.elbo)) : "";
}
