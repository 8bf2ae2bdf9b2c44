// Networks that are given labels: a picture's code is its style z, and after it the label y, one-hot.
import { classify, encodeWith, oneHot } from "../engine/labelled.js";
import { priorDraws } from "../math/mixture_prior.js";
import { uniforms } from "../math/noise.js";

/** @typedef {import("./codings.js").Coding} Coding */

const APART = 2 ** 20; // between the seeds of styles and of labels

/**
 * Pictures are read with the labels that they are said to have, or with those that q(y|x) finds likeliest.
 * @param {import("./networks.js").Networks} networks
 * @param {number} classes
 * @returns {Coding}
 */
export function labelled(networks, classes) {
  const { latentDim, shape } = networks.model,
    width = latentDim + classes;
  return {
    width,
    read: async (encoder, x, count, labels) => {
      const { classifier } = networks,
        known = classifier ? likeliest(await classify(classifier, x, shape, count), classes) : labels,
        { mean } = await encodeWith(encoder, x, shape, known, classes);
      return joined(mean, oneHot(known, classes), count);
    },
    fromPrior: async (count, seed) => {
      const uniform = uniforms(seed + APART),
        labels = Array.from({ length: count }, () => Math.floor(uniform() * classes));
      return joined(priorDraws(networks.mixture, count, latentDim, seed), oneHot(labels, classes), count);
    },
    between: (a, b, t) => {
      const nearer = t < 0.5 ? a : b;
      return a.map((from, i) => (i < latentDim ? (1 - t) * from + t * b[i] : nearer[i]));
    },
    feeds: (ort, codes, count) => ({
      z: new ort.Tensor("float32", columns(codes, width, 0, latentDim), [count, latentDim]),
      y: new ort.Tensor("float32", columns(codes, width, latentDim, width), [count, classes]),
    }),
  };
}

/** @param {Float32Array} z (count, D) @param {Float32Array} y (count, K) @param {number} count @returns {Float32Array} (count, D + K) */
function joined(z, y, count) {
  const [dim, classes] = [z.length / count, y.length / count],
    codes = new Float32Array(z.length + y.length);
  for (let i = 0; i < count; i++) {
    codes.set(z.subarray(i * dim, (i + 1) * dim), i * (dim + classes));
    codes.set(y.subarray(i * classes, (i + 1) * classes), i * (dim + classes) + dim);
  }
  return codes;
}

/** @param {Float32Array} codes (count, width) @param {number} width @param {number} from @param {number} to @returns {Float32Array} (count, to - from) */
function columns(codes, width, from, to) {
  return codes.filter((_, i) => i % width >= from && i % width < to);
}

/** @param {Float32Array} probabilities (count, classes) @param {number} classes @returns {number[]} (count,) */
function likeliest(probabilities, classes) {
  return Array.from({ length: probabilities.length / classes }, (_, i) => {
    const own = probabilities.subarray(i * classes, (i + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}
