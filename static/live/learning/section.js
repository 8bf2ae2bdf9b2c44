// What a section of Learning is: a file in sections/ that fills this in, and a line in registry.js and in Python's table.

/** @typedef {import("./state.js").Values} Values */

/**
 * @typedef {object} Picture
 * @property {CanvasRenderingContext2D} context that counts pixels of the window
 * @property {number} width
 * @property {number} height
 * @property {Record<string, any>} colours of the theme, and of the symbols by their names
 */

/**
 * @typedef {object} Handle what a hand takes hold of in the picture
 * @property {string} name
 * @property {string} label for who does not see it
 * @property {string} symbol whose colour it has
 * @property {[number, number]} at pixels of the picture; of what is clicked, its upper left corner
 * @property {import("./plot.js").Box} [room] where it is seen: at its edge where its place is beyond; the picture without
 * @property {(x: number, y: number) => Values} [move] the quantities that follow where it is to go, in pixels
 * @property {[number, number]} [size] of what is clicked rather than dragged, pixels
 * @property {(x: number, y: number) => Values} [click] the quantities after a click there
 * @property {() => Values} [remove] the quantities without it: a double click, or the key Delete
 */

/**
 * @typedef {object} Control
 * @property {string} name of the quantity
 * @property {number} [at] which of its numbers; the first
 * @property {string} label
 * @property {string} [symbol] whose colour and sign it has
 * @property {boolean} [logarithmic] whether the slider counts in powers of ten
 * @property {boolean} [between] whether it switches between 0 and 1
 * @property {(values: Values) => boolean} [absent] whether it is not there for now
 * @property {(value: number, values: Values) => string} [text] of its number; a plain number without
 * @property {(values: Values, result: any) => number} [read] its number, where it is not one of the quantity's alone
 * @property {(number: number, values: Values, result: any) => Values} [write] the quantities that it changes then
 */

/**
 * @typedef {object} Action a button
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {boolean} [draws] whether it draws again what is random, as the key r does
 * @property {boolean} [steps] whether it is the next step of what is computed, as the key i is
 * @property {(values: Values, result: any) => boolean} [idle] whether it would change nothing
 * @property {(values: Values, result: any) => Values} act the quantities that it changes
 */

/**
 * @typedef {object} Figure a number beside the picture
 * @property {string} label markup
 * @property {string} help
 * @property {(result: any, values: Values) => string} text with its unit
 * @property {(values: Values) => boolean} [absent] whether it is not there for now
 */

/**
 * What takes its time: it is brought once for the same numbers, one at a time, and the newest numbers win. Until all loads
 * have brought something the picture is a skeleton; after that `compute` has what they brought last, which may be of
 * numbers of a moment ago. Where one fails, that is said in a sentence and tried again.
 * @typedef {object} Load
 * @property {(values: Values) => number[]} of the numbers that it depends on
 * @property {string} [file] a JSON file of numbers that Python has for this section; without it a trained model is brought
 * @property {(values: Values, from: any) => Promise<any>} bring it, from what the file holds, or with a `Trained`, a model
 *   of two latent dimensions and its test pictures
 */

/**
 * @typedef {object} Section
 * @property {string} name as Python has it
 * @property {string} formula markup
 * @property {Control[]} controls
 * @property {Action[]} actions
 * @property {Figure[]} figures
 * @property {string} question
 * @property {string} answer
 * @property {string} expectation what one should see, in two sentences
 * @property {string} picture what the picture shows, for who does not see it
 * @property {{name: string, last: (values: Values) => number}} [steps] a quantity that arrow keys and a clicker step
 *   through, from 0 to the last, before they leave the section
 * @property {Record<string, Load>} [loads] what `compute` is given beside the numbers, by their names
 * @property {(values: Values, loaded: any) => any} compute
 * @property {(picture: Picture, result: any, values: Values) => Handle[]} draw
 * @property {(result: any) => boolean} [unfinished] whether `compute` has not come to where the numbers lead: the next frame
 *   goes on with it
 */

export {};
