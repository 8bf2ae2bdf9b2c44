// The ELBO's parts over the steps of training: the KL is what lies between the expected log-likelihood and the ELBO.
import { axesIn, curve, numbersBelow, steps, stroke, write } from "../../plot.js";
import { STEPS } from "./section.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("../../plot.js").Axes} Axes */
/** @typedef {import("./section.js").Learnt} Learnt */

const LOW = -42,
  HIGH = -20, // nats
  MOST = 8; // of beta

/** @param {Picture} picture @param {Box} box @param {Learnt} learnt @returns {Handle[]} */
export function drawCurves(picture, box, learnt) {
  const { colours } = picture,
    letters = colours.tiny,
    { at, curves } = learnt,
    bottom = box.bottom - 1.6 * letters,
    [left, right] = [box.left + 3 * letters, box.right - 8 * letters],
    strip = 2 * letters;
  const axes = axesIn({ left, right, top: box.top + 4, bottom: bottom - strip }, [0, STEPS], [LOW, HIGH]),
    { x, y } = axes;
  numbersBelow(picture, { ...axes, box: { ...axes.box, bottom } }, steps(0, STEPS, 200));
  for (const nats of [-40, -35, -30, -25, -20]) {
    stroke(picture, [left, y(nats)], [right, y(nats)], { colour: colours.line, width: 1 });
    write(picture, `−${-nats}`, [left - 5, y(nats)], { align: "right", size: "tiny" });
  }
  drawWeight(picture, axes, { ...box, top: bottom - strip + 3, bottom }, learnt);
  if (curves.length > 1) drawParts(picture, axes, learnt);
  drawNames(picture, axes, learnt);
  stroke(picture, [x(at), box.top], [x(at), bottom], { colour: colours.ink, width: 1, dash: [4, 4] });
  const farthest = Math.max(at, ...curves.map(({ step }) => step));
  return [
    {
      name: "step",
      label: "The step of training: back and forth as far as it has come",
      symbol: "p",
      at: [x(at), bottom],
      move: (pixel) => ({ step: [Math.min(farthest, Math.round(axes.atX(pixel)))] }),
    },
  ];
}

/** @param {Picture} picture @param {Axes} axes @param {Learnt} learnt */
function drawParts(picture, axes, { curves }) {
  const { context, colours } = picture,
    { x, y, box } = axes,
    at = curves.map(({ step }) => step),
    part = (/** @type {"train" | "heldOut"} */ split, /** @type {"elbo" | "logLikelihood"} */ name) =>
      curves.map((one) => one[split][name]);
  const [likelihood, elbo] = [part("heldOut", "logLikelihood"), part("heldOut", "elbo")];
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  const between = new Path2D();
  at.forEach((step, i) => between.lineTo(x(step), y(likelihood[i])));
  for (let i = at.length - 1; i >= 0; i--) between.lineTo(x(at[i]), y(elbo[i]));
  Object.assign(context, { fillStyle: colours.kl, globalAlpha: 0.35 });
  context.fill(between);
  context.restore();
  curve(picture, axes, at, likelihood, { colour: colours.likelihood, width: 2 });
  curve(picture, axes, at, part("train", "elbo"), { colour: colours.faint, width: 1.5, dash: [5, 4] });
  curve(picture, axes, at, elbo, { colour: colours.ink, width: 2.5 });
}

/** What the curves are, to their right, kept apart. @param {Picture} picture @param {Axes} axes @param {Learnt} learnt */
function drawNames(picture, { y, box }, { latest }) {
  const { colours } = picture,
    gap = 1.15 * colours.tiny,
    top = latest ? latest.heldOut : { logLikelihood: -22, kl: 2, elbo: -24 };
  const hold = (/** @type {number} */ at) => Math.min(box.bottom - gap, Math.max(box.top + gap, at));
  const first = hold(y(top.logLikelihood) - gap / 2),
    last = Math.max(hold(y(top.elbo) + gap / 2), first + 2 * gap);
  /** @type {[string, number, string][]} */
  const names = [
    ["E log p(x|z)", first, colours.likelihood],
    ["KL", (first + last) / 2, colours.kl],
    ["ELBO", last, colours.ink],
  ];
  for (const [name, at, colour] of names)
    write(picture, name, [box.right + 6, at], { colour, align: "left", size: "tiny", bold: true });
}

/** The weight of the KL in each step, past and to come. @param {Picture} picture @param {Axes} axes @param {Box} box @param {Learnt} learnt */
function drawWeight({ context, colours }, { x }, { top, bottom }, { weightOf }) {
  const path = new Path2D();
  path.moveTo(x(0), bottom);
  for (let step = 0; step <= STEPS; step += 10)
    path.lineTo(x(step), bottom - (weightOf(Math.min(step, STEPS - 1)) / MOST) * (bottom - top));
  path.lineTo(x(STEPS), bottom);
  Object.assign(context, { fillStyle: colours.beta, globalAlpha: 0.5 });
  context.fill(path);
  context.globalAlpha = 1;
  write({ context, colours }, "β", [x(0) - 5, (top + bottom) / 2], {
    colour: colours.beta,
    align: "right",
    size: "tiny",
    bold: true,
  });
}
