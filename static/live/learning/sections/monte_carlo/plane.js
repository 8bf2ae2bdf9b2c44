// The plane of z: where the posterior has its mass, the proposal in the hand, and its draws, each as large as its weight.
import { largest } from "../../../math/log_sum.js";
import { ellipses } from "../../../parts/posterior_marks.js";
import { drawShading, shadingOf } from "../../../parts/shading.js";
import { axesIn, dot, steps, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("./estimated.js").Estimated} Estimated */

const LARGEST = 9; // pixels: the radius of the draw with the largest weight
const SMALLEST = 1e-3; // share of that weight from which on a draw is drawn as more than a speck

/** @type {{of: Float64Array | null, colour: string, canvas: HTMLCanvasElement | null}} */
const shading = { of: null, colour: "", canvas: null };

/** @param {Picture} picture @param {Estimated} estimated @param {Values} values @param {import("../../plot.js").Box} box @returns {Handle[]} */
export function drawPlane(picture, estimated, { close }, box) {
  const { context, colours } = picture,
    { judged, proposal } = estimated,
    { low, high } = close[0] ? judged.close : judged.whole,
    axes = axesIn(box, [low[0], high[0]], [low[1], high[1]]),
    { x, y } = axes,
    { posterior } = judged;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  const tick = stepOf(high[0] - low[0]);
  for (const at of steps(Math.ceil(low[0] / tick) * tick, high[0], tick))
    stroke(picture, [x(at), box.top], [x(at), box.bottom], { colour: colours.line, width: 1 });
  for (const at of steps(Math.ceil(low[1] / tick) * tick, high[1], tick))
    stroke(picture, [box.left, y(at)], [box.right, y(at)], { colour: colours.line, width: 1 });
  if (shading.of !== posterior.mass || shading.colour !== colours.p)
    Object.assign(shading, {
      of: posterior.mass,
      colour: colours.p,
      canvas: shadingOf(posterior.mass, posterior.side, colours.p),
    });
  const { low: from, high: to } = posterior.box;
  if (shading.canvas)
    drawShading(context, shading.canvas, [
      [x(from[0]), y(from[1])],
      [x(to[0]), y(from[1])],
      [x(from[0]), y(to[1])],
    ]);
  drawDraws(picture, estimated, x, y);
  const [across, up] = [x(proposal.stddev[0]) - x(0), y(0) - y(proposal.stddev[1])],
    middle = /** @type {[number, number]} */ ([x(proposal.mean[0]), y(proposal.mean[1])]);
  ellipses(context, middle, [across ** 2, 0, up ** 2], [], { ...colours, ink: colours.q }, 0.6);
  context.restore();
  Object.assign(context, { strokeStyle: colours.faint, lineWidth: 1 });
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
  write(picture, "q, with its draws", [box.left + 8, box.top + colours.size], {
    colour: colours.q,
    align: "left",
    bold: true,
    size: "size",
  });
  write(picture, "p(z|x)", [box.left + 8, box.top + 2.4 * colours.size], {
    colour: colours.p,
    align: "left",
    bold: true,
    size: "size",
  });
  write(picture, "area: weight", [box.left + 8, box.top + 3.8 * colours.size], {
    colour: colours.alpha,
    align: "left",
    bold: true,
    size: "size",
  });
  write(picture, `grid: ${tick}`, [box.right - 8, box.bottom - colours.small], { align: "right" });
  return handlesOf(proposal, axes);
}

/** @param {Picture} picture @param {Estimated} estimated @param {(value: number) => number} x @param {(value: number) => number} y */
function drawDraws(picture, { weights, z }, x, y) {
  const { context, colours } = picture,
    most = largest(weights);
  context.fillStyle = colours.q;
  context.globalAlpha = 0.5;
  for (let i = 0; i < weights.length; i++) context.fillRect(x(z[2 * i]) - 1, y(z[2 * i + 1]) - 1, 2, 2);
  context.globalAlpha = 1;
  for (let i = 0; i < weights.length; i++) {
    const share = Math.exp(weights[i] - most);
    if (share < SMALLEST) continue;
    dot(picture, [x(z[2 * i]), y(z[2 * i + 1])], Math.max(1.5, LARGEST * Math.sqrt(share)), colours.alpha, 0.35);
  }
}

/** @param {{mean: number[], stddev: number[]}} proposal @param {import("../../plot.js").Axes} axes @returns {Handle[]} */
function handlesOf({ mean, stddev }, { box, x, y, atX, atY }) {
  return [
    {
      name: "mean",
      label: "The proposal's mean",
      symbol: "q",
      at: [x(mean[0]), y(mean[1])],
      room: box,
      move: (across, up) => ({ mean: [atX(across), atY(up)] }),
    },
    {
      name: "width1",
      label: "The proposal's standard deviation across",
      symbol: "q",
      at: [x(mean[0] + stddev[0]), y(mean[1])],
      room: box,
      move: (across) => ({ width: [Math.abs(atX(across) - mean[0]), stddev[1]] }),
    },
    {
      name: "width2",
      label: "The proposal's standard deviation up",
      symbol: "q",
      at: [x(mean[0]), y(mean[1] + stddev[1])],
      room: box,
      move: (_, up) => ({ width: [stddev[0], Math.abs(atY(up) - mean[1])] }),
    },
  ];
}

/** @param {number} whole @returns {number} 1, 2 or 5 times a power of ten, about a sixth of it */
function stepOf(whole) {
  const power = 10 ** Math.floor(Math.log10(whole / 6));
  return Number((power * ([1, 2, 5].find((times) => times * power >= whole / 6) ?? 10)).toPrecision(1));
}
