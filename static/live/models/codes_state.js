// The state of Discrete latents.

/** @typedef {import("../engine/runtime.js").Runtime} Runtime */
/**
 * @typedef {object} Place where the section stands; a link says the same
 * @property {number | null} row of the test picture; null for one that was drawn
 * @property {string | null} drawn that one, in base64
 * @property {[number, number][]} changed cells and the codes that a hand gave them
 * @property {number} cell that is looked at, in the order in which the prior draws them
 * @property {number | null} step cells that are drawn from the prior; null where the codes are the picture's
 * @property {number} seed of that draw
 */
/** @typedef {{counts: number[], perplexity: number, dead: number}} Usage of one grid's codebook by the test pictures */
/** @typedef {import("./state.js").Network & {prior: string}} QuantisedNetwork */
/**
 * @typedef {object} Seen what is on the screen, all of the same codes
 * @property {number[]} codes (cells,)
 * @property {Float32Array} picture (C, H, W) in [0, 1]
 * @property {Float32Array} prior logits (cells, K)
 * @property {Float64Array} logPrior log p(z_i | z_1 ... z_{i-1}) of each cell, nats
 * @property {number | null} explained log p(x|z), nats; null where there is no x, or codes are drawn from the prior
 */
/**
 * @typedef {object} DiscreteLatents
 * @property {import("./state.js").Comparison} page
 * @property {import("./codes_layout.js").Layout} layout
 * @property {Place} place
 * @property {import("./picture.js").ReadPicture} source where the picture is from
 * @property {QuantisedNetwork | null} network none before the first data
 * @property {[number, number][]} grids height and width in cells, the coarsest first
 * @property {number} size codes of each codebook
 * @property {Usage[]} usage of each grid's codebook
 * @property {{draws: number}} limits
 * @property {Float32Array | null} stored codes of the test pictures (N, cells), where these are not here
 * @property {Runtime | null} decoder
 * @property {Runtime | null} encoder
 * @property {Runtime | null} prior
 * @property {Float32Array | null} x that is judged; null where the picture is not here
 * @property {number[] | null} own the picture's codes
 * @property {number[] | null} sample all cells of the draw from the prior
 * @property {number} reading how often pictures were read and samples drawn
 * @property {import("../engine/newest.js").Newest<number[]>} newest
 * @property {import("../kit/paint.js").PictureCanvas} canvas of the decoded picture
 * @property {Seen | null} seen
 * @property {import("../engine/jobs.js").Jobs} jobs
 * @property {import("./codes_book.js").Book} book
 * @property {number | undefined} playing timer of the next cell
 * @property {number} inputs changes of the codes
 * @property {number} pictures painted
 * @property {number} milliseconds from the last change to its picture
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 */
/**
 * @typedef {import("./state.js").Data & {place: Place, network: QuantisedNetwork, grids: [number, number][], size: number,
 *   usage: Usage[], stored: import("../engine/codes.js").CodesSource, pen: boolean, limits: {draws: number}}} CodesData
 */

export {};
