// How log p(x) and its bound have climbed: the bound rises to log p(x) at an E step, and an M step lifts both.
import { axesIn, dot, niceSteps, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./climb.js").Climb} Climb */

const SEEN = 12; // steps that the picture is wide at least

/** @param {Picture} picture @param {Climb} climb @param {import("../../state.js").Values} values @param {Box} box */
export function drawClimb(picture, { stages }, { online: [online] }, box) {
  const { context, colours } = picture,
    all = stages.flatMap(({ evidence, bound }) => [evidence, bound]),
    [low, high] = [Math.min(...all), Math.max(...all)],
    room = Math.max(0.1, 0.12 * (high - low)),
    axes = axesIn(
      { ...box, top: box.top + 3.2 * colours.size },
      [0, Math.max(SEEN, stages.length - 1)],
      [low - room, high + room],
    ),
    { x, y } = axes;
  for (const tick of niceSteps(low - room, high + room, 4)) {
    stroke(picture, [box.left, y(tick)], [box.right, y(tick)], { colour: colours.line, width: 1 });
    write(picture, String(tick).replace("-", "−"), [box.left - 6, y(tick)], { size: "tiny", align: "right" });
  }
  /** @param {"evidence" | "bound"} name @returns {[number, number][]} */
  const places = (name) => stages.map((stage, i) => [x(i), y(stage[name])]);
  const [above, below] = [places("evidence"), places("bound")],
    gap = new Path2D();
  for (const place of [...above, ...below.toReversed()]) gap.lineTo(...place);
  context.save();
  Object.assign(context, { fillStyle: colours.kl, globalAlpha: 0.25 });
  context.fill(gap);
  context.restore();
  joined(picture, above, colours.p);
  if (!online) joined(picture, below, colours.q);
  const at = stages.length - 1;
  stroke(picture, [x(at), axes.box.top], [x(at), box.bottom], { colour: colours.faint, width: 1, dash: [4, 4] });
  dot(picture, above[at], 6, colours.p);
  if (!online) dot(picture, below[at], 5, colours.q);
  steps(picture, axes, at, online === 1);
  legend(picture, box, online === 1);
}

/** @param {Picture} picture @param {[number, number][]} places @param {string} colour */
function joined({ context }, places, colour) {
  context.save();
  Object.assign(context, { strokeStyle: colour, lineWidth: 3, lineJoin: "round" });
  context.beginPath();
  for (const place of places) context.lineTo(...place);
  context.stroke();
  context.restore();
}

/** Which step was which. @param {Picture} picture @param {import("../../plot.js").Axes} axes @param {number} taken @param {boolean} online */
function steps(picture, { x, box }, taken, online) {
  const { colours } = picture,
    y = box.bottom + 6;
  stroke(picture, [box.left, box.bottom + 0.5], [box.right, box.bottom + 0.5], { colour: colours.faint, width: 1 });
  if (online || taken > 2 * SEEN) {
    const words = `${taken} ${online ? "points seen" : "half steps"}`;
    write(picture, words, [(box.left + box.right) / 2, y], { size: "tiny", baseline: "top" });
    return;
  }
  for (let step = 1; step <= Math.max(taken, SEEN); step++) {
    const colour = step > taken ? colours.line : step % 2 ? colours.q : colours.p;
    write(picture, step % 2 ? "E" : "M", [x(step - 0.5), y], { colour, size: "tiny", baseline: "top", bold: true });
  }
}

/** @param {Picture} picture @param {Box} box @param {boolean} online */
function legend(picture, { left, top }, online) {
  const { colours } = picture,
    names = [["log p(x), nats a point", colours.p], ...(online ? [] : [["bound L(q, θ), and the gap KL", colours.q]])];
  names.forEach(([text, colour], i) => {
    const y = top + colours.size * (0.7 + 1.4 * i);
    stroke(picture, [left, y], [left + 22, y], { colour, width: 3 });
    write(picture, text, [left + 28, y], { colour: colours.ink, align: "left" });
  });
}
