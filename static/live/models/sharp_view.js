// What the board shows: pictures, their numbers, and which ones they are.
import { precise } from "../kit/numbers.js";
import { putSheet, sheetOf } from "../kit/paint.js";
import { partOf } from "../kit/part.js";
import { drawSpectrum } from "./sharp_chart.js";

/** @typedef {import("./sharp_state.js").Sharp} Sharp */

const LEVELS = 255; // grey levels

/** @param {Sharp} sharp */
export function showBoard(sharp) {
  const { layout, place, rows, real } = sharp,
    sampled = place.show === "samples";
  showPlace(sharp);
  layout.unit.textContent = real ? "of the real pictures'" : "squared grey levels";
  for (const { element, canvas, model, measured } of rows.values()) {
    show(canvas, measured?.pictures ?? null, model.shape);
    canvas.setAttribute("aria-label", `${sampled ? "Samples of" : "Reconstructions by"} ${model.name}`);
    write(element, "error", precise(LEVELS * (measured?.error ?? NaN)));
    write(element, "sharpness", measured ? sharpnessOf(measured.laplacian, real) : "–");
  }
  const [first] = rows.values();
  show(layout.realCanvas, real?.pictures ?? null, first.model.shape);
  write(layout.real, "sharpness", real ? "100 %" : "–");
  drawSpectrum(sharp);
}

/** @param {number} laplacian @param {import("./sharp_state.js").Measured | null} real */
function sharpnessOf(laplacian, real) {
  return real ? `${precise((100 * laplacian) / real.laplacian)} %` : precise(LEVELS ** 2 * laplacian);
}

/** @param {HTMLElement} row @param {string} number @param {string} text */
function write(row, number, text) {
  partOf(row, `[data-number=${number}]`, HTMLElement).textContent = text;
}

/** @param {HTMLCanvasElement} canvas @param {Float32Array | null} pictures @param {import("../math/shape.js").Shape} shape */
function show(canvas, pictures, shape) {
  canvas.hidden = !pictures;
  if (!pictures) return;
  const count = pictures.length / (shape[0] * shape[1] * shape[2]);
  putSheet(canvas, sheetOf(pictures, count, shape, count));
}

/** Which pictures are shown. @param {Sharp} sharp */
function showPlace({ layout, place, pictures, limits, real }) {
  const { row, show: shown, seed } = place,
    last = (row + limits.pictures - 1) % pictures.count,
    ours = pictures.own !== null,
    which = ours ? "Our own drawn digits" : `Test pictures ${row} to ${last}`;
  for (const button of layout.shows)
    button.setAttribute("aria-pressed", String(button.getAttribute("data-show") === shown));
  layout.what.textContent = shown === "samples" ? `Samples of the prior, draw ${seed}` : "Reconstructions";
  layout.realCanvas.setAttribute("aria-label", which);
  partOf(layout.real, "small", HTMLElement).textContent = real ? which : `${which}: not here`;
}
