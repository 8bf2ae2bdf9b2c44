// KL(q(z|x) || p(z)) under a prior that was learned: it has no closed form, and is the mean over draws of q.
import { pairedMean } from "./likelihood.js";
import { logPrior } from "./mixture_prior.js";
import { reparametrised } from "./noise.js";

/**
 * log q(z|x) - log p(z) of each draw z = mean + stddev * epsilon.
 * @param {Float32Array} mean (D,)
 * @param {Float32Array} stddev (D,)
 * @param {Float32Array} epsilon (count, D)
 * @param {import("./mixture_prior.js").Mixture | null} mixture null for N(0, I)
 * @returns {Float64Array} (count,) nats
 */
export function logRatios(mean, stddev, epsilon, mixture) {
  const dim = mean.length,
    ofPrior = logPrior(mixture, reparametrised(mean, stddev, epsilon), dim),
    ofEpsilon = logPrior(null, epsilon, dim),
    narrower = stddev.reduce((sum, spread) => sum + Math.log(spread), 0);
  return ofEpsilon.map((log, i) => log - narrower - ofPrior[i]);
}

/**
 * The terms of the ELBO as means over draws that were made in mirrored pairs, each with its standard error.
 * @param {ArrayLike<number>} likelihoods log p(x|z) of the draws, nats
 * @param {ArrayLike<number>} ratios log q(z|x) - log p(z) of the same
 */
export function termsByDraws(likelihoods, ratios) {
  const likelihood = pairedMean(likelihoods),
    kl = pairedMean(ratios),
    bound = pairedMean(Float64Array.from(likelihoods, (log, i) => log - ratios[i]));
  return {
    likelihood: likelihood.mean,
    standardError: likelihood.standardError,
    kl: kl.mean,
    klError: kl.standardError,
    elbo: likelihood.mean - kl.mean,
    elboError: bound.standardError,
  };
}
