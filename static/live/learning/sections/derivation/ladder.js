// The lines of a derivation, each with its number as a bar: equal ones end together, and a gap is seen.
import { writeFormula } from "../../canvas_formula.js";
import { write } from "../../plot.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {{name: string, relation: string, value: number, gap: number}} Line */

const SPANS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], // nats that bars may span
  FULLEST = 0.8, // of a span: the largest gap in it
  SEEN = 0.005; // nats: less rounds to nothing
/** @type {Record<string, string>} how a line is written, by its name in vae_core.learning.derivation */
const WRITTEN = {
  "log E_p(z)[p(x|z)]": "log ∫ p(x|z) p(z) dz",
  "log E_q[p(x,z)/q(z)]": "log E_q[ p(x,z) / q(z) ]",
  "E_q[log p(x,z)/q(z)]": "E_q[ log p(x,z) / q(z) ]",
  "E_q[log p(x|z)] - KL(q || p(z))": "E_q[ log p(x|z) ] − KL( q ‖ p(z) )",
  "E_q[log p(x)]": "E_q[ log p(x) ]",
  "E_q[log p(x,z)/p(z|x)]": "E_q[ log p(x,z) / p(z|x) ]",
  "E_q[log p(x,z)/q(z)] + KL(q || p(z|x))": "E_q[ log p(x,z) / q(z) ] + KL( q ‖ p(z|x) )",
};
/** @type {Record<string, string>} */
const SIGNS = { "": "", "=": "=", ">=": "≥" };

/** @param {number} value nats @param {number} [error] of it, where it is seen @returns {string} */
export function nats(value, error = 0) {
  const around = error < SEEN ? "" : ` ± ${error.toFixed(2)}`;
  return `${(Math.abs(value) < SEEN ? 0 : value).toFixed(2).replace("-", "−")}${around} nats`;
}

/** @param {Picture} picture @param {import("../../plot.js").Box} box @param {Line[]} lines @param {number} at the last one that is shown */
export function drawLadder(picture, box, lines, at) {
  const { context, colours } = picture,
    first = lines[0].value,
    seen = lines.slice(0, at + 1),
    gap = Math.max(...seen.map(({ value }) => first - value)),
    span = SPANS.find((one) => gap <= FULLEST * one) ?? gap / FULLEST;
  const letters = colours.size,
    high = Math.min((box.bottom - box.top) / lines.length, 6.5 * letters),
    bar = Math.min(0.36 * high, 1.4 * letters),
    left = box.left + 1.4 * letters,
    whole = box.right - left;
  lines.forEach((line, i) => {
    const top = box.top + i * high,
      y = top + (high - bar) / 2,
      ground = { left, top: top + high - bar - 4, width: whole };
    if (i > at) {
      write(picture, i === at + 1 ? "?" : "·", [box.left, y], { align: "left", size: "size", bold: true });
      return;
    }
    const value = nats(line.value);
    context.font = `600 ${letters}px ${colours.font}`;
    const numbers = context.measureText(value).width;
    write(picture, SIGNS[line.relation], [box.left, y], {
      align: "left",
      size: "size",
      bold: true,
      colour: line.relation === ">=" ? colours.kl : colours.ink,
    });
    writeFormula(picture, WRITTEN[line.name] ?? line.name, [left, y], { most: whole - numbers - 10 });
    write(picture, value, [box.right, y], { align: "right", size: "size", bold: true, colour: colours.ink });
    drawBar(picture, ground, bar, (first - line.value) / span);
    if (line.relation === ">=" && line.gap >= SEEN)
      write(picture, `gap ${nats(line.gap)}`, [box.right - 6, ground.top + bar / 2], {
        align: "right",
        colour: colours.kl,
        size: bar < letters ? "tiny" : "small",
        bold: true,
      });
  });
}

/** @param {Picture} picture @param {{left: number, top: number, width: number}} ground @param {number} high @param {number} lost share of the bar that is missing */
function drawBar({ context, colours }, { left, top, width }, high, lost) {
  const end = left + (1 - lost) * width;
  context.save();
  Object.assign(context, { fillStyle: colours.p, globalAlpha: 0.45 });
  context.fillRect(left, top, end - left, high);
  Object.assign(context, { fillStyle: colours.kl, globalAlpha: 0.28 });
  context.fillRect(end, top, left + width - end, high);
  context.restore();
  if (lost > 0.001) {
    context.fillStyle = colours.kl;
    context.fillRect(end - 1, top, 2, high);
  }
}
