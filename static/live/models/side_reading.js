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
export async function readAll(side, rows) {
  const { bytes, place } = side;
  for (const row of rows) {
    await row.read(bytes, labelsOf(side));
    await row.sample(place.seed);
  }
}

/** What each of the pictures is said to be. @param {SideBySide} side @returns {number[]} */
function labelsOf({ pictures, place, said, limits }) {
  return Array.from({ length: limits.pictures }, (_, i) => {
    const row = (place.row + i) % pictures.count;
    return pictures.ownLabel(row) ?? said?.[row] ?? 0;
  });
}

/** Every model's picture on the way. @param {SideBySide} side @param {number} time when the hand moved */
export function decodeAll({ rows, place }, time) {
  for (const row of rows.values()) row.move(place.ends, place.t, time);
}
