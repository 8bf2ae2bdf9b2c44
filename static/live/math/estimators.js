// Estimators of log p(x) and of gradients from the noise that they are given, as vae_core.learning.estimators has them.

/**
 * log p(x|z) + log p(z) - log q(z) of draws z of q = N(mean, diag(stddev^2)), the prior N(0, I). With mean 0 and stddev
 * 1 the weights are p(x|z): naive Monte Carlo.
 * @param {ArrayLike<number>} logLikelihoods log p(x|z), (N,)
 * @param {ArrayLike<number>} z (N, D)
 * @param {ArrayLike<number>} mean (D,)
 * @param {ArrayLike<number>} stddev (D,)
 * @returns {Float64Array} (N,)
 */
export function logWeights(logLikelihoods, z, mean, stddev) {
  const dim = mean.length,
    found = new Float64Array(logLikelihoods.length);
  let logVolume = 0;
  for (let d = 0; d < dim; d++) logVolume += Math.log(stddev[d]);
  for (let i = 0; i < found.length; i++) {
    found[i] = logLikelihoods[i] + logVolume;
    for (let d = 0; d < dim; d++) {
      const each = z[i * dim + d];
      found[i] += 0.5 * (((each - mean[d]) / stddev[d]) ** 2 - each * each);
    }
  }
  return found;
}

/** An importance-sampled estimate of log p(x) as it grows: draws are added, and none is kept. */
export class Growth {
  constructor() {
    this.samples = 0;
    this.most = -Infinity; // of the log weights
    this.sum = 0; // of the weights over the largest
    this.squares = 0;
  }

  /** @param {ArrayLike<number>} logWeights of more draws @returns {this} */
  add(logWeights) {
    for (let i = 0; i < logWeights.length; i++) {
      if (logWeights[i] > this.most) {
        const shrunk = Math.exp(this.most - logWeights[i]);
        this.sum *= shrunk;
        this.squares *= shrunk * shrunk;
        this.most = logWeights[i];
      }
      const weight = Math.exp(logWeights[i] - this.most);
      this.sum += weight;
      this.squares += weight * weight;
    }
    this.samples += logWeights.length;
    return this;
  }

  /** @returns {number} the log of the mean weight, nats */
  get estimate() {
    return this.most + Math.log(this.sum / this.samples);
  }

  /** @returns {number} Kish's effective number of draws, from 1 to their number */
  get effective() {
    return (this.sum * this.sum) / this.squares;
  }

  /** @returns {number} of the estimate by the delta method, nats; NaN for one draw */
  get standardError() {
    if (this.samples < 2) return NaN;
    return Math.sqrt(Math.max(0, this.samples / this.effective - 1) / (this.samples - 1));
  }
}

/**
 * The fewest draws that hold this share of all weight together.
 * @param {ArrayLike<number>} logWeights (N,)
 * @param {number} [share] 0 to 1
 * @returns {number} 1 to N
 */
export function drawsThatCount(logWeights, share = 0.9) {
  const sorted = Float64Array.from(logWeights).sort().reverse(),
    weights = sorted.map((log) => Math.exp(log - sorted[0])),
    wanted = share * weights.reduce((a, b) => a + b, 0);
  let held = weights[0],
    count = 1;
  while (held < wanted && count < weights.length) held += weights[count++];
  return count;
}

/**
 * E[log (1/K) sum_k w_k]: the mean over as many groups of k as there are.
 * @param {ArrayLike<number>} logWeights (N,) of independent draws
 * @param {number} k 1 to N
 * @returns {{value: number, standardError: number, groups: number}} nats; the error is NaN for one group
 */
export function multiSampleBound(logWeights, k) {
  const groups = Math.floor(logWeights.length / k),
    each = new Float64Array(groups);
  for (let group = 0; group < groups; group++) {
    let most = -Infinity,
      sum = 0;
    for (let i = group * k; i < (group + 1) * k; i++) most = Math.max(most, logWeights[i]);
    for (let i = group * k; i < (group + 1) * k; i++) sum += Math.exp(logWeights[i] - most);
    each[group] = most + Math.log(sum / k);
  }
  const { mean, variance } = spreadOf(each);
  return { value: mean, standardError: Math.sqrt(variance / groups), groups };
}

/**
 * The bounds of 1, 2, 4 and so on samples, each as `multiSampleBound` has it of the same draws: groups are joined two by
 * two, so that all of them together cost little more than one.
 * @param {ArrayLike<number>} logWeights (N,) of independent draws
 * @param {number} most samples, at most N
 * @returns {{k: number, value: number, standardError: number, groups: number}[]}
 */
export function doubledBounds(logWeights, most) {
  const found = [];
  let means = Float64Array.from(logWeights); // logarithms of the mean weights of k draws
  for (let k = 1; k <= most && means.length; k *= 2) {
    const { mean, variance } = spreadOf(means);
    found.push({ k, value: mean, standardError: Math.sqrt(variance / means.length), groups: means.length });
    const joined = new Float64Array(Math.floor(means.length / 2));
    for (let i = 0; i < joined.length; i++) {
      const [a, b] = [means[2 * i], means[2 * i + 1]];
      joined[i] = Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))) - Math.LN2;
    }
    means = joined;
  }
  return found;
}

/**
 * What share of a Gaussian proposal's draws count for a Gaussian posterior, both diagonal: the limit of Kish's
 * effective number over their number; 0 where the proposal is too narrow for the weights to have a variance.
 * @param {ArrayLike<number>} mean of the posterior, (D,)
 * @param {ArrayLike<number>} stddev
 * @param {ArrayLike<number>} proposalMean
 * @param {ArrayLike<number>} proposalStddev
 * @returns {number} 0 to 1
 */
export function effectiveShare(mean, stddev, proposalMean, proposalStddev) {
  let share = 1;
  for (let d = 0; d < mean.length; d++) {
    const v = stddev[d] ** 2,
      wide = proposalStddev[d] ** 2,
      room = 2 * wide - v;
    if (room <= 0) return 0;
    share *= (Math.sqrt(v * room) / wide) * Math.exp(-((mean[d] - proposalMean[d]) ** 2) / room);
  }
  return share;
}

/** @param {ArrayLike<number>} values @returns {{mean: number, variance: number}} over N - 1; NaN for one value */
export function spreadOf(values) {
  let mean = 0,
    squares = 0;
  for (let i = 0; i < values.length; i++) mean += values[i] / values.length;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  return { mean, variance: values.length > 1 ? squares / (values.length - 1) : NaN };
}
