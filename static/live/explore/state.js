// What the Explore page knows: one state, of which everything that a hand does and the screen shows is a function.
import { NO_MODEL } from "../engine/model.js";

/** @typedef {{index: number | null, z: Float32Array}} Pin a row of the codes; null for a spot between the points */
/** @typedef {{z: Float32Array, pin: Pin | null, time: number, x: number, y: number, twice: boolean}} Click */
/** @typedef {import("../parts/toolbar.js").View} View */

/**
 * @typedef {object} Arriving what Python sends
 * @property {import("../engine/model.js").Model} model
 * @property {View} view
 * @property {{visit: number, z: number[], point: number | null}} place `visit` grows when the page is to go there
 * @property {import("../engine/model.js").OriginalsSource | null} originals
 */

/**
 * @typedef {object} Parts what has a life of its own
 * @property {import("./stage.js").Stage} stage
 * @property {import("../engine/decoder.js").LiveDecoder} decoder of the stage
 * @property {import("../parts/readout.js").Readout} readout
 * @property {import("../engine/sheets.js").Sheets} sheets
 * @property {import("../parts/sliders.js").Sliders} sliders
 * @property {import("./traversals.js").Traversals} traversals
 * @property {import("./manifold.js").Manifold} manifold shown where z has two dimensions
 * @property {import("./samples.js").PriorSamples} samples shown where it has more
 * @property {import("../parts/toolbar.js").Toolbar} toolbar
 * @property {import("../parts/map.js").PlotMap} map
 */

/**
 * @typedef {object} Exploration
 * @property {import("../engine/model.js").Files} files
 * @property {HTMLElement} root
 * @property {Record<string, HTMLElement>} hosts the elements that the parts and the lines of text are in
 * @property {Parts} parts
 * @property {(name: string, value: object) => void} send tells Python
 * @property {(name: string, value: any) => void} call gives Python something to do
 * @property {import("../kit/bootstrap.js").Persist} persist tries what may fail until it succeeds
 * @property {number} sequence of the places sent to Python
 * @property {import("../engine/model.js").Model} model
 * @property {View} view what the map shows
 * @property {number | null | undefined} arrived the point that Python wants pinned; undefined once it is
 * @property {Promise<void>} opening ends when the model is there with its codes
 * @property {ImageBitmap | null} stored the model's stored pictures, unless it ran before they came
 * @property {{mixture: import("../math/mixture_prior.js").Mixture | null} | null} prior null until it is there; its
 *   mixture, where it was learned
 * @property {import("../engine/codes.js").Codes | null} codes
 * @property {import("../engine/codes.js").Originals | null} originals
 * @property {boolean} missing whether the originals are not on this machine
 * @property {import("../math/projection.js").Projection | null} projection of the drawn map
 * @property {Record<string, any>} colours of the theme that the map is drawn in
 * @property {Float32Array} z where the sliders stand
 * @property {Float32Array} shown what is on the screen: z, or the spot under the cursor
 * @property {Pin | null} pin the point pinned last
 * @property {Click | null} click the last one on the map, and what was there before it
 * @property {boolean} hovering whether the cursor is on the map
 * @property {boolean} touched whether it ever was
 * @property {[number, number] | null} back where the spot under the cursor is drawn, if not there
 * @property {import("../math/projection.js").Beneath | null} beneath the codes that a z of a map without a formula is of
 * @property {number | null} sample row of the code whose original the cursor fetched
 * @property {boolean} following whether what stands around the picture is due in this frame
 * @property {number} settling timer of the message after a run of key presses
 */

/**
 * @param {import("../engine/model.js").Files} files
 * @param {HTMLElement} root
 * @param {Record<string, HTMLElement>} hosts
 * @param {Parts} parts
 * @returns {Exploration} before anything has come from Python
 */
export function exploration(files, root, hosts, parts) {
  return {
    files,
    root,
    hosts,
    parts,
    send: () => {},
    call: () => {},
    persist: async () => {},
    sequence: 0,
    model: NO_MODEL,
    view: { projection: "latent", axes: [0, 1], colour: "kl", show: "decoded" },
    arrived: undefined,
    opening: Promise.resolve(),
    stored: null,
    prior: null,
    codes: null,
    originals: null,
    missing: false,
    projection: null,
    colours: {},
    z: new Float32Array(0),
    shown: new Float32Array(0),
    pin: null,
    click: null,
    hovering: false,
    touched: false,
    back: null,
    beneath: null,
    sample: null,
    following: false,
    settling: 0,
  };
}
