// q on the posterior of one picture with the way it has come, and beside it its ELBO step by step, up to log p(x).
import { precise } from "../../../kit/numbers.js";
import { axesIn, dot, stroke, write } from "../../plot.js";
import { drawPosterior } from "../../posterior_plane.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./climb.js").Climb} Climb */

const NARROW = 480, // pixels: below, one stands above the other
  SEEN = 12, // steps that the curve is wide at least
  ROOM = 0.22, // of the curve's height, above and below
  BAR = 0.28; // of its width, where the gaps stand

/** @param {Picture} picture @param {Climb} climb @returns {Handle[]} */
export function drawRefinement(picture, climb) {
  const { width, height, colours } = picture,
    narrow = width < NARROW,
    side = narrow ? Math.min(0.56 * height, width) : Math.min(height, 0.54 * width),
    top = narrow ? 0 : (height - side) / 2,
    plane = { left: 0, right: side, top, bottom: top + side },
    gutter = 4.4 * colours.tiny,
    box = narrow
      ? { left: gutter, right: width - 9, top: side + 10, bottom: height - 2 * colours.tiny }
      : { left: side + gutter, right: width - 9, top: 6, bottom: height - 2 * colours.tiny };
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
function drawSteps(picture, box, { path, elbo, encoded, logEvidence, ended, stuck }) {
  const { colours } = picture,
    low = Math.min(encoded, ...path.map((stage) => stage.elbo)),
    height = Math.max(0.2, logEvidence - low),
    across = /** @type {[number, number]} */ ([0, Math.max(SEEN, path.length - 1)]),
    { x, y } = axesIn(box, across, [low - ROOM * height, logEvidence + ROOM * height]),
    end = path.length - 1,
    bar = box.left + BAR * (box.right - box.left);
  /** @param {number} value @param {string} colour @param {number[]} dash @param {string} text @param {number} down */
  const level = (value, colour, dash, text, down) => {
    stroke(picture, [box.left, y(value)], [box.right, y(value)], { colour, width: 2, dash });
    const at = /** @type {[number, number]} */ ([box.right - 4, y(value) + down * colours.small]);
    write(picture, text, at, { colour, align: "right", bold: true });
    write(picture, value.toFixed(1).replace("-", "−"), [box.left - 6, y(value)], { size: "tiny", align: "right" });
  };
  drawGap(picture, bar, [y(encoded), y(elbo)], colours.alpha);
  drawGap(picture, bar, [y(elbo), y(logEvidence)], colours.kl);
  level(logEvidence, colours.p, [], "log p(x)", -0.8);
  level(encoded, colours.alpha, [6, 5], "ELBO of the encoder’s q", 0.9);
  path.forEach((stage, i) => {
    const at = /** @type {[number, number]} */ ([x(i), y(stage.elbo)]);
    if (i) stroke(picture, [x(i - 1), y(path[i - 1].elbo)], at, { colour: colours.q, width: 3 });
    dot(picture, at, i === end ? 6 : 3.5, colours.q);
  });
  const won = (y(encoded) + y(elbo)) / 2,
    missing = Math.max((y(elbo) + y(logEvidence)) / 2, y(logEvidence) + 1.6 * colours.small);
  if (y(encoded) - y(elbo) > 3 * colours.small)
    name(picture, [bar, won], colours.alpha, ended ? "amortisation gap" : "won back", elbo - encoded);
  name(picture, [bar, missing], colours.kl, ended ? "shape gap" : "still missing", logEvidence - elbo);
  stroke(picture, [box.left, box.bottom + 0.5], [box.right, box.bottom + 0.5], { colour: colours.faint, width: 1 });
  const where = ended ? ", at the optimum" : stuck ? ", at a local optimum" : "",
    below = /** @type {[number, number]} */ ([(box.left + box.right) / 2, box.bottom + 6]);
  write(picture, `${end} ${end === 1 ? "step" : "steps"}${where}`, below, { size: "tiny", baseline: "top" });
}

/** @param {Picture} picture @param {[number, number]} bar @param {string} colour @param {string} text @param {number} nats */
function name(picture, [x, y], colour, text, nats) {
  write(picture, `${text}: ${precise(nats)} nats`, [x + 12, y], { colour, align: "left", bold: true });
}

/** @param {Picture} picture @param {number} x @param {[number, number]} ends @param {string} colour */
function drawGap({ context }, x, [from, to], colour) {
  Object.assign(context, { fillStyle: colour, globalAlpha: 0.35 });
  context.fillRect(x - 7, Math.min(from, to), 14, Math.abs(from - to));
  context.globalAlpha = 1;
}
