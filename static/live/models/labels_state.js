// The state of Semi-supervised.

/** @typedef {import("../engine/runtime.js").Runtime} Runtime */
/** @typedef {import("./picture.js").PicturePlace} Place where the section stands; a link says the same */
/** @typedef {import("./state.js").Network & {classifier: string}} ClassifyingNetwork */
/**
 * @typedef {object} Wrong the test pictures whose likeliest label is not theirs, those first of which q(y|x) is the surest
 * @property {number} of test pictures
 * @property {number} count of those that are wrong
 * @property {number[]} rows of the codes, of those that are shown
 * @property {number[]} labels what they are
 * @property {number[]} guessed what q(y|x) says first
 * @property {number[]} probability of that
 * @property {string[]} sheets where their pictures are
 * @property {number} perSheet
 */
/**
 * @typedef {object} Kind what z is, and is inferred from
 * @property {boolean} stacked whether it is z₂, above the z₁ of another VAE
 * @property {boolean} seesLabel whether the encoder is given y beside x
 */
/**
 * @typedef {object} Seen what is on the screen, all of the same picture
 * @property {Float32Array} x (C, H, W) in [0, 1]
 * @property {Float32Array} probabilities q(y|x) of every label
 * @property {Float32Array} rebuilt (classes, C, H, W): x as each label has it
 */
/**
 * @typedef {object} SemiSupervised
 * @property {import("./state.js").Comparison} page
 * @property {import("./labels_layout.js").Layout} layout
 * @property {Place} place
 * @property {ClassifyingNetwork | null} network none before the first data
 * @property {string[]} labels names of those that are shown
 * @property {number} classes of the model, of which the first are shown
 * @property {Float32Array} said what the data set says that each test picture is
 * @property {import("./picture.js").ReadPicture} source where the picture is from
 * @property {Runtime | null} classifier
 * @property {Runtime | null} encoder
 * @property {Runtime | null} decoder
 * @property {import("../engine/newest.js").Newest<Float32Array>} newest
 * @property {import("./labels_layout.js").Row[]} rows one for each label that is shown
 * @property {Seen | null} seen none where the picture is not here
 * @property {Wrong | null} wrong
 * @property {number} inputs pictures that were read
 * @property {number} pictures painted
 * @property {number} milliseconds from the last change to its bars
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 */
/**
 * @typedef {import("./state.js").Data & Kind & {place: Place, network: ClassifyingNetwork, labels: string[],
 *   classes: number, said: import("../engine/codes.js").CodesSource, palette: string[], pen: boolean,
 *   wrong: Wrong | null, noWrong: string}} LabelsData
 */

export {};
