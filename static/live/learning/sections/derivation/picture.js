// To the left q over the true posterior, or the curve of log; to the right the lines with their numbers.
import { drawShading, shadingOf } from "../../../parts/shading.js";
import { writeFormula } from "../../canvas_formula.js";
import { axesIn, dot, stroke, write } from "../../plot.js";
import { thumbnail } from "../../thumbnail.js";
import { drawCurve } from "./curve.js";
import { movesTo } from "./judged.js";
import { drawLadder } from "./ladder.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./judged.js").Derived} Derived */

const NARROW = 560; // pixels: below, one stands above the other
const SHARE = 0.47; // of the width that the plane may have
const COARSE = 0.05; // nats: an error of the grid that is said
const TURN = 2 * Math.PI;

/** @type {{judged: object | null, colour: string, canvas: HTMLCanvasElement | null}} */
const shading = { judged: null, colour: "", canvas: null };

/** @param {Picture} picture @param {Derived} result @param {Values} values @returns {Handle[]} */
export function drawDerivation(picture, result, values) {
  const { width, height } = picture,
    narrow = width < NARROW,
    side = narrow ? Math.min(0.52 * height, width) : Math.min(height, SHARE * width);
  const room = narrow
    ? { left: 0, right: width, top: side + 10, bottom: height }
    : { left: side + 22, right: width, top: 0, bottom: height };
  const plane = narrow
    ? { left: 0, right: side, top: 0, bottom: side }
    : { left: 0, right: side, top: (height - side) / 2, bottom: (height + side) / 2 };
  if (values.curve[0]) {
    const box = narrow ? { ...plane, right: width } : { left: 0, right: side, top: 8, bottom: height };
    drawLadder(picture, { ...room, bottom: room.bottom - 3 * picture.colours.size }, jensenLines(result), 1);
    const low = /** @type {[number, number]} */ ([room.left, room.bottom - picture.colours.size]);
    writeFormula(picture, "In the ELBO: w = p(x,z) / q(z), with z drawn from q", low, { most: room.right - room.left });
    return drawCurve(picture, box, result);
  }
  drawLadder(picture, room, result.ladder, result.at);
  const beside = narrow ? { left: side + 12, top: 0, width: Math.min(width - side - 12, 0.44 * side) } : null;
  return drawPlane(picture, plane, result, beside);
}

/** The two lines of the curve. @param {Derived} result */
function jensenLines({ chord: { curve, chord, gap } }) {
  return [
    { name: "log E[w]", relation: "", value: curve, gap: 0 },
    { name: "E[log w]", relation: ">=", value: chord, gap },
  ];
}

/**
 * @param {Picture} picture
 * @param {Box} box a square
 * @param {Derived} result
 * @param {{left: number, top: number, width: number} | null} beside where x and what q's middle decodes to stand; in the
 *   square's corners without
 * @returns {Handle[]}
 */
function drawPlane(picture, box, { judged, q, middle }, beside) {
  const { context, colours } = picture,
    { frame, grid, shares } = judged,
    axes = axesIn(box, [frame.low[0], frame.high[0]], [frame.low[1], frame.high[1]]);
  if (shading.judged !== judged || shading.colour !== colours.p)
    Object.assign(shading, { judged, colour: colours.p, canvas: shadingOf(shares, grid.side, colours.p) });
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  const { low, high } = grid.box;
  if (shading.canvas)
    drawShading(context, shading.canvas, [
      [axes.x(low[0]), axes.y(low[1])],
      [axes.x(high[0]), axes.y(low[1])],
      [axes.x(low[0]), axes.y(high[1])],
    ]);
  const [x, y] = [axes.x(q.mean[0]), axes.y(q.mean[1])],
    [across, up] = [axes.x(q.mean[0] + q.stddev[0]) - x, y - axes.y(q.mean[1] + q.stddev[1])];
  for (const [times, lineWidth] of [
    [2, 1.5],
    [1, 3],
  ]) {
    context.beginPath();
    context.ellipse(x, y, times * across, times * up, 0, 0, TURN);
    Object.assign(context, { strokeStyle: colours.q, lineWidth });
    context.stroke();
  }
  context.restore();
  stroke(picture, [x, y], [x + across, y], { colour: colours.q });
  stroke(picture, [x, y], [x, y - up], { colour: colours.q });
  dot(picture, [x, y], 3, colours.q);
  Object.assign(context, { strokeStyle: colours.line, lineWidth: 1 });
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
  drawPair(picture, box, judged, middle, beside);
  if (judged.error > COARSE)
    writeFormula(
      picture,
      `${judged.grid.side}² cells are too coarse for this p(z|x): ± ${judged.error.toFixed(1)} nats`,
      [box.left + 8, box.bottom - 2.6 * colours.small],
      { most: box.right - box.left - 16, letters: colours.small },
    );
  return handlesOf(q, judged.encoder, axes, [x, y, across, up]);
}

/** x, and what the middle of q decodes to. @param {Picture} picture @param {Box} box @param {Derived["judged"]} judged @param {Float32Array} middle @param {{left: number, top: number, width: number} | null} beside */
function drawPair(picture, box, { x, shape }, middle, beside) {
  const { colours } = picture,
    size = beside?.width ?? 0.2 * (box.right - box.left),
    high = (size * shape[1]) / shape[2],
    [left, top] = beside ? [beside.left, beside.top] : [box.left + 8, box.top + 8],
    second = beside
      ? { left, top: top + high + colours.small + 8, width: size }
      : { left: box.right - size - 8, top, width: size };
  thumbnail(picture, x, shape, 255, { left, top, width: size });
  thumbnail(picture, middle, shape, 255, second);
  /** @type {{baseline: CanvasTextBaseline, colour: string}} */
  const look = { baseline: "top", colour: colours.ink };
  write(picture, "x", [left + size / 2, top + high + 3], look);
  write(picture, "decoded", [second.left + size / 2, second.top + high + 3], { ...look, colour: colours.q });
  write(picture, "p(z | x)", [box.left + 8, box.bottom - 8], { colour: colours.p, align: "left", baseline: "bottom" });
  write(picture, "q(z)", [box.right - 8, box.bottom - 8], { colour: colours.q, align: "right", baseline: "bottom" });
}

/** @param {Derived["q"]} q @param {Derived["q"]} encoder @param {import("../../plot.js").Axes} axes @param {[number, number, number, number]} at middle, and standard deviations, in pixels @returns {Handle[]} */
function handlesOf({ mean, stddev }, encoder, { atX, atY }, [x, y, across, up]) {
  /** @param {number} a @param {number} b @param {number} wide @param {number} high */
  const moved = (a, b, wide, high) => ({ q: movesTo({ mean: [a, b], stddev: [wide, high] }, encoder) });
  return [
    {
      name: "q",
      label: "q's mean",
      symbol: "q",
      at: [x, y],
      move: (a, b) => moved(atX(a), atY(b), stddev[0], stddev[1]),
    },
    {
      name: "firstwidth",
      label: "q's standard deviation along z1",
      symbol: "q",
      at: [x + across, y],
      move: (a) => moved(mean[0], mean[1], Math.abs(atX(a) - mean[0]), stddev[1]),
    },
    {
      name: "secondwidth",
      label: "q's standard deviation along z2",
      symbol: "q",
      at: [x, y - up],
      move: (_, b) => moved(mean[0], mean[1], stddev[0], Math.abs(atY(b) - mean[1])),
    },
  ];
}
