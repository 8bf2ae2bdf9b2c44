// The map of codes with one picture's posterior on it: its mean, draws from it, and the ellipse of one and two
// standard deviations.
import { PlotMap } from "./plotmap.js";

const TURN = 2 * Math.PI;
const LENS = 44; // pixels of its radius at most,
const LENS_SHARE = 0.17; // and of the map
const TOO_SMALL = 12; // pixels of two standard deviations: what is smaller goes under the lens

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
      { ink, ground } = this.colours ?? {};
    const context = this.overlay.getContext("2d"),
      { xaxis, yaxis } = layout;
    const across = xaxis.d2p(1) - xaxis.d2p(0),
      up = yaxis.d2p(1) - yaxis.d2p(0);
    const pixel = ([x, y]) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
    context.save();
    context.beginPath();
    context.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    context.clip();
    const spread = covariance.map((value, i) => value * [across * across, across * up, up * up][i]); // in pixels
    const reach = axesOf(spread, 2)[0];
    if (reach < TOO_SMALL) this.lens(context, layout, pixel, spread, reach);
    else this.ellipses(context, pixel(mean), spread, draws.map(pixel));
    dot(context, pixel(mean), 5, ink, ground);
    context.restore();
  }

  /** One and two standard deviations over the draws, everything in pixels. */
  ellipses(context, mean, covariance, draws) {
    const { ink, ground, accent } = this.colours ?? {};
    for (const draw of draws) dot(context, draw, 3.2, accent, ground);
    for (const times of [2, 1]) {
      outline(context, mean, covariance, times);
      for (const [style, width] of [
        [ground, times === 1 ? 6 : 4],
        [ink, times === 1 ? 2.5 : 1.25],
      ]) {
        Object.assign(context, { strokeStyle: style, lineWidth: width });
        context.stroke();
      }
    }
  }

  /** A posterior that is a point on the map, enlarged in the corner away from it. */
  lens(context, { xaxis, yaxis }, pixel, covariance, reach) {
    const { ink, ground, faint, font } = this.colours ?? {},
      radius = Math.min(LENS, LENS_SHARE * Math.min(xaxis._length, yaxis._length)),
      scale = Math.min(1000, Number((radius / (1.8 * Math.max(reach, 1e-3))).toPrecision(1))),
      spot = pixel(this.spread.mean);
    const middle = [xaxis, yaxis].map(({ _offset: from, _length: length }, i) =>
      spot[i] > from + length / 2 ? from + radius + 6 : from + length - radius - 6,
    );
    const enlarged = (draw) => pixel(draw).map((value, i) => middle[i] + scale * (value - spot[i]));
    Object.assign(context, { strokeStyle: faint, fillStyle: ground, lineWidth: 1.5 });
    context.beginPath();
    context.moveTo(...spot);
    context.lineTo(...middle);
    context.stroke();
    context.beginPath();
    context.arc(...middle, radius, 0, TURN);
    context.fill();
    context.stroke();
    context.save();
    context.clip();
    this.ellipses(context, middle, covariance.map((value) => value * scale * scale), this.spread.draws.map(enlarged));
    context.restore();
    const words = [`× ${scale}`, middle[0], middle[1] + radius - 4];
    Object.assign(context, { font: `600 11px ${font}`, textAlign: "center", textBaseline: "alphabetic" });
    Object.assign(context, { fillStyle: ink, strokeStyle: ground, lineWidth: 4, lineJoin: "round" });
    context.strokeText(...words);
    context.fillText(...words);
  }
}

/** Half the axes of an ellipse of so many standard deviations, the longer first, and how it is turned. */
function axesOf([xx, xy, yy], times) {
  const middle = (xx + yy) / 2,
    reach = Math.hypot((xx - yy) / 2, xy);
  return [
    times * Math.sqrt(middle + reach),
    times * Math.sqrt(Math.max(0, middle - reach)),
    Math.atan2(2 * xy, xx - yy) / 2,
  ];
}

/** The path of that ellipse. */
function outline(context, [x, y], covariance, times) {
  const [long, short, angle] = axesOf(covariance, times);
  context.beginPath();
  context.ellipse(x, y, Math.max(2, long), Math.max(2, short), angle, 0, TURN);
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
