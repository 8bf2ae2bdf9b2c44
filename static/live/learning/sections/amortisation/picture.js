// q on the posterior of one picture with the way it has come, and beside it its ELBO step by step, up to log p(x).
import { significant } from "../../../kit/numbers.js";
import { axesIn, dot, stroke, write } from "../../plot.js";
import { drawPosterior } from "../../posterior_plane.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./climb.js").Climb} Climb */

const NARROW = 480, // pixels: below, one stands above the other
  SEEN = 12, // steps that the curve is wide at least
  ROOM = 0.15; // of the curve's height, above and below

/** @param {Picture} picture @param {Climb} climb @returns {Handle[]} */
export function drawRefinement(picture, climb) {
  const { width, height, colours } = picture,
    narrow = width < NARROW,
    side = narrow ? Math.min(0.56 * height, width) : Math.min(height, 0.54 * width),
    top = narrow ? 0 : (height - side) / 2,
    plane = { left: 0, right: side, top, bottom: top + side },
    gutter = 4.4 * colours.tiny,
    box = narrow
      ? { left: gutter, right: width - 4, top: side + 10, bottom: height - 2 * colours.tiny }
      : { left: side + gutter, right: width - 4, top: 6, bottom: height - 2 * colours.tiny };
  const beside = narrow ? { left: side + 12, top: 0, width: Math.min(width - side - 12, 0.44 * side) } : null,
    handles = drawPosterior(picture, plane, climb, beside);
  drawWay(picture, plane, climb);
  drawSteps(picture, box, climb);
  return handles.map((handle) => {
    return { ...handle, move: (x, y) => ({ ...handle.move?.(x, y), step: [0] }) };
  });
}

/** The encoder's q, and where the means have been. @param {Picture} picture @param {Box} box @param {Climb} climb */
function drawWay(picture, box, { judged: { frame, encoder }, path }) {
  const { context, colours } = picture,
    { x, y } = axesIn(box, [frame.low[0], frame.high[0]], [frame.low[1], frame.high[1]]),
    [left, up] = encoder.mean;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  Object.assign(context, { strokeStyle: colours.alpha, lineWidth: 2 });
  context.setLineDash([5, 4]);
  for (const times of [1, 2]) {
    context.beginPath();
    const [across, high] = [x(left + encoder.stddev[0]) - x(left), y(up) - y(up + encoder.stddev[1])];
    context.ellipse(x(left), y(up), times * across, times * high, 0, 0, 2 * Math.PI);
    context.stroke();
  }
  context.setLineDash([]);
  path.forEach(({ q: { mean } }, i) => {
    const at = /** @type {[number, number]} */ ([x(mean[0]), y(mean[1])]);
    if (i) stroke(picture, [x(path[i - 1].q.mean[0]), y(path[i - 1].q.mean[1])], at, { colour: colours.q, width: 2 });
    dot(picture, at, 3, colours.q);
  });
  context.restore();
  write(picture, "the encoder’s q", [x(left), y(up + 2 * encoder.stddev[1]) - colours.small], {
    colour: colours.alpha,
  });
}

/** @param {Picture} picture @param {Box} box @param {Climb} climb */
function drawSteps(picture, box, { path, elbo, encoded, logEvidence, ended }) {
  const { colours } = picture,
    low = Math.min(encoded, ...path.map((stage) => stage.elbo)),
    height = Math.max(0.2, logEvidence - low),
    axes = axesIn(box, [0, Math.max(SEEN, path.length - 1)], [low - ROOM * height, logEvidence + ROOM * height]),
    { x, y } = axes,
    end = path.length - 1;
  /** @param {number} value @param {string} colour @param {number[]} dash @param {string} text */
  const level = (value, colour, dash, text) => {
    stroke(picture, [box.left, y(value)], [box.right, y(value)], { colour, width: 2, dash });
    write(picture, text, [box.right - 4, y(value) - 0.75 * colours.small], { colour, align: "right", bold: true });
    write(picture, value.toFixed(1).replace("-", "−"), [box.left - 6, y(value)], { size: "tiny", align: "right" });
  };
  const bar = box.left + 0.62 * (box.right - box.left);
  drawGap(
    picture,
    bar,
    [y(encoded), y(elbo)],
    colours.alpha,
    gapOf(ended ? "amortisation gap" : "won back", elbo - encoded),
  );
  drawGap(
    picture,
    bar,
    [y(elbo), y(logEvidence)],
    colours.kl,
    gapOf(ended ? "shape gap" : "still missing", logEvidence - elbo),
  );
  level(logEvidence, colours.p, [], "log p(x)");
  level(encoded, colours.alpha, [6, 5], "ELBO of the encoder’s q");
  path.forEach((stage, i) => {
    const at = /** @type {[number, number]} */ ([x(i), y(stage.elbo)]);
    if (i) stroke(picture, [x(i - 1), y(path[i - 1].elbo)], at, { colour: colours.q, width: 3 });
    dot(picture, at, i === end ? 6 : 3.5, colours.q);
  });
  stroke(picture, [box.left, box.bottom + 0.5], [box.right, box.bottom + 0.5], { colour: colours.faint, width: 1 });
  write(
    picture,
    `${end} ${end === 1 ? "step" : "steps"}${ended ? ", at the optimum" : ""}`,
    [(box.left + box.right) / 2, box.bottom + 6],
    { size: "tiny", baseline: "top" },
  );
}

/** @param {string} name @param {number} nats */
const gapOf = (name, nats) => `${name}: ${significant(nats)} nats`;

/** @param {Picture} picture @param {number} x @param {[number, number]} ends @param {string} colour @param {string} text */
function drawGap(picture, x, [from, to], colour, text) {
  const { context, colours } = picture;
  if (Math.abs(from - to) < 1) return;
  Object.assign(context, { fillStyle: colour, globalAlpha: 0.35 });
  context.fillRect(x - 7, Math.min(from, to), 14, Math.abs(from - to));
  context.globalAlpha = 1;
  if (Math.abs(from - to) > 2 * colours.small)
    write(picture, text, [x + 12, (from + to) / 2], { colour, align: "left", bold: true });
}
