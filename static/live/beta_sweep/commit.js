// What Python is told, once a gesture has come to its end: it writes the link.
import { packed } from "../parts/drawing.js";

/** @typedef {import("./state.js").Sweep} Sweep */

const LAST_OF_SEVERAL = 300; // ms without another change

/** @param {Sweep} sweep */
export function commit(sweep) {
  sweep.sequence += 1;
  const { sequence, mode, k, u, row, around, noise, seed, bytes } = sweep;
  const drawn = row === null && bytes ? packed(bytes) : null;
  sweep.send("place", { sequence, mode, k, u, row, drawn, around, noise, seed });
}

/** One message for a run of changes. @param {Sweep} sweep */
export function commitSoon(sweep) {
  clearTimeout(sweep.settling);
  sweep.settling = setTimeout(() => commit(sweep), LAST_OF_SEVERAL);
}
