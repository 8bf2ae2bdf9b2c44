// How a model and a place of it come onto the Interpolate page.
import { Originals, loadCodes, loadMixture } from "../engine/codes.js";
import { priorBefore } from "../engine/model.js";
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
 * @param {import("../kit/arrival.js").Attempt} attempt
 */
export async function update(state, { model, limits, place, sum, originals, along, direction }, { again, arriving }) {
  if (state.limits === NO_LIMITS) {
    state.limits = limits;
    offerLimits(state);
    bindControls(state);
  }
  const opened = again || model.decoder !== state.model.decoder;
  if (arriving) expect(state, place);
  if (opened) prepare(state, model, arriving);
  state.sum = sum;
  state.missing = Boolean(originals?.missing);
  state.parts.originals.show(originals, false);
  const came = Boolean(originals?.sheets && !state.originals);
  if (originals?.sheets && came) state.originals = new Originals(originals, model.shape, state.persist);
  if (opened) state.opening = open(state, model);
  await state.opening;
  if (model.decoder !== state.model.decoder) return; // another one was chosen meanwhile
  if (state.wanted) arrive(state, state.wanted);
  else if (opened) showPlace(state);
  else if (came) refetchPictures(state);
  found(state, along, direction);
  await drawMap(state);
}

/**
 * Python sends us somewhere: a link, an upload, the browser's back button, another model. Ends and groups are of codes,
 * which are waited for.
 * @param {Interpolation} state
 * @param {import("./state.js").Place} place
 */
function expect(state, place) {
  const { visit, map, mode, path, t, frames, ringed } = place;
  state.parts.player.pause();
  Object.assign(state, { mode, path, t, frames, ringed, key: `visit ${visit}`, mapName: map, wanted: place });
  state.hosts.maps.value = map;
}

/**
 * What needs nothing fetched: everything has its size before it has its pictures.
 * @param {Interpolation} state
 * @param {Model} model
 * @param {boolean} arriving whether the ends are still to come; else those that are there stay
 */
function prepare(state, model, arriving) {
  Object.assign(state, { model, prior: priorBefore(model), codes: null, projection: null, originals: null });
  Object.assign(state, { along: null, direction: null, paths: null });
  state.root.style.setProperty("--form", String(model.shape[2] / model.shape[1]));
  if (arriving) {
    state.lists = { walk: [], direction: [], arithmetic: [] };
    state.parts.groups.build(model.labels);
  }
  offerModel(state);
  state.hosts.maps.value = state.mapName ?? "latent";
  frameMode(state);
}

/** The networks and the codes. @param {Interpolation} state @param {Model} model */
async function open(state, model) {
  const { files, parts } = state;
  const [runtime, codes, mixture] = await Promise.all([
    loadSession(files, model.decoder),
    loadCodes(model.codes),
    loadMixture(model.mixture),
  ]);
  if (state.model !== model) return;
  Object.assign(state, { codes, prior: { mixture } });
  parts.decoder.use(runtime, model.shape);
  await parts.readout.know(model, codes.mean);
  if (state.model !== model) return;
  const measured = state.persist("encoder", () => parts.readout.use(files, model));
  measured.then(() => state.model === model && state.paths && parts.decoder.request(state.z));
  await parts.jobs.keep([model.decoder, model.encoder]);
}

/** The codes are there: so are the ends and groups. @param {Interpolation} state @param {import("./state.js").Place} place */
function arrive(state, { ends, groups }) {
  state.wanted = null;
  state.lists[state.mode] = ends.map((end) => endFrom(state, end));
  state.parts.groups.show(groups);
  showPlace(state);
}

/** The present ends, and everything between them. @param {Interpolation} state */
function showPlace(state) {
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
