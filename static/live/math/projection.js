// From a spot of the map to a latent z, and from z to its spot.
import { PlaneIndex, nearestCodes, weightedMean } from "./nearest.js";
import { distance, normOf } from "./path.js";

const NEIGHBOURS = 8;

/**
 * @typedef {{count: number, away: number, norm: number}} Beneath the codes that z is the mean of: how many, how far the
 *   nearest is from z, and the mean of their norms
 * @typedef {{z: Float32Array, back?: [number, number], beneath?: Beneath}} Spot a latent, and where it is drawn
 * @typedef {object} Projection
 * @property {Float32Array} points (N, 2): where the codes are drawn
 * @property {PlaneIndex} index
 * @property {(x: number, y: number, z: ArrayLike<number>) => Spot} inverse
 * @property {(z: ArrayLike<number>) => [number, number]} place
 */

/**
 * Two latent dimensions, untouched: a spot sets these two and keeps the others.
 * @param {Float32Array} codes (N, D)
 * @param {number} dim D
 * @param {[number, number]} axes
 * @returns {Projection}
 */
export function latentProjection(codes, dim, [first, second]) {
  const points = new Float32Array((2 * codes.length) / dim);
  for (let i = 0; i < points.length / 2; i++) {
    points[2 * i] = codes[i * dim + first];
    points[2 * i + 1] = codes[i * dim + second];
  }
  /** @type {Projection["inverse"]} */
  const inverse = (x, y, z) => {
    const moved = Float32Array.from(z);
    moved[first] = x;
    moved[second] = y;
    return { z: moved };
  };
  return { points, index: new PlaneIndex(points), inverse, place: (z) => [z[first], z[second]] };
}

/**
 * The plane of the two main components through the mean of the codes.
 * @param {Float32Array} points (N, 2)
 * @param {number[][]} components (2, D), orthonormal
 * @param {number[]} mean (D,)
 * @returns {Projection}
 */
export function pcaProjection(points, components, mean) {
  /** @type {Projection["inverse"]} */
  const inverse = (x, y) => ({ z: Float32Array.from(mean, (m, d) => m + x * components[0][d] + y * components[1][d]) });
  /** @param {ArrayLike<number>} z @param {number[]} axis */
  const along = (z, axis) => mean.reduce((sum, m, d) => sum + (z[d] - m) * axis[d], 0);
  return {
    points,
    index: new PlaneIndex(points),
    inverse,
    place: (z) => [along(z, components[0]), along(z, components[1])],
  };
}

/**
 * A map without a formula (UMAP): a spot is decoded from the mean of the codes drawn nearest to it, z is drawn at the
 * mean place of the codes nearest to it. A mean lies between its codes, closer to the origin than they are: how far
 * from the nearest of them, and how long these are, is reported with every z. (The way there and back hides it.)
 * @param {Float32Array} points (N, 2)
 * @param {Float32Array} codes (N, D)
 * @param {number} dim D
 * @returns {Projection}
 */
export function neighbourProjection(points, codes, dim) {
  const index = new PlaneIndex(points);
  /** @param {number} i */
  const code = (i) => codes.subarray(i * dim, (i + 1) * dim);
  const norms = Float32Array.from({ length: codes.length / dim }, (_, i) => normOf(code(i)));
  /** @type {Projection["place"]} */
  const place = (z) => {
    const [x, y] = weightedMean(points, 2, nearestCodes(codes, z, NEIGHBOURS));
    return [x, y];
  };
  /** @type {Projection["inverse"]} */
  const inverse = (x, y) => {
    const nearest = index.nearest(x, y, NEIGHBOURS),
      z = weightedMean(codes, dim, nearest),
      away = Math.min(...nearest.map((one) => distance(code(one.index), z))),
      norm = weightedMean(norms, 1, nearest)[0];
    return { z, back: place(z), beneath: { count: nearest.length, away, norm } };
  };
  return { points, index, inverse, place };
}

/**
 * @param {{mean: Float32Array, pca?: Float32Array, umap?: Float32Array}} codes
 * @param {{latentDim: number, pca: {components: number[][], mean: number[]} | null}} model
 * @param {{projection: "latent" | "pca" | "umap", axes: [number, number]}} view
 * @returns {Projection} the one that `view` asks for
 */
export function projectionFor({ mean, pca, umap }, { latentDim, pca: plane }, { projection, axes }) {
  if (projection === "latent") return latentProjection(mean, latentDim, axes);
  if (projection === "pca" && pca && plane) return pcaProjection(pca, plane.components, plane.mean);
  if (projection === "umap" && umap) return neighbourProjection(umap, mean, latentDim);
  throw new Error(`This model has no ${projection} projection.`);
}
