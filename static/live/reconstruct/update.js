// What Python says comes onto the Reconstruct page.
import { loadCodes, loadMixture } from "../engine/codes.js";
import { loadSession } from "../engine/runtime.js";
import { bytesOf } from "../kit/bytes.js";
import { partOf } from "../kit/part.js";
import { themeColours } from "../kit/theme.js";
import { fitWindow } from "../kit/window.js";
import { Spread } from "../math/likelihood.js";
import { mirroredNormals } from "../math/noise.js";
import { originalsFrom, standInsFrom } from "../parts/test_pictures.js";
import { isDark } from "./difference.js";
import { pictureDrawn, present, showCaption, showPicture, showProblem, showSample } from "./gestures.js";
import { showMap } from "./map.js";
import { offerSamples, showEstimate } from "./marginal.js";
import { DRAWS, picturePainted, setEpsilon } from "./reading.js";
import { showTab } from "./tabs.js";
import { findRegion, forgetTruth } from "./truth.js";

/** @typedef {import("./state.js").Reconstruction} Reconstruction */
/** @typedef {import("./state.js").Data} Data */

const SEED = 11;
const LOW = 50; // letters: a window less high has a denser layout,
const NARROW = 1150; // pixels: one less wide another

/** @param {Reconstruction} state @param {Data} data @param {import("../kit/arrival.js").Attempt} attempt */
export async function update(state, data, { again, arriving }) {
  const { model, place, problem } = data,
    { parts } = state,
    other = model.decoder !== state.model?.decoder,
    opened = again || other;
  if (opened) prepare(state, data);
  if (arriving) arrive(state, data);
  if (other || (arriving && place.kind !== "file")) state.view = data.view; // else the toolbar knows better
  if (state.view) parts.toolbar.show(state.view);
  state.originals = originalsFrom(state.originals, data.originals, model.shape, state.persist);
  state.standIns = standInsFrom(state.standIns, data.originals, model.shape, state.persist);
  state.parts.originals.show(data.originals);
  if (opened) state.opening = open(state, data);
  await state.opening;
  if (model.decoder !== state.model?.decoder) return; // another one was chosen meanwhile
  showEstimate(state, data.estimate);
  state.chosen = data.compared.map(({ name }) => name);
  const mixtures = await Promise.all(data.compared.map(({ mixture }) => loadMixture(mixture)));
  if (model.decoder !== state.model?.decoder) return;
  parts.compare.update(
    data.siblings,
    data.compared.map((compared, i) => ({ ...compared, mixture: mixtures[i] })),
  );
  const networks = [model, ...data.compared].flatMap(({ decoder, encoder }) => [decoder, encoder]);
  await parts.jobs.keep(Array.from(new Set(networks)));
  await showWanted(state);
  if (opened || arriving) showTab(state, state.tab);
  if (problem && problem.number !== state.problem) showProblem(state, problem);
  await showMap(state);
}

/** What needs nothing fetched: names, frames of the right form. @param {Reconstruction} state @param {Data} data */
function prepare(state, { model, limits, layers }) {
  const { root, parts } = state,
    other = model.decoder !== state.model?.decoder,
    same = state.model && String(state.model.shape) === String(model.shape);
  const forgotten = { codes: null, mixture: null, projection: null, originals: null, standIns: null, spreads: {} };
  Object.assign(state, { model, limits, ...forgotten });
  state.epsilon = mirroredNormals(DRAWS, model.latentDim, SEED);
  state.terms = null;
  root.style.setProperty("--form", String(model.shape[2] / model.shape[1]));
  partOf(root, "[data-tool=colour]", HTMLElement).hidden = model.shape[0] === 1;
  if (!same) parts.pad.build(model.shape);
  if (!same) state.grey = null;
  offerSamples(state, limits.samples);
  const learned = model.mixture !== null;
  parts.bars.build(model.dimensions, learned);
  parts.view.build(model.dimensions, model.noise, layers, learned);
  setEpsilon(state, !other && state.drawn);
  parts.panel.build(model.shape, model.noise !== null, {}, learned);
  parts.toolbar.build(model.latentDim, model, model.dimensions);
  const cursor = partOf(root, ".toolbar [data-choice=cursor]", HTMLElement).closest("label");
  if (cursor) cursor.hidden = true; // it fetches nothing here
  parts.map.show(null);
  forgetTruth(state);
}

/** Networks and codes; a picture that is on the pad already is read by the new model. @param {Reconstruction} state @param {Data} data */
async function open(state, { model, limits }) {
  const { files, parts } = state;
  const [decoder, encoder, codes, mixture] = await Promise.all([
    loadSession(files, model.decoder),
    loadSession(files, model.encoder),
    loadCodes(model.codes),
    loadMixture(model.mixture),
  ]);
  if (state.model !== model) return;
  parts.decoder.open(decoder, model.shape, encoder);
  Object.assign(state, { codes, mixture });
  findRegion(state);
  const { kl, log_likelihood: likelihood } = codes;
  state.spreads = { kl: new Spread(kl) };
  if (likelihood) {
    state.spreads.likelihood = new Spread(likelihood);
    state.spreads.elbo = new Spread(likelihood.map((value, i) => value - kl[i]));
  }
  parts.panel.build(model.shape, model.noise !== null, state.spreads, mixture !== null);
  parts.sources.build(model.labels, Math.max(...codes.indices) + 1, limits.mostBytes);
  if (state.grey) present(state, state.grey);
}

/** Python sends us somewhere: a link, a file that was prepared, the first visit. @param {Reconstruction} state @param {Data} data */
function arrive(state, { place, tab, steps }) {
  state.wanted = { ...place, steps };
  state.tab = tab;
  if (place.sentence) showCaption(state, place.sentence);
}

/** The picture that is wanted, once its model is there. @param {Reconstruction} state */
async function showWanted(state) {
  const { pad } = state.parts,
    { wanted } = state;
  if (!wanted) return;
  const { kind, index, x, sentence, steps } = wanted;
  if (kind === "sample" && index !== null) await showSample(state, index, true);
  else if (x) showPicture(state, bytesOf(x), { kind, index: null }, sentence, steps);
  else if (kind === "pen") {
    pad.blank();
    pictureDrawn(state, pad.picture());
  }
}

/** How much of the window is left for us: the page is as high as what the frame leaves. @param {Reconstruction} state */
export function measure(state) {
  const { root, parts } = state,
    letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
  root.classList.toggle("compact", innerWidth > NARROW && innerHeight < LOW * letter);
  fitWindow(root);
  const style = getComputedStyle(root),
    theme = themeColours(root);
  const colours = {
    ...theme,
    ghost: theme.line,
    likelihood: style.getPropertyValue("--live-reconstruction").trim(),
    kl: style.getPropertyValue("--live-kl").trim(),
  };
  if (JSON.stringify(colours) === JSON.stringify(state.colours)) return;
  state.colours = colours;
  state.dark = isDark(theme.ground);
  for (const part of [parts.map.plot, parts.bars, parts.panel]) part.recolour(colours);
  picturePainted(state);
}
