// What the paths are built from: the mode and its ends, which are samples, labels, the prior, a click on the map.
import { rowOf } from "../engine/codes.js";
import { asPicture } from "../engine/encoder.js";
import { bytesOf } from "../kit/bytes.js";
import { freshDraws } from "../math/mixture_prior.js";
import { commit } from "./gestures.js";
import { rebuild } from "./paths.js";
import { fetchPictures } from "./pictures.js";
import { endsOf } from "./state.js";
import { labelOf, showEnds, showMode } from "./view.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */
/** @typedef {import("./ends.js").End} End */

/** An end or a group is another one. @param {Interpolation} state */
export function endsChanged(state) {
  state.changes += 1;
  state.key = `hand ${state.changes}`;
  if (state.mode === "direction") state.direction = null;
  showEnds(state);
  state.parts.groups.showFound(null);
  fetchPictures(state);
  rebuild(state);
  commit(state);
}

/** @param {Interpolation} state @param {import("./state.js").Mode} mode */
export function chooseMode(state, mode) {
  if (mode === state.mode) return;
  state.parts.player.pause();
  state.mode = mode;
  fillEnds(state);
  state.t = state.limits.modes[mode].start;
  showMode(state);
  endsChanged(state);
}

/**
 * Enough ends for the mode: a sum that is worth seeing if one is known, else those of "walk" first, then one code of each
 * further label.
 * @param {Interpolation} state
 */
function fillEnds(state) {
  const ends = endsOf(state),
    { least } = state.limits.modes[state.mode];
  /** @param {End} end */
  const kind = (end) => labelOf(state, end) ?? `row ${end.row}`;
  if (state.mode === "arithmetic" && !ends.length) ends.push(...state.sum.map((row) => sampleAt(state, row)));
  for (const end of state.lists.walk) if (ends.length < least) ends.push({ ...end });
  for (let row = 0; ends.length < least && row < (state.codes?.count ?? 0); row++) {
    const end = sampleAt(state, row);
    if (!ends.map(kind).includes(kind(end))) ends.push(end);
  }
  while (ends.length < least) ends.push(sampleAt(state, randomRow(state)));
  state.ringed = Math.min(state.ringed, ends.length - 1);
}

/** An end as Python sends it. @param {Interpolation} state @param {import("./ends.js").SentEnd} end @returns {End} */
export function endFrom(state, { row, z, text, picture, drawn }) {
  if (row !== undefined) return sampleAt(state, row);
  /** @type {End} */
  const end = { row: null, z: Float32Array.from(z ?? []), text: text || "a z of its own" };
  if (picture) end.picture = asPicture(bytesOf(picture), state.model.noise);
  if (drawn) end.drawn = picture; // what a link may hold
  return end;
}

/** The end at one code. @param {Interpolation} state @param {number} row @returns {End} */
function sampleAt(state, row) {
  const { codes, model, originals } = state;
  if (!codes) throw new Error("an end was asked for before the codes came");
  const { labels, indices, mean } = codes;
  const label = labels && model.labels.length ? `${model.labels[labels[row]]}, ` : "",
    bytes = originals?.at(row);
  return {
    row,
    z: rowOf(mean, model.latentDim, row),
    text: `${label}test ${indices[row]}`,
    picture: bytes && asPicture(bytes, model.noise),
  };
}

/** A code drawn at random, of one label or of any. @param {Interpolation} state @param {number} [label] its index */
function randomRow({ codes }, label) {
  const { labels, count = 0 } = codes ?? {};
  const rows = label === undefined || !labels ? [] : Array.from(labels.keys()).filter((row) => labels[row] === label);
  return rows.length ? rows[Math.floor(Math.random() * rows.length)] : Math.floor(Math.random() * count);
}

/** Put an end in the ringed place. @param {Interpolation} state @param {End} end */
export function replace(state, end) {
  endsOf(state)[state.ringed] = end;
  endsChanged(state);
}

/** Another sample of the ringed end's label. @param {Interpolation} state */
export function another(state) {
  sampleOf(state, labelOf(state, endsOf(state)[state.ringed]));
}

/** @param {Interpolation} state @param {number} [label] its index; any without one */
export function sampleOf(state, label) {
  replace(state, sampleAt(state, randomRow(state, label)));
}

/** @param {Interpolation} state */
export function fromPrior(state) {
  if (!state.prior) return;
  const z = freshDraws(state.prior.mixture, 1, state.model.latentDim);
  replace(state, { row: null, z, text: "from the prior" });
}

/**
 * A click on the map: the point, or the spot between the points.
 * @param {Interpolation} state
 * @param {number} x in the map's units, as y and radius
 * @param {number} y
 * @param {number} radius within which a point is meant
 */
export function pickSpot(state, x, y, radius) {
  const { projection } = state;
  if (!projection) return;
  const [nearest] = projection.index.nearest(x, y, 1);
  if (nearest?.distance <= radius) return replace(state, sampleAt(state, nearest.index));
  const { farthest } = state.model.link,
    { z } = projection.inverse(x, y, state.z);
  const within = z.map((value) => Math.min(farthest, Math.max(-farthest, value)));
  replace(state, { row: null, z: within, text: "a spot of the map" });
}

/** The other way round. @param {Interpolation} state */
export function swap(state) {
  const ends = endsOf(state);
  if (state.mode === "arithmetic") [ends[0], ends[1]] = [ends[1], ends[0]];
  else {
    ends.reverse();
    state.ringed = ends.length - 1 - state.ringed;
  }
  endsChanged(state);
}

/** Other samples of the same labels. @param {Interpolation} state */
export function shuffle(state) {
  const fresh = endsOf(state).map((end) => sampleAt(state, randomRow(state, labelOf(state, end))));
  state.lists[state.mode] = fresh;
  endsChanged(state);
}

/** One more end after the ringed one. @param {Interpolation} state */
export function add(state) {
  if (endsOf(state).length >= state.limits.modes[state.mode].most) return;
  state.ringed += 1;
  endsOf(state).splice(state.ringed, 0, sampleAt(state, randomRow(state)));
  endsChanged(state);
}

/** Take the ringed end out. @param {Interpolation} state */
export function remove(state) {
  const ends = endsOf(state);
  if (ends.length <= state.limits.modes[state.mode].least) return;
  ends.splice(state.ringed, 1);
  state.ringed = Math.min(state.ringed, ends.length - 1);
  endsChanged(state);
}
