// The picture of p, and of every Gaussian that is an optimum.
import { logGaussian } from "../../../math/divergences.js";
import { precise } from "../../../kit/numbers.js";
import { axesIn, curve, numbersBelow, steps, stroke, write } from "../../plot.js";
import { X } from "./fitted.js";
import { handlesOf } from "./handles.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/divergences.js").Fit} Fit */
/** @typedef {import("./fitted.js").Fitted} Fitted */

const SEEN = 7, // from -7 to 7
  PEAKS = [0.4, 0.6, 0.8, 1, 1.5, 2, 3, 5], // where the picture may end above
  ROOM = 1.12;

/** @param {import("../../section.js").Picture} picture @param {Fitted} result @param {Values} values @returns {Handle[]} */
export function drawFit(picture, result, values) {
  const { width, height, colours } = picture,
    { logP, logQ, found, names, own, interval, data } = result,
    [p, density] = [logP.map(Math.exp), logQ.map(Math.exp)],
    highest = Math.max(...p, ...density, ...found.map(({ sigma }) => 1 / (sigma * Math.sqrt(2 * Math.PI)))),
    peak = PEAKS.find((end) => end >= highest) ?? highest;
  const axes = axesIn(
    { left: 8, right: width - 8, top: 14, bottom: height - 2 * colours.tiny - 4 },
    [-SEEN, SEEN],
    [0, ROOM * peak],
  );
  if (values.zero[0]) {
    const [from, to] = interval.map(axes.x);
    picture.context.fillStyle = colours.line;
    picture.context.fillRect(from, axes.box.top, to - from, axes.box.bottom - axes.box.top);
    write(picture, "p = 0", [(from + to) / 2, axes.box.top + colours.small], { colour: colours.p });
  }
  numbersBelow(picture, axes, steps(-6, 6, 2));
  if (data) {
    curve(picture, axes, X, p, { colour: colours.p, width: 1, opacity: 0.5 });
    for (const point of data)
      stroke(picture, [axes.x(point), axes.box.bottom], [axes.x(point), axes.box.top], { colour: colours.p, width: 2 });
  } else curve(picture, axes, X, p, { colour: colours.p, fill: 0.22 });
  const others = own ? found : found.slice(1);
  for (const fit of others) {
    const other = logGaussian(X, fit.mu, fit.sigma).map(Math.exp);
    curve(picture, axes, X, other, { colour: colours.q, width: 1.75, dash: [6, 5], opacity: 0.85 });
  }
  curve(picture, axes, X, density, { colour: colours.q, width: 4, fill: 0.1 });
  label(picture, axes, result, others, names);
  return handlesOf(values, result, axes);
}

/** What led to each optimum, and its divergence. @param {import("../../section.js").Picture} picture @param {import("../../plot.js").Axes} axes @param {Fitted} result @param {Fit[]} others @param {string[]} names */
function label(picture, axes, result, others, names) {
  const { own, found, data } = result,
    { colours } = picture,
    left = axes.box.left + 4;
  /** @param {Fit} fit */
  const words = (fit) => `${precise(fit.divergence)} nats, ${data ? "by" : "from"} ${names[fit.start]}`;
  const hand = data ? result.left : result.between,
    first = own ? `q by your hand: ${hand < Infinity ? precise(hand) : "∞"} nats` : `best: ${words(found[0])}`,
    rest = others.map((fit, i) => `${own && i === 0 ? "best" : "local optimum"}: ${words(fit)}`);
  [first, ...rest].forEach((text, i) => {
    const y = axes.box.top + colours.size * (0.6 + 1.45 * i),
      look = i ? { width: 1.75, dash: [6, 5] } : { width: 4 };
    stroke(picture, [left, y], [left + 26, y], { colour: colours.q, ...look });
    write(picture, text, [left + 34, y], { colour: colours.ink, align: "left", size: "size" });
  });
}
