// The plane with its points and the mixture's Gaussians, and beside it how log p(x) and its bound have climbed.
import { precise } from "../../../kit/numbers.js";
import { axesIn, dot, stroke, widthOf, write } from "../../plot.js";
import { drawClimb } from "./curves.js";
import { pairs } from "./climb.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../plot.js").Axes} Axes */
/** @typedef {import("./climb.js").Climb} Climb */

const ACROSS = /** @type {[number, number]} */ ([-5, 5]),
  UP = /** @type {[number, number]} */ ([-4, 4]),
  RADIUS = 7; // of a point, pixels

/** @param {Picture} picture @param {Climb} climb @param {Values} values @returns {Handle[]} */
export function drawMixture(picture, climb, values) {
  const { width, height, colours } = picture,
    beside = width > 480,
    plane = beside
      ? { left: 2, right: 0.58 * width, top: 2, bottom: height - 2 }
      : { left: 2, right: width - 2, top: 2, bottom: 0.6 * height },
    axes = axesIn(plane, ACROSS, UP),
    { mixture, points, q, last } = climb;
  const { context } = picture;
  Object.assign(context, { strokeStyle: colours.line, lineWidth: 2 });
  context.strokeRect(plane.left, plane.top, plane.right - plane.left, plane.bottom - plane.top);
  context.save();
  context.beginPath();
  context.rect(plane.left, plane.top, plane.right - plane.left, plane.bottom - plane.top);
  context.clip();
  mixture.forEach((component, k) => {
    for (const times of [2, 1]) ellipse(picture, axes, component, times, colours[`k${k + 1}`]);
  });
  points.forEach((point, i) => pie(picture, [axes.x(point[0]), axes.y(point[1])], q[i], point === last));
  mixture.forEach(({ mean, weight }, k) => {
    const at = /** @type {[number, number]} */ ([axes.x(mean[0]), axes.y(mean[1])]);
    cross(picture, at, colours[`k${k + 1}`]);
    write(picture, `${Math.round(100 * weight)} %`, [at[0] + 12, at[1] - 12], {
      colour: colours[`k${k + 1}`],
      align: "left",
      bold: true,
    });
  });
  legend(picture, plane);
  context.restore();
  drawClimb(picture, climb, values, {
    left: beside ? plane.right + 4.2 * colours.tiny : 4.2 * colours.tiny,
    right: width - 6,
    top: beside ? 4 : plane.bottom + 8,
    bottom: height - 2.2 * colours.tiny,
  });
  return handlesOf(values, climb, axes);
}

/** @param {Picture} picture @param {Axes} axes @param {Climb["mixture"][0]} component @param {number} times its standard deviation @param {string} colour */
function ellipse({ context }, { x, y }, { mean, covariance: [xx, xy, yy] }, times, colour) {
  const a = Math.sqrt(xx),
    b = xy / a,
    c = Math.sqrt(Math.max(0, yy - b * b)),
    path = new Path2D();
  for (let turn = 0; turn <= 48; turn++) {
    const [u, v] = [times * Math.cos((Math.PI * turn) / 24), times * Math.sin((Math.PI * turn) / 24)];
    path.lineTo(x(mean[0] + a * u), y(mean[1] + b * u + c * v));
  }
  context.save();
  Object.assign(context, { fillStyle: colour, strokeStyle: colour, lineWidth: 2, globalAlpha: 0.1 });
  context.fill(path);
  context.globalAlpha = times === 1 ? 0.9 : 0.4;
  context.stroke(path);
  context.restore();
}

/** A point, cut like a cake by its responsibilities. @param {Picture} picture @param {[number, number]} at @param {number[]} shares @param {boolean} ringed */
function pie({ context, colours }, at, shares, ringed) {
  let from = -Math.PI / 2;
  shares.forEach((share, k) => {
    const to = from + 2 * Math.PI * share;
    context.fillStyle = colours[`k${k + 1}`];
    context.beginPath();
    context.moveTo(...at);
    context.arc(...at, RADIUS, from, to);
    context.fill();
    from = to;
  });
  Object.assign(context, { strokeStyle: ringed ? colours.ink : colours.ground, lineWidth: ringed ? 2.5 : 1 });
  context.beginPath();
  context.arc(...at, ringed ? RADIUS + 3 : RADIUS, 0, 2 * Math.PI);
  context.stroke();
}

/** @param {Picture} picture @param {[number, number]} at @param {string} colour */
function cross(picture, [x, y], colour) {
  const { colours } = picture;
  for (const [ink, width] of /** @type {[string, number][]} */ ([
    [colours.ground, 7],
    [colour, 3.5],
  ])) {
    stroke(picture, [x - 8, y], [x + 8, y], { colour: ink, width });
    stroke(picture, [x, y - 8], [x, y + 8], { colour: ink, width });
  }
  dot(picture, [x, y], 1.5, colours.ground);
}

/** What diamonds and crosses are. @param {Picture} picture @param {import("../../plot.js").Box} box */
function legend(picture, { left, bottom }) {
  const { context, colours } = picture,
    y = bottom - 1.1 * colours.size,
    [first, second] = [left + 16, left + 40 + widthOf(picture, "start") + 16],
    look = /** @type {const} */ ({ align: "left" });
  context.save();
  context.translate(first, y);
  context.rotate(Math.PI / 4);
  context.fillStyle = colours.faint;
  context.fillRect(-6, -6, 12, 12);
  context.restore();
  write(picture, "start", [first + 14, y], look);
  cross(picture, [second, y], colours.faint);
  write(picture, "mean, weight", [second + 14, y], look);
}

/** @param {Values} values @param {Climb} climb @param {Axes} axes @returns {Handle[]} */
function handlesOf(values, { points, components }, { box, x, y, atX, atY }) {
  /** @param {number[]} numbers @param {number} i of a pair @param {number[]} by */
  const changed = (numbers, i, ...by) => numbers.toSpliced(2 * i, 2, ...by);
  return [
    {
      name: "plane",
      label: "Click to add a point",
      symbol: "p",
      at: [box.left, box.top],
      size: [box.right - box.left, box.bottom - box.top],
      click: (across, up) => {
        const taken = pairs(values.points).some(([a, b]) => Math.hypot(x(a) - across, y(b) - up) < RADIUS);
        return { points: taken ? values.points : [...values.points, atX(across), atY(up)] };
      },
    },
    ...points.map(([across, up], i) => ({
      name: `point${i + 1}`,
      label: `Point ${precise(across)}, ${precise(up)}: drag it; double click or Delete removes it`,
      symbol: "p",
      at: /** @type {[number, number]} */ ([x(across), y(up)]),
      move: (/** @type {number} */ a, /** @type {number} */ b) => ({
        points: changed(values.points, i, atX(a), atY(b)),
      }),
      remove: () => ({ points: changed(values.points, i) }),
    })),
    ...pairs(values.means)
      .slice(0, components)
      .map(([across, up], k) => ({
        name: `start${k + 1}`,
        label: `Where the mean of Gaussian ${k + 1} starts`,
        symbol: `k${k + 1}`,
        at: /** @type {[number, number]} */ ([x(across), y(up)]),
        move: (/** @type {number} */ a, /** @type {number} */ b) => ({
          means: changed(values.means, k, atX(a), atY(b)),
        }),
      })),
  ];
}
