// What vouches for the paths of the Interpolate page: numbers along each of them, and at the present z.
import { significant } from "../kit/numbers.js";
import { between, normQuantile, pathLength } from "../math/evidence.js";
import { distance } from "../math/path.js";
import { inActive } from "../math/aggregate.js";
import { TRUSTED, percent, rarityText } from "../parts/readout.js";
import { chosenPath, shareOf } from "./state.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */

export const FINE = 41; // samples of a curve
/** @type {(keyof import("./state.js").Measured)[]} */
const MEASURES = ["norm", "rarity", "cycle", "length"];

/**
 * @param {Interpolation} state
 * @param {Float32Array} z (FINE, D) evenly spaced along one path
 * @param {Float32Array} pictures (FINE, C, H, W) that the decoder makes of them
 * @param {Float32Array} means (FINE, D) that the encoder makes of those
 * @returns {import("./state.js").Measured}
 */
export function measured({ model, parts }, z, pictures, means) {
  const dim = model.latentDim;
  /** @param {Float32Array} row */
  const active = (row) => inActive(row, model.active);
  /** @param {(from: number, to: number) => number} measure of one sample */
  const along = (measure) => Float64Array.from({ length: FINE }, (_, i) => measure(i * dim, (i + 1) * dim));
  return {
    norm: along((from, to) => parts.readout.at(z.subarray(from, to)).norm),
    rarity: along((from, to) => parts.readout.aggregate?.rarity(z.subarray(from, to)) ?? 0),
    cycle: along((from, to) => distance(active(means.subarray(from, to)), active(z.subarray(from, to)))),
    length: pathLength(pictures, FINE),
  };
}

/** The curves of all paths, the chosen one above the others. @param {Interpolation} state */
export function plotCurves(state) {
  const dim = state.model.mixture ? 0 : state.model.active.length,
    chosen = chosenPath(state);
  /** @type {Record<string, [number, number]>} */
  const bands = { rarity: [0, TRUSTED] };
  if (dim) bands.norm = [normQuantile(0.05, dim), normQuantile(0.95, dim)];
  for (const name of MEASURES) {
    const lines = Object.entries(state.lines).map(([path, values]) => ({
      values: values[name],
      path,
      chosen: path === chosen,
    }));
    lines.sort((a, b) => Number(a.chosen) - Number(b.chosen));
    state.parts.curves.plot(name, lines, bands[name]);
  }
}

/** The numbers at the present z; the cycle error comes when the picture has been encoded. @param {Interpolation} state */
export function measureHere(state) {
  const lengths = state.lines[chosenPath(state)]?.length,
    cycle = state.encoded === state.z ? (state.evidence?.cycle ?? null) : null;
  const length = lengths ? between(lengths, shareOf(state)) : null;
  state.evidence = { z: state.z, ...state.parts.readout.at(state.z), cycle, length };
  state.cycle = cycle ?? state.cycle;
  write(state, state.evidence);
}

/**
 * The picture at z was painted, encoded, and came back at this distance.
 * @param {Interpolation} state
 * @param {number} cycle
 * @param {Float32Array} z
 */
export function cycleCame(state, cycle, z) {
  state.cycle = cycle;
  if (!state.evidence || z.some((value, d) => value !== state.z[d])) return;
  state.encoded = state.z;
  state.evidence = { ...state.evidence, cycle };
  write(state, state.evidence);
}

/** @param {Interpolation} state @param {import("./state.js").Evidence} evidence */
function write(state, { norm, percentile, rarity, length }) {
  state.parts.curves.show(shareOf(state), {
    norm: significant(norm) + (percentile === null ? "" : `, beyond ${percent(percentile)} of the prior`),
    rarity: rarity === null ? "–" : rarityText(rarity),
    cycle: `${significant(state.cycle)} units of z`,
    length: length === null ? "–" : `${significant(length)} grey levels`,
  });
}
