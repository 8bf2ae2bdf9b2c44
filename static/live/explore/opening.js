// How a model and a place of it come onto the Explore page.
import { Originals, loadCodes, loadMixture } from "../engine/codes.js";
import { hasGrid, priorBefore } from "../engine/model.js";
import { loadPlotly, loadSession } from "../engine/runtime.js";
import { themeColours } from "../kit/theme.js";
import { unitOfUse } from "../parts/sliders.js";
import { fetchStored } from "./stored.js";
import { codeAt, follow, present, setPin, showOriginal, showSelected } from "./view.js";

/** @typedef {import("./state.js").Exploration} Exploration */
/** @typedef {import("../engine/model.js").Model} Model */

/**
 * @param {Exploration} state
 * @param {import("./state.js").Arriving} data
 * @param {import("../kit/arrival.js").Attempt} attempt
 */
export async function update(state, { model, view, place, originals }, { again, arriving }) {
  const opened = again || model.decoder !== state.model.decoder;
  if (opened) prepare(state, model);
  if (arriving) Object.assign(state, { view, z: Float32Array.from(place.z), pin: null, arrived: place.point });
  if (opened || arriving) stand(state, opened);
  if (originals) {
    state.missing = Boolean(originals.missing); // null: not looked for in that run
    state.parts.stage.originals.show(originals, false);
  }
  if (originals?.sheets && !state.originals) state.originals = new Originals(originals, model.shape, state.persist);
  if (opened) {
    fetchStored(state).then(() => follow(state));
    state.opening = open(state, model);
  }
  await state.opening;
  if (model.decoder !== state.model.decoder) return; // another one was chosen meanwhile
  await drawMap(state);
  if (model.decoder !== state.model.decoder) return;
  const point = state.arrived;
  state.arrived = undefined;
  if (point === undefined) showOriginal(state);
  else setPin(state, point === null ? null : { index: point, z: codeAt(state, point) });
  follow(state);
}

/** What needs nothing fetched: sliders, names, frames of the right form. @param {Exploration} state @param {Model} model */
function prepare(state, model) {
  const { root, hosts, parts } = state;
  Object.assign(state, {
    model,
    stored: null,
    prior: priorBefore(model),
    codes: null,
    projection: null,
    originals: null,
    missing: false,
  });
  for (const part of [parts.decoder, parts.sheets, parts.readout]) part.stop();
  root.style.setProperty("--form", String(model.shape[2] / model.shape[1]));
  parts.stage.build(model.shape);
  parts.stage.originals.show(null);
  parts.sliders.build(model.dimensions);
  parts.toolbar.build(model.latentDim, model, model.dimensions);
  parts.traversals.build(model.dimensions, model.shape);
  hosts.measure.textContent = unitOfUse(model.dimensions);
  root.dataset.flat = hasGrid(model) ? "1" : "0";
  root.dataset.few = model.latentDim <= 4 ? "1" : "0";
}

/** The sliders, the toolbar and the picture are where z is. @param {Exploration} state @param {boolean} opened whether its model is new */
function stand(state, opened) {
  const { parts, view, z } = state;
  parts.toolbar.show(view);
  state.shown = Float32Array.from(z);
  state.hovering = false;
  state.back = state.beneath = state.sample = null;
  parts.sliders.show(z);
  if (!opened) present(state, state.z);
}

/** The first picture, then what stands around it. @param {Exploration} state @param {Model} model */
async function open(state, model) {
  const { files, parts, root } = state;
  const [runtime, mixture] = await Promise.all([loadSession(files, model.decoder), loadMixture(model.mixture)]);
  const around = Promise.all([loadCodes(model.codes), loadPlotly(files.plotly)]);
  around.catch(() => {}); // said once it is waited for
  if (state.model !== model) return;
  state.prior = { mixture };
  parts.decoder.use(runtime, model.shape);
  await parts.decoder.paint(state.shown);
  delete root.dataset.stored;
  root.dataset.ready = "1";
  const beside = parts.sheets.use(model);
  beside.catch(() => {});
  if (hasGrid(model)) parts.manifold.build();
  else parts.samples.draw(model.latentDim, mixture);
  follow(state);
  const [[codes]] = await Promise.all([around, beside]);
  if (state.model !== model) return;
  state.codes = codes;
  const again = () => state.model === model && parts.decoder.onPainted();
  state.persist("aggregate", () => parts.readout.know(model, codes.mean)).then(again);
  state.persist("encoder", () => parts.readout.use(files, model)).then(again);
}

/** The map as the view asks for it, once the codes are there. @param {Exploration} state */
export async function drawMap(state) {
  const Plotly = await loadPlotly(state.files.plotly),
    { codes, model, view, parts } = state;
  if (!codes) return;
  const drawing = parts.map.drawCodes(Plotly, codes, model, view, themeColours(state.root));
  if (parts.map.projection !== state.projection) {
    state.projection = parts.map.projection;
    state.back = state.beneath = null;
    showSelected(state, null);
  }
  if (!(await drawing)) return;
  if (state.pin) setPin(state, state.pin);
  follow(state);
}
