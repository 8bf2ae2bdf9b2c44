// The state of Posterior shape.

/** @typedef {import("../math/gaussian_fit.js").Gaussian} Gaussian */
/** @typedef {import("../math/grid.js").Box} Box */
/**
 * @typedef {object} Place where the section stands; a link says the same
 * @property {number | null} row of the test picture; null for one that was drawn
 * @property {string | null} drawn that one, in base64
 * @property {[number, number, number, number] | null} q means and standard deviations; null for the encoder's
 */
/**
 * What is known of p(z|x), once the worker has integrated it.
 * @typedef {import("../engine/jobs/posterior.js").TruePosterior & {grid: import("../math/grid.js").Grid,
 *   encoder: number, best: Gaussian & {elbo: number}, picture: number}} Truth of the picture with this number; `encoder` is the
 *   ELBO of the encoder's q, bent or not, nats
 */
/**
 * A flow that Python has made as good for one picture as was found.
 * @typedef {object} Better
 * @property {string} x the picture, (C, H, W) bytes in base64
 * @property {number} gain nats that its ELBO is above the encoder's
 * @property {[number, number]} mean
 * @property {[number, number]} stddev
 * @property {number[][]} rings of z, closed, (RING, 2) each, as those of the encoder's
 */
/**
 * @typedef {object} PosteriorShape
 * @property {import("./state.js").Comparison} page
 * @property {import("./shape_layout.js").Layout} layout
 * @property {Place} place
 * @property {import("./state.js").Network | null} network none before the first data
 * @property {import("../math/mixture_prior.js").Mixture | null} mixture of its prior, where that was learned
 * @property {Box} region where posteriors may lie
 * @property {{farthest: number, thinnest: number, broadest: number}} limits of q
 * @property {import("./picture.js").ReadPicture} source where the picture is from
 * @property {import("../engine/decoder.js").LiveDecoder} decoder what the middle of q decodes to
 * @property {import("../engine/jobs.js").Jobs} jobs
 * @property {import("../engine/runtime.js").Runtime | null} encoder
 * @property {Uint8Array | null} bytes (C, H, W) of the picture
 * @property {Float32Array | null} x what is judged: with Bernoulli pixels a draw of zeros and ones
 * @property {number} picture how many there were: answers about another one are not taken
 * @property {Gaussian | null} encoded the encoder's q; of one that a flow has bent, its moments
 * @property {import("../engine/jobs/bent.js").Bent | null} bent that one; null where there is no flow
 * @property {Better | null} better that one made better for this picture; null until it was asked for
 * @property {Better | null} told what Python has said of a better one last, of whichever picture
 * @property {Place["q"] | undefined} asked the q by hand when a better one was asked for; undefined where none is
 * @property {boolean} refines whether it is the better one that is shown, in the place of the encoder's
 * @property {Gaussian | null} q the one that is shown
 * @property {number | null} elbo its ELBO, nats; null until it is known
 * @property {Truth | null} truth
 * @property {Box} frame what the plot shows
 * @property {HTMLCanvasElement | null} shading of p(z|x)
 * @property {"middle" | "first" | "second" | null} held which handle of q is in the hand
 * @property {number} inputs moves of q
 * @property {number} drawings of the plot
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 */
/**
 * @typedef {import("./state.js").Data & {place: Place, network: import("./state.js").Network, region: Box, pen: boolean,
 *   better: Better | null, limits: PosteriorShape["limits"]}} ShapeData
 */

export {};
