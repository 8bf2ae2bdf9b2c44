// The map of codes with one picture's posterior on it: its mean, draws from it, and the ellipse of one and two
// standard deviations.
import { PlotMap } from "../parts/map.js";

/** @typedef {import("./posterior_spread.js").Place} Place */
/** @typedef {import("./posterior_spread.js").Covariance} Covariance */
/** @typedef {import("./posterior_spread.js").PlacedPosterior} PlacedPosterior */
/** @typedef {(spot: Place) => Place} Pixel from the map's units to pixels */
/** @typedef {{left: number, top: number, width: number, height: number}} Frame of the axes, in pixels */

const TURN = 2 * Math.PI;
const LENS = 44; // pixels of its radius at most,
const LENS_SHARE = 0.17; // and of the map
const TOO_SMALL = 12; // pixels of two standard deviations: what is smaller goes under the lens

export class PosteriorMap {
  /** @type {PlacedPosterior | null} */
  posterior = null;

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

  /** @param {CanvasRenderingContext2D} context @param {Pixel} pixel */
  paint(context, pixel) {
    const colours = this.plot.colours;
    if (!this.posterior || !colours) return;
    const { mean, covariance, draws } = this.posterior,
      [zero, one] = [pixel([0, 0]), pixel([1, 1])],
      [across, up] = [one[0] - zero[0], one[1] - zero[1]];
    /** @type {Covariance} */
    const inPixels = [covariance[0] * across * across, covariance[1] * across * up, covariance[2] * up * up];
    const [reach] = axesOf(inPixels, 2),
      spot = pixel(mean);
    if (reach < TOO_SMALL) lens(context, this.frame(), spot, inPixels, draws.map(pixel), colours);
    else ellipses(context, spot, inPixels, draws.map(pixel), colours);
    dot(context, spot, 5, colours.ink, colours.ground);
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
 */
function ellipses(context, mean, covariance, draws, { ink, ground, accent }) {
  for (const draw of draws) dot(context, draw, 3.2, accent, ground);
  for (const times of [2, 1]) {
    outline(context, mean, covariance, times);
    Object.assign(context, { strokeStyle: ground, lineWidth: times === 1 ? 6 : 4 });
    context.stroke();
    Object.assign(context, { strokeStyle: ink, lineWidth: times === 1 ? 2.5 : 1.25 });
    context.stroke();
  }
}

/**
 * A posterior that is a point on the map, enlarged in the corner away from it.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Place} spot of the mean
 * @param {Covariance} covariance
 * @param {Place[]} draws
 * @param {Record<string, any>} colours
 */
function lens(context, { left, top, width, height }, spot, covariance, draws, colours) {
  const { ink, ground, faint, font, tiny } = colours,
    radius = Math.min(LENS, LENS_SHARE * Math.min(width, height)),
    [reach] = axesOf(covariance, 2),
    scale = Math.min(1000, Number((radius / (1.8 * Math.max(reach, 1e-3))).toPrecision(1)));
  /** @param {number} at @param {number} from @param {number} length */
  const away = (at, from, length) => (at > from + length / 2 ? from + radius + 6 : from + length - radius - 6);
  /** @type {Place} */
  const middle = [away(spot[0], left, width), away(spot[1], top, height)];
  /** @type {Pixel} */
  const enlarged = ([x, y]) => [middle[0] + scale * (x - spot[0]), middle[1] + scale * (y - spot[1])];
  /** @type {Covariance} */
  const larger = [covariance[0] * scale * scale, covariance[1] * scale * scale, covariance[2] * scale * scale];
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
  ellipses(context, middle, larger, draws.map(enlarged), colours);
  context.restore();
  const text = `× ${scale}`,
    below = middle[1] + radius - 4;
  Object.assign(context, { font: `600 ${tiny}px ${font}`, textAlign: "center", textBaseline: "alphabetic" });
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
