// What Python is told, once a gesture has come to its end: it writes the link.
import { known } from "./state.js";

/** @typedef {import("./state.js").Learning} Learning */

const LAST_OF_SEVERAL = 300; // ms without another change

/** @param {Learning} state */
export function commit(state) {
  clearTimeout(state.settling);
  state.sequence += 1;
  const { sequence, section } = state,
    values = state.values[section];
  state.send("place", { sequence, section, values: known(state).quantities.map(({ name }) => values[name]) });
}

/** One message for a run of changes. @param {Learning} state */
export function commitSoon(state) {
  clearTimeout(state.settling);
  state.settling = setTimeout(() => commit(state), LAST_OF_SEVERAL);
}
