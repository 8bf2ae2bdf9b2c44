// The map of codes with one picture's posterior on it: its mean, draws from it, and the ellipse of one and two
// standard deviations.
import { PlotMap } from "./plotmap.js";

const TURN = 2 * Math.PI;

export class PosteriorMap extends PlotMap {
  /** @param {{mean: number[], covariance: number[], draws: number[][]} | null} spread in the map's units */
  show(spread) {
    this.spread = spread;
    this.drawOverlay();
  }

  drawOverlay() {
    super.drawOverlay();
    const layout = this.plot._fullLayout;
    if (!layout || !this.spread) return;
    const { mean, covariance, draws } = this.spread,
      { ink, ground, accent } = this.colours ?? {};
    const context = this.overlay.getContext("2d"),
      { xaxis, yaxis } = layout;
    const across = xaxis.d2p(1) - xaxis.d2p(0),
      up = yaxis.d2p(1) - yaxis.d2p(0);
    const pixel = ([x, y]) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
    context.save();
    context.beginPath();
    context.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    context.clip();
    for (const draw of draws) dot(context, pixel(draw), 3.2, accent, ground);
    for (const times of [2, 1]) {
      outline(context, pixel(mean), covariance, times, across, up);
      for (const [style, width] of [
        [ground, times === 1 ? 6 : 4],
        [ink, times === 1 ? 2.5 : 1.25],
      ]) {
        Object.assign(context, { strokeStyle: style, lineWidth: width });
        context.stroke();
      }
    }
    dot(context, pixel(mean), 5, ink, ground);
    context.restore();
  }
}

/** The path of an ellipse of so many standard deviations. */
function outline(context, [x, y], [xx, xy, yy], times, across, up) {
  // in pixels, where up may be negative: the covariance is scaled before its axes are found
  const a = xx * across * across,
    b = xy * across * up,
    c = yy * up * up;
  const middle = (a + c) / 2,
    reach = Math.hypot((a - c) / 2, b),
    angle = Math.atan2(2 * b, a - c) / 2;
  const long = Math.max(2, times * Math.sqrt(middle + reach)),
    short = Math.max(2, times * Math.sqrt(Math.max(0, middle - reach)));
  context.beginPath();
  context.ellipse(x, y, long, short, angle, 0, TURN);
}

function dot(context, [x, y], radius, colour, halo) {
  context.beginPath();
  context.arc(x, y, radius, 0, TURN);
  Object.assign(context, { fillStyle: colour, strokeStyle: halo, lineWidth: 1.5 });
  context.fill();
  context.stroke();
}

/**
 * A posterior N(mean, diag(stddev^2)) as a map shows it. Over two dimensions or a plane this is exact; on a map without
 * a formula it is the spread of the draws' places.
 * @param {import("./projection.js").Projection} projection
 * @param {"latent" | "pca" | "umap"} kind
 * @param {{axes: number[], components?: number[][]}} plane two latent indices, or two directions (2, D)
 * @param {Float32Array} mean (D,)
 * @param {Float32Array} stddev (D,)
 * @param {Float32Array} draws (count, D) of z
 */
export function spreadOnMap(projection, kind, plane, mean, stddev, draws) {
  const dim = mean.length,
    places = [];
  for (let i = 0; i < draws.length; i += dim) places.push(projection.place(draws.subarray(i, i + dim)));
  const at = projection.place(mean);
  if (kind === "umap") return { mean: at, covariance: covarianceOf(places, at), draws: places };
  const [first, second] = kind === "pca" ? plane.components : plane.axes.map((axis) => unit(axis, dim));
  const covariance = [
    [first, first],
    [first, second],
    [second, second],
  ].map(([u, v]) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += u[d] * v[d] * stddev[d] * stddev[d];
    return sum;
  });
  return { mean: at, covariance, draws: places };
}

function unit(axis, dim) {
  return Array.from({ length: dim }, (_, d) => Number(d === axis));
}

function covarianceOf(places, [x, y]) {
  const sums = [0, 0, 0];
  for (const [px, py] of places) {
    sums[0] += (px - x) ** 2;
    sums[1] += (px - x) * (py - y);
    sums[2] += (py - y) ** 2;
  }
  return sums.map((sum) => sum / places.length);
}
