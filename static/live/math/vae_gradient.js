// What a small VAE learns from a batch, as vae_core.learning.objectives.BetaELBO has it.
import { backward, throughRectifier } from "./dense.js";
import { SMALLEST_STDDEV, average, room, sigmoid, softplus, terms, vaeOf } from "./small_vae.js";

/** @typedef {import("./small_vae.js").Vae} Vae */
/** @typedef {import("./small_vae.js").Scratch} Scratch */

/**
 * The loss of a batch, mean of weight * KL - log p(x|z), and its gradient by all parameters.
 * @param {Vae} vae
 * @param {Float64Array} x (B, P) bits
 * @param {ArrayLike<number>} epsilon (B, D)
 * @param {number} weight beta, of the KL
 * @param {Float64Array} gradient written
 * @param {Scratch} [scratch]
 * @returns {{loss: number, logLikelihood: number, kl: number}} means over the batch, nats
 */
export function lossAndGradient(vae, x, epsilon, weight, gradient, scratch = new Map()) {
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
  for (let i = 0; i < byZ.length; i++) {
    const stddev = softplus(found.raw[i]) + SMALLEST_STDDEV,
      byStddev = byZ[i] * epsilon[i] + (weight / rows) * (stddev - 1 / stddev),
      at = 2 * latent * Math.floor(i / latent) + (i % latent);
    byOutputs[at] = byZ[i] + (weight / rows) * found.mean[i];
    byOutputs[at + latent] = byStddev * sigmoid(found.raw[i]);
  }
  backward(layers[1], found.hidden[0], byOutputs, by[1], byHidden, rows);
  throughRectifier(byHidden, found.hidden[0]);
  backward(layers[0], x, byHidden, by[0], null, rows);
  const [logLikelihood, kl] = [found.logLikelihood, found.kl].map(average);
  return { loss: weight * kl - logLikelihood, logLikelihood, kl };
}
