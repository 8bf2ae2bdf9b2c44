// log p(x|z) of one picture under many z, block by block: however many there are, few pictures are kept at once.
import { logLikelihoods } from "../../math/likelihood.js";

/**
 * @typedef {object} LikelihoodsJob
 * @property {"likelihoods"} task
 * @property {string} decoder address
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 * @property {Float32Array} x (C * H * W,) in [0, 1]
 * @property {Float32Array} z (N, D)
 * @property {number} latentDim D
 */

const TOGETHER = 192; // latents decoded at once: between two blocks other jobs get their turn

/** @type {import("../worker.js").Task<LikelihoodsJob>} */
export async function likelihoods({ decoder, noise, x, z, latentDim }, run) {
  const wanted = noise === null ? "logits" : "x",
    count = z.length / latentDim,
    values = new Float64Array(count);
  for (let start = 0; start < count; start += TOGETHER) {
    const some = z.slice(start * latentDim, (start + TOGETHER) * latentDim),
      outputs = await run(decoder, { z: [some, [some.length / latentDim, latentDim]] }, [wanted]);
    values.set(logLikelihoods(outputs[wanted], x, noise), start);
  }
  return [{ values }, [values.buffer]];
}
