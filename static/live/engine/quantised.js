// Networks of discrete latents, whose z are codes: whole numbers, one a cell.
import { codeAt, logProbabilities } from "../math/code_prior.js";

/** @typedef {import("./runtime.js").Runtime} Runtime */

/** Codes as networks take them. @param {ArrayLike<number>} codes */
export const wholeNumbers = (codes) => BigInt64Array.from(Array.from(codes, BigInt));

/** @param {Runtime["ort"]} ort @param {ArrayLike<number>} codes (count, cells) @param {number} [count] of pictures */
export const codesTensor = (ort, codes, count = 1) =>
  new ort.Tensor("int64", wholeNumbers(codes), [count, codes.length / count]);

/**
 * The codes of one picture, or of several.
 * @param {Runtime} runtime of an encoder.onnx
 * @param {Float32Array} x (count, C, H, W) in [0, 1]
 * @param {import("../math/shape.js").Shape} shape
 * @param {number} [count]
 * @returns {Promise<number[]>} (count, cells)
 */
export async function encodeCodes({ ort, session }, x, shape, count = 1) {
  const { codes } = await session.run({ x: new ort.Tensor("float32", x, [count, ...shape]) }, ["codes"]);
  return Array.from(/** @type {BigInt64Array} */ (codes.data), Number);
}

/**
 * The picture of codes, and the logits behind it.
 * @param {Runtime} runtime of a decoder.onnx
 * @param {ArrayLike<number>} codes (cells,)
 * @returns {Promise<{x: Float32Array, logits: Float32Array}>} each (C, H, W)
 */
export async function decodeCodes({ ort, session }, codes) {
  const { x, logits } = await session.run({ z: codesTensor(ort, codes) }, ["x", "logits"]);
  return { x: /** @type {Float32Array} */ (x.data), logits: /** @type {Float32Array} */ (logits.data) };
}

/**
 * The logits of each cell's code given the codes of the cells before it: those after it do not matter.
 * @param {Runtime} runtime of a prior.onnx
 * @param {ArrayLike<number>} codes (count, cells)
 * @param {number} [count] of pictures
 * @returns {Promise<Float32Array>} (count, cells, K)
 */
export async function logitsOfPrior({ ort, session }, codes, count = 1) {
  const { logits } = await session.run({ z: codesTensor(ort, codes, count) }, ["logits"]);
  return /** @type {Float32Array} */ (logits.data);
}

/**
 * Draw codes from the prior, each cell given those before it.
 * @param {Runtime} prior of a prior.onnx
 * @param {number[]} codes (count, cells), which are changed
 * @param {ArrayLike<number>} uniform (count, cells) in [0, 1): what draws them
 * @param {number} size K
 * @param {object} [how]
 * @param {number} [how.count] of pictures
 * @param {number} [how.from] cells before it are as they are
 * @param {Map<number, number>} [how.given] cells whose codes are not drawn
 * @param {() => boolean} [how.late] whether they are wanted no more
 * @returns {Promise<boolean>} whether all were drawn
 */
export async function drawCodes(prior, codes, uniform, size, { count = 1, from = 0, given, late } = {}) {
  const cells = codes.length / count;
  for (let cell = from; cell < cells; cell++) {
    const known = given?.get(cell),
      logits = known === undefined ? await logitsOfPrior(prior, codes, count) : null;
    for (let at = cell; at < codes.length; at += cells)
      codes[at] = known ?? codeAt(logProbabilities(/** @type {Float32Array} */ (logits), at, size), uniform[at]);
    if (late?.()) return false;
  }
  return true;
}
