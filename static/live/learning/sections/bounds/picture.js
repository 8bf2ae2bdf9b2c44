// To the left what each bound has made of the points, to the right how likely held-out points are over the steps.
import { axesIn, curve, numbersBelow, steps, stroke, write } from "../../plot.js";
import { drawBars, histogram, peakOver, X } from "../../points_on_line.js";
import { drawTrainings } from "../../trainings.js";
import { STEPS } from "./runs.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./runs.js").Trainings} Trainings */

const SEEN = 5, // from -5 to 5
  NARROW = 560, // pixels: below, one stands above the other
  ROOM = 1.1,
  [LOW, HIGH] = [-2.4, -1.7], // nats
  GAP = 30;

/** @param {Trainings["ways"][number]} way @param {number} draws @returns {string} */
const nameOf = ({ proposal, many }, draws) =>
  `${proposal === "prior" ? "prior" : "q"}, ${many ? `${draws} draws` : "1 draw"}`;

/** @param {Picture} picture @param {Trainings} trainings @returns {Handle[]} */
export function drawBounds(picture, trainings) {
  const { width, height, colours } = picture,
    narrow = width < NARROW,
    below = 2.4 * colours.tiny;
  const [left, right] = narrow
    ? [
        { left: 4, right: width - 4, top: 4, bottom: 0.5 * height - below },
        { left: 2.8 * colours.tiny, right: width - colours.tiny, top: 0.5 * height + 8, bottom: height - below },
      ]
    : [
        { left: 4, right: 0.5 * width - GAP, top: 8, bottom: height - below },
        { left: 0.5 * width + GAP, right: width - colours.tiny, top: 8, bottom: height - below },
      ];
  drawDensities(picture, trainings, left);
  return drawCurves(picture, trainings, right);
}

/** @param {Picture} picture @param {Trainings} trainings @param {Box} box */
function drawDensities(picture, { training, ways, draws }, box) {
  const bars = histogram(training, SEEN),
    peak = peakOver(
      Math.max(...ways.flatMap(({ density }) => Math.max(...density)), ...bars.map(({ share }) => share)),
    ),
    axes = axesIn(box, [-SEEN, SEEN], [0, ROOM * peak]),
    { colours } = picture;
  drawBars(picture, axes, bars);
  numbersBelow(picture, axes, steps(-4, 4, 2));
  for (const { density, symbol } of ways) curve(picture, axes, X, density, { colour: colours[symbol], width: 3 });
  ways.forEach((way, i) => {
    const y = box.top + (0.9 + 1.35 * i) * colours.small;
    stroke(picture, [box.left + 4, y], [box.left + 26, y], { colour: colours[way.symbol], width: 3 });
    write(picture, nameOf(way, draws), [box.left + 32, y], { colour: colours.ink, align: "left" });
  });
}

/** @param {Picture} picture @param {Trainings} trainings @param {Box} box @returns {Handle[]} */
function drawCurves(picture, { ways, at, goal, best }, box) {
  const { colours } = picture,
    axes = axesIn(box, [0, STEPS], [LOW, HIGH]),
    { y } = axes;
  for (const nats of steps(LOW, HIGH, 0.1)) {
    stroke(picture, [box.left, y(nats)], [box.right, y(nats)], { colour: colours.line, width: 1 });
    write(picture, nats.toFixed(1).replace("-", "−"), [box.left - 5, y(nats)], { size: "tiny", align: "right" });
  }
  stroke(picture, [box.left, y(best.value)], [box.right, y(best.value)], { colour: colours.p, width: 2, dash: [6, 4] });
  write(picture, "log p(x) of held-out points, nats", [box.left + 8, box.bottom - 2.4 * colours.small], {
    align: "left",
  });
  const trainings = ways.map(({ judged, latest, symbol }) => ({
    symbol,
    points: [...judged.filter(({ step }) => step < at), latest],
    latest,
  }));
  const handles = drawTrainings(picture, axes, { most: STEPS, at, goal, trainings });
  write(picture, "maximum likelihood", [box.left + 8, y(best.value) - colours.small], {
    colour: colours.p,
    align: "left",
  });
  return handles;
}
