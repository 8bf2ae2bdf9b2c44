// p(z) = prod_i p(z_i | z_1 ... z_{i-1}) over cells of codes, from the logits of a network, as
// `vae_core.models.code_prior.CodePrior` has it: natural logarithms, nats.

/**
 * log p(z_i | z_1 ... z_{i-1}) of every code of one cell.
 * @param {ArrayLike<number>} logits (cells, K)
 * @param {number} cell
 * @param {number} size K
 * @returns {Float64Array} (K,)
 */
export function logProbabilities(logits, cell, size) {
  const values = Float64Array.from({ length: size }, (_, code) => logits[cell * size + code]),
    most = values.reduce((a, b) => Math.max(a, b), -Infinity),
    sum = values.reduce((total, value) => total + Math.exp(value - most), 0),
    normaliser = most + Math.log(sum);
  return values.map((value) => value - normaliser);
}

/**
 * log p(z_i | z_1 ... z_{i-1}) of the code that each cell has.
 * @param {ArrayLike<number>} logits (cells, K)
 * @param {ArrayLike<number>} codes (cells,)
 * @param {number} size K
 * @returns {Float64Array} (cells,)
 */
export function eachLogProbability(logits, codes, size) {
  return Float64Array.from({ length: codes.length }, (_, cell) => logProbabilities(logits, cell, size)[codes[cell]]);
}

/**
 * The code that a uniform number draws: the first whose cumulative probability is above it.
 * @param {Float64Array} logProbs (K,)
 * @param {number} uniform in [0, 1)
 * @returns {number}
 */
export function codeAt(logProbs, uniform) {
  let above = uniform;
  for (let code = 0; code < logProbs.length; code++) {
    above -= Math.exp(logProbs[code]);
    if (above < 0) return code;
  }
  return logProbs.reduce((best, value, code) => (value > logProbs[best] ? code : best), 0); // rounding left some over
}
