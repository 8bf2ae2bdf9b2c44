// A VAE that learns step by step, and can be taken back: every step's noise is fixed by the seed and the step's number, and
// the weights of every twentieth step are kept.
import { noMoments, step as adamStep } from "./adam.js";
import { normal, uniforms } from "./noise.js";
import { average, drawn, terms } from "./small_vae.js";
import { lossAndGradient } from "./vae_gradient.js";

/** @typedef {import("./small_vae.js").Sizes} Sizes */
/** @typedef {import("./small_vae.js").Vae} Vae */
/** @typedef {{train: Uint8Array, heldOut: Uint8Array}} Pictures bytes (N, P) of either split */
/**
 * @typedef {object} Settings
 * @property {number} seed
 * @property {number} rate of Adam
 * @property {number} batch pictures in a batch
 * @property {number} [draws] of z for each picture, one without: the batch holds its pictures so many times
 * @property {import("./vae_gradient.js").Estimator} [estimator] of the encoder's gradient
 */
/** @typedef {{logLikelihood: number, kl: number, elbo: number, error: number}} Judged means in nats; error of the ELBO's */
/** @typedef {{x: Float64Array, epsilon: Float64Array}} Judge bits (N, P) and noise (N, D), always the same */

/**
 * @typedef {object} Run
 * @property {Pictures} pictures
 * @property {Settings} settings
 * @property {Vae} vae as it is after `at` steps
 * @property {import("./adam.js").Moments} moments
 * @property {number} at steps
 * @property {number[]} weights of the KL in each step so far, also of those that were taken back
 * @property {Map<number, {parameters: Float64Array, first: Float64Array, second: Float64Array}>} kept by steps
 * @property {Map<number, {train?: Judged, heldOut?: Judged}>} judged by steps
 * @property {Record<"train" | "heldOut", Judge>} judges
 * @property {import("./small_vae.js").Scratch} scratch
 * @property {{epoch: number, order: Int32Array}} shown the order of the pictures in an epoch
 */

export const BLOCK = 20; // steps between two that are kept and judged
const PRIME = 1_000_003; // between the seeds of what must not be alike
const JUDGED = 360; // pictures of either split at most

/** @param {Pictures} pictures @param {Sizes} sizes @param {Settings} settings @returns {Run} before the first step */
export function newRun(pictures, sizes, settings) {
  const vae = drawn(sizes, PRIME * settings.seed);
  return {
    pictures,
    settings,
    vae,
    moments: noMoments(vae.parameters.length),
    at: 0,
    weights: [],
    kept: new Map(),
    judged: new Map(),
    judges: { train: judgeOf(pictures.train, sizes, 1), heldOut: judgeOf(pictures.heldOut, sizes, 2) },
    scratch: new Map(),
    shown: { epoch: -1, order: new Int32Array(0) },
  };
}

/** @param {Uint8Array} bytes @param {Sizes} sizes @param {number} seed @returns {Judge} */
function judgeOf(bytes, { pixels, latent }, seed) {
  const count = Math.min(JUDGED, bytes.length / pixels),
    uniform = uniforms(seed);
  const x = Float64Array.from(bytes.subarray(0, count * pixels), (byte) => Number(255 * uniform() < byte));
  return { x, epsilon: Float64Array.from({ length: count * latent }, () => normal(uniform)) };
}

/**
 * Go on towards a step, one piece of work after the other, while there is time: a step of training, or judging a split.
 * @param {Run} run
 * @param {number} goal steps
 * @param {(step: number) => number} weightOf the KL in a step, counted from 0; where it is not what earlier steps were
 *   trained with, the run goes back to before them
 * @param {() => boolean} isTime for another piece of work
 * @returns {boolean} whether it is there, and judged
 */
export function goOn(run, goal, weightOf, isTime) {
  forget(run, weightOf);
  const known = Math.max(0, ...Array.from(run.kept.keys()).filter((step) => step <= goal));
  if (run.kept.has(known) && (run.at > goal || run.at < known)) restore(run, known);
  for (let first = true; first || isTime(); first = false) {
    const judged = run.judged.get(run.at) ?? {},
      whole = run.at % BLOCK === 0;
    if (whole || run.at === goal) {
      const split = judged.heldOut ? (judged.train ? null : "train") : "heldOut";
      if (split) run.judged.set(run.at, { ...judged, [split]: judge(run, split) });
      if (whole && !run.kept.has(run.at)) keep(run);
      if (split) continue;
    }
    if (run.at >= goal) return true;
    train(run, weightOf(run.at));
  }
  return false;
}

