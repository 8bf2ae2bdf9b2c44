// Adam, as torch.optim.Adam has it: Kingma & Ba 2015, algorithm 1 (https://arxiv.org/abs/1412.6980).

const DECAYS = [0.9, 0.999],
  SMALLEST = 1e-8;

/** @typedef {{steps: number, first: Float64Array, second: Float64Array}} Moments */

/** @param {number} count of parameters @returns {Moments} before the first step */
export function noMoments(count) {
  return { steps: 0, first: new Float64Array(count), second: new Float64Array(count) };
}

/**
 * One step downhill; parameters and moments change in place.
 * @param {Float64Array} parameters
 * @param {Float64Array} gradient
 * @param {Moments} moments
 * @param {number} rate
 */
export function step(parameters, gradient, moments, rate) {
  const { first, second } = moments,
    [one, two] = DECAYS;
  moments.steps += 1;
  const size = rate / (1 - one ** moments.steps),
    spread = Math.sqrt(1 - two ** moments.steps);
  for (let i = 0; i < parameters.length; i++) {
    const slope = gradient[i];
    first[i] = one * first[i] + (1 - one) * slope;
    second[i] = two * second[i] + (1 - two) * slope * slope;
    parameters[i] -= (size * first[i]) / (Math.sqrt(second[i]) / spread + SMALLEST);
  }
}
