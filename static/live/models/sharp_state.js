// The state of Sharpness.

/**
 * @typedef {object} Place where the section stands; a link says the same
 * @property {string[]} models beside the app's
 * @property {number} row of the first picture
 * @property {"reconstructions" | "samples"} show what models make: of the pictures, or of z from the prior
 * @property {number} seed of the draws from the prior
 */
/**
 * Pictures, and what is measured of them.
 * @typedef {object} Measured
 * @property {Float32Array} pictures (count, C, H, W)
 * @property {number} laplacian its variance, squared grey values
 * @property {number | null} error root mean square from the real pictures, grey values; null where there is none
 * @property {{frequencies: Float64Array, power: Float64Array}} spectrum
 */
/**
 * @typedef {object} Sharp
 * @property {import("./state.js").Comparison} page
 * @property {import("./sharp_layout.js").Layout} layout
 * @property {Place} place
 * @property {Map<string, import("./sharp_row.js").SharpRow>} rows by the model's name, in their order
 * @property {import("./pictures.js").TestPictures} pictures
 * @property {Measured | null} real the pictures themselves; null where they are not here
 * @property {import("../parts/originals.js").OriginalsCard} card where they are missing
 * @property {string[]} siblings all models that may stand here
 * @property {string} prefix of their names
 * @property {Record<string, string>} colours of models
 * @property {{most: number, pictures: number, draws: number}} limits
 * @property {string} made from which place and models what is on the screen was made
 * @property {number} making how many there were: what is late is not shown
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 */
/**
 * @typedef {import("./state.js").Data & {place: Place, models: import("./sharp_row.js").RowModel[], siblings: string[],
 *   prefix: string, colours: Record<string, string>, limits: Sharp["limits"]}} SharpData
 */

export {};
