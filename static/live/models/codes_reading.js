// What the networks say: a picture's codes, what codes decode to, and what the prior makes of them.
import { asPicture } from "../engine/encoder.js";
import { decodeCodes, drawCodes, encodeCodes, logitsOfPrior } from "../engine/quantised.js";
import { eachLogProbability } from "../math/code_prior.js";
import { logLikelihoods } from "../math/likelihood.js";
import { binarised, uniforms } from "../math/noise.js";
import { refreshBook } from "./codes_book.js";
import { boxOf, cellsOf, firstOf, isThere } from "./codes_grid.js";
import { showAll } from "./codes_view.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */

/** Read a picture: its codes are its own again unless they are to stay. @param {DiscreteLatents} section @param {Uint8Array} bytes (C, H, W) @param {boolean} stays */
export async function read(section, bytes, stays) {
  const { network, encoder, place, source, stored, grids } = section;
  if (!network || !encoder) return;
  const reading = ++section.reading,
    cells = cellsOf(grids),
    { row } = place,
    missing = row !== null && !source.tests.originals;
  section.x = missing ? null : asPicture(network.noise === null ? binarised(bytes) : bytes, network.noise);
  section.layout.pad.toggleAttribute("data-absent", missing);
  const own =
    section.x || row === null || !stored
      ? await encodeCodes(encoder, section.x ?? new Float32Array(bytes.length), network.shape)
      : Array.from(stored.subarray(row * cells, (row + 1) * cells));
  if (reading !== section.reading || encoder !== section.encoder) return;
  section.own = own;
  if (!stays) {
    pause(section);
    Object.assign(place, { changed: [], step: null });
  }
  if (place.step === null) show(section);
  else await drawAll(section);
}

/** No more cells are drawn by themselves. @param {DiscreteLatents} section */
export function pause(section) {
  clearTimeout(section.playing);
  section.playing = undefined;
}

/** @param {DiscreteLatents} section @returns {number[] | null} the codes that are to be shown */
export function codesNow({ place, own, sample }) {
  if (place.step !== null) return sample;
  const codes = own?.slice() ?? null;
  if (codes) for (const [cell, code] of place.changed) codes[cell] = code;
  return codes;
}

/** Decode what stands in the map. @param {DiscreteLatents} section @param {number} [time] when the hand moved */
export function show(section, time = performance.now()) {
  const codes = codesNow(section);
  if (!codes) return;
  section.inputs += 1;
  section.newest.request(codes, time);
}

/** @param {DiscreteLatents} section @param {number[]} codes @param {number} time */
export async function paint(section, codes, time) {
  const { decoder, prior, network, x, size } = section;
  if (!decoder || !prior || !network) return;
  const { x: picture, logits } = await decodeCodes(decoder, codes),
    ofPrior = await logitsOfPrior(prior, codes);
  if (section.decoder !== decoder) return; // another model was chosen meanwhile
  const judged = x && section.place.step === null,
    outputs = network.noise === null ? logits : picture;
  section.seen = {
    codes,
    picture,
    prior: ofPrior,
    logPrior: eachLogProbability(ofPrior, codes, size),
    explained: judged ? logLikelihoods(outputs, x, network.noise)[0] : null,
  };
  section.canvas.paint(picture, network.shape);
  cover(section, codes.length);
  section.pictures += 1;
  showAll(section);
  section.milliseconds = performance.now() - time;
  performance.measure("live:decode", { start: time, end: performance.now() });
  refreshBook(section);
}

/** Cells that the prior has not drawn yet are nothing to be seen. @param {DiscreteLatents} section @param {number} cells */
function cover(section, cells) {
  for (let cell = firstOf(section.grids, section.grids.length - 1); cell < cells; cell++)
    if (!isThere(section, cell)) section.canvas.context.clearRect(...boxOf(section, cell));
}

/**
 * Draw every cell from the prior, given those before it; cells that a hand has changed keep their codes. Cells before
 * `from` are as they are.
 * @param {DiscreteLatents} section @param {number} [from] @param {number} [time] when the hand moved
 */
export async function drawAll(section, from = 0, time = performance.now()) {
  const { prior, place, size, grids } = section;
  if (!prior) return;
  const reading = ++section.reading,
    cells = cellsOf(grids),
    uniform = uniforms(place.seed),
    draws = Array.from({ length: cells }, uniform),
    given = new Map(place.changed),
    codes = Array.from({ length: cells }, (_, cell) => (cell < from ? (section.sample?.[cell] ?? 0) : 0)),
    late = () => reading !== section.reading || prior !== section.prior;
  if (!(await drawCodes(prior, codes, draws, size, { from, given, late }))) return;
  section.sample = codes;
  show(section, time);
}
