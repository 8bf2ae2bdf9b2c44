// Networks of discrete latents, whose z are codes: whole numbers, one a cell.

/** @typedef {import("./runtime.js").Runtime} Runtime */

/** Codes as networks take them. @param {ArrayLike<number>} codes */
export const wholeNumbers = (codes) => BigInt64Array.from(Array.from(codes, BigInt));

/** @param {Runtime["ort"]} ort @param {ArrayLike<number>} codes (cells,) of one picture */
const tensorOf = (ort, codes) => new ort.Tensor("int64", wholeNumbers(codes), [1, codes.length]);

/**
 * The codes of one picture.
 * @param {Runtime} runtime of an encoder.onnx
 * @param {Float32Array} x (C, H, W) in [0, 1]
 * @param {import("../math/shape.js").Shape} shape
 * @returns {Promise<number[]>} (cells,)
 */
export async function encodeCodes({ ort, session }, x, shape) {
  const { codes } = await session.run({ x: new ort.Tensor("float32", x, [1, ...shape]) }, ["codes"]);
  return Array.from(/** @type {BigInt64Array} */ (codes.data), Number);
}

/**
 * The picture of codes, and the logits behind it.
 * @param {Runtime} runtime of a decoder.onnx
 * @param {ArrayLike<number>} codes (cells,)
 * @returns {Promise<{x: Float32Array, logits: Float32Array}>} each (C, H, W)
 */
export async function decodeCodes({ ort, session }, codes) {
  const { x, logits } = await session.run({ z: tensorOf(ort, codes) }, ["x", "logits"]);
  return { x: /** @type {Float32Array} */ (x.data), logits: /** @type {Float32Array} */ (logits.data) };
}

/**
 * The logits of each cell's code given the codes of the cells before it: those after it do not matter.
 * @param {Runtime} runtime of a prior.onnx
 * @param {ArrayLike<number>} codes (cells,)
 * @returns {Promise<Float32Array>} (cells, K)
 */
export async function logitsOfPrior({ ort, session }, codes) {
  const { logits } = await session.run({ z: tensorOf(ort, codes) }, ["logits"]);
  return /** @type {Float32Array} */ (logits.data);
}
