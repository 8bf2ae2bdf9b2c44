// The encoder in the browser: q(z|x) of one picture or of several.

/**
 *     const runtime = await loadSession(files, model.encoder);       // runtime.js
 *     const { mean, stddev } = await encode(runtime, asPicture(bytes), model.shape);
 *
 * @param {{ort: any, session: any}} runtime of an encoder.onnx
 * @param {Float32Array} x (count, C, H, W) in [0, 1]
 * @param {import("./paint.js").Shape} shape
 * @param {number} [count]
 * @returns {Promise<{mean: Float32Array, stddev: Float32Array}>} each (count, D)
 */
export async function encode({ ort, session }, x, shape, count = 1) {
  const { mean, stddev } = await session.run({ x: new ort.Tensor("float32", x, [count, ...shape]) });
  return { mean: mean.data, stddev: stddev.data };
}

/** @param {ArrayLike<number>} bytes 0 to 255 @returns {Float32Array} in [0, 1], exactly as PyTorch divides them */
export function asPicture(bytes) {
  return Float32Array.from(bytes, (byte) => byte / 255);
}
