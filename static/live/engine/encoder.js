// The encoder in the browser: q(z|x) of one picture or of several.

/**
 *     const runtime = await loadSession(files, model.encoder); // runtime.js
 *     const { mean, stddev } = await encode(runtime, asPicture(bytes, model.noise), model.shape);
 *
 * @param {import("./runtime.js").Runtime} runtime of an encoder.onnx
 * @param {Float32Array} x (count, C, H, W) in [0, 1]
 * @param {import("../kit/paint.js").Shape} shape
 * @param {number} [count]
 * @returns {Promise<{mean: Float32Array, stddev: Float32Array}>} each (count, D)
 */
export async function encode({ ort, session }, x, shape, count = 1) {
  const { mean, stddev } = await session.run({ x: new ort.Tensor("float32", x, [count, ...shape]) });
  return { mean: /** @type {Float32Array} */ (mean.data), stddev: /** @type {Float32Array} */ (stddev.data) };
}

/**
 * Bytes as a model is given them: the mean of what it saw in training (`vae_core.analysis.evaluation.noiseless`). Gaussian
 * pixels were spread over their grey level's 256th of [0, 1], so that the mean is its middle.
 * @param {ArrayLike<number>} bytes 0 to 255
 * @param {number | null} noise the model's: null for a Bernoulli likelihood
 * @returns {Float32Array} in [0, 1]
 */
export function asPicture(bytes, noise) {
  return Float32Array.from(bytes, noise === null ? (byte) => byte / 255 : (byte) => (byte + 0.5) / 256);
}
