// What every model makes of the pictures, and of the walk between two of them.
import { showInputs } from "./side_view.js";

/** @typedef {import("./side_state.js").SideBySide} SideBySide */
/** @typedef {import("./side_row.js").Row} Row */

/** The pictures that are read now. @param {SideBySide} side */
export async function fetchPictures(side) {
  const { pictures, place, limits } = side;
  side.bytes = await pictures.several(place.row, limits.pictures);
  showInputs(side);
}

/** @param {SideBySide} side @param {Row[]} rows */
export async function readAll({ bytes, place }, rows) {
  for (const row of rows) {
    await row.read(bytes);
    await row.sample(place.seed);
  }
}

/** Every model's picture on the way. @param {SideBySide} side @param {number} time when the hand moved */
export function decodeAll({ rows, place }, time) {
  for (const row of rows.values()) row.move(place.ends, place.t, time);
}
