// Above, estimates of one gradient by both estimators; below, their variance over samples, dimensions and distance.
import { uniforms } from "../../../math/noise.js";
import { axesIn, curve, dot, numbersBelow, stroke, write } from "../../plot.js";
import { BASELINES, MOST, SEEN, varianceAt } from "./estimated.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Axes} Axes */
/** @typedef {import("./estimated.js").Estimated} Estimated */
/** @typedef {import("./estimated.js").Setting} Setting */

const DECADES = /** @type {[number, number]} */ ([-2, 6]); // of the variance
const LABELS = ["0.01", "1", "100", "10⁴"];
const POINTS = 40; // of a curve
const STANDARD = 3; // standard deviations of the wider estimator that the upper picture shows at least
const HALVES = [3, 6, 12, 25, 50, 100, 250, 500, 1000, 2500];
const uniform = uniforms(1),
  heights = Array.from({ length: SEEN }, () => uniform() - 0.5);

/**
 * @typedef {object} Panel
 * @property {string} label
 * @property {string} symbol
 * @property {string} quantity
 * @property {boolean} logarithmic
 * @property {number} low
 * @property {number[]} ticks
 */

/** @type {Record<keyof Setting, Panel>} */
const PANELS = {
  samples: { label: "samples N", symbol: "n", quantity: "N", logarithmic: true, low: 1, ticks: [1, 2, 4, 8, 16, 32] },
  dimensions: { label: "dimensions D", symbol: "D", quantity: "D", logarithmic: true, low: 1, ticks: [1, 10, 100] },
  distance: {
    label: "distance δ",
    symbol: "alpha",
    quantity: "distance",
    logarithmic: false,
    low: 0,
    ticks: [0, 1, 2, 3],
  },
};

/** @param {Picture} picture @param {Estimated} estimated @returns {Handle[]} */
export function drawGradients(picture, estimated) {
  const { width, height, colours } = picture,
    middle = Math.round(0.45 * height),
    left = 3.2 * colours.tiny;
  drawEstimates(picture, estimated, {
    left: 1.2 * colours.tiny,
    right: width - 1.2 * colours.tiny,
    top: 4,
    bottom: middle - 2 * colours.tiny,
  });
  write(picture, "Variance: formula, dots measured, dashed the other baselines", [0, middle + 1.1 * colours.small], {
    align: "left",
  });
  const gap = 1.4 * colours.tiny,
    panel = (width - left - 8 - 2 * gap) / 3;
  return estimated.keys.map((key, i) => {
    const from = left + i * (panel + gap),
      top = middle + 2.2 * colours.small;
    return drawVariance(picture, estimated, key, i, {
      left: from,
      right: from + panel,
      top,
      bottom: height - 3.6 * colours.tiny,
    });
  });
}

/** @param {Picture} picture @param {Estimated} estimated @param {import("../../plot.js").Box} box */
function drawEstimates(picture, { setting, score, reparametrised }, box) {
  const { colours } = picture,
    wide = STANDARD * Math.sqrt(Math.max(score.exact, reparametrised.exact)),
    half = HALVES.find((end) => end >= wide) ?? wide,
    axes = axesIn(box, [-half, half], [0, 1]),
    { x } = axes;
  numbersBelow(picture, axes, [-half, -half / 2, 0, half / 2, half]);
  const rows = [
    { found: reparametrised, at: 0.25, colour: colours.q, name: "reparametrised" },
    { found: score, at: 0.75, colour: colours.a, name: "score function" },
  ];
  const high = box.bottom - box.top;
  stroke(picture, [x(setting.distance), box.top], [x(setting.distance), box.bottom], {
    colour: colours.alpha,
    width: 2,
  });
  for (const { found, at, colour, name } of rows) {
    const y = box.top + at * high;
    found.seen.forEach((estimate, i) => {
      if (Math.abs(estimate) > half) return;
      dot(picture, [x(estimate), y + 0.34 * high * heights[i]], 2.5, colour, 0.55);
    });
    write(picture, name, [box.left, y - 0.25 * high + 0.8 * colours.size], {
      colour,
      align: "left",
      bold: true,
      size: "size",
    });
  }
  const text = "the gradient, δ",
    room = picture.context.measureText(text).width;
  write(picture, text, [Math.min(x(setting.distance) + 6, box.right - room), box.top + 0.8 * colours.size], {
    colour: colours.alpha,
    align: "left",
    size: "size",
  });
}

/** @param {Picture} picture @param {Estimated} estimated @param {keyof Setting} key @param {number} rank @param {import("../../plot.js").Box} box @returns {Handle} */
function drawVariance(picture, { setting, kind, score, reparametrised }, key, rank, box) {
  const { colours } = picture,
    { label, symbol, quantity, logarithmic, low, ticks } = PANELS[key];
  /** @param {number} value */
  const scaled = (value) => (logarithmic ? Math.log10(value) : value);
  const axes = axesIn(box, [scaled(low), scaled(MOST[key])], DECADES),
    { x, y } = axes;
  for (let power = DECADES[0]; power <= DECADES[1]; power += 2) {
    stroke(picture, [box.left, y(power)], [box.right, y(power)], { colour: colours.line, width: 1 });
    if (rank || power === DECADES[1]) continue; // its label would lie under a handle
    write(picture, LABELS[(power - DECADES[0]) / 2], [box.left - 5, y(power)], { size: "tiny", align: "right" });
  }
  numbersBelow(picture, axes, ticks.map(scaled), (at) => String(logarithmic ? Math.round(10 ** at) : at));
  write(picture, label, [(box.left + box.right) / 2, box.bottom + 1.9 * colours.tiny], {
    colour: colours[symbol],
    baseline: "top",
    bold: true,
  });
  const places = Array.from(
    { length: POINTS + 1 },
    (_, i) => scaled(low) + (i / POINTS) * (scaled(MOST[key]) - scaled(low)),
  );
  /** @param {import("./estimated.js").Estimator} estimator @param {import("./estimated.js").Baseline} [baseline] */
  const line = (estimator, baseline) =>
    places.map((at) => Math.log10(varianceAt({ ...setting, [key]: logarithmic ? 10 ** at : at }, estimator, baseline)));
  for (const other of BASELINES.filter((one) => one !== kind))
    curve(picture, axes, places, line("score", other), { colour: colours.a, width: 1.5, dash: [5, 5], opacity: 0.6 });
  curve(picture, axes, places, line("reparametrised"), { colour: colours.q, width: 3 });
  curve(picture, axes, places, line("score", kind), { colour: colours.a, width: 3 });
  for (const { around, colour } of [
    { around: reparametrised.around[rank], colour: colours.q },
    { around: score.around[rank], colour: colours.a },
  ])
    for (const { at, variance } of around) dot(picture, [x(scaled(at)), y(Math.log10(variance))], 4, colour);
  const here = x(scaled(setting[key]));
  stroke(picture, [here, box.top], [here, box.bottom], { colour: colours[symbol], width: 1.5, dash: [4, 4] });
  return {
    name: quantity,
    label: `The ${label}`,
    symbol,
    at: [here, box.top],
    move: (pixel) => ({ [quantity]: [logarithmic ? 10 ** axes.atX(pixel) : axes.atX(pixel)] }),
  };
}
