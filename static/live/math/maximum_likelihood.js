// Maximum likelihood by gradient, as vae_core.learning.maximum_likelihood has it.

const STEPS = 30,
  SMALL = 1e-4;

/**
 * One step up: `rate` times the gradient, halved until it raises the value.
 * @template M
 * @template {ArrayLike<number>} S
 * @param {M} model
 * @param {(model: M) => number} value its mean log p(x), say
 * @param {S} gradient of it
 * @param {(model: M, step: S, rate: number) => M} moved the model with `rate` times a step added to its parameters
 * @param {number} rate
 * @returns {{model: M, value: number, rate: number} | null} the better model, its value and the rate to go on with; null
 *   at a maximum
 */
export function ascended(model, value, gradient, moved, rate) {
  const from = value(model);
  for (let step = 0; step < STEPS; step++, rate /= 2) {
    const tried = moved(model, gradient, rate),
      reached = value(tried);
    if (reached > from) return { model: tried, value: reached, rate: 2 * rate };
  }
  return null;
}

/**
 * The gradient of a value by central differences.
 * @template M
 * @param {M} model
 * @param {(model: M) => number} value
 * @param {(model: M, step: number[], rate: number) => M} moved
 * @param {number} parameters how many
 * @returns {number[]} (parameters,)
 */
export function centralDifferences(model, value, moved, parameters) {
  return Array.from({ length: parameters }, (_, d) => {
    const step = new Array(parameters).fill(0);
    step[d] = 1;
    return (value(moved(model, step, SMALL)) - value(moved(model, step, -SMALL))) / (2 * SMALL);
  });
}

/** @param {ArrayLike<number>} values @returns {number} */
export function meanOf(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
