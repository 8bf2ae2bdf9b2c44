// The state of Learning: which section is open, and the numbers that its hand moves.

/** @typedef {Record<string, number[]>} Values of a section's quantities, by their names */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./section.js").Section} Section */

/**
 * @typedef {object} Quantity numbers that a hand moves; Python knows the same and writes them into the link
 * @property {string} name
 * @property {number[]} opening
 * @property {number[]} low of a list, those of one entry, as the highest
 * @property {number[]} high
 * @property {number} decimals
 * @property {number} fewest entries of a list
 * @property {number} most entries of a list; 1 for what is none
 */

/**
 * @typedef {object} Known what Python sends of a section
 * @property {string} name
 * @property {string} title
 * @property {Quantity[]} quantities
 * @property {Record<string, string>} files addresses of what it shows, by their names
 */

/**
 * @typedef {object} Data what Python sends
 * @property {Known[]} sections in their order
 * @property {import("./trained.js").Told} trained the model that sections show, and its pictures
 * @property {{section: string, values: Values}} place where Python wants the page to be
 * @property {number} visit grows whenever Python wants the page to go to `place`
 */

/**
 * @typedef {object} Mounted
 * @property {Layout} layout the page's elements
 * @property {import("../engine/jobs.js").Files} files addresses of what models run in
 * @property {import("./trained.js").Told | null} told of the model that sections show
 * @property {Promise<import("./trained.js").Trained> | null} trained it, once a section needed it
 * @property {Record<string, Record<string, import("./loading.js").Slot>>} loaded what loads brought, by section and name
 * @property {Known[]} sections in their order
 * @property {string} section name of the open one
 * @property {Record<string, Values>} values of every section
 * @property {any} result what the open section computed last; null while it loads
 * @property {Record<string, any>} colours of the theme and of the symbols
 * @property {boolean} revealed whether the answer is seen
 * @property {number} sequence messages to Python so far
 * @property {number} inputs moves of the hand so far
 * @property {number} pictures drawn so far
 * @property {number | null} asked when the hand asked for the picture that is still to come
 * @property {boolean} pending whether a picture comes with the next frame
 * @property {number | undefined} settling timer of the message that waits for the last of several changes
 * @property {(name: string, value: any) => void} send set by the mount: a state of the component
 * @property {import("../kit/bootstrap.js").Persist} persist set by the mount: tries what may fail until it succeeds
 */

/** @typedef {Mounted} Learning */

/** @param {Layout} layout @param {import("../engine/jobs.js").Files} files @returns {Learning} before the first data */
export function newLearning(layout, files) {
  return {
    layout,
    files,
    told: null,
    trained: null,
    loaded: {},
    sections: [],
    section: "",
    values: {},
    result: null,
    colours: {},
    revealed: false,
    sequence: 0,
    inputs: 0,
    pictures: 0,
    asked: null,
    pending: false,
    settling: undefined,
    send: () => {},
    persist: async () => {},
  };
}

/** @param {Learning} state @returns {Known} the open section */
export function known(state) {
  const found = state.sections.find(({ name }) => name === state.section);
  if (!found) throw new Error(`Learning has no section ${state.section}.`);
  return found;
}

/** @param {Quantity} quantity @param {number[]} numbers @returns {number[]} within its bounds, to its decimals */
export function held({ low, high, decimals }, numbers) {
  const unit = 10 ** decimals,
    size = low.length;
  return numbers.map(
    (number, i) => Math.round(Math.min(high[i % size], Math.max(low[i % size], number)) * unit) / unit,
  );
}

/** @param {Quantity} quantity @param {number[]} numbers @returns {boolean} whether a list may be as long */
export function allowed({ low, fewest, most }, numbers) {
  return numbers.length >= fewest * low.length && numbers.length <= most * low.length;
}
