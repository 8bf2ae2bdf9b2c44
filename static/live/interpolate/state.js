// What the Interpolate page knows: one state, of which everything that a hand does and the screen shows is a function.
import { NO_MODEL } from "../engine/model.js";

/** @typedef {"walk" | "direction" | "arithmetic"} Mode as links name it */
/** @typedef {"straight" | "spherical" | "data"} PathName of the mode "walk" */
/** @typedef {PathName | "along" | "fade"} RowName of the strip: a path, or the pixels' own sum */
/** @typedef {"latent" | "pca" | "umap"} MapName */
/** @typedef {import("../engine/model.js").Model & {pen: {centre: boolean} | null}} Model pen: what is done to drawings */
/** @typedef {import("./ends.js").End} End */
/** @typedef {import("./groups.js").Group} Group */
/** @typedef {import("../math/path.js").Path} Path */
/** @typedef {import("../parts/readout.js").Evidence & {z: Float32Array, length: number | null}} Evidence length of the path so far */
/** @typedef {{norm: Float64Array, rarity: Float64Array, cycle: Float64Array, length: ArrayLike<number>}} Measured */
/** @typedef {{key: string | null, stops: number[][]}} Along the path that follows the data: stops (S, D) */

/**
 * @typedef {object} Limits what may be chosen, as Python has it
 * @property {Record<Mode, {range: [number, number], start: number, least: number, most: number}>} modes of t, and of
 *   the number of ends
 * @property {PathName[]} paths in the order of the strip's rows
 * @property {number[]} frames of the strip
 * @property {number} decimals of a latent that is sent
 * @property {number} mostBytes of a file
 */

/**
 * @typedef {{visit: number, mode: Mode, path: PathName, t: number, frames: number, map: MapName, ringed: number,
 *   ends: import("./ends.js").SentEnd[], groups: Groups}} Place
 */

/**
 * @typedef {object} Arriving what Python sends
 * @property {Model} model
 * @property {Limits} limits
 * @property {Place} place `visit` grows when the page is to go there
 * @property {number[]} sum rows of the codes whose a - b + c is worth seeing, if any are known
 * @property {import("../engine/model.js").OriginalsSource | null} originals
 * @property {Along | null} along
 * @property {import("./groups.js").Direction | null} direction
 */

/** @typedef {{from: Group | null, to: Group | null}} Groups */
/** @typedef {ReturnType<typeof import("./layout.js").interpolatePage>} Hosts */

/**
 * @typedef {object} Parts what has a life of its own
 * @property {import("../engine/decoder.js").LiveDecoder} decoder
 * @property {import("../kit/paint.js").PictureCanvas} mixed where the pixels' own sum is shown
 * @property {import("../parts/readout.js").Readout} readout
 * @property {import("../engine/jobs.js").Jobs} jobs
 * @property {import("./curves.js").Curves} curves
 * @property {import("./strip.js").Strip} strip
 * @property {import("./ends.js").Ends} ends
 * @property {import("./groups.js").GroupChoice} groups
 * @property {import("../parts/pad_dialog.js").PadBox} pad
 * @property {import("../kit/player.js").Player} player
 * @property {import("../parts/map.js").PlotMap} map
 * @property {import("../parts/originals.js").OriginalsCard} originals where they are missing
 */

