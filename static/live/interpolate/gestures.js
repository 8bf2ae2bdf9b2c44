// What a hand can do on the Interpolate page: one t on one path; the picture, the curves, the strip and the map show it.
import { plotCurves } from "./evidence.js";
import { requestStrip } from "./paths.js";
import { endsOf, rangeOf, shareOf } from "./state.js";
import { buildStrip, captionPath, follow, present } from "./view.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */

const LEG = 3.5; // seconds from one picture to the next
const RESTED = 300; // ms after the last key press of a run

/** The slider moved t. @param {Interpolation} state @param {number} t @param {number} [time] when the hand moved */
export function move(state, t, time) {
  const [low, high] = rangeOf(state);
  state.t = Math.min(high, Math.max(low, t));
  present(state, time);
}

/** The player moves t. @param {Interpolation} state @param {number} share of the range, 0 to 1 @param {number} time */
export function moveToShare(state, share, time) {
  const [low, high] = rangeOf(state);
  move(state, low + share * (high - low), time);
}

/** A key, a frame or a curve chose t. @param {Interpolation} state @param {number} share of the range, 0 to 1 */
export function goTo(state, share) {
  state.parts.player.pause();
  moveToShare(state, share, performance.now());
}

/** A frame or a curve was clicked. @param {Interpolation} state @param {number} share */
export function pickShare(state, share) {
  goTo(state, share);
  commit(state);
}

/** Some frames of the strip on or back: what a clicker does. @param {Interpolation} state @param {number} by */
export function step(state, by) {
  const last = state.frames - 1,
    at = Math.round(shareOf(state) * last) + by;
  goTo(state, Math.min(1, Math.max(0, at / last)));
  commitSoon(state);
}

/** A little on or back. @param {Interpolation} state @param {number} by share of the range */
export function nudge(state, by) {
  goTo(state, Math.min(1, Math.max(0, shareOf(state) + by)));
  commitSoon(state);
}

/** @param {Interpolation} state @param {import("./state.js").RowName | undefined} name a path; others change nothing */
export function choosePath(state, name) {
  const path = state.limits.paths.find((known) => known === name);
  if (!path || state.mode !== "walk" || path === state.path) return;
  state.path = path;
  captionPath(state);
  plotCurves(state);
  state.parts.map.drawOverlay();
  present(state);
  commit(state);
}

/** @param {Interpolation} state @param {number} count of the strip */
export function chooseFrames(state, count) {
  state.frames = count;
  buildStrip(state);
  requestStrip(state);
  follow(state);
  commit(state);
}

/** The player began or stopped. @param {Interpolation} state @param {boolean} on */
export function showPlaying(state, on) {
  const { player } = state.parts,
    { play, playSymbol } = state.hosts;
  playSymbol.textContent = on ? "pause" : "play_arrow";
  play.setAttribute("aria-label", on ? "Pause" : "Play");
  state.root.dataset.playing = on ? "1" : "0";
  if (!on) return commit(state);
  player.share = shareOf(state);
  player.seconds = LEG * (state.mode === "walk" ? endsOf(state).length - 1 : 1);
}

/** One message for a run of key presses. @param {Interpolation} state */
function commitSoon(state) {
  clearTimeout(state.settling);
  state.settling = setTimeout(() => commit(state), RESTED);
}

/**
 * Tell Python where we are, once a move has ended: it writes the link and finds what needs all codes.
 * @param {Interpolation} state
 */
export function commit(state) {
  if (!state.paths || state.parts.player.playing) return;
  state.sequence += 1;
  const { model, mode, path, frames, ringed, key, mapName, limits } = state;
  state.send("place", {
    sequence: state.sequence,
    model: model.name,
    key,
    mode,
    path,
    frames,
    ringed,
    map: mapName,
    t: Number(state.t.toFixed(model.link.decimals)),
    ends: endsOf(state).map((end) => sent(end, limits.decimals)),
    groups: state.parts.groups.groups,
  });
}

/** An end as Python takes it. @param {import("./ends.js").End} end @param {number} decimals */
function sent({ row, z, text, drawn }, decimals) {
  if (row !== null) return { row };
  return { z: Array.from(z, (value) => Number(value.toFixed(decimals))), text, ...(drawn && { drawn }) };
}
