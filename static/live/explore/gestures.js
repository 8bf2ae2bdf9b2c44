// What a hand can do on the Explore page: every way of moving z ends in `present`, every settled place in `commit`.
import { present, codeAt, setPin, showSample, visibleAt } from "./view.js";

/** @typedef {import("./state.js").Exploration} Exploration */

const DOUBLE = 500; // ms between the two clicks of a double click, at most
const RESTED = 300; // ms after the last key press of a run

/**
 * The sliders moved.
 * @param {Exploration} state
 * @param {ArrayLike<number>} z
 * @param {number} [time] when the hand moved
 */
export function move(state, z, time) {
  state.hovering = false;
  state.back = null;
  state.z = Float32Array.from(z);
  present(state, state.z, time);
}

/**
 * A button, a cell or a key chose a place.
 * @param {Exploration} state
 * @param {ArrayLike<number>} z
 */
export function go(state, z) {
  move(state, z);
  commit(state);
}

/**
 * The cursor is over a spot of the map.
 * @param {Exploration} state
 * @param {number} x in the map's units, as y
 * @param {number} y
 * @param {number} time when the hand moved
 */
export function hover(state, x, y, time) {
  const { projection } = state;
  if (!projection) return;
  state.hovering = state.touched = true;
  if (state.view.show === "sample") {
    const nearest = nearestPoint(state, projection, x, y);
    if (nearest) showSample(state, nearest.index, time);
    return;
  }
  const { z, beneath = null, back = null } = spotAt(state, projection, x, y);
  state.beneath = beneath;
  state.back = back;
  present(state, z, time);
}

/** The cursor has left the map. @param {Exploration} state */
export function leave(state) {
  if (!state.hovering) return;
  state.hovering = false;
  state.back = null;
  present(state, state.z);
}

/**
 * A click on the map pins the point, or the spot between the points.
 * @param {Exploration} state
 * @param {number} x in the map's units, as y and radius
 * @param {number} y
 * @param {number} radius within which a point is meant
 */
export function click(state, x, y, radius) {
  const { projection, click: before } = state;
  if (!projection) return;
  const time = performance.now();
  const again = before && time - before.time < DOUBLE && Math.hypot(x - before.x, y - before.y) <= radius;
  state.click = again ? { ...before, twice: true } : { z: state.z, pin: state.pin, time, x, y, twice: false };
  const nearest = nearestPoint(state, projection, x, y);
  const point = nearest && (nearest.distance <= radius || state.view.show === "sample") ? nearest.index : null;
  const z = point === null ? spotAt(state, projection, x, y).z : codeAt(state, point);
  setPin(state, { index: point, z });
  go(state, z);
}

/**
 * A double click resets the axes; the two clicks it is made of were not meant (Plotly takes any two quick ones).
 * @param {Exploration} state
 */
export function undoClick(state) {
  if (!state.click?.twice) return;
  setPin(state, state.click.pin);
  go(state, state.click.z);
}

/**
 * Arrow keys on the map.
 * @param {Exploration} state
 * @param {number} across in the map's units, as up
 * @param {number} up
 */
export function step(state, across, up) {
  const { projection } = state;
  if (!projection) return;
  const [x, y] = projection.place(state.z);
  move(state, spotAt(state, projection, x + across, y + up).z);
  clearTimeout(state.settling);
  state.settling = setTimeout(() => commit(state), RESTED); // one message for a run of key presses
}

/** Pin the next test picture, or the one before. @param {Exploration} state @param {number} by */
export function stepPicture(state, by) {
  const count = state.codes?.count ?? 0;
  if (!count) return;
  const index = ((state.pin?.index ?? (by > 0 ? -1 : 0)) + by + count) % count,
    z = codeAt(state, index);
  setPin(state, { index, z });
  move(state, z);
  clearTimeout(state.settling);
  state.settling = setTimeout(() => commit(state), RESTED);
}

/**
 * Tell Python where we are, once a move has ended: it writes the link and finds the original.
 * @param {Exploration} state
 */
export function commit(state) {
  state.sequence += 1;
  const { decimals } = state.model.link;
  state.send("place", {
    sequence: state.sequence,
    model: state.model.name,
    z: Array.from(state.z, (value) => Number(value.toFixed(decimals))),
    point: state.pin?.index ?? null,
    ...state.view,
  });
}

/**
 * @param {Exploration} state
 * @param {import("../math/projection.js").Projection} projection
 * @param {number} x
 * @param {number} y
 */
function nearestPoint(state, projection, x, y) {
  return projection.index.nearest(x, y, 1, (index) => visibleAt(state, index))[0];
}

/**
 * What a spot of the map stands for, no farther out than a link reaches.
 * @param {Exploration} state
 * @param {import("../math/projection.js").Projection} projection
 * @param {number} x
 * @param {number} y
 */
function spotAt(state, projection, x, y) {
  const spot = projection.inverse(x, y, state.z),
    { farthest } = state.model.link;
  for (let d = 0; d < spot.z.length; d++) spot.z[d] = Math.min(farthest, Math.max(-farthest, spot.z[d]));
  return spot;
}
