// The state of Conditional.

/**
 * @typedef {object} Place where the section stands; a link says the same
 * @property {number[] | "picture" | null} z by hand, or the mean of q(z|x, y); null for the draw
 * @property {number} seed of the draw from the prior
 * @property {number | null} row of the test picture; null for one that was drawn
 * @property {string | null} drawn that one, in base64
 * @property {number | null} label what the picture is said to be; null for what the data set says
 */
/**
 * @typedef {object} Conditional
 * @property {import("./state.js").Comparison} page
 * @property {import("./conditional_layout.js").Layout} layout
 * @property {Place} place
 * @property {import("./state.js").Network | null} network none before the first data
 * @property {string[]} labels names of those that are shown
 * @property {number} classes of the model, of which the first are shown
 * @property {boolean} seesLabel whether the encoder is given y beside x
 * @property {Float32Array} said what the data set says that each test picture is
 * @property {number} label of the last picture
 * @property {import("./picture.js").ReadPicture} source where the picture is from
 * @property {import("../engine/labelled.js").LabelledDecoder} decoder
 * @property {import("../engine/runtime.js").Runtime | null} encoder
 * @property {import("../math/mixture_prior.js").Mixture | null} mixture p(z), where it is not N(0, I)
 * @property {import("../parts/sliders.js").Sliders} sliders
 * @property {Float32Array | null} style mean of q(z|x, y) of the picture
 * @property {number} reading how many there were: what is late is not taken
 * @property {{draws: number, farthest: number}} limits
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 */
/**
 * @typedef {import("./state.js").Data & {place: Place, network: import("./state.js").Network, labels: string[],
 *   classes: number, seesLabel: boolean, said: import("../engine/codes.js").CodesSource,
 *   dimensions: import("../parts/sliders.js").Dimension[], palette: string[], pen: boolean, limits: Conditional["limits"]}} ConditionalData
 */

export {};
