// Fixed noise below, the draws that it becomes above it, and the function that they are drawn for on top.
import { exact, slopeAt, valueAt } from "../../../math/reparametrisation.js";
import { precise } from "../../../kit/numbers.js";
import { arrow, axesIn, curve, dot, numbersBelow, steps, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("./section.js").Drawn} Drawn */
/** @typedef {import("../../plot.js").Axes} Axes */

const REACH = 4.4; // of z and of epsilon
const LOW = -5.6,
  HIGH = 2.1; // of f
const PULL = 0.45; // of z that a slope of one is drawn as long
const SEEN = steps(-REACH, REACH, 0.04);
const VALUES = SEEN.map(valueAt);

/** @param {Picture} picture @param {Drawn} drawn @param {Values} values @returns {Handle[]} */
export function drawReparametrisation(picture, drawn, values) {
  const { width, height, colours } = picture,
    { mu, sigma, epsilon, followed, estimate } = drawn,
    letters = colours.tiny;
  const bottom = height - 2 * letters - 4,
    middle = bottom - Math.max(84, 0.24 * height);
  const upper = axesIn({ left: 8, right: width - 8, top: 10, bottom: middle }, [-REACH, REACH], [LOW, HIGH]),
    { x } = upper,
    ground = { ...upper, box: { ...upper.box, bottom } };
  numbersBelow(picture, ground, steps(-4, 4, 1));
  write(picture, "ε", [14, bottom - letters], { colour: colours.epsilon, size: "size", bold: true });
  stroke(picture, [8, middle], [width - 8, middle], { colour: colours.faint, width: 1 });
  write(picture, "z", [14, middle + letters + 4], { colour: colours.q, size: "size", bold: true });
  curve(picture, upper, SEEN, VALUES, { colour: colours.f, width: 3 });
  const smooth = SEEN.map((at) => exact(at, sigma).value);
  curve(picture, upper, SEEN, smooth, { colour: colours.mu, width: 2, dash: [6, 5] });
  write(picture, "f(z)", [x(-2.1), upper.y(valueAt(-2.1)) - letters - 6], { colour: colours.f, bold: true });
  const label = /** @type {[number, number]} */ ([x(-REACH) + 6, 14]);
  stroke(picture, label, [label[0] + 26, 14], { colour: colours.mu, width: 2, dash: [6, 5] });
  write(picture, "E f(z) as a function of μ, at this σ", [label[0] + 34, 14], {
    colour: colours.ink,
    align: "left",
    size: "size",
  });

  epsilon.forEach((noise, i) => {
    const z = mu + sigma * noise,
      chosen = i === followed,
      opacity = chosen ? 1 : 0.45;
    stroke(picture, [x(noise), bottom], [x(z), middle], { colour: colours.epsilon, width: chosen ? 2.5 : 1, opacity });
    dot(picture, [x(noise), bottom], chosen ? 6 : 4, colours.epsilon, opacity);
    if (Math.abs(z) > REACH) {
      if (chosen) leave(picture, upper, z);
      return;
    }
    const up = upper.y(valueAt(z));
    stroke(picture, [x(z), middle], [x(z), up], { colour: colours.q, width: chosen ? 2 : 1, opacity: opacity / 2 });
    dot(picture, [x(z), middle], chosen ? 6 : 4, colours.q, opacity);
    const pull = PULL * slopeAt(z);
    arrow(picture, [x(z), up], [x(z + pull), up], { colour: colours.q, width: chosen ? 3.5 : 1.5, opacity });
    dot(picture, [x(z), up], chosen ? 6 : 3.5, colours.q, opacity);
  });
  pulls(picture, upper, drawn, estimate);
  follow(picture, upper, drawn);
  return handlesOf(values, drawn, upper, middle, bottom);
}

/** The draw that is followed lies beyond the picture: where to. @param {Picture} picture @param {Axes} axes @param {number} z */
function leave(picture, { box }, z) {
  const { colours } = picture,
    [edge, way] = z > 0 ? [box.right, 1] : [box.left, -1];
  arrow(picture, [edge - way * 40, box.bottom], [edge, box.bottom], { colour: colours.q, width: 3.5 });
  write(picture, `z = ${precise(z)}`, [edge - way * 2, box.bottom - colours.size], {
    colour: colours.q,
    align: z > 0 ? "right" : "left",
    bold: true,
  });
}

/** What all draws together say: how mu and sigma are pulled. @param {Picture} picture @param {Axes} axes @param {Drawn} drawn @param {Drawn["estimate"]} estimate */
function pulls(picture, { x, box }, { mu, sigma, truth }, estimate) {
  const { colours } = picture,
    [high, low] = [box.bottom + 20, box.bottom + 36];
  /** @type {[number, number, number, number, string][]} */
  const rows = [
    [mu, estimate.byMu, truth.byMu, high, colours.mu],
    [mu + sigma, estimate.bySigma, truth.bySigma, low, colours.sigma],
  ];
  for (const [from, pull, true_, y, colour] of rows) {
    stroke(picture, [x(from), box.bottom], [x(from), y], { colour, width: 1.5 });
    stroke(picture, [x(from), y + 6], [x(from + PULL * true_), y + 6], { colour, width: 2, dash: [3, 3] });
    arrow(picture, [x(from), y], [x(from + PULL * pull), y], { colour, width: 5 });
  }
}

/** The one draw that is followed, step by step. @param {Picture} picture @param {Axes} axes @param {Drawn} drawn */
function follow(picture, { box }, { mu, sigma, epsilon, followed }) {
  const { colours } = picture,
    noise = epsilon[followed],
    z = mu + sigma * noise,
    slope = slopeAt(z);
  const words = [
    [`ε = ${precise(noise)}, kept`, colours.epsilon],
    [`z = μ + σε = ${precise(z)}`, colours.q],
    [`f′(z) = ${precise(slope)}`, colours.f],
    [`to μ: f′(z) · 1 = ${precise(slope)}`, colours.mu],
    [`to σ: f′(z) · ε = ${precise(slope * noise)}`, colours.sigma],
  ];
  words.forEach(([text, colour], i) => {
    const at = /** @type {[number, number]} */ ([box.right - 4, 14 + 1.5 * i * colours.size]);
    write(picture, text, at, { colour, align: "right", bold: i > 2, size: "size" });
  });
}

/** @param {Values} values @param {Drawn} drawn @param {Axes} axes @param {number} middle @param {number} bottom @returns {Handle[]} */
function handlesOf(values, { mu, sigma, epsilon, followed }, { x, atX }, middle, bottom) {
  /** @param {number} at pixels */
  const nearest = (at) => {
    const distances = epsilon.map((noise) => Math.abs(noise - atX(at)));
    return distances.indexOf(Math.min(...distances));
  };
  return [
    { name: "mu", label: "μ", symbol: "mu", at: [x(mu), middle], move: (at) => ({ mu: [atX(at)] }) },
    {
      name: "sigma",
      label: "σ, from μ to here",
      symbol: "sigma",
      at: [x(mu + sigma), middle],
      move: (at) => ({ sigma: [Math.abs(atX(at) - mu)] }),
    },
    {
      name: "epsilon",
      label: "Which ε is followed",
      symbol: "epsilon",
      at: [x(epsilon[followed]), bottom],
      move: (at) => ({ followed: [nearest(at)] }),
    },
  ];
}
