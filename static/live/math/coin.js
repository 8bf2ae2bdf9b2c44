// A Bayesian's coin, as vae_core.learning.coin has it: Beta(heads, tails) over the probability z of heads.

/** @typedef {{heads: number, tails: number}} Coin both above 0; tosses add to them */

/** @param {Coin} coin @param {number} heads @param {number} tails @returns {Coin} p(z | tosses) */
export function afterTosses(coin, heads, tails) {
  return { heads: coin.heads + heads, tails: coin.tails + tails };
}

/** @param {Coin} coin @returns {number} E[z], also the probability that the next toss is heads */
export function meanOf({ heads, tails }) {
  return heads / (heads + tails);
}

/** @param {Coin} coin @returns {number} the standard deviation of z */
export function stddevOf({ heads, tails }) {
  return Math.sqrt((heads * tails) / ((heads + tails) ** 2 * (heads + tails + 1)));
}

/** @param {Coin} coin @returns {number} log B(heads, tails), what normalises the density */
export function logBeta({ heads, tails }) {
  return logGamma(heads) + logGamma(tails) - logGamma(heads + tails);
}

/** @param {Coin} coin @param {ArrayLike<number>} z above 0 and below 1 @returns {Float64Array} log p(z) */
export function logDensity(coin, z) {
  const log = logBeta(coin);
  return Float64Array.from(z, (p) => (coin.heads - 1) * Math.log(p) + (coin.tails - 1) * Math.log1p(-p) - log);
}

/**
 * log p(tosses), nats, of one order of the tosses.
 * @param {Coin} coin the prior
 * @param {number} heads
 * @param {number} tails
 * @returns {number}
 */
export function logEvidence(coin, heads, tails) {
  return logBeta(afterTosses(coin, heads, tails)) - logBeta(coin);
}

/**
 * log p(tosses | z), nats, of one order of the tosses.
 * @param {ArrayLike<number>} z 0 to 1
 * @param {number} heads
 * @param {number} tails
 * @returns {Float64Array}
 */
export function logLikelihood(z, heads, tails) {
  return Float64Array.from(z, (p) => (heads && heads * Math.log(p)) + (tails && tails * Math.log1p(-p)));
}

/** log Gamma of a positive number: its recurrence up to 10, then Stirling's series. @param {number} a @returns {number} */
export function logGamma(a) {
  let log = 0;
  for (; a < 10; a += 1) log -= Math.log(a);
  const square = a * a,
    series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square) / a;
  return log + (a - 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI) + series;
}
