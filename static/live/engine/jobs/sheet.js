// Decode a block of latents to one sheet of pictures.
import { sheetOf } from "../../kit/paint.js";

/**
 * @typedef {object} SheetJob
 * @property {"sheet"} task
 * @property {string} decoder address
 * @property {import("../../kit/paint.js").Shape} shape
 * @property {import("../worker.js").Values} z (count, D)
 * @property {number} count
 * @property {number} columns pictures in one row of the sheet
 * @property {Uint8ClampedArray<ArrayBuffer>} [reuse] pixels of an earlier sheet
 */

/** @type {import("../worker.js").Task<SheetJob>} */
export async function sheet({ decoder, shape, z, count, columns, reuse }, run) {
  const { x } = await run(decoder, { z: [z, [count, z.length / count]] }, ["x"]);
  const made = sheetOf(x, count, shape, columns, reuse);
  return [{ sheet: made }, [made.pixels.buffer]];
}
