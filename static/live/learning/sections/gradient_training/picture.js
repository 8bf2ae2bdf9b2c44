// The held-out ELBO over the steps of three trainings, and below what each makes of ten held-out digits.
import { axesIn, steps, stroke, write } from "../../plot.js";
import { thumbnail } from "../../thumbnail.js";
import { drawTrainings } from "../../trainings.js";
import { PIXELS, STEPS } from "./runs.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("./runs.js").Raced} Raced */

const [LOW, HIGH] = [-35, -23], // nats
  SIDE = /** @type {[number, number, number]} */ ([1, 8, 8]),
  GAP = 4; // pixels between digits

/** @param {Picture} picture @param {Raced} raced @returns {Handle[]} */
export function drawTrainedDigits(picture, raced) {
  const { width, height, colours } = picture,
    names = 8.6 * colours.small,
    size = Math.min((width - names) / 10 - GAP, (0.5 * height) / 4 - GAP),
    top = height - 4 * (size + GAP);
  raced.ways.forEach(({ pictures, label, symbol }, i) =>
    drawRow(picture, pictures, { label, symbol, top: top + (i + 1) * (size + GAP), names, size }),
  );
  drawRow(picture, raced.shown, { label: "held-out digits", symbol: "p", top, names, size });
  return drawCurves(picture, raced, {
    left: 2.6 * colours.tiny,
    right: width - colours.tiny,
    top: 8,
    bottom: top - 2.6 * colours.tiny,
  });
}

/** @param {Picture} picture @param {Float64Array} values @param {{label: string, symbol: string, top: number, names: number, size: number}} row */
function drawRow(picture, values, { label, symbol, top, names, size }) {
  const { colours } = picture;
  write(picture, label, [0, top + size / 2], { colour: colours[symbol], align: "left", bold: true });
  for (let i = 0; i < 10; i++)
    thumbnail(picture, values.subarray(PIXELS * i, PIXELS * (i + 1)), SIDE, 255, {
      left: names + i * (size + GAP),
      top,
      width: size,
    });
}

/** @param {Picture} picture @param {Raced} raced @param {import("../../plot.js").Box} box @returns {Handle[]} */
function drawCurves(picture, { ways, at, goal }, box) {
  const { colours } = picture,
    axes = axesIn(box, [0, STEPS], [LOW, HIGH]),
    { y } = axes;
  for (const nats of steps(-34, -24, 2)) {
    stroke(picture, [box.left, y(nats)], [box.right, y(nats)], { colour: colours.line, width: 1 });
    write(picture, `−${-nats}`, [box.left - 5, y(nats)], { size: "tiny", align: "right" });
  }
  write(picture, "held-out ELBO, nats", [box.left + 8, box.top + colours.small], { align: "left" });
  const trainings = ways.map(({ curve, symbol, at: here }) => {
    const points = curve.map(({ step, elbo }) => ({ step, value: elbo }));
    return { symbol, points, latest: points.findLast(({ step }) => step <= here) };
  });
  return drawTrainings(picture, axes, { most: STEPS, at, goal, trainings });
}
