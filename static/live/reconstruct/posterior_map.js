// The map of codes with one picture's posterior on it: its mean, draws from it, and the ellipse of one and two
// standard deviations; with two latent dimensions the true posterior is shaded behind it.
import { PlotMap } from "../parts/map.js";
import { drawShading, shadingOf } from "./shading.js";

/** @typedef {import("./posterior_spread.js").Place} Place */
/** @typedef {import("./posterior_spread.js").Covariance} Covariance */
/** @typedef {import("./posterior_spread.js").PlacedPosterior} PlacedPosterior */
/** @typedef {import("./posterior_spread.js").PlacedGrid} PlacedGrid */
/** @typedef {(spot: Place) => Place} Pixel from the map's units to pixels */
/** @typedef {(scale: number, middle: Place) => void} Inside draws it all, so much larger, around there */
/** @typedef {{left: number, top: number, width: number, height: number}} Frame of the axes, in pixels */

const TURN = 2 * Math.PI;
const LENS = { radius: 44, share: 0.17 }; // pixels at most, and of the map
const LARGE_LENS = { radius: 110, share: 0.27 }; // where the form of the true posterior is to be seen
const HALO = 1.4; // of the ellipses' lines, in their widths
const TOO_SMALL = 12; // pixels of two standard deviations: what is smaller goes under the lens,
const TOO_SMALL_FOR_FORM = 60; // and here what is smaller than this

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
    if (reach < (this.truth ? TOO_SMALL_FOR_FORM : TOO_SMALL))
      lens(context, this.frame(), spot, reach, this.truth ? LARGE_LENS : LENS, inside, colours);
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

/**
 * One and two standard deviations over the draws, everything in pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} mean
 * @param {Covariance} covariance
 * @param {Place[]} draws
 * @param {Record<string, any>} colours
 * @param {number} halo around the lines, in their widths
 */
function ellipses(context, mean, covariance, draws, { ink, ground, accent }, halo) {
  for (const draw of draws) dot(context, draw, 3.2, accent, ground);
  for (const times of [2, 1]) {
    const width = times === 1 ? 2.5 : 1.25;
    outline(context, mean, covariance, times);
    Object.assign(context, { strokeStyle: ground, lineWidth: (1 + halo) * width });
    if (halo) context.stroke();
    Object.assign(context, { strokeStyle: ink, lineWidth: width });
    context.stroke();
  }
}

/**
 * A posterior that is a point on the map, enlarged in the corner away from it.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Place} spot of the mean
 * @param {number} reach of what is enlarged
 * @param {{radius: number, share: number}} most how large it may be
 * @param {Inside} inside draws what is in it
 * @param {Record<string, any>} colours
 */
function lens(context, { left, top, width, height }, spot, reach, most, inside, colours) {
  const { ink, ground, faint, font } = colours,
    radius = Math.min(most.radius, most.share * Math.min(width, height)),
    scale = Math.min(1000, Number((radius / (1.8 * Math.max(reach, 1e-3))).toPrecision(1)));
  /** @param {number} at @param {number} from @param {number} length */
  const away = (at, from, length) => (at > from + length / 2 ? from + radius + 6 : from + length - radius - 6);
  /** @type {Place} */
  const middle = [away(spot[0], left, width), away(spot[1], top, height)];
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
  inside(scale, middle);
  context.restore();
  const text = `× ${scale}`,
    below = middle[1] + radius - 4;
  Object.assign(context, { font: `600 11px ${font}`, textAlign: "center", textBaseline: "alphabetic" });
  Object.assign(context, { fillStyle: ink, strokeStyle: ground, lineWidth: 4, lineJoin: "round" });
  context.strokeText(text, middle[0], below);
  context.fillText(text, middle[0], below);
}

/**
 * Half the axes of an ellipse of so many standard deviations, the longer first, and how it is turned.
 * @param {Covariance} covariance
 * @param {number} times
 */
function axesOf([xx, xy, yy], times) {
  const middle = (xx + yy) / 2,
    reach = Math.hypot((xx - yy) / 2, xy);
  return [
    times * Math.sqrt(middle + reach),
    times * Math.sqrt(Math.max(0, middle - reach)),
    Math.atan2(2 * xy, xx - yy) / 2,
  ];
}

/**
 * The path of that ellipse.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} middle
 * @param {Covariance} covariance
 * @param {number} times
 */
function outline(context, [x, y], covariance, times) {
  const [long, short, angle] = axesOf(covariance, times);
  context.beginPath();
  context.ellipse(x, y, Math.max(2, long), Math.max(2, short), angle, 0, TURN);
}

/** @param {CanvasRenderingContext2D} context @param {Place} middle @param {number} radius @param {string} colour @param {string} halo */
function dot(context, [x, y], radius, colour, halo) {
  context.beginPath();
  context.arc(x, y, radius, 0, TURN);
  Object.assign(context, { fillStyle: colour, strokeStyle: halo, lineWidth: 1.5 });
  context.fill();
  context.stroke();
}
