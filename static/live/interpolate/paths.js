// The paths of the Interpolate page: worked out anew with every end, then decoded and encoded again in the worker.
import { ray, sampled, spherical, steps, walk } from "../math/path.js";
import { FINE, measured, plotCurves } from "./evidence.js";
import { placePaths } from "./map.js";
import { endsOf, rangeOf } from "./state.js";
import { follow, paintStrip, present, rowsOf } from "./view.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */
/** @typedef {Interpolation["paths"]} Paths */
/** @typedef {{names: string[], count: number, block: Float32Array, paths: Paths}} Asked count samples of each path */

/** Everything about the paths is new: an end, a direction, the mode. @param {Interpolation} state */
export function rebuild(state) {
  const names = rowsOf(state).filter((name) => name !== "fade");
  state.paths = Object.fromEntries(names.map((name) => [name, pathOf(state, name)]));
  state.lines = {};
  requestStrip(state);
  const asked = samples(state, FINE);
  state.parts.jobs.request("evidence", { ...job(state, asked), encoder: state.model.encoder }, asked);
  placePaths(state);
  present(state);
}

/**
 * @param {Interpolation} state
 * @param {import("./state.js").RowName} name
 * @returns {import("../math/path.js").Path | null} null where it is not known yet
 */
function pathOf(state, name) {
  const { along, direction, key, mode } = state,
    codes = endsOf(state).map(({ z }) => z);
  if (name === "straight") return walk(codes);
  if (name === "spherical") return walk(codes, spherical);
  if (name === "data") return along?.key === key && along.stops ? walk(along.stops) : null;
  if (mode === "direction") return ray(codes[0], direction?.vector ?? new Float32Array(codes[0].length));
  const [a, b, c] = codes;
  return ray(
    c,
    a.map((value, d) => value - b[d]),
  );
}

/** Evenly spaced latents of every path that is known. @param {Interpolation} state @param {number} count @returns {Asked} */
function samples(state, count) {
  const { paths, model } = state,
    known = Object.entries(paths ?? {}).flatMap(([name, path]) => (path ? [{ name, path }] : [])),
    times = steps(...rangeOf(state), count),
    size = count * model.latentDim,
    block = new Float32Array(known.length * size);
  known.forEach(({ path }, i) => block.set(sampled(path, times, model.latentDim), i * size));
  return { names: known.map(({ name }) => name), count, block, paths };
}

/** What the worker is asked: to decode latents. @param {Interpolation} state @param {Asked} asked */
function job({ model }, { names, count, block }) {
  return decoding(model, block, names.length * count);
}

/**
 * @param {import("./state.js").Model} model
 * @param {Float32Array} z (count, D)
 * @param {number} count
 * @returns {import("../engine/jobs/path.js").PathJob}
 */
export function decoding({ decoder, shape }, z, count) {
  return { task: "path", decoder, shape, z, count };
}

/** @param {Interpolation} state */
export function requestStrip(state) {
  const asked = samples(state, state.frames);
  state.parts.jobs.request("strip", job(state, asked), asked);
}

/**
 * The worker has decoded the strip's frames.
 * @param {Interpolation} state
 * @param {Float32Array} pictures
 * @param {Asked} asked
 */
export function stripCame(state, pictures, { names, count, paths }) {
  if (paths !== state.paths || count !== state.frames) return;
  const size = pictures.length / names.length;
  state.film = Object.fromEntries(names.map((name, i) => [name, pictures.subarray(i * size, (i + 1) * size)]));
  paintStrip(state);
}

/**
 * The worker has decoded fine samples of every path and encoded them again.
 * @param {Interpolation} state
 * @param {Float32Array} pictures
 * @param {Float32Array} means
 * @param {Asked} asked
 */
export function evidenceCame(state, pictures, means, { names, count, block, paths }) {
  if (paths !== state.paths) return;
  const dim = state.model.latentDim,
    size = pictures.length / (names.length * count);
  names.forEach((name, i) => {
    /** @param {Float32Array} values @param {number} width */
    const own = (values, width) => values.subarray(i * count * width, (i + 1) * count * width);
    state.lines[name] = measured(state, own(block, dim), own(pictures, size), own(means, dim));
  });
  plotCurves(state);
  follow(state);
}
