// What every model makes of the pictures, and of the walk between two of them.
import { showInputs } from "./side_view.js";

/** @typedef {import("./side_state.js").SideBySide} SideBySide */
/** @typedef {import("./side_row.js").Row} Row */

/** The pictures that are read now. @param {SideBySide} side */
export async function fetchPictures(side) {
  const { pictures, place, limits } = side,
    { row } = place,
    bytes = await pictures.several(row, limits.pictures);
  if (row !== place.row) return; // others are on their way
  side.bytes = bytes;
  side.own = Array.from({ length: limits.pictures }, (_, i) => (row + i) % pictures.count);
  showInputs(side);
}

/**
 * One model that fails leaves the others as they are; what is late for other pictures is not shown.
 * @param {SideBySide} side @param {Row[]} rows
 * @returns {Promise<unknown[]>} what failed
 */
export async function readAll(side, rows) {
  const { bytes, place } = side,
    labels = labelsOf(side),
    failures = [];
  for (const row of rows) {
    if (side.bytes !== bytes) break;
    try {
      await row.read(bytes, labels);
      await row.sample(place.seed);
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}

/** What each of the pictures is said to be. @param {SideBySide} side @returns {number[]} */
function labelsOf({ pictures, own, said }) {
  return own.map((row) => pictures.ownLabel(row) ?? said?.[row] ?? 0);
}

/** Every model's picture on the way. @param {SideBySide} side @param {number} time when the hand moved */
export function decodeAll({ rows, place }, time) {
  for (const row of rows.values()) row.move(place.ends, place.t, time);
}
