// What a picture's code is, by what a model's networks take: a row of numbers in each case.
import { plainFeeds } from "../engine/decoder.js";
import { encode } from "../engine/encoder.js";
import { priorDraws } from "../math/mixture_prior.js";
import { discrete } from "./coding_discrete.js";
import { labelled } from "./coding_labelled.js";

/** @typedef {import("./networks.js").Networks} Networks */
/** @typedef {import("../engine/runtime.js").Runtime} Runtime */
/**
 * @typedef {object} Coding
 * @property {number} width numbers in a code
 * @property {(encoder: Runtime, x: Float32Array, count: number, labels: number[]) => Promise<Float32Array>} read
 *   pictures (count, C, H, W) in [0, 1], with their labels: (count, width)
 * @property {(count: number, seed: number, late?: () => boolean) => Promise<Float32Array>} fromPrior draws of p(z):
 *   (count, width)
 * @property {(a: Float32Array, b: Float32Array, t: number) => Float32Array} between the code so far on the way, (width,)
 * @property {typeof plainFeeds} feeds what the decoder is given for codes (count, width)
 */

/** @param {Networks} networks @returns {Coding} */
export function codingOf(networks) {
  const { codebook, classes } = networks.model;
  if (codebook !== null) return discrete(networks, codebook);
  return classes === null ? plain(networks) : labelled(networks, classes);
}

/** The mean of q(z|x). @param {Networks} networks @returns {Coding} */
function plain(networks) {
  const { latentDim, shape } = networks.model;
  return {
    width: latentDim,
    read: async (encoder, x, count) => (await encode(encoder, x, shape, count)).mean.slice(),
    fromPrior: async (count, seed) => fromPrior(networks, latentDim, count, seed),
    between: (a, b, t) => a.map((from, i) => (1 - t) * from + t * b[i]),
    feeds: plainFeeds,
  };
}

/** @param {Networks} networks @param {number} latentDim D @param {number} count @param {number} seed @returns {Float32Array} (count, D) */
function fromPrior({ draws, mixture }, latentDim, count, seed) {
  if (!draws) return priorDraws(mixture, count, latentDim, seed);
  const size = count * latentDim,
    turn = seed % Math.floor(draws.length / size);
  return draws.slice(turn * size, (turn + 1) * size);
}
