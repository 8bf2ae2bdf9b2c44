// How log p(x) and its bound have climbed: the bound rises to log p(x) at an E step, and an M step lifts both.
import { axesIn, dot, niceSteps, stroke, widthOf, write } from "../../plot.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./climb.js").Climb} Climb */

const SEEN = 12, // steps that the picture is wide at least, where their letters have the room
  LETTER = 1.5; // letters' sizes that an E or an M needs

/** @param {Picture} picture @param {Climb} climb @param {import("../../state.js").Values} values @param {Box} box */
export function drawClimb(picture, { stages }, { online: [online] }, box) {
  const { context, colours } = picture,
    all = stages.flatMap(({ evidence, bound }) => [evidence, bound]),
    [low, high] = [Math.min(...all), Math.max(...all)],
    room = Math.max(0.1, 0.12 * (high - low)),
    top = legend(picture, box, online === 1),
    lettered = Math.floor((box.right - box.left) / (LETTER * colours.tiny)),
    taken = stages.length - 1,
    most = Math.max(Math.min(SEEN, lettered), taken),
    axes = axesIn({ ...box, top }, [0, most], [low - room, high + room]),
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
  stroke(picture, [x(taken), top], [x(taken), box.bottom], { colour: colours.faint, width: 1, dash: [4, 4] });
  dot(picture, above[taken], 6, colours.p);
  if (!online) dot(picture, below[taken], 5, colours.q);
  steps(picture, axes, { taken, most, lettered: most <= lettered, online: online === 1 });
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

/** Which step was which. @param {Picture} picture @param {import("../../plot.js").Axes} axes @param {{taken: number, most: number, lettered: boolean, online: boolean}} what most: that the picture is wide */
function steps(picture, { x, box }, { taken, most, lettered, online }) {
  const { colours } = picture,
    y = box.bottom + 6;
  stroke(picture, [box.left, box.bottom + 0.5], [box.right, box.bottom + 0.5], { colour: colours.faint, width: 1 });
  if (online || !lettered) {
    const words = `${taken} ${online ? "points seen" : "half steps"}`;
    write(picture, words, [(box.left + box.right) / 2, y], { size: "tiny", baseline: "top" });
    return;
  }
  for (let step = 1; step <= most; step++) {
    const colour = step > taken ? colours.line : step % 2 ? colours.q : colours.p;
    write(picture, step % 2 ? "E" : "M", [x(step - 0.5), y], { colour, size: "tiny", baseline: "top", bold: true });
  }
}

/** @param {Picture} picture @param {Box} box @param {boolean} online @returns {number} pixels where it ends below */
function legend(picture, { left, right, top }, online) {
  const { colours } = picture;
  /** @type {[string, {colour: string, width: number, opacity?: number}][]} */
  const names = [["log p(x), nats a point", { colour: colours.p, width: 3 }]];
  if (!online)
    names.push(
      ["bound L(q, θ)", { colour: colours.q, width: 3 }],
      ["gap: KL", { colour: colours.kl, width: 10, opacity: 0.35 }],
    );
  let [x, y] = [left, top + 0.7 * colours.size];
  for (const [text, look] of names) {
    const whole = 28 + widthOf(picture, text);
    if (x > left && x + whole > right) [x, y] = [left, y + 1.4 * colours.size];
    stroke(picture, [x, y], [x + 22, y], look);
    write(picture, text, [x + 28, y], { colour: colours.ink, align: "left" });
    x += whole + 14;
  }
  return y + 1.1 * colours.size;
}
