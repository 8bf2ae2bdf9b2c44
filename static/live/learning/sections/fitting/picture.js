// The training points, their histogram or the bumps that they are widened to, and p(x) over them.
import { decode } from "../../../math/one_dimension.js";
import { axesIn, curve, numbersBelow, steps, stroke, write } from "../../plot.js";
import { drawBars, histogram, peakOver, X } from "../../points_on_line.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("./fitted.js").Fit} Fit */
/** @typedef {import("../../plot.js").Axes} Axes */

const SEEN = 5.5, // from -5.5 to 5.5
  ROOM = 1.15;

/** @param {Picture} picture @param {Fit} result @returns {Handle[]} */
export function drawFitting(picture, result) {
  const { width, height, colours } = picture,
    { training, density, bumps } = result,
    rug = 26;
  const bars = bumps ? [] : histogram(training, SEEN),
    peak = peakOver(Math.max(...density, ...(bumps ?? []), ...bars.map(({ share }) => share)));
  const axes = axesIn(
    { left: 8, right: width - 8, top: 2.6 * colours.size, bottom: height - 2 * colours.tiny - 4 - rug },
    [-SEEN, SEEN],
    [0, ROOM * peak],
  );
  const { x, box } = axes;
  drawBars(picture, axes, bars);
  if (bumps) curve(picture, axes, X, bumps, { colour: colours.p, width: 2, fill: 0.2 });
  numbersBelow(picture, { ...axes, box: { ...box, bottom: box.bottom + rug } }, steps(-5, 5, 1));
  for (const point of training)
    stroke(picture, [x(point), box.bottom + 6], [x(point), box.bottom + rug - 4], { colour: colours.p, opacity: 0.7 });
  curve(picture, axes, X, density, { colour: colours.q, width: 4, fill: 0.1 });
  const { centre, noise } = result.model,
    right = decode(result.model, 1);
  /** @type {[string, number, string][]} */
  const marks = [
    ["f(0)", centre, colours.mu],
    ["f(1)", right, colours.D],
    ["+ σ", right + noise, colours.sigma],
  ];
  for (const [text, at, colour] of marks)
    write(picture, text, [x(at), box.bottom - colours.small - 6], { colour, bold: true });
  legend(picture, bumps !== null);
  return handlesOf(result.model, axes);
}

/** @param {Picture} picture @param {boolean} widened */
function legend(picture, widened) {
  const { colours, width } = picture,
    y = colours.size;
  stroke(picture, [10, y], [36, y], { colour: colours.q, width: 4 });
  write(picture, "p(x), the model", [44, y], { colour: colours.ink, align: "left" });
  stroke(picture, [width / 2, y], [width / 2 + 26, y], { colour: colours.p, width: 8, opacity: 0.45 });
  write(picture, widened ? "the points, widened" : "the points", [width / 2 + 34, y], {
    colour: colours.ink,
    align: "left",
  });
}

/** @param {import("../../../math/one_dimension.js").OneDimension} model @param {Axes} axes @returns {Handle[]} */
function handlesOf(model, { x, atX, box }) {
  const { centre, stretch, noise } = model,
    right = decode(model, 1),
    bend = Math.tanh(3);
  return [
    {
      name: "centre",
      label: "c: f(0), where the middle of z goes",
      symbol: "mu",
      at: [x(centre), box.bottom],
      move: (to) => ({ centre: [atX(to)] }),
    },
    {
      name: "split",
      label: "k: how far z = 1 goes",
      symbol: "D",
      at: [x(right), box.bottom],
      move: (to) => ({ split: [(atX(to) - centre - stretch) / bend] }),
    },
    {
      name: "sigma",
      label: "σ: how far x strays from f(z)",
      symbol: "sigma",
      at: [x(right + noise), box.bottom],
      move: (to) => ({ noise: [Math.abs(atX(to) - right)] }),
    },
  ];
}
