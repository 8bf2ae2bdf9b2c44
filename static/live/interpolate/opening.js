// How a model and a place of it come onto the Interpolate page.
import { Originals, loadCodes } from "../engine/codes.js";
import { loadSession } from "../engine/runtime.js";
import { endFrom } from "./choices.js";
import { bindControls } from "./controls.js";
import { drawMap } from "./map.js";
import { rebuild } from "./paths.js";
import { fetchPictures, refetchPictures } from "./pictures.js";
import { NO_LIMITS } from "./state.js";
import { captionPath, frameMode, offerLimits, offerModel, showMode } from "./view.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */
/** @typedef {import("./state.js").Model} Model */

/**
 * @param {Interpolation} state
 * @param {import("./state.js").Arriving} data
 * @param {boolean} again whether the last attempt failed
 */
export async function update(state, { model, limits, place, sum, originals, along, direction }, again) {
  if (state.limits === NO_LIMITS) {
    state.limits = limits;
    offerLimits(state);
    bindControls(state);
  }
  const opened = again || model.decoder !== state.model.decoder;
  if (opened) prepare(state, model, place);
  state.sum = sum;
  state.missing = Boolean(originals?.missing);
  state.parts.originals.show(originals, false);
  const came = Boolean(originals?.sheets && !state.originals);
  if (originals?.sheets && came) state.originals = new Originals(originals, model.shape, state.persist);
  const arriving = opened || place.visit !== state.visit;
  state.visit = place.visit;
  if (opened) state.opening = open(state, model);
  await state.opening;
  if (model.decoder !== state.model.decoder) return; // another one was chosen meanwhile
  if (arriving) arrive(state, place);
  else if (came) refetchPictures(state);
  found(state, along, direction);
  await drawMap(state);
}

/**
 * What needs nothing fetched: everything has its size before it has its pictures.
 * @param {Interpolation} state
 * @param {Model} model
 * @param {import("./state.js").Arriving["place"]} place
 */
function prepare(state, model, { map, mode, frames }) {
  Object.assign(state, { model, mode, frames, codes: null, projection: null, originals: null });
  Object.assign(state, { along: null, direction: null, paths: null });
  state.root.style.setProperty("--form", String(model.shape[2] / model.shape[1]));
  state.lists = { walk: [], direction: [], arithmetic: [] };
  state.parts.groups.build(model.labels);
  offerModel(state);
  state.hosts.maps.value = map;
  frameMode(state);
}

/** The networks and the codes. @param {Interpolation} state @param {Model} model */
async function open(state, model) {
  const { files, parts } = state;
  const [runtime, codes] = await Promise.all([loadSession(files, model.decoder), loadCodes(model.codes)]);
  if (state.model !== model) return;
  state.codes = codes;
  parts.decoder.use(runtime, model.shape);
  await parts.readout.know(model, codes.mean);
  if (state.model !== model) return;
  const measured = state.persist("encoder", () => parts.readout.use(files, model));
  measured.then(() => state.model === model && state.paths && parts.decoder.request(state.z));
  await parts.jobs.keep([model.decoder, model.encoder]);
}

/**
 * Python sends us somewhere: a link, an upload, the browser's back button, another model.
 * @param {Interpolation} state
 * @param {import("./state.js").Arriving["place"]} place
 */
function arrive(state, { visit, map, mode, ends, path, t, frames, groups, ringed }) {
  state.parts.player.pause();
  Object.assign(state, { mode, path, t, frames, ringed, key: `visit ${visit}`, mapName: map });
  state.hosts.maps.value = map;
  state.lists[mode] = ends.map((end) => endFrom(state, end));
  state.parts.groups.show(groups);
  showMode(state);
  fetchPictures(state);
  rebuild(state);
}

/**
 * Python has found the path along the data or the direction; both are of use only for the present ends and groups.
 * @param {Interpolation} state
 * @param {import("./state.js").Along | null} along
 * @param {import("./groups.js").Direction | null} direction
 */
function found(state, along, direction) {
  if (along && along.key === state.key && along.key !== state.along?.key) {
    state.along = along;
    rebuild(state);
    captionPath(state);
  }
  if (direction && direction.key === state.key && direction.key !== state.direction?.key) {
    state.direction = direction;
    rebuild(state);
    state.parts.groups.showFound(direction);
  }
}
