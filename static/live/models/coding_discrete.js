// Networks of discrete latents: a picture's code is a whole number for each cell.
import { codesTensor, drawCodes, encodeCodes } from "../engine/quantised.js";
import { uniforms } from "../math/noise.js";

/** @typedef {import("./codings.js").Coding} Coding */

/**
 * @param {import("./networks.js").Networks} networks
 * @param {number} size codes that a cell may have
 * @returns {Coding}
 */
export function discrete(networks, size) {
  const { latentDim: width, shape } = networks.model;
  return {
    width,
    read: async (encoder, x, count) => Float32Array.from(await encodeCodes(encoder, x, shape, count)),
    fromPrior: async (count, seed, late) => {
      const { prior } = networks;
      if (!prior) return new Float32Array(0);
      const uniform = Float32Array.from({ length: count * width }, uniforms(seed)),
        codes = Array.from(uniform, () => 0);
      await drawCodes(prior, codes, uniform, size, { count, late });
      return Float32Array.from(codes);
    },
    // codes have nothing between them: so many cells, the first ones, are b's
    between: (a, b, t) => a.map((code, cell) => (cell < Math.round(t * width) ? b[cell] : code)),
    feeds: (ort, codes, count) => ({ z: codesTensor(ort, codes, count) }),
  };
}
