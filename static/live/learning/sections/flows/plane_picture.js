// A flow of the plane: a square of z, and what f makes of it; the parallelogram is the Jacobian's.
import { planeInverse } from "../../../math/change_of_variables.js";
import { drawShading, shadingOf } from "../../../parts/shading.js";
import { axesIn, dot, niceSteps, stroke, write } from "../../plot.js";
import { CELLS, SEEN_X, SEEN_Z } from "./flow.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Axes} Axes */
/** @typedef {import("./flow.js").InPlane} InPlane */
/** @typedef {import("./flow.js").Point} Point */

const GAP = 24; // pixels between the planes

/** @type {{mass: Float64Array | null, colour: string, shading: HTMLCanvasElement | null}} of the density that was drawn last */
const kept = { mass: null, colour: "", shading: null };

/** @param {Picture} picture @param {InPlane} at @returns {Handle[]} */
export function drawPlane(picture, at) {
  const { context, width, height, colours } = picture,
    above = 2 * colours.size,
    side = Math.min((width - GAP) / 2 - 2, height - above - 4),
    left = (width - 2 * side - GAP) / 2,
    top = above + (height - above - 4 - side) / 2;
  /** @param {number} start @param {number} reach */
  const plane = (start, reach) =>
    axesIn({ left: start, right: start + side, top, bottom: top + side }, [-reach, reach], [-reach, reach]);
  const [first, second] = [plane(left, SEEN_Z), plane(left + side + GAP, SEEN_X)];
  write(picture, "z ∼ N(0, I)", [left + side / 2, top - 0.9 * colours.size], {
    colour: colours.epsilon,
    size: "size",
    bold: true,
  });
  write(picture, "x = f(z), its density", [left + 1.5 * side + GAP, top - 0.9 * colours.size], {
    colour: colours.p,
    size: "size",
    bold: true,
  });
  within(picture, first, () => {
    drawGrid(picture, first);
    for (const radius of [1, 2]) {
      Object.assign(context, { strokeStyle: colours.epsilon, lineWidth: 2 });
      context.beginPath();
      context.arc(first.x(0), first.y(0), first.x(radius) - first.x(0), 0, 2 * Math.PI);
      context.stroke();
    }
    const half = at.side / 2;
    /** @type {Point[]} */
    const corners = [
      [at.z[0] - half, at.z[1] - half],
      [at.z[0] + half, at.z[1] - half],
      [at.z[0] + half, at.z[1] + half],
      [at.z[0] - half, at.z[1] + half],
    ];
    outline(picture, first, corners, 0.4);
    dot(picture, [first.x(at.z[0]), first.y(at.z[1])], 5, colours.sigma);
  });
  within(picture, second, () => drawImage(picture, second, at));
  return [
    {
      name: "place",
      label: "z",
      symbol: "epsilon",
      at: [first.x(at.z[0]), first.y(at.z[1])],
      move: (x, y) => ({ place: [first.atX(x), first.atY(y)] }),
    },
    {
      name: "x",
      label: "x: z follows by the inverse of f",
      symbol: "p",
      at: [second.x(at.x[0]), second.y(at.x[1])],
      room: second.box,
      move: (x, y) => ({ place: planeInverse(at.layers, [second.atX(x), second.atY(y)]).z }),
    },
  ];
}

/** @param {Picture} picture @param {Axes} axes @param {() => void} paint */
function within({ context, colours }, { box }, paint) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  paint();
  context.restore();
  Object.assign(context, { strokeStyle: colours.line, lineWidth: 2 });
  context.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
}

/** @param {Picture} picture @param {Axes} axes */
function drawGrid(picture, { x, y, box }) {
  const look = { colour: picture.colours.faint, width: 1, opacity: 0.35 };
  for (const at of niceSteps(-SEEN_Z, SEEN_Z, 12)) {
    stroke(picture, [x(at), box.top], [x(at), box.bottom], look);
    stroke(picture, [box.left, y(at)], [box.right, y(at)], look);
  }
}

/** @param {Picture} picture @param {Axes} axes @param {InPlane} at */
function drawImage(picture, axes, { mass, lines, image, x, jacobian, side }) {
  const { context, colours } = picture,
    { box } = axes;
  if (kept.mass !== mass || kept.colour !== colours.accent)
    Object.assign(kept, { mass, colour: colours.accent, shading: shadingOf(mass, CELLS, colours.accent) });
  if (kept.shading)
    drawShading(context, kept.shading, [
      [box.left, box.bottom],
      [box.right, box.bottom],
      [box.left, box.top],
    ]);
  context.save();
  Object.assign(context, { strokeStyle: colours.faint, lineWidth: 1, globalAlpha: 0.35 });
  context.beginPath();
  for (const line of lines) line.forEach(([a, b], i) => context[i ? "lineTo" : "moveTo"](axes.x(a), axes.y(b)));
  context.stroke();
  context.restore();
  outline(picture, axes, image, 0.4);
  const half = side / 2,
    [[a, b], [c, d]] = jacobian;
  /** @type {Point[]} */
  const ways = [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
  ];
  context.setLineDash([5, 4]);
  outline(
    picture,
    axes,
    ways.map(([u, v]) => [x[0] + a * u + b * v, x[1] + c * u + d * v]),
    0,
    colours.ink,
  );
  context.setLineDash([]);
  dot(picture, [axes.x(x[0]), axes.y(x[1])], 5, colours.sigma);
}

/** @param {Picture} picture @param {Axes} axes @param {Point[]} corners @param {number} fill opacity @param {string} [colour] */
function outline({ context, colours }, { x, y }, corners, fill, colour = colours.sigma) {
  const path = new Path2D();
  for (const [a, b] of corners) path.lineTo(x(a), y(b));
  path.closePath();
  Object.assign(context, { fillStyle: colour, strokeStyle: colour, lineWidth: 2, globalAlpha: fill });
  if (fill) context.fill(path);
  context.globalAlpha = 1;
  context.stroke(path);
}
