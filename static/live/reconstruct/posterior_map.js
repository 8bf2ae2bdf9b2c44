// The map of codes with one picture's posterior on it: its mean, draws from it, and the ellipse of one and two
// standard deviations; with two latent dimensions the true posterior is shaded behind it.
import { PlotMap } from "../parts/map.js";
import { axesOf, dot, ellipses, lens } from "../parts/posterior_marks.js";
import { drawShading, shadingOf } from "../parts/shading.js";

/** @typedef {import("./posterior_spread.js").Place} Place */
/** @typedef {import("./posterior_spread.js").Covariance} Covariance */
/** @typedef {import("./posterior_spread.js").PlacedPosterior} PlacedPosterior */
/** @typedef {import("./posterior_spread.js").PlacedGrid} PlacedGrid */
/** @typedef {(spot: Place) => Place} Pixel from the map's units to pixels */
/** @typedef {import("../parts/posterior_marks.js").Inside} Inside */
/** @typedef {import("../parts/posterior_marks.js").Frame} Frame */

const LENS = { radius: 44, share: 0.17, filled: 0.55 }; // pixels at most, and of the map; how far two standard
// deviations reach in it
const LARGE_LENS = { radius: 140, share: 0.3, filled: 0.8 }; // where the form of the true posterior is to be seen
const LARGEST = 1000; // times
const HALO = 1.4; // of the ellipses' lines, in their widths

export class PosteriorMap {
  /** @type {PlacedPosterior | null} */
  posterior = null;
  /** @type {PlacedGrid | null} */
  truth = null;
  /** @type {HTMLCanvasElement | null} */
  shading = null; // of it, in the theme's colour
  shaded = ""; // which colour that was

  /** @param {HTMLElement} host @param {(x: number, y: number) => void} onClick in the map's units */
  constructor(host, onClick) {
    this.plot = new PlotMap(host, { onHover() {}, onLeave() {}, onReset() {}, onSelect() {}, onClick });
    this.plot.underlay = (context, pixel) => this.paint(context, pixel);
  }

  /** @param {PlacedPosterior | null} posterior */
  show(posterior) {
    this.posterior = posterior;
    this.plot.drawOverlay();
  }

  /** @param {PlacedGrid | null} truth the true posterior */
  showTruth(truth) {
    if (!truth && !this.truth) return;
    this.truth = truth;
    this.shading = null;
    this.plot.drawOverlay();
  }

  /**
   * @param {Record<string, any>} colours
   * @returns {(context: CanvasRenderingContext2D, pixel: Pixel) => void} shades the true posterior, if it is there
   */
  shader({ accent }) {
    const { truth } = this;
    if (!truth) return () => {};
    if (this.shaded !== accent) this.shading = null;
    const shading = (this.shading ??= shadingOf(truth.mass, truth.side, accent));
    this.shaded = accent;
    return (context, pixel) => drawShading(context, shading, truth.corners.map(pixel));
  }

  /** @param {CanvasRenderingContext2D} context @param {Pixel} pixel */
  paint(context, pixel) {
    const colours = this.plot.colours;
    if (!this.posterior || !colours) return;
    const { mean, covariance, draws } = this.posterior,
      [zero, one] = [pixel([0, 0]), pixel([1, 1])],
      [across, up] = [one[0] - zero[0], one[1] - zero[1]];
    /** @type {Covariance} */
    const inPixels = [covariance[0] * across * across, covariance[1] * across * up, covariance[2] * up * up];
    const spot = pixel(mean),
      reach = Math.max(axesOf(inPixels, 2)[0], this.truthReach(spot, pixel)),
      spots = draws.map(pixel),
      shade = this.shader(colours);
    /** @type {Inside} */
    const inside = (scale, middle) => {
      /** @type {Pixel} */
      const enlarged = ([x, y]) => [middle[0] + scale * (x - spot[0]), middle[1] + scale * (y - spot[1])];
      /** @type {Covariance} */
      const larger = [inPixels[0] * scale * scale, inPixels[1] * scale * scale, inPixels[2] * scale * scale];
      shade(context, (at) => enlarged(pixel(at)));
      ellipses(context, middle, larger, spots.map(enlarged), colours, this.truth ? 0 : HALO);
    };
    const { radius: most, share, filled } = this.truth ? LARGE_LENS : LENS,
      frame = this.frame(),
      radius = Math.min(most, share * Math.min(frame.width, frame.height)),
      scale = Number(Math.min(LARGEST, (filled * radius) / Math.max(reach, 1e-3)).toPrecision(1));
    if (scale >= 2) lens(context, frame, spot, radius, scale, inside, colours);
    else inside(1, spot);
    dot(context, spot, 5, colours.ink, colours.ground);
  }

  /** How far from q's mean the true posterior reaches, in pixels. @param {Place} spot of that mean @param {Pixel} pixel */
  truthReach(spot, pixel) {
    if (!this.truth) return 0;
    const { mean, covariance } = this.truth,
      [x, y] = pixel(mean),
      perUnit = Math.abs(pixel([1, 0])[0] - pixel([0, 0])[0]);
    return Math.hypot(x - spot[0], y - spot[1]) + perUnit * axesOf(covariance, 2)[0];
  }

  /** @returns {Frame} */
  frame() {
    const { xaxis, yaxis } = this.plot.plot._fullLayout;
    return { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
  }
}
