// Decode the latents of whole paths, and encode the pictures again for the cycle error.

/**
 * @typedef {object} PathJob
 * @property {"path"} task
 * @property {string} decoder address
 * @property {string} [encoder] address: with it the pictures are encoded again
 * @property {import("../../kit/paint.js").Shape} shape
 * @property {Float32Array} z (count, D)
 * @property {number} count
 */

/** @type {import("../worker.js").Task<PathJob>} */
export async function path({ decoder, encoder, shape, z, count }, run) {
  const { x } = await run(decoder, { z: [z, [count, z.length / count]] }, ["x"]);
  const means = encoder ? (await run(encoder, { x: [x, [count, ...shape]] }, ["mean"])).mean.slice() : null;
  const pictures = x.slice();
  return [{ pictures, means }, [pictures.buffer, ...(means ? [means.buffer] : [])]];
}
