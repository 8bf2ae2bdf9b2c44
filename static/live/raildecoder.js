// One model of the rail: its picture follows either a latent z or a picture x that it reads first.
import { LiveDecoder } from "./decoder.js";
import { encode } from "./encoder.js";
import { klPerDimension, logLikelihoods, total } from "./likelihood.js";
import { reparametrised } from "./noise.js";

export class RailDecoder extends LiveDecoder {
  /** @param {ArrayLike<number>} z @param {number} time when the hand moved */
  walk(z, time) {
    this.reading = false;
    this.request(z, time);
  }

  /**
   * @param {Float32Array} x (C * H * W,) in [0, 1]; `encoder` is there
   * @param {Float32Array} epsilon (D,)
   * @param {number} scale of it: z = mean + scale * stddev * epsilon
   * @param {number} time
   */
  read(x, epsilon, scale, time) {
    Object.assign(this, { reading: true, epsilon, scale });
    this.request(x, time);
  }

  /** @param {Float32Array} input z, or x while reading */
  async paint(input, time = performance.now()) {
    if (!this.reading) return super.paint(input, time);
    const { encoder, epsilon, scale } = this,
      posterior = await encode(encoder, input, this.shape);
    if (this.encoder !== encoder) return; // another model was chosen meanwhile
    Object.assign(this, { x: input, ...posterior });
    await super.paint(reparametrised(posterior.mean, posterior.stddev, epsilon, scale), time);
  }

  /**
   * What the two terms of the ELBO say of the picture that was read, at the posterior's mean.
   * @param {number | null} noise of Gaussian pixels
   * @returns {Promise<{rate: number, distortion: number}>} nats: KL(q(z|x) || p(z)) and -log p(x|z)
   */
  async terms(noise) {
    const { runtime, x, mean, stddev } = this,
      wanted = noise === null ? "logits" : "x";
    const outputs = await runtime.session.run({ z: new runtime.ort.Tensor("float32", mean, [1, mean.length]) }, [wanted]);
    const [likelihood] = logLikelihoods(outputs[wanted].data, x, noise);
    return { rate: total(klPerDimension(mean, stddev)), distortion: -likelihood };
  }
}
