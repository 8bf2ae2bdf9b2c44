// A q(z|x) that a flow has bent: its ELBO, and what becomes of two circles of the Gaussian.
import { gridOver } from "../../math/grid.js";
import { judgedOn, decodedOn } from "./posterior.js";

/**
 * @typedef {object} BentJob
 * @property {"bent"} task
 * @property {string} decoder address
 * @property {string} encoder address of a posterior.onnx
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 * @property {import("../../math/mixture_prior.js").Mixture | null} mixture of a prior that was learned
 * @property {Float32Array} x (C * H * W,) in [0, 1]
 * @property {import("../../kit/paint.js").Shape} shape
 */
/**
 * @typedef {object} Bent
 * @property {Float32Array[]} rings of z, closed, (RING, 2) each: around as much of q as the ellipse of 1, and of 2,
 *   standard deviations is around of a Gaussian
 * @property {number} elbo nats
 */

const SIDE = 40, // cells along a side of the grid over the Gaussian,
  REACH = 5, // which goes so many standard deviations each way
  RING = 120, // places on a circle
  RADII = [1, 2];

/** @type {import("../worker.js").Task<BentJob>} */
export async function bent({ decoder, encoder, noise, mixture, x, shape }, run) {
  const grid = gridOver({ low: [-REACH, -REACH], high: [REACH, REACH] }, SIDE).z,
    ends = 2 * SIDE * SIDE,
    draws = new Float32Array(ends + 2 * RING * RADII.length);
  draws.set(grid);
  RADII.forEach((radius, ring) => {
    for (let i = 0; i < RING; i++) {
      const angle = (2 * Math.PI * i) / RING;
      draws.set([radius * Math.cos(angle), radius * Math.sin(angle)], ends + 2 * (ring * RING + i));
    }
  });
  const told = await run(encoder, { x: [x, [1, ...shape]], noise: [draws, [draws.length / 2, 2]] }, [
      "z",
      "log_density",
    ]),
    z = told.z.slice(0, ends),
    joint = judgedOn(await decodedOn({ z }, decoder, noise, run), x, noise, { z }, mixture);
  let [sum, whole] = [0, 0];
  for (let i = 0; i < SIDE * SIDE; i++) {
    const weight = Math.exp(-0.5 * (grid[2 * i] ** 2 + grid[2 * i + 1] ** 2));
    sum += weight * (joint[i] - told.log_density[i]);
    whole += weight;
  }
  const rings = RADII.map((_, ring) => told.z.slice(ends + 2 * RING * ring, ends + 2 * RING * (ring + 1)));
  return [{ rings, elbo: sum / whole }, rings.map(({ buffer }) => buffer)];
}
