// The state of the Beta sweep: which models stand side by side, what all of them decode, and what draws it.

/** @typedef {import("../kit/paint.js").Shape} Shape */
/** @typedef {import("./card.js").CardModel} CardModel */
/** @typedef {import("./card.js").Card} Card */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./shelf.js").Shelf} Shelf */
/** @typedef {import("../engine/codes.js").Originals} Originals */
/** @typedef {import("../parts/pad.js").DrawingPad} DrawingPad */
/** @typedef {import("../kit/player.js").Player} Player */
/** @typedef {"slider" | "picture"} Mode whether one slider moves all models, or all read one picture */
/** @typedef {"middle" | "picture" | "prior"} Around where the dimensions are that the slider leaves alone */

/**
 * @typedef {object} Choice where the page stands; a link says the same
 * @property {Mode} mode
 * @property {number} k rank by KL of the dimension that the slider moves, from 1
 * @property {number} u standard deviations of that dimension from the middle of the codes
 * @property {Around} around
 * @property {number} noise how far z is drawn away from the posterior's mean, in its standard deviations
 * @property {number} seed of that draw, and of the prior's
 * @property {number | null} row of the test picture that is read; null for one that was drawn
 */

/**
 * @typedef {object} Limits numbers that Python holds the page to
 * @property {number} farthest standard deviations that the slider reaches, to both sides
 * @property {number} noisiest standard deviations of q(z|x) that z may be drawn away
 * @property {number} draws seeds: 1 up to this
 */

/**
 * @typedef {object} Data what Python sends
 * @property {CardModel[]} models in the order of beta
 * @property {Limits} limits
 * @property {string} chosen name of the app's model
 * @property {Choice & {drawn: string | null}} place where Python wants the page to be
 * @property {number} visit grows whenever Python wants the page to go to `place`
 * @property {number} samples test pictures
 * @property {boolean} pen whether drawings are centred as the data set's own digits were
 * @property {import("../engine/model.js").OriginalsSource | null} originals where the test pictures are, or why they are not here
 */

/**
 * @typedef {object} Mounted
 * @property {Layout} layout the page's elements
 * @property {{ort: string, wasm: string}} files addresses of the runtime
 * @property {DrawingPad} pad
 * @property {Shelf} shelf of test pictures
 * @property {import("../parts/originals.js").OriginalsCard} card where they are missing
 * @property {Player} player of the slider
 * @property {Limits} limits
 * @property {Map<string, Card>} cards by the model's name, in the order of beta
 * @property {Shape} shape of every model's pictures; of none before the first data
 * @property {number} most dimensions of the smallest latent space
 * @property {Originals | null} originals the test pictures; where they are not here, our own in their place
 * @property {string[] | null} own what each of our own pictures is called; null where the test pictures are here
 * @property {string | undefined} source address of their first sheet
 * @property {string | undefined} missing why they are not here
 * @property {number} samples test pictures
 * @property {boolean} pen whether drawings are centred as the data set's own digits were
 * @property {Uint8Array | null} bytes (C, H, W) of the picture that is read
 * @property {number | null} wanted row of the test picture that is to be read next; null for none
 * @property {number} sequence messages to Python so far
 * @property {{seed: number, epsilon: Float32Array}} noises the draws of a standard normal of that seed
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 * @property {number | undefined} measuring timer until the terms of the picture are read
 * @property {(name: string, value: any) => void} send set by the mount: a state of the component
 * @property {(name: string, value: any) => void} call set by the mount: an event of the component
 * @property {import("../kit/bootstrap.js").Persist} persist set by the mount: tries what may fail until it succeeds
 */

/** @typedef {Choice & Mounted} Sweep */

/**
 * @param {Pick<Mounted, "layout" | "files" | "pad" | "shelf" | "card" | "player">} parts
 * @returns {Sweep} before the first data
 */
export function newSweep(parts) {
  return {
    ...parts,
    mode: "slider",
    k: 1,
    u: 0,
    around: "middle",
    noise: 0,
    seed: 1,
    row: null,
    limits: { farthest: 0, noisiest: 0, draws: 1 }, // until the first data
    cards: new Map(),
    shape: [0, 0, 0],
    most: 1,
    originals: null,
    own: null,
    source: undefined,
    missing: undefined,
    samples: 0,
    pen: false,
    bytes: null,
    wanted: null,
    sequence: 0,
    noises: { seed: 0, epsilon: new Float32Array(0) },
    settling: undefined,
    measuring: undefined,
    send: () => {},
    call: () => {},
    persist: (_key, attempt) => attempt(false),
  };
}
