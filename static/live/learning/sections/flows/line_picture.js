// A flow of the line: p(z) below, f above it, p(x) to the right; the same mass in both, however wide its piece became.
import { forward, inverse } from "../../../math/change_of_variables.js";
import { axesIn, curve, dot, niceSteps, numbersBelow, steps, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Axes} Axes */
/** @typedef {import("./flow.js").OnLine} OnLine */

const Z = steps(-3.4, 3.4, 0.05),
  NORMAL = Z.map((z) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)),
  REACH = /** @type {[number, number]} */ ([-3.4, 3.4]),
  SEEN = /** @type {[number, number]} */ ([-4, 4]), // of x
  GRIP = 1.2; // of z, from the bend to the handle of its height

/** @param {Picture} picture @param {OnLine} at @returns {Handle[]} */
export function drawLine(picture, at) {
  const { width, height, colours } = picture,
    left = 2.6 * colours.tiny,
    bottom = height - 2.2 * colours.tiny,
    main = axesIn({ left, right: 0.72 * width, top: 6, bottom: 0.7 * height }, REACH, SEEN),
    below = axesIn({ ...main.box, top: 0.75 * height, bottom }, REACH, [0, 0.44]),
    peak = Math.max(0.6, ...at.density),
    right = axesIn({ ...main.box, left: main.box.right + 14, right: width - 6 }, [0, peak], SEEN);
  numbersBelow(picture, below, steps(-3, 3, 1));
  for (const tick of niceSteps(...SEEN, 4)) {
    stroke(picture, [left, main.y(tick)], [main.box.right, main.y(tick)], { colour: colours.line, width: 1 });
    write(picture, String(tick).replace("-", "−"), [left - 6, main.y(tick)], { size: "tiny", align: "right" });
  }
  drawPiece(picture, at, main, below, right);
  curve(picture, below, Z, NORMAL, { colour: colours.epsilon, width: 3 });
  curve(
    picture,
    main,
    Z,
    Z.map((z) => forward(at.flow, z).x),
    { colour: colours.f, width: 3.5 },
  );
  curve(picture, right, at.density, at.xs, { colour: colours.p, width: 3 });
  stroke(picture, [right.box.left, right.box.top], [right.box.left, right.box.bottom], {
    colour: colours.faint,
    width: 1,
  });
  dot(picture, [main.x(at.z), main.y(at.x)], 6, colours.sigma);
  name(picture, "z", [below.box.right - 8, below.box.bottom - colours.size], colours.epsilon);
  name(picture, "p(z)", [below.x(1.5), below.y(0.3)], colours.epsilon);
  name(picture, "x = f(z)", [main.box.left + 3.2 * colours.size, main.box.top + colours.size], colours.f);
  name(picture, "p(x)", [right.box.right - 2 * colours.size, right.box.top + colours.size], colours.p);
  return handlesOf(at, main, below, right);
}

/** @param {Picture} picture @param {string} text @param {[number, number]} at @param {string} colour */
function name(picture, text, at, colour) {
  write(picture, text, at, { colour, size: "size", bold: true });
}

/** The piece of z, its image, and the mass over both. @param {Picture} picture @param {OnLine} at @param {Axes} main @param {Axes} below @param {Axes} right */
function drawPiece({ context, colours }, { z, side, ends, xs, density }, main, below, right) {
  const [from, to] = [z - side / 2, z + side / 2],
    edge = { colour: colours.sigma, width: 1.5, dash: [5, 4] };
  Object.assign(context, { fillStyle: colours.sigma, globalAlpha: 0.4 });
  const under = new Path2D();
  under.moveTo(below.x(from), below.box.bottom);
  for (const each of steps(from, to, side / 20))
    under.lineTo(below.x(each), below.y(Math.exp(-0.5 * each * each) / Math.sqrt(2 * Math.PI)));
  under.lineTo(below.x(to), below.box.bottom);
  context.fill(under);
  const [high, low] = [Math.max(right.box.top, right.y(ends[1])), Math.min(right.box.bottom, right.y(ends[0]))];
  context.save();
  context.beginPath();
  context.rect(right.box.left, high, right.box.right - right.box.left, Math.max(0, low - high));
  context.clip();
  const beside = new Path2D();
  beside.moveTo(right.box.left, right.y(xs[0]));
  xs.forEach((x, i) => beside.lineTo(right.x(density[i]), right.y(x)));
  beside.lineTo(right.box.left, right.y(xs[xs.length - 1]));
  context.fill(beside);
  context.restore();
  context.globalAlpha = 1;
  [from, to].forEach((end, i) => {
    const up = Math.min(main.box.bottom, Math.max(main.box.top, main.y(ends[i])));
    stroke({ context }, [main.x(end), below.box.bottom], [main.x(end), up], edge);
    stroke({ context }, [main.x(end), up], [right.box.left, up], edge);
  });
}

/** @param {OnLine} at @param {Axes} main @param {Axes} below @param {Axes} right @returns {Handle[]} */
function handlesOf({ flow, z, x }, main, below, right) {
  const { shift, scale, bends } = flow,
    [{ height, steepness, at }] = bends,
    grip = at + GRIP,
    share = Math.tanh(steepness * GRIP),
    top = shift + scale * grip + height * share;
  return [
    {
      name: "bend",
      label: "Where f is steep",
      symbol: "f",
      at: [main.x(at), main.y(shift + scale * at)],
      room: main.box,
      move: (across, up) => ({ bend: [main.atX(across), main.atY(up) - scale * main.atX(across)] }),
    },
    {
      name: "height",
      label: "How far f rises there",
      symbol: "f",
      at: [main.x(grip), main.y(top)],
      room: main.box,
      move: (_, up) => ({ height: [(main.atY(up) - shift - scale * grip) / share] }),
    },
    {
      name: "z",
      label: "z",
      symbol: "epsilon",
      at: [below.x(z), below.box.bottom],
      move: (across) => ({ z: [below.atX(across)] }),
    },
    {
      name: "x",
      label: "x: z follows by the inverse of f",
      symbol: "p",
      at: [right.box.left, right.y(x)],
      room: right.box,
      move: (_, up) => ({ z: [inverse(flow, right.atY(up))] }),
    },
  ];
}
