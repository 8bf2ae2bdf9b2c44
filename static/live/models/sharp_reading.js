// What every model makes, how sharp that is, and how far from the real pictures.
import { laplacianVariance, rootMeanSquare } from "../math/sharpness.js";
import { powerSpectrum } from "../math/spectrum.js";
import { inputOf } from "./networks.js";
import { showBoard } from "./sharp_view.js";

/** @typedef {import("./sharp_state.js").Sharp} Sharp */
/** @typedef {import("./sharp_state.js").Measured} Measured */

/** From what the pictures are made: they are made anew where it differs. @param {Sharp} sharp @returns {string} */
export function sourceOf({ place: { row, show, seed }, rows, pictures }) {
  const models = Array.from(rows.values(), ({ model }) => [model.name, model.decoder, model.codes]);
  return JSON.stringify([row, show, seed, pictures.source, models]);
}

/** Everything on the board, all at once: the newest wins. @param {Sharp} sharp */
export async function makeAll(sharp) {
  const { place, pictures, rows, limits } = sharp,
    [first] = rows.values(),
    making = ++sharp.making,
    from = sourceOf(sharp);
  if (!first) return;
  const { noise, shape } = first.model,
    bytes = await pictures.several(place.row, limits.pictures),
    x = bytes && inputOf(bytes, noise),
    made = new Map();
  for (const [name, row] of rows) {
    if (making !== sharp.making) return;
    const found = await row.make(place, bytes, limits.pictures);
    made.set(name, found && measured(found, shape, place.show === "reconstructions" ? x : null));
  }
  if (making !== sharp.making) return;
  sharp.real = x && measured(x, shape, null);
  for (const [name, row] of rows) row.measured = made.get(name) ?? null;
  sharp.made = from;
  showBoard(sharp);
}

/**
 * @param {Float32Array} pictures (count, C, H, W)
 * @param {import("../math/shape.js").Shape} shape
 * @param {Float32Array | null} real which they are made of
 * @returns {Measured}
 */
function measured(pictures, shape, real) {
  return {
    pictures,
    laplacian: laplacianVariance(pictures, shape),
    error: real && rootMeanSquare(pictures, real),
    spectrum: powerSpectrum(pictures, shape),
  };
}
