// Prior, likelihood and posterior over z, and the tosses that lead from one to the other.
import { axesIn, curve, dot, numbersBelow, steps, stroke, write, writeInside } from "../../plot.js";
import { Z } from "./section.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("./section.js").Tossed} Tossed */

const PEAKS = [2.5, 4, 6, 10, 16, 25, 40], // where the densities' axis may end
  ROOM = 1.12,
  SCALED = 0.75; // of the axis: the likelihood is no density over z, only its form counts

/** @param {Picture} picture @param {Tossed} result @param {Values} values @returns {Handle[]} */
export function drawCoin(picture, result, values) {
  const { width, height, colours } = picture,
    { tosses, prior, posterior, likelihood, mean, truth } = result,
    rows = 2.6 * colours.size,
    top = rows + 5 * colours.size;
  const inner = (/** @type {Float64Array} */ density) => Math.max(...density.subarray(4, -4)), // 0 and 1 may be poles
    highest = Math.max(inner(prior), inner(posterior)),
    peak = PEAKS.find((end) => end >= highest) ?? highest;
  const axes = axesIn(
    { left: 10, right: width - 10, top, bottom: height - 2 * colours.tiny - 14 },
    [0, 1],
    [0, ROOM * peak],
  );
  drawTosses(picture, tosses, rows);
  numbersBelow(picture, { ...axes, box: { ...axes.box, bottom: axes.box.bottom + 10 } }, steps(0, 1, 0.25));
  curve(picture, axes, Z, prior, { colour: colours.p, width: 2.5, fill: 0.16 });
  const most = Math.max(...likelihood),
    scaled = likelihood.map((value) => (value / most) * SCALED * peak);
  curve(picture, axes, Z, scaled, { colour: colours.epsilon, width: 2, dash: [6, 5] });
  curve(picture, axes, Z, posterior, { colour: colours.q, width: 4, fill: 0.12 });
  stroke(picture, [axes.x(mean), axes.box.bottom], [axes.x(mean), axes.y(peak)], { colour: colours.q, width: 1.5 });
  legend(picture, rows + colours.size);
  write(picture, "z: probability of heads", [axes.box.right, rows + colours.size], {
    align: "right",
    colour: colours.ink,
  });
  writeInside(picture, "hidden z", [axes.x(truth), axes.box.bottom - colours.small], {
    colour: colours.alpha,
    bold: true,
  });
  return [
    {
      name: "truth",
      label: `The hidden z of this coin: ${truth.toFixed(2)}`,
      symbol: "alpha",
      at: [axes.x(truth), axes.box.bottom + 10],
      move: (x) => ({ truth: [axes.atX(x)] }),
    },
    {
      name: "n",
      label: "The last toss",
      symbol: "f",
      at: [tossX(values.n[0], tosses.length, width), rows / 2],
      move: (x) => ({ n: [Math.max(0, Math.round(x / spacing(tosses.length, width) - 0.5))] }),
    },
  ];
}

/** @param {number} count @param {number} width @returns {number} pixels from toss to toss */
const spacing = (count, width) => Math.min(22, (width - 30) / (count + 1));

/** @param {number} i @param {number} count @param {number} width */
const tossX = (i, count, width) => (i + 0.5) * spacing(count, width);

/** Heads are full and stand higher, tails are rings. @param {Picture} picture @param {boolean[]} tosses @param {number} high */
function drawTosses(picture, tosses, high) {
  const { context, width, colours } = picture,
    radius = Math.min(8, Math.max(1.5, 0.4 * spacing(tosses.length, width)));
  tosses.forEach((heads, i) => {
    const at = /** @type {[number, number]} */ ([tossX(i, tosses.length, width), heads ? 0.28 * high : 0.75 * high]);
    if (heads) return dot(picture, at, radius, colours.a);
    Object.assign(context, { strokeStyle: colours.b, lineWidth: 2 });
    context.beginPath();
    context.arc(...at, Math.max(1, radius - 1), 0, 2 * Math.PI);
    context.stroke();
  });
}

/** @param {Picture} picture @param {number} top */
function legend(picture, top) {
  const { colours } = picture;
  /** @type {[string, string, number, number[]][]} */
  const rows = [
    ["p(z), prior", colours.p, 2.5, []],
    ["p(x|z), likelihood, its height scaled", colours.epsilon, 2, [6, 5]],
    ["p(z|x), posterior; the line is its mean", colours.q, 4, []],
  ];
  rows.forEach(([text, colour, width, dash], i) => {
    const y = top + 1.35 * i * colours.size;
    stroke(picture, [10, y], [36, y], { colour, width, dash });
    write(picture, text, [44, y], { colour: colours.ink, align: "left" });
  });
}
