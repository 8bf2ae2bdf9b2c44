// A trained model over two latent dimensions, and test pictures, for sections that show their formulas on real ones.
import { Originals } from "../engine/codes.js";
import { asPicture, encode } from "../engine/encoder.js";
import { Jobs } from "../engine/jobs.js";
import { loadSession } from "../engine/runtime.js";
import { binarised } from "../math/noise.js";

/** @typedef {import("../engine/runtime.js").Runtime} Runtime */
/**
 * @typedef {object} Told what Python sends
 * @property {string} [missing] why there is none; without it the rest is there
 * @property {string} title of the data set
 * @property {{name: string, shape: [number, number, number], latentDim: number, noise: number | null, decoder: string,
 *   encoder: string}} network addresses, and the form of pictures and latents
 * @property {import("../math/grid.js").Box} region where posteriors may lie
 * @property {{sheets: string[], perSheet: number}} pictures
 * @property {number} count of test pictures that are offered
 * @property {number[] | null} labels of those
 */
/** @typedef {{row: number, label: number | null, bytes: Uint8Array, x: Float32Array}} TestPicture bytes (C, H, W), and x
 *   in the numbers that the model judges: Bernoulli pixels are zeros and ones, drawn once */

export class Trained {
  /**
   * @param {Told} told
   * @param {Runtime} decoder
   * @param {Runtime} encoder
   * @param {Jobs} jobs
   * @param {import("../kit/bootstrap.js").Persist} persist
   */
  constructor(told, decoder, encoder, jobs, persist) {
    const { network, count, labels, title, region, pictures } = told;
    this.network = network;
    this.decoder = decoder;
    this.encoder = encoder;
    this.jobs = jobs;
    this.labels = labels;
    this.title = title; // of the data set
    this.region = region; // where posteriors may lie
    this.count = count; // of test pictures
    this.shape = network.shape; // of its pictures
    this.noise = network.noise; // standard deviation of Gaussian pixels; null for Bernoulli ones
    this.originals = new Originals(pictures, network.shape, persist);
  }

  /**
   * Fetch its networks, for this thread and for the worker.
   * @param {Told} told
   * @param {import("../engine/jobs.js").Files} files
   * @param {import("../kit/bootstrap.js").Persist} persist
   * @returns {Promise<Trained>}
   */
  static async open(told, files, persist) {
    const jobs = new Jobs(files),
      { network } = told;
    const [decoder, encoder] = await Promise.all([
      loadSession(files, network.decoder),
      loadSession(files, network.encoder),
      jobs.keep([network.decoder]),
    ]);
    return new Trained(told, decoder, encoder, jobs, persist);
  }

  /** @param {number} k any whole number: the test pictures come round and round @returns {Promise<TestPicture>} */
  async picture(k) {
    const row = ((k % this.count) + this.count) % this.count,
      bytes = await this.originals.get(row);
    const x = asPicture(this.noise === null ? binarised(bytes) : bytes, this.noise);
    return { row, label: this.labels?.[row] ?? null, bytes, x };
  }

  /** @param {Float32Array} x (C * H * W,) @returns {Promise<{mean: Float32Array, stddev: Float32Array}>} q(z|x), each (D,) */
  encode(x) {
    return encode(this.encoder, x, this.shape);
  }

  /** @param {ArrayLike<number>} z (count, D), few of them: in this thread @returns {Promise<Float32Array>} mean pictures (count, C, H, W) */
  async decode(z) {
    const { ort, session } = this.decoder,
      dim = this.network.latentDim,
      input = new ort.Tensor("float32", Float32Array.from(z), [z.length / dim, dim]);
    return /** @type {Float32Array} */ ((await session.run({ z: input }, ["x"])).x.data);
  }

  /** @param {ArrayLike<number>} z (count, D), as many as it takes: in the worker @param {Float32Array} x @returns {Promise<Float64Array>} log p(x|z), (count,) nats */
  async logLikelihoods(z, x) {
    const { decoder, latentDim } = this.network,
      job = { decoder, noise: this.noise, x, z: Float32Array.from(z), latentDim };
    return (await this.jobs.ask({ task: "likelihoods", ...job })).values;
  }

  /**
   * The true posterior of a picture, by quadrature in the worker.
   * @param {Float32Array} x (C * H * W,)
   * @param {{mean: Float32Array, stddev: Float32Array}} q a Gaussian that the search begins with
   * @param {number} [side] cells along a side of the grid
   * @param {number} [room] how much wider than the posterior it is
   * @returns {Promise<import("../engine/jobs/posterior.js").TruePosterior>}
   */
  posterior(x, { mean, stddev }, side = 64, room = 1.5) {
    const { decoder, noise } = this.network;
    return this.jobs.ask({ task: "posterior", decoder, noise, x, mean, stddev, region: this.region, side, room });
  }
}