/** Take back the steps that had other weights. @param {Run} run @param {(step: number) => number} weightOf */
function forget(run, weightOf) {
  const other = run.weights.findIndex((weight, step) => weight !== weightOf(step));
  if (other < 0) return;
  run.weights.length = other;
  for (const found of [run.kept, run.judged]) for (const step of found.keys()) if (step > other) found.delete(step);
  if (run.at > other) restore(run, Math.floor(other / BLOCK) * BLOCK);
}

/** @param {Run} run */
function keep({ kept, at, vae, moments }) {
  const { first, second } = moments;
  kept.set(at, { parameters: vae.parameters.slice(), first: first.slice(), second: second.slice() });
}

/** @param {Run} run @param {number} step one that was kept */
function restore(run, step) {
  const found = run.kept.get(step);
  if (!found) throw new Error(`Step ${step} was not kept.`);
  run.vae.parameters.set(found.parameters);
  run.moments.first.set(found.first);
  run.moments.second.set(found.second);
  run.moments.steps = run.at = step;
}

/** One step of training. @param {Run} run @param {number} weight of the KL @returns {{loss: number, logLikelihood: number, kl: number}} */
function train(run, weight) {
  const { x, epsilon } = batch(run, run.at),
    gradient = run.scratch.get("gradient") ?? new Float64Array(run.vae.parameters.length),
    found = lossAndGradient(run.vae, x, epsilon, weight, gradient, run.scratch, run.settings.estimator);
  run.scratch.set("gradient", gradient);
  adamStep(run.vae.parameters, gradient, run.moments, run.settings.rate);
  run.weights[run.at] = weight;
  run.at += 1;
  return found;
}

/**
 * What a step sees: pictures that an epoch shows once each, binarised afresh, and the noise of z.
 * @param {Pick<Run, "pictures" | "settings" | "vae" | "shown">} run
 * @param {number} step counted from 0
 * @returns {{x: Float64Array, epsilon: Float64Array, indices: Int32Array}}
 */
export function batch({ pictures: { train }, settings, vae, shown }, step) {
  const { pixels, latent } = vae.sizes,
    { seed, batch: most, draws = 1 } = settings,
    perEpoch = Math.ceil(train.length / pixels / most),
    [epoch, position] = [Math.floor(step / perEpoch), step % perEpoch];
  if (shown.epoch !== epoch)
    Object.assign(shown, { epoch, order: shuffled(train.length / pixels, PRIME * seed + 7 * epoch + 1) });
  const indices = shown.order.subarray(position * most, (position + 1) * most),
    uniform = uniforms(PRIME * seed + 7 * step + 2),
    size = indices.length * pixels,
    x = new Float64Array(draws * size);
  for (let i = 0; i < size; i++)
    x[i] = Number(255 * uniform() < train[pixels * indices[Math.floor(i / pixels)] + (i % pixels)]);
  for (let draw = 1; draw < draws; draw++) x.copyWithin(draw * size, 0, size);
  const epsilon = Float64Array.from({ length: draws * indices.length * latent }, () => normal(uniform));
  return { x, epsilon, indices };
}

/** @param {number} count @param {number} seed @returns {Int32Array} 0 to count - 1 in some order: Fisher & Yates */
function shuffled(count, seed) {
  const order = Int32Array.from({ length: count }, (_, i) => i),
    uniform = uniforms(seed);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor((i + 1) * uniform());
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/** The ELBO and its parts as the model stands, one draw of z a picture. @param {Run} run @param {"train" | "heldOut"} split @returns {Judged} */
function judge({ vae, judges, scratch }, split) {
  const { x, epsilon } = judges[split],
    found = terms(vae, x, epsilon, scratch),
    bounds = found.logLikelihood.map((value, i) => value - found.kl[i]),
    elbo = average(bounds),
    spread = bounds.reduce((sum, bound) => sum + (bound - elbo) ** 2, 0) / (bounds.length - 1);
  return {
    logLikelihood: average(found.logLikelihood),
    kl: average(found.kl),
    elbo,
    error: Math.sqrt(spread / bounds.length),
  };
}
