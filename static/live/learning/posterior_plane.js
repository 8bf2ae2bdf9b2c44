// The plane of a test picture's posterior: p(z|x) as shading, and q over it, which a hand moves.
import { drawShading, shadingOf } from "../parts/shading.js";
import { writeFormula } from "./canvas_formula.js";
import { movesTo } from "./judged_posterior.js";
import { axesIn, dot, stroke, write } from "./plot.js";
import { thumbnail } from "./thumbnail.js";

/** @typedef {import("./section.js").Picture} Picture */
/** @typedef {import("./section.js").Handle} Handle */
/** @typedef {import("./plot.js").Box} Box */
/** @typedef {import("./judged_posterior.js").Judged} Judged */
/** @typedef {import("../math/gaussian_fit.js").Gaussian} Gaussian */
/** @typedef {{judged: Judged, q: Gaussian, middle?: Float32Array}} Posterior middle: what q's mean decodes to, where it is to be seen */

const TURN = 2 * Math.PI;
const COARSE = 0.05; // nats: an error of the grid that is said

/** @type {{judged: object | null, colour: string, canvas: HTMLCanvasElement | null}} */
const shading = { judged: null, colour: "", canvas: null };

/**
 * @param {Picture} picture
 * @param {Box} box a square
 * @param {Posterior} posterior
 * @param {{left: number, top: number, width: number} | null} beside where x and what q's middle decodes to stand; in the
 *   square's corners without
 * @returns {Handle[]}
 */
export function drawPosterior(picture, box, { judged, q, middle }, beside) {
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
  stroke(picture, [x, y], [x + across, y], { colour: colours.q });
  stroke(picture, [x, y], [x, y - up], { colour: colours.q });
  dot(picture, [x, y], 3, colours.q);
  context.restore();
  Object.assign(context, { strokeStyle: colours.line, lineWidth: 1 });
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
  drawPair(picture, box, judged, middle, beside);
  if (judged.error > COARSE)
    writeFormula(
      picture,
      `${grid.side}² cells are too coarse for this p(z|x): ± ${judged.error.toFixed(1)} nats`,
      [box.left + 8, box.bottom - 2.6 * colours.small],
      { most: box.right - box.left - 16, letters: colours.small },
    );
  return handlesOf(q, judged.encoder, axes, [x, y, across, up]);
}

/** x, and what the middle of q decodes to. @param {Picture} picture @param {Box} box @param {Judged} judged @param {Float32Array | undefined} middle @param {{left: number, top: number, width: number} | null} beside */
function drawPair(picture, box, { x, shape }, middle, beside) {
  const { colours } = picture,
    size = beside?.width ?? 0.2 * (box.right - box.left),
    high = (size * shape[1]) / shape[2],
    [left, top] = beside ? [beside.left, beside.top] : [box.left + 8, box.top + 8],
    second = beside
      ? { left, top: top + high + colours.small + 8, width: size }
      : { left: box.right - size - 8, top, width: size };
  thumbnail(picture, x, shape, 255, { left, top, width: size });
  if (middle) thumbnail(picture, middle, shape, 255, second);
  /** @type {{baseline: CanvasTextBaseline, colour: string}} */
  const look = { baseline: "top", colour: colours.ink };
  write(picture, "x", [left + size / 2, top + high + 3], look);
  if (middle)
    write(picture, "q's mean, decoded", [second.left + (beside ? size / 2 : size), second.top + high + 3], {
      ...look,
      colour: colours.q,
      align: beside ? "center" : "right",
    });
  write(picture, "p(z | x)", [box.left + 8, box.bottom - 8], { colour: colours.p, align: "left", baseline: "bottom" });
  write(picture, "q(z)", [box.right - 8, box.bottom - 8], { colour: colours.q, align: "right", baseline: "bottom" });
}

/** @param {Gaussian} q @param {Gaussian} encoder @param {import("./plot.js").Axes} axes @param {[number, number, number, number]} at middle, and standard deviations, in pixels @returns {Handle[]} */
function handlesOf({ mean, stddev }, encoder, { box, atX, atY }, [x, y, across, up]) {
  /** @param {number} a @param {number} b @param {number} wide @param {number} high */
  const moved = (a, b, wide, high) => ({ q: movesTo({ mean: [a, b], stddev: [wide, high] }, encoder) });
  return [
    {
      name: "q",
      label: "q's mean",
      symbol: "q",
      at: [x, y],
      room: box,
      move: (a, b) => moved(atX(a), atY(b), stddev[0], stddev[1]),
    },
    {
      name: "firstwidth",
      label: "q's standard deviation along z1",
      symbol: "q",
      at: [x + across, y],
      room: box,
      move: (a) => moved(mean[0], mean[1], Math.abs(atX(a) - mean[0]), stddev[1]),
    },
    {
      name: "secondwidth",
      label: "q's standard deviation along z2",
      symbol: "q",
      at: [x, y - up],
      room: box,
      move: (_, b) => moved(mean[0], mean[1], stddev[0], Math.abs(atY(b) - mean[1])),
    },
  ];
}
