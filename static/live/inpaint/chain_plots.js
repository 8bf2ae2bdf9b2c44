// What is drawn beside a chain's pictures: its path over the codes, and the bound of both chains.
import { ring } from "../parts/marks.js";
import { emptied } from "../kit/canvas.js";

/** @typedef {[number, number]} Place in the map's units */
/** @typedef {Record<string, any>} Theme `themeColours` */

const TAIL = 15; // steps of the path that stay visible
const EDGE = 0.06; // of a map, around its outermost codes
const LEFT = 4,
  BELOW = 1.8; // letters, for the traces' numbers

export class ChainMap {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{places: Place[], colours: string[]}} codes
   * @param {[string, string]} titles of the axes
   */
  constructor(canvas, codes, titles) {
    this.canvas = canvas;
    this.codes = codes;
    this.titles = titles;
    const both = [0, 1].map((axis) => codes.places.map((place) => place[axis]));
    this.centre = both.map((values) => (Math.min(...values) + Math.max(...values)) / 2);
    this.half = Math.max(...both.map((values) => (Math.max(...values) - Math.min(...values)) / 2)) * (1 + 2 * EDGE);
  }

  /** @param {Place[]} path @param {number} step @param {string} colour @param {Theme} theme */
  show(path, step, colour, { ink, ground, faint, line, font, tiny }) {
    const { context, width, height } = emptied(this.canvas),
      scale = Math.min(width, height) / 2 / this.half;
    /** @type {(place: Place) => Place} */
    const pixel = ([x, y]) => [width / 2 + scale * (x - this.centre[0]), height / 2 - scale * (y - this.centre[1])];
    Object.assign(context, { strokeStyle: line, fillStyle: faint, font: `${tiny}px ${font}` });
    context.strokeRect(0.5, 0.5, width - 1, height - 1);
    context.fillText(this.titles[0], 6, height - 6);
    context.save();
    context.translate(3 + tiny, height - 2 * tiny);
    context.rotate(-Math.PI / 2);
    context.fillText(this.titles[1], 0, 0);
    context.restore();
    context.globalAlpha = 0.5;
    this.codes.places.forEach((place, i) => {
      context.fillStyle = this.codes.colours[i % this.codes.colours.length];
      context.beginPath();
      context.arc(...pixel(place), 2, 0, 2 * Math.PI);
      context.fill();
    });
    const tail = path.slice(Math.max(0, step - TAIL), step + 1).map(pixel);
    Object.assign(context, { strokeStyle: ink, lineWidth: 1.5 });
    for (let i = 1; i < tail.length; i++) {
      context.globalAlpha = 0.15 + (0.7 * i) / tail.length;
      context.beginPath();
      context.moveTo(...tail[i - 1]);
      context.lineTo(...tail[i]);
      context.stroke();
    }
    context.globalAlpha = 1;
    ring(context, tail[tail.length - 1], 7, colour, ground);
  }
}

export class Traces {
  steps = 1; // of the chains that are shown
  left = 0; // pixels, where they begin

  /** @param {HTMLCanvasElement} canvas @param {(step: number) => void} onStep a place of it was touched */
  constructor(canvas, onStep) {
    this.canvas = canvas;
    /** @param {MouseEvent} event */
    const touched = ({ offsetX }) =>
      onStep(Math.round(((offsetX - this.left) / (canvas.clientWidth - this.left - 8)) * (this.steps - 1)));
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (event.pointerType !== "touch") touched(event); // a finger may be about to scroll
    };
    canvas.onclick = touched;
    canvas.onpointermove = (event) => {
      if (event.buttons) touched(event);
    };
  }

  /** @param {{bounds: number[], colour: string}[]} chains @param {number} step @param {Theme} theme */
  show(chains, step, { ground, faint, line, font, tiny }) {
    const { context, width, height } = emptied(this.canvas),
      values = chains.flatMap(({ bounds }) => bounds),
      [low, high] = [Math.min(...values), Math.max(...values)];
    this.steps = chains[0].bounds.length;
    const left = (this.left = LEFT * tiny),
      below = BELOW * tiny;
    /** @param {number} at */
    const x = (at) => left + (at / (this.steps - 1)) * (width - left - 8);
    /** @param {number} value */
    const y = (value) => 8 + ((high - value) / (high - low || 1)) * (height - below - 16);
    Object.assign(context, { fillStyle: faint, strokeStyle: line, font: `${tiny}px ${font}`, textAlign: "right" });
    for (const value of ticks(low, high)) {
      context.fillText(String(value).replace("-", "−"), left - 6, y(value) + 4);
      context.strokeRect(left, y(value), width - left - 8, 0);
    }
    context.textAlign = "center";
    for (let at = 0; at < this.steps; at += at ? 20 : 19) context.fillText(String(at + 1), x(at), height - 4);
    for (const { bounds, colour } of chains) {
      Object.assign(context, { strokeStyle: colour, lineWidth: 1.5 });
      context.beginPath();
      bounds.forEach((bound, at) => context.lineTo(x(at), y(bound)));
      context.stroke();
    }
    Object.assign(context, { strokeStyle: faint, lineWidth: 1 });
    context.strokeRect(x(step), 4, 0, height - below - 4);
    for (const { bounds, colour } of chains) ring(context, [x(step), y(bounds[step])], 4, colour, ground);
  }
}

/** Three or so round numbers from low to high. @param {number} low @param {number} high */
function ticks(low, high) {
  const power = 10 ** Math.floor(Math.log10((high - low) / 3 || 1)),
    sizes = [1, 2, 5, 10].map((times) => times * power),
    step = sizes.find((size) => (high - low) / size <= 4) ?? sizes[3];
  const first = Math.ceil(low / step),
    count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}
