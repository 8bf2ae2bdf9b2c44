// Jensen's inequality on the curve of log: the mean of two points of the curve lies below the curve.
import { axesIn, curve, dot, numbersBelow, steps, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("./derived.js").Derived} Derived */

const LEAST = 0.1, // of w, where the curve begins
  MOST = 6,
  LOW = Math.log(LEAST) - 0.15,
  HIGH = Math.log(MOST) + 0.5;
const W = steps(LEAST / 2, MOST, 0.02),
  LOGS = W.map(Math.log);

/** @param {Picture} picture @param {import("../../plot.js").Box} box @param {Derived} result @returns {Handle[]} */
export function drawCurve(picture, box, { points: [a, b], chord: { at, curve: above, chord: below } }) {
  const { colours } = picture,
    axes = axesIn(
      { ...box, left: box.left + 8, right: box.right - 8, bottom: box.bottom - 2 * colours.tiny - 4 },
      [0, MOST],
      [LOW, HIGH],
    ),
    { x, y } = axes;
  numbersBelow(picture, axes, steps(0, MOST, 1));
  write(picture, "w", [axes.box.right, axes.box.bottom - colours.small], { align: "right", colour: colours.ink });
  stroke(picture, [x(0), y(0)], [x(MOST), y(0)], { colour: colours.line, width: 1 });
  curve(picture, axes, W, LOGS, { colour: colours.ink, width: 3 });
  write(picture, "log w", [x(MOST) - 4, y(Math.log(MOST)) - colours.size], { colour: colours.ink, align: "right" });
  stroke(picture, [x(a), y(Math.log(a))], [x(b), y(Math.log(b))], { colour: colours.q, width: 2.5 });
  stroke(picture, [x(at), y(above)], [x(at), axes.box.bottom], { colour: colours.faint, width: 1, dash: [4, 4] });
  stroke(picture, [x(at), y(above)], [x(at), y(below)], { colour: colours.kl, width: 5 });
  dot(picture, [x(at), y(above)], 6, colours.ink);
  /** @type {(text: string, from: [number, number], align: CanvasTextAlign, colour: string) => void} */
  const beside = (text, from, align, colour) => write(picture, text, from, { colour, align, bold: true });
  beside("log E[w]", [x(at) - 10, y(above) - colours.small], "right", colours.ink);
  beside("E[log w]", [x(at) + 10, y(below) + colours.size], "left", colours.q);
  /** @param {number} to pixels */
  const atW = (to) => Math.max(LEAST, axes.atX(to));
  return [
    {
      name: "a",
      label: "One value of w",
      symbol: "q",
      at: [x(a), y(Math.log(a))],
      move: (to) => ({ points: [atW(to), b] }),
    },
    {
      name: "b",
      label: "Another value of w",
      symbol: "q",
      at: [x(b), y(Math.log(b))],
      move: (to) => ({ points: [a, atW(to)] }),
    },
    {
      name: "weight",
      label: "The mean: how probable each value is",
      symbol: "kl",
      at: [x(at), y(below)],
      move: (to) => ({ weight: [(axes.atX(to) - b) / (a - b || 1)] }),
    },
  ];
}
