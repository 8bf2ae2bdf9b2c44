// What a small VAE learns from a batch, as vae_core.learning.objectives.BetaELBO has it.
import { backward, throughRectifier } from "./dense.js";
import { SMALLEST_STDDEV, average, room, sigmoid, softplus, terms, vaeOf } from "./small_vae.js";

/** @typedef {import("./small_vae.js").Vae} Vae */
/** @typedef {import("./small_vae.js").Scratch} Scratch */

/**
 * What the encoder learns of log p(x|z), by mean and standard deviation of q: the estimator that differs.
 * @typedef {(found: import("./small_vae.js").Terms, byZ: Float64Array, epsilon: ArrayLike<number>, stddev: Float64Array) =>
 *   {byMean: Float64Array, byStddev: Float64Array}} Estimator of the loss, so of its negative, each (B, D)
 */

/** Through the draw, z = mean + stddev * epsilon. @type {Estimator} */
export const reparametrised = (_, byZ, epsilon) => ({ byMean: byZ, byStddev: byZ.map((pull, i) => pull * epsilon[i]) });

/**
 * By the score of q, as vae_core.learning.score_function has it: the second half of the batch holds the pictures of the
 * first once more, with other draws, and `share` times log p(x|z) of the other draw is the baseline.
 * @param {number} share 0 to 1
 * @returns {Estimator}
 */
export const scoreFunction = (share) => (found, byZ, epsilon, stddev) => {
  const rows = found.logLikelihood.length,
    latent = byZ.length / rows;
  const gain = found.logLikelihood.map((value, row, all) => value - share * all[(row + rows / 2) % rows]);
  /** @param {(noise: number) => number} score times the standard deviation */
  const by = (score) => byZ.map((_, i) => (-gain[Math.floor(i / latent)] * score(epsilon[i])) / stddev[i] / rows);
  return { byMean: by((noise) => noise), byStddev: by((noise) => noise * noise - 1) };
};

/**
 * The loss of a batch, mean of weight * KL - log p(x|z), and its gradient by all parameters.
 * @param {Vae} vae
 * @param {Float64Array} x (B, P) bits
 * @param {ArrayLike<number>} epsilon (B, D)
 * @param {number} weight beta, of the KL
 * @param {Float64Array} gradient written
 * @param {Scratch} [scratch]
 * @param {Estimator} [estimator]
 * @returns {{loss: number, logLikelihood: number, kl: number}} means over the batch, nats
 */
export function lossAndGradient(vae, x, epsilon, weight, gradient, scratch = new Map(), estimator = reparametrised) {
  const { sizes, layers } = vae,
    { pixels, hidden, latent } = sizes,
    rows = x.length / pixels,
    found = terms(vae, x, epsilon, scratch),
    by = vaeOf(sizes, gradient.fill(0)).layers;
  const byLogits = room(scratch, "byLogits", x.length),
    byHidden = room(scratch, "byHidden", rows * hidden),
    byZ = room(scratch, "byZ", rows * latent),
    byOutputs = room(scratch, "byOutputs", rows * 2 * latent);
  for (let i = 0; i < x.length; i++) byLogits[i] = (found.probabilities[i] - x[i]) / rows;
  backward(layers[3], found.hidden[1], byLogits, by[3], byHidden, rows);
  throughRectifier(byHidden, found.hidden[1]);
  backward(layers[2], found.z, byHidden, by[2], byZ, rows);
  const stddev = found.raw.map((raw) => softplus(raw) + SMALLEST_STDDEV),
    { byMean, byStddev } = estimator(found, byZ, epsilon, stddev);
  for (let i = 0; i < byZ.length; i++) {
    const at = 2 * latent * Math.floor(i / latent) + (i % latent);
    byOutputs[at] = byMean[i] + (weight / rows) * found.mean[i];
    byOutputs[at + latent] = (byStddev[i] + (weight / rows) * (stddev[i] - 1 / stddev[i])) * sigmoid(found.raw[i]);
  }
  backward(layers[1], found.hidden[0], byOutputs, by[1], byHidden, rows);
  throughRectifier(byHidden, found.hidden[0]);
  backward(layers[0], x, byHidden, by[0], null, rows);
  const [logLikelihood, kl] = [found.logLikelihood, found.kl].map(average);
  return { loss: weight * kl - logLikelihood, logLikelihood, kl };
}
