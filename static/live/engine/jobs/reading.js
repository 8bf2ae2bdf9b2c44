// What a model makes of one picture: encode it, decode draws of z, judge them.
import { sheetOf } from "../../kit/paint.js";
import { logLikelihoods } from "../../math/likelihood.js";
import { reparametrised } from "../../math/noise.js";

/**
 * @typedef {object} ReadingJob
 * @property {"reading"} task
 * @property {string} decoder address
 * @property {string} encoder address
 * @property {import("../../kit/paint.js").Shape} shape
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 * @property {Float32Array} x (C * H * W,) in [0, 1]
 * @property {Float32Array} epsilon (draws, D): they judge the picture
 * @property {Float32Array} [shown] (count, D): scaled by `scale`, they come back as a sheet in `columns` columns
 * @property {number} [scale]
 * @property {number} [columns]
 */

/**
 * The posterior, log p(x|z) of each draw, and a sheet of sampled pictures if wanted, else the picture at the mean.
 * @type {import("../worker.js").Task<ReadingJob>}
 */
export async function reading({ decoder, encoder, shape, noise, x, epsilon, shown, scale, columns = 1 }, run) {
  const { mean, stddev } = await run(encoder, { x: [x, [1, ...shape]] }, ["mean", "stddev"]);
  const dim = mean.length;
  /** @param {Float32Array} z @param {string} wanted */
  const decoded = async (z, wanted) => (await run(decoder, { z: [z, [z.length / dim, dim]] }, [wanted]))[wanted];
  const judged = await decoded(reparametrised(mean, stddev, epsilon), noise === null ? "logits" : "x");
  const answer = { mean: mean.slice(), stddev: stddev.slice(), draws: logLikelihoods(judged, x, noise) };
  if (!shown) return [{ ...answer, picture: (await decoded(mean, "x")).slice() }, []];
  const sampled = await decoded(reparametrised(mean, stddev, shown, scale), "x");
  const sheet = sheetOf(sampled, shown.length / dim, shape, columns);
  return [{ ...answer, sheet }, [sheet.pixels.buffer]];
}
