// What Python says comes onto the Inpaint page.
import { loadCodes } from "../engine/codes.js";
import { loadSession } from "../engine/runtime.js";
import { bytesOf } from "../kit/bytes.js";
import { partOf } from "../kit/part.js";
import { themeColours } from "../kit/theme.js";
import { fitWindow } from "../kit/window.js";
import { originalsFrom, showError, standInsFrom } from "../parts/test_pictures.js";
import { switchPad } from "./brush.js";
import { arrive, showWanted } from "./gestures.js";
import { showCounts } from "./layout.js";
import { PAINTED, showDrawnMask } from "./mask.js";
import { makeNoise, present } from "./view.js";

/** @typedef {import("./state.js").Inpainting} Inpainting */
/** @typedef {import("./state.js").Data} Data */

const BRUSH = 0.14; // of the picture's longer side
const LOW = "(min-width: 1101px) and (max-height: 800px)"; // as in the style sheet
/** @type {[string, number][]} */
const COLUMNS = [
  ["(max-width: 760px)", 6],
  [LOW, Infinity],
  ["all", 12],
]; // of the answers at most, by window

/** @param {Inpainting} state @param {Data} data @param {import("../kit/arrival.js").Attempt} attempt */
export async function update(state, data, { again, arriving }) {
  const { model, masks, problem } = data,
    opened = again || model.completer !== state.model?.completer;
  if (opened) prepare(state, data);
  state.originals = originalsFrom(state.originals, data.originals, model.shape, state.persist);
  state.standIns = standInsFrom(state.standIns, data.originals, model.shape, state.persist);
  state.parts.originals.show(data.originals);
  const before = state.masks;
  state.masks = { ...masks, bits: bytesOf(masks.bits) };
  if (arriving) arrive(state, data);
  else if (!state.painted && (before?.kind !== masks.kind || before?.seed !== masks.seed)) showDrawnMask(state);
  if (opened) state.opening = open(state, data);
  await state.opening;
  if (model.completer !== state.model?.completer) return; // another one was chosen meanwhile
  await showWanted(state);
  if (problem && problem.number !== state.problem) {
    state.problem = problem.number;
    showError(state, problem.sentence);
  }
}

/** What needs nothing fetched: names, frames of the right form. @param {Inpainting} state @param {Data} data */
function prepare(state, { model, kinds, limits }) {
  const { root, parts } = state,
    [, height, width] = model.shape,
    same = state.model && String(state.model.shape) === String(model.shape);
  Object.assign(state, { model, limits, codes: null, originals: null, standIns: null, masks: null });
  root.style.setProperty("--form", String(width / height));
  partOf(root, ".most", HTMLElement).textContent = String(model.mostSpread);
  showCounts(root, limits);
  parts.gallery.build(model, limits.answers);
  parts.fraction.max = String(limits.steps);
  parts.kind.replaceChildren(
    ...kinds.map(([kind, name]) => new Option(name, kind)),
    new Option("what I paint", PAINTED),
  );
  if (!same) {
    state.bytes = null;
    parts.hole.build(model.shape);
    parts.pad.build(model.shape);
    parts.hole.pad.brush = Math.max(1, BRUSH * Math.max(height, width));
    switchPad(state, false);
  }
  parts.decoder.stop();
  parts.sheets.stop();
  makeNoise(state);
}

/** Networks and codes; a picture that is there already is completed by the new model. @param {Inpainting} state @param {Data} data */
async function open(state, { model, colours, limits }) {
  const { files, parts } = state;
  const [decoder, completer, codes] = await Promise.all([
    loadSession(files, model.decoder),
    loadSession(files, model.completer),
    loadCodes(model.codes),
    parts.sheets.use(model),
  ]);
  if (state.model !== model) return;
  parts.decoder.open(model, decoder, completer);
  state.codes = codes;
  parts.gallery.voting.build(model.labels, codes, colours, limits.neighbours);
  parts.sources.build(model.labels, Math.max(...codes.indices) + 1, limits.mostBytes);
  present(state);
}

/** How much of the window is left for us: the page is as high as what the frame leaves. @param {Inpainting} state */
export function measure(state) {
  const { root, parts } = state;
  fitWindow(root);
  state.accent = themeColours(root).accent;
  const [, columns] = COLUMNS.find(([window]) => matchMedia(window).matches) ?? COLUMNS[2];
  if (parts.gallery.arrange(columns)) parts.gallery.ask(parts.decoder);
  if (state.bytes) parts.hole.show(state.bytes, state.accent);
}
