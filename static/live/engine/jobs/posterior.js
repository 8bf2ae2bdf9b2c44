// The true posterior p(z|x) over two latent dimensions, by decoding grids that close in on its mass.
import {
  areaOf,
  boxAround,
  boxOfBoth,
  boxOfMasses,
  elboOn,
  gridOver,
  logJointOf,
  normalised,
  quadratureError,
  wider,
} from "../../math/grid.js";
import { logLikelihoods } from "../../math/likelihood.js";

/** @typedef {import("../../math/grid.js").Grid} Grid */
/**
 * @typedef {object} PosteriorJob
 * @property {"posterior"} task
 * @property {string} decoder address
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 * @property {import("../../math/mixture_prior.js").Mixture | null} [mixture] of a prior that was learned
 * @property {Float32Array} x (C * H * W,) in [0, 1]
 * @property {Float32Array} mean (2,) of q(z|x)
 * @property {Float32Array} stddev (2,) of q(z|x)
 * @property {import("../../math/grid.js").Box} region where the search begins
 * @property {number} [side] cells along a side of the finest grid
 * @property {number} [room] how much wider than the mass that grid is
 */
/**
 * p(z|x) on the finest grid, and what compares it with q(z|x).
 * @typedef {object} TruePosterior
 * @property {import("../../math/grid.js").Box} box of the grid
 * @property {number} side cells along it
 * @property {Float64Array} logJoint log p(x, z) of each cell (side * side,)
 * @property {Float64Array} mass of each cell (side * side,), z1 fastest; sums to 1
 * @property {import("../../math/grid.js").Pair} mean
 * @property {[number, number, number]} covariance xx, xy, yy
 * @property {number} logEvidence log p(x), nats
 * @property {number} uncertainty of it, nats, at most: more than 0.05 where the grid is too coarse for this posterior
 * @property {number} elbo nats
 * @property {number} divergence KL(q(z|x) || p(z|x)), nats
 */

const COARSE = 24; // cells along a side while the mass is looked for,
const FINE = 48; // and once it is found
const OF_Q = 16; // of the grid around q
const REACH = 5; // of that grid, in standard deviations
const FIRST = 60; // nats below the best cell that are kept at first, when the best spot may lie between cells,
const THEN = 14; // and then: e^-14 of the peak is nothing
const SMALLER = 0.5; // a box that shrinks less than this is near enough to the mass
const MOST_STEPS = 6;
const TOGETHER = 192; // latents decoded at once: between two blocks other jobs get their turn

/** @type {{decoder: string, region: string, blocks: Float32Array[]}} what the first grid decodes to, for any x */
let first = { decoder: "", region: "", blocks: [] };

/** @type {import("../worker.js").Task<PosteriorJob>} */
export async function posterior(job, run) {
  const { decoder, noise, mixture, x, mean, stddev, region, side = FINE, room = 1 } = job;
  /** @param {Grid} grid */
  const decoded = (grid) => decodedOn(grid, decoder, noise, run);
  /** @param {Float32Array[]} blocks @param {Grid} grid */
  const judged = (blocks, grid) => judgedOn(blocks, x, noise, grid, mixture);
  /** @param {Grid} grid */
  const logJoint = async (grid) => judged(await decoded(grid), grid);

  const aroundQ = gridOver(boxAround(mean, stddev, REACH), OF_Q),
    ofQ = { grid: aroundQ, logDensity: await logJoint(aroundQ) }, // what q holds the cells of no other grid may meet
    elbo = elboOn(ofQ.logDensity, aroundQ, mean, stddev),
    whole = gridOver(region, COARSE),
    key = JSON.stringify(region);
  if (first.decoder !== decoder || first.region !== key) first = { decoder, region: key, blocks: await decoded(whole) };
  let box = boxOfBoth(boxOfMasses([ofQ, { grid: whole, logDensity: judged(first.blocks, whole) }], FIRST), aroundQ.box);
  for (let step = 0; step < MOST_STEPS; step++) {
    const grid = gridOver(box, COARSE),
      smaller = boxOfMasses([ofQ, { grid, logDensity: await logJoint(grid) }], THEN),
      near = areaOf(smaller) > SMALLER * areaOf(box);
    box = smaller;
    if (near) break;
  }
  const grid = gridOver(wider(box, room), side),
    joint = await logJoint(grid),
    found = normalised(joint, grid),
    uncertainty = Math.max(quadratureError(joint, side), elbo - found.logEvidence); // log p(x) is no less than the ELBO
  const answer = {
    ...found,
    uncertainty,
    logJoint: joint,
    box: grid.box,
    side,
    elbo,
    divergence: found.logEvidence - elbo,
  };
  return [answer, [found.mass.buffer, joint.buffer]];
}

/**
 * @typedef {Omit<PosteriorJob, "task" | "region"> & {task: "bound"}} BoundJob the ELBO of a q alone, wherever it is
 */

/** @type {import("../worker.js").Task<BoundJob>} */
export async function bound({ decoder, noise, mixture, x, mean, stddev }, run) {
  const grid = gridOver(boxAround(mean, stddev, REACH), OF_Q),
    joint = judgedOn(await decodedOn(grid, decoder, noise, run), x, noise, grid, mixture);
  return [{ elbo: elboOn(joint, grid, mean, stddev) }, []];
}

/** @typedef {Pick<Grid, "z">} Places where p(x, z) is wanted, whether they make a grid or not */

/** @param {Places} places @param {string} decoder @param {number | null} noise @param {import("../worker.js").Run} run */
export async function decodedOn({ z }, decoder, noise, run) {
  const wanted = noise === null ? "logits" : "x",
    blocks = [];
  for (let start = 0; start < z.length; start += 2 * TOGETHER) {
    const some = z.slice(start, start + 2 * TOGETHER);
    blocks.push((await run(decoder, { z: [some, [some.length / 2, 2]] }, [wanted]))[wanted].slice());
  }
  return blocks;
}

/**
 * log p(x, z) of places.
 * @param {Float32Array[]} blocks of what is decoded
 * @param {Float32Array} x (C * H * W,) in [0, 1]
 * @param {number | null} noise
 * @param {Places} places
 * @param {import("../../math/mixture_prior.js").Mixture | null} [mixture] of a prior that was learned
 */
export function judgedOn(blocks, x, noise, places, mixture) {
  return logJointOf(
    blocks.flatMap((block) => Array.from(logLikelihoods(block, x, noise))),
    places,
    mixture,
  );
}
