// A VAE of two fully connected layers each way, as vae_core.models.vae has it with hidden=(H,), and the terms of its ELBO.
import { forward, rectify } from "./dense.js";
import { uniforms } from "./noise.js";

/** @typedef {import("./dense.js").Layer} Layer */
/** @typedef {{pixels: number, hidden: number, latent: number}} Sizes */

/**
 * @typedef {object} Vae
 * @property {Sizes} sizes
 * @property {Float64Array} parameters all of them: encoder, then decoder, as torch's state_dict has them
 * @property {Layer[]} layers views of them: pixels to hidden, hidden to 2 latent, latent to hidden, hidden to pixels
 */

/**
 * @typedef {object} Terms of the ELBO, in nats, and where they come from; rows are pictures
 * @property {Float64Array} mean (B, D)
 * @property {Float64Array} raw (B, D) of the standard deviation, which is softplus(raw) + SMALLEST_STDDEV
 * @property {Float64Array} z (B, D)
 * @property {Float64Array} probabilities (B, P) that pixels are on
 * @property {Float64Array} logLikelihood (B,)
 * @property {Float64Array} kl (B,)
 */

const LARGE = 1e300;
export const SMALLEST_STDDEV = 1e-4; // as vae_core.models.vae has it

/**
 * Where results are written, again and again, so that no memory is asked for: what a function returns stands there until
 * the next call with the same numbers of rows.
 * @typedef {Map<string, Float64Array>} Scratch
 */

/** @param {Scratch} scratch @param {string} name @param {number} size @returns {Float64Array} of that size, with what it held */
export function room(scratch, name, size) {
  const key = `${name} ${size}`,
    there = scratch.get(key) ?? new Float64Array(size);
  scratch.set(key, there);
  return there;
}

/** @param {Sizes} sizes @returns {[number, number][]} inputs and outputs of each layer */
function widths({ pixels, hidden, latent }) {
  return [
    [pixels, hidden],
    [hidden, 2 * latent],
    [latent, hidden],
    [hidden, pixels],
  ];
}

/** @param {Sizes} sizes @param {Float64Array} [parameters] zeros without @returns {Vae} */
export function vaeOf(sizes, parameters) {
  const all = widths(sizes),
    block = parameters ?? new Float64Array(all.reduce((sum, [inputs, outputs]) => sum + (inputs + 1) * outputs, 0));
  let at = 0;
  const layers = all.map(([inputs, outputs]) => {
    const weight = block.subarray(at, (at += inputs * outputs)),
      bias = block.subarray(at, (at += outputs));
    return { inputs, outputs, weight, bias };
  });
  return { sizes, parameters: block, layers };
}

/** First weights as torch.nn.Linear draws them: uniform within 1 / sqrt(inputs). @param {Sizes} sizes @param {number} seed @returns {Vae} */
export function drawn(sizes, seed) {
  const vae = vaeOf(sizes),
    uniform = uniforms(seed);
  for (const { inputs, weight, bias } of vae.layers) {
    const most = 1 / Math.sqrt(inputs);
    for (const values of [weight, bias]) for (let i = 0; i < values.length; i++) values[i] = most * (2 * uniform() - 1);
  }
  return vae;
}

/** @param {number} value @returns {number} log(1 + exp(value)) */
export const softplus = (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
/** @param {number} value @returns {number} */
export const sigmoid = (value) => 1 / (1 + Math.exp(-value));

/**
 * @param {Vae} vae
 * @param {Float64Array} x (B, P) in [0, 1]
 * @param {Scratch} [scratch]
 * @returns {{hidden: Float64Array, mean: Float64Array, raw: Float64Array}} (B, H), (B, D), (B, D)
 */
export function encode({ sizes, layers }, x, scratch = new Map()) {
  const { latent } = sizes,
    rows = x.length / sizes.pixels,
    hidden = room(scratch, "encoder", rows * sizes.hidden),
    outputs = room(scratch, "outputs", rows * 2 * latent);
  forward(layers[0], x, hidden, rows);
  rectify(hidden);
  forward(layers[1], hidden, outputs, rows);
  const mean = room(scratch, "mean", rows * latent),
    raw = room(scratch, "raw", rows * latent);
  for (let i = 0; i < mean.length; i++) {
    const [row, d] = [Math.floor(i / latent), i % latent];
    mean[i] = outputs[2 * latent * row + d];
    raw[i] = outputs[2 * latent * row + latent + d];
  }
  return { hidden, mean, raw };
}

/**
 * @param {Vae} vae
 * @param {Float64Array} z (B, D)
 * @param {Scratch} [scratch]
 * @returns {{hidden: Float64Array, logits: Float64Array}} (B, H), (B, P)
 */
export function decode({ sizes, layers }, z, scratch = new Map()) {
  const rows = z.length / sizes.latent,
    hidden = room(scratch, "decoder", rows * sizes.hidden),
    logits = room(scratch, "logits", rows * sizes.pixels);
  forward(layers[2], z, hidden, rows);
  rectify(hidden);
  forward(layers[3], hidden, logits, rows);
  return { hidden, logits };
}

/**
 * @param {Vae} vae
 * @param {Float64Array} z (B, D)
 * @param {Scratch} [scratch]
 * @returns {Float64Array} (B, P) probabilities that pixels are on
 */
export function pictures(vae, z, scratch) {
  const { logits } = decode(vae, z, scratch);
  for (let i = 0; i < logits.length; i++) logits[i] = sigmoid(logits[i]);
  return logits;
}

/**
 * log p(x|z) at one draw of z = mean + stddev * epsilon, and KL(q(z|x) || N(0, I)), of each picture.
 * @param {Vae} vae
 * @param {Float64Array} x (B, P): bits, or grey
 * @param {ArrayLike<number>} epsilon (B, D)
 * @param {Scratch} [scratch]
 * @returns {Terms & {hidden: [Float64Array, Float64Array]}}
 */
export function terms(vae, x, epsilon, scratch = new Map()) {
  const { pixels, latent } = vae.sizes,
    rows = x.length / pixels,
    { hidden, mean, raw } = encode(vae, x, scratch),
    z = room(scratch, "z", rows * latent),
    kl = room(scratch, "kl", rows).fill(0);
  for (let i = 0; i < z.length; i++) {
    const stddev = softplus(raw[i]) + SMALLEST_STDDEV;
    z[i] = mean[i] + stddev * epsilon[i];
    kl[Math.floor(i / latent)] += 0.5 * (mean[i] * mean[i] + stddev * stddev - 1) - Math.log(stddev);
  }
  const decoded = decode(vae, z, scratch),
    probabilities = room(scratch, "probabilities", x.length),
    logLikelihood = room(scratch, "logLikelihood", rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0,
      product = 1; // of 1 + exp(-|logit|), each at most 2: one logarithm serves many pixels
    for (let i = row * pixels; i < (row + 1) * pixels; i++) {
      const logit = decoded.logits[i],
        small = Math.exp(-Math.abs(logit));
      probabilities[i] = (logit < 0 ? small : 1) / (1 + small);
      sum += x[i] * logit - Math.max(logit, 0);
      product *= 1 + small;
      if (product < LARGE) continue;
      sum -= Math.log(product);
      product = 1;
    }
    logLikelihood[row] = sum - Math.log(product);
  }
  return { mean, raw, z, probabilities, logLikelihood, kl, hidden: [hidden, decoded.hidden] };
}

/** @param {Float64Array} values @returns {number} */
export function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
