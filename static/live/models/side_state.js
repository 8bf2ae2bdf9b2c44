// The state of Side by side.

/** @typedef {import("./state.js").Comparison} Comparison */
/**
 * @typedef {object} Place where the section stands; a link says the same
 * @property {string[]} models beside the app's
 * @property {number} row of the first picture
 * @property {[number, number]} ends of the walk, among the pictures
 * @property {number} t of the way
 * @property {number} seed of the draws from the prior
 */
/**
 * @typedef {object} SideBySide
 * @property {Comparison} page
 * @property {import("./side_layout.js").Layout} layout
 * @property {Place} place
 * @property {Map<string, import("./side_row.js").Row>} rows by the model's name, in their order
 * @property {import("./pictures.js").TestPictures} pictures
 * @property {Uint8Array[] | null} bytes of the pictures that are read; null where they are not here
 * @property {number[]} own rows of the codes that these pictures have
 * @property {SideData | null} given what Python has sent last
 * @property {Float32Array | null} said what the data set says that each test picture is; null where no model is told
 * @property {import("../kit/player.js").Player} player
 * @property {import("../parts/originals.js").OriginalsCard} card where they are missing
 * @property {string[]} siblings all models that may stand here
 * @property {string} prefix of their names
 * @property {{most: number, pictures: number, draws: number}} limits
 * @property {number} inputs moves of the slider
 * @property {number} end which of the ends the next click on a picture chooses
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 * @property {number | undefined} timing timer of the first measurement of how long a picture takes
 */
/**
 * @typedef {import("./state.js").Data & {place: Place, models: import("./side_row.js").RowModel[], siblings: string[],
 *   prefix: string, said: import("../engine/codes.js").CodesSource | null, limits: SideBySide["limits"]}} SideData
 */

export {};
