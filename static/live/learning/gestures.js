// What a visitor can do: every change of a number ends in a new picture, every finished one in a new link.
import { commit, commitSoon } from "./commit.js";
import { ask, showAnswer, showSection } from "./view.js";
import { allowed, held, known } from "./state.js";
import { registry } from "./registry.js";

/** @typedef {import("./state.js").Learning} Learning */
/** @typedef {import("./state.js").Values} Values */

/** Numbers follow the hand: the newest wins, at most one picture a frame. @param {Learning} state @param {Values} changed @param {number} [time] */
export function move(state, changed, time = performance.now()) {
  const values = state.values[state.section];
  for (const quantity of known(state).quantities) {
    const numbers = changed[quantity.name];
    if (numbers && allowed(quantity, numbers)) values[quantity.name] = held(quantity, numbers);
  }
  state.inputs += 1;
  ask(state, time);
}

/** @param {Learning} state @param {string} name of an action of the open section */
export function act(state, name) {
  const action = registry[state.section].actions.find((one) => one.name === name);
  if (!action || state.result === null || action.idle?.(state.values[state.section], state.result)) return;
  move(state, action.act(state.values[state.section], state.result));
  commitSoon(state);
}

/** @param {Learning} state @param {string} name */
export function open(state, name) {
  if (name === state.section) return;
  state.section = name;
  state.revealed = false;
  showSection(state);
  commit(state);
}

/** @param {Learning} state @param {number} way 1 to the next section, -1 to the one before */
export function stepBy(state, way) {
  const at = state.sections.findIndex(({ name }) => name === state.section) + way;
  if (state.sections[at]) open(state, state.sections[at].name);
}

/** A step within the section where it has one to go, else to another section. @param {Learning} state @param {number} way */
export function stepWithin(state, way) {
  const { steps } = registry[state.section],
    values = state.values[state.section];
  if (!steps) return stepBy(state, way);
  const last = steps.last(values),
    next = Math.min(values[steps.name][0], last) + way;
  if (next < 0 || next > last) return stepBy(state, way);
  move(state, { [steps.name]: [next] });
  commitSoon(state);
}

/** @param {Learning} state */
export function reveal(state) {
  state.revealed = !state.revealed;
  showAnswer(state);
}

/** The open section as it opens. @param {Learning} state */
export function toStart(state) {
  move(state, Object.fromEntries(known(state).quantities.map(({ name, opening }) => [name, opening])));
  commitSoon(state);
}
