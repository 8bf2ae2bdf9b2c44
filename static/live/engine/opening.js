// What is seen of a model until it runs here: pictures of its opening place, decoded when the model was published.
import { fetchBytes, once } from "./files.js";

/** @typedef {[number, number, number, number]} Box left, top, width, height in pixels of the file */
/**
 * @typedef {object} Opening what `ui/browser/opening.py` published
 * @property {string} url
 * @property {number[]} z of the picture and of the traversals around it
 * @property {Box} picture where it stands in the file
 * @property {Box} traversals
 * @property {Box | null} grid of the prior, whatever z is; null unless that is N(0, I) of two dimensions
 */

/** @param {Opening} opening @returns {Promise<ImageBitmap>} */
export function loadOpening({ url }) {
  return once(url, async () => createImageBitmap(new Blob([await fetchBytes(url)])));
}

/** @param {Opening} opening @param {ArrayLike<number>} z @returns {boolean} whether the picture is that of z */
export function isOf(opening, z) {
  return opening.z.length === z.length && opening.z.every((value, d) => Math.fround(value) === z[d]);
}