/**
 * @typedef {object} Interpolation
 * @property {import("../engine/model.js").Files} files
 * @property {HTMLElement} root
 * @property {Hosts} hosts the elements that the parts and the choices are in
 * @property {Parts} parts
 * @property {(name: string, value: object) => void} send tells Python
 * @property {(name: string, value: any) => void} call gives Python something to do
 * @property {import("../kit/bootstrap.js").Persist} persist tries what may fail until it succeeds
 * @property {number} sequence of the places sent to Python
 * @property {Limits} limits
 * @property {Model} model
 * @property {number[]} sum what "Add and subtract" opens with: rows of the codes; empty where nothing is known to be good
 * @property {Place | null} wanted Python's, until its ends are there
 * @property {Promise<void>} opening ends when the model is there with its codes
 * @property {{mixture: import("../math/mixture_prior.js").Mixture | null} | null} prior null until it is there; its
 *   mixture, where it was learned
 * @property {import("../engine/codes.js").Codes | null} codes
 * @property {import("../engine/codes.js").Originals | null} originals
 * @property {boolean} missing whether the originals are not on this machine
 * @property {Mode} mode
 * @property {PathName} path the chosen one of the mode "walk"
 * @property {number} t
 * @property {number} frames of the strip
 * @property {number} ringed the end that the next choice replaces
 * @property {Record<Mode, End[]>} lists the ends of each mode
 * @property {number} changes of ends and groups by hand
 * @property {string} key of the question that `along` and `direction` answer: the present ends and groups
 * @property {Along | null} along the newest that Python found
 * @property {import("./groups.js").Direction | null} direction the newest that Python found
 * @property {Record<string, Path | null> | null} paths of the strip's rows, null where not known yet; null before all
 * @property {Float32Array} z at t of the chosen path
 * @property {Record<string, Float32Array> | null} film the strip's pictures by row
 * @property {Record<string, Measured>} lines evidence along each path, evenly spaced in t
 * @property {Evidence | null} evidence at z
 * @property {Float32Array | null} encoded the z whose picture was encoded again
 * @property {number} cycle the cycle error that was measured last
 * @property {MapName | null} mapName of the map that is wanted
 * @property {import("../math/projection.js").Projection | null} projection of the drawn map
 * @property {Record<string, [number, number][]>} traces the paths on the map
 * @property {[number, number][]} spots the ends on the map
 * @property {string | null} dragmode of the map while no lasso is drawn
 * @property {Record<string, any>} colours of the theme that the map is drawn in
 * @property {boolean} following whether what stands around the picture is due in this frame
 * @property {number} settling timer of the message after a run of key presses
 */

const ANY = Object.freeze({ range: /** @type {[number, number]} */ ([0, 1]), start: 0, least: 0, most: 0 });
/** @type {Limits} until Python's come */
export const NO_LIMITS = {
  modes: { walk: ANY, direction: ANY, arithmetic: ANY },
  paths: [],
  frames: [],
  decimals: 0,
  mostBytes: 0,
};

/**
 * @param {import("../engine/model.js").Files} files
 * @param {Hosts} hosts
 * @param {Parts} parts
 * @returns {Interpolation} before anything has come from Python
 */
export function interpolation(files, hosts, parts) {
  return {
    files,
    root: hosts.root,
    hosts,
    parts,
    send: () => {},
    call: () => {},
    persist: async () => {},
    sequence: 0,
    limits: NO_LIMITS,
    model: { ...NO_MODEL, pen: null },
    sum: [],
    wanted: null,
    opening: Promise.resolve(),
    prior: null,
    codes: null,
    originals: null,
    missing: false,
    mode: "walk",
    path: "straight",
    t: 0,
    frames: 2,
    ringed: 0,
    lists: { walk: [], direction: [], arithmetic: [] },
    changes: 0,
    key: "",
    along: null,
    direction: null,
    paths: null,
    z: new Float32Array(0),
    film: null,
    lines: {},
    evidence: null,
    encoded: null,
    cycle: NaN,
    mapName: null,
    projection: null,
    traces: {},
    spots: [],
    dragmode: null,
    colours: {},
    following: false,
    settling: 0,
  };
}

/** The pictures that the paths are built from. @param {Interpolation} state */
export function endsOf({ lists, mode }) {
  return lists[mode];
}

/** Between what t lies. @param {Interpolation} state */
export function rangeOf({ limits, mode }) {
  return limits.modes[mode].range;
}

/** How much of the range lies before t, 0 to 1. @param {Interpolation} state */
export function shareOf(state) {
  const [low, high] = rangeOf(state);
  return (state.t - low) / (high - low);
}

/** The path that t moves along. @param {Interpolation} state @returns {RowName} */
export function chosenPath({ mode, path }) {
  return mode === "walk" ? path : "along";
}
