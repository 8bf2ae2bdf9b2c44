// How a posterior is spread over the map.

/** @typedef {import("../parts/posterior_marks.js").Place} Place */
/** @typedef {import("../parts/posterior_marks.js").Covariance} Covariance */
/** @typedef {{mean: Place, covariance: Covariance, draws: Place[]}} PlacedPosterior */
/**
 * @typedef {object} PlacedGrid a density of two latent dimensions
 * @property {Place[]} corners where z1 and z2 are smallest, z1 is largest, z2 is largest
 * @property {Place} mean
 * @property {Covariance} covariance
 * @property {Float64Array} mass of each cell, (side * side,)
 * @property {number} side
 */

/**
 * A posterior N(mean, diag(stddev^2)) as a map shows it. Over two dimensions or a plane this is exact; on a map without
 * a formula it is the spread of the draws' places.
 * @param {import("../math/projection.js").Projection} projection
 * @param {ArrayLike<number>[] | null} plane two directions (2, D); null for a map without a formula
 * @param {Float32Array} mean (D,)
 * @param {Float32Array} stddev (D,)
 * @param {Float32Array} draws (count, D) of z
 * @returns {PlacedPosterior}
 */
export function spreadOnMap(projection, plane, mean, stddev, draws) {
  const dim = mean.length,
    places = [];
  for (let i = 0; i < draws.length; i += dim) places.push(projection.place(draws.subarray(i, i + dim)));
  const at = projection.place(mean);
  if (!plane) return { mean: at, covariance: covarianceOf(places, at), draws: places };
  const [first, second] = plane;
  /** @param {ArrayLike<number>} u @param {ArrayLike<number>} v */
  const along = (u, v) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += u[d] * v[d] * stddev[d] * stddev[d];
    return sum;
  };
  return { mean: at, covariance: [along(first, first), along(first, second), along(second, second)], draws: places };
}

/**
 * A grid over two latent dimensions as a map shows it.
 * @param {import("../math/projection.js").Projection} projection
 * @param {ArrayLike<number>[]} plane two directions (2, 2)
 * @param {import("../engine/jobs/posterior.js").TruePosterior} truth
 * @returns {PlacedGrid}
 */
export function gridOnMap(projection, plane, { box: { low, high }, mean, covariance: [xx, xy, yy], mass, side }) {
  const corners = [low, [high[0], low[1]], [low[0], high[1]]].map((z) => projection.place(z));
  /** @param {ArrayLike<number>} u @param {ArrayLike<number>} v */
  const along = (u, v) => u[0] * v[0] * xx + (u[0] * v[1] + u[1] * v[0]) * xy + u[1] * v[1] * yy;
  const [first, second] = plane;
  return {
    corners,
    mean: projection.place(mean),
    covariance: [along(first, first), along(first, second), along(second, second)],
    mass,
    side,
  };
}

/**
 * @param {{latentDim: number, pca: {components: number[][]} | null}} model
 * @param {import("../parts/toolbar.js").View} view
 * @returns {number[][] | null} the two directions (2, D) that a map spans; null for a map without a formula
 */
export function planeOf({ latentDim, pca }, { projection, axes }) {
  if (projection === "umap") return null;
  if (projection === "pca") return pca && pca.components;
  return axes.map((axis) => Array.from({ length: latentDim }, (_, d) => Number(d === axis)));
}

/** @param {Place[]} places @param {Place} middle @returns {Covariance} */
function covarianceOf(places, [x, y]) {
  let xx = 0,
    xy = 0,
    yy = 0;
  for (const [px, py] of places) {
    xx += (px - x) ** 2;
    xy += (px - x) * (py - y);
    yy += (py - y) ** 2;
  }
  return [xx / places.length, xy / places.length, yy / places.length];
}
