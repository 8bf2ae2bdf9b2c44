// What is on the Inpaint page: a picture and its hole, what Python says of the model, and the page's parts.
import { nothingYet } from "../parts/test_pictures.js";

/** @typedef {import("../parts/test_pictures.js").Model & ModelOfHoles} Model a model that was trained on holes */
/**
 * @typedef {object} ModelOfHoles
 * @property {string} completer address of the network that encodes what is left of a picture
 * @property {number} components of the mixture q(z | x observed)
 * @property {number} smallest standard deviation of a component
 * @property {number} mostSpread where the colour scale of standard deviations ends, in grey levels 0 to 1
 */
/**
 * Numbers that Python holds the page to.
 * @typedef {object} Limits
 * @property {number} mostBytes of a file
 * @property {number} steps in which the share of hidden pixels goes from 0 to 1
 * @property {number} seeds of masks: 0 up to this
 * @property {number} answers completions of one hole
 * @property {number} neighbours codes that vote for an answer's label
 */
/** @typedef {{kind: string, step: number, seed: number}} Mask as drawn: so many of `Limits.steps` are hidden */
/** @typedef {{kind: string, seed: number, bits: Uint8Array}} Masks of a kind and seed, packed: one for each step */
/** @typedef {{kind: "sample" | "pen" | "file", index: number | null}} Source where the picture is from */
/**
 * What Python sends.
 * @typedef {object} Data
 * @property {Model} model
 * @property {import("../parts/test_pictures.js").OriginalsSource} originals
 * @property {[string, string][]} kinds of masks, each with its name on the page
 * @property {string[]} colours of labels
 * @property {Limits} limits
 * @property {{kind: string, seed: number, bits: string}} masks the bits in base64
 * @property {number} visit grows whenever the page is to show what Python says
 * @property {Source & {sentence: string, x?: string}} place the picture, its bytes in base64 unless it is a sample
 * @property {{kind: string, fraction: number, seed: number, painted: string | null}} hole
 * @property {boolean} truth whether it is revealed
 * @property {import("../parts/test_pictures.js").Problem | null} problem
 */

/**
 * @typedef {object} Parts
 * @property {HTMLElement} error says what went wrong
 * @property {HTMLElement} caption of the picture
 * @property {HTMLElement} share of hidden pixels, in words
 * @property {HTMLSelectElement} kind of mask
 * @property {HTMLInputElement} fraction steps of hidden pixels
 * @property {HTMLInputElement} truth whether it is revealed
 * @property {HTMLElement} hidden stands in the truth's place until then
 * @property {import("../kit/paint.js").PictureCanvas} truthPicture
 * @property {import("./hole.js").HolePad} hole
 * @property {import("../parts/pad.js").DrawingPad} pad where pictures are drawn
 * @property {import("./completion.js").LiveCompletion} decoder
 * @property {import("../engine/sheets.js").Sheets} sheets
 * @property {import("./gallery.js").Gallery} gallery
 * @property {import("../parts/sources.js").Sources} sources
 * @property {import("../parts/originals.js").OriginalsCard} originals where they are missing
 */

/** @typedef {import("../parts/test_pictures.js").TestPictures & Own} Inpainting */
/**
 * @typedef {object} Own what only this page has
 * @property {import("../engine/jobs.js").Files} files
 * @property {Parts} parts
 * @property {Model | null} model
 * @property {Limits | null} limits
 * @property {Masks | null} masks
 * @property {Uint8Array | null} bytes (C, H, W) of the picture
 * @property {Source} source
 * @property {Data["place"] | null} wanted Python's picture, until it or another one is shown
 * @property {Mask} mask as drawn last
 * @property {boolean} painted whether the hole was painted on since
 * @property {boolean} truth whether it is revealed
 * @property {boolean} drawing whether the pad takes a picture, not a hole
 * @property {number} seed of the completions' noise
 * @property {string} accent colour of the hole
 */

/**
 * @param {Pick<Inpainting, "root" | "files" | "parts">} mounted
 * @returns {Inpainting} before Python has said anything
 */
export function inpainting(mounted) {
  return {
    ...nothingYet(),
    ...mounted,
    limits: null,
    masks: null,
    bytes: null,
    mask: { kind: "", step: 0, seed: 0 },
    painted: false,
    truth: false,
    drawing: false,
    seed: 1,
    accent: "#0b7285",
  };
}
