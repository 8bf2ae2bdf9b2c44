// The posterior of two causes as a square cut by their probabilities, beside the same square of a factored q.
import { precise } from "../../../kit/numbers.js";
import { stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../../math/mean_field.js").Joint} Joint */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./section.js").Tied} Tied */
/** @typedef {import("../../state.js").Values} Values */

const GAP = 12, // pixels between a square and what stands to the left of the next
  NAMES = 2.2; // letters wide: the names of b's states, to the left of each square

/** @param {Picture} picture @param {Tied} tied @param {Values} values @returns {Handle[]} */
export function drawTie(picture, { joint, factored, found }, values) {
  const { width, height, colours } = picture,
    above = 2.2 * colours.size,
    below = 1.8 * colours.small,
    names = NAMES * colours.small,
    side = Math.min((width - GAP) / 2 - names - 2, height - above - below),
    left = names + (width - 2 * (names + side) - GAP) / 2,
    top = above + Math.max(0, (height - above - below - side) / 2);
  /** @param {number} start @returns {Box} */
  const square = (start) => ({ left: start, right: start + side, top, bottom: top + side });
  const [truth, apart] = [square(left), square(left + side + GAP + names)],
    [first, second] = values.q;
  mosaic(picture, truth, joint);
  mosaic(picture, apart, factored);
  heading(picture, truth, "p(a, b | e)", colours.p);
  heading(picture, apart, "q(a) q(b)", colours.q);
  cuts(picture, truth, joint, colours.ink);
  cuts(picture, apart, factored, colours.q);
  found.forEach((one, i) => {
    const at = spotOf(apart, one.first, one.second);
    ring(picture, at, i === 0 ? 9 : 7);
    const right = one.first > 0.5,
      words = `${i === 0 ? "best" : "optimum"}: ${precise(one.kl)} nats`;
    write(picture, words, [at[0] + (right ? -14 : 14), at[1]], {
      colour: colours.ink,
      align: right ? "right" : "left",
    });
  });
  /** @type {Handle} */
  const cross = {
    name: "q",
    label: "q: across the burglar's probability, up the earthquake's",
    symbol: "q",
    at: spotOf(apart, first, second),
    move: (x, y) => ({ q: [(x - apart.left) / side, (apart.bottom - y) / side] }),
  };
  return [cross];
}

/** @param {Box} box @param {number} first @param {number} second @returns {[number, number]} where they cut each other */
function spotOf({ left, right, top, bottom }, first, second) {
  return [left + first * (right - left), bottom - second * (bottom - top)];
}

/** Areas are probabilities: to the left the first cause, at the bottom the second. @param {Picture} picture @param {Box} box @param {Joint} joint */
function mosaic(picture, box, joint) {
  const { context, colours } = picture,
    side = box.right - box.left;
  /** @type {[string, string][][]} of absence and presence of the first cause, then the second */
  const tiles = [
    [
      ["neither", colours.line],
      ["earthquake", colours.b],
    ],
    [
      ["burglar", colours.a],
      ["both", colours.e],
    ],
  ];
  let start = box.left;
  for (const a of [1, 0]) {
    const across = (joint[a][0] + joint[a][1]) * side;
    let floor = box.bottom;
    for (const b of [1, 0]) {
      const up = (joint[a][b] / (joint[a][0] + joint[a][1])) * side,
        [name, colour] = tiles[a][b];
      context.globalAlpha = a || b ? 0.35 : 1;
      context.fillStyle = colour;
      context.fillRect(start, floor - up, across, up);
      context.globalAlpha = 1;
      const words = `${name} ${Math.round(100 * joint[a][b])} %`;
      context.font = `${colours.small}px ${colours.font}`;
      if (up > 1.4 * colours.small && context.measureText(words).width + 8 < across)
        write(picture, words, [start + across / 2, floor - up / 2], { colour: colours.ink, halo: false });
      floor -= up;
    }
    start += across;
  }
}

/** The line between both states of the first cause, and in each of them that of the second. @param {Picture} picture @param {Box} box @param {Joint} joint @param {string} colour */
function cuts(picture, box, joint, colour) {
  const side = box.right - box.left,
    present = joint[1][0] + joint[1][1],
    cut = box.left + present * side,
    [low, high] = [joint[1][1] / present, joint[0][1] / (1 - present)].map((share) => box.bottom - share * side),
    look = { colour, width: 3 };
  stroke(picture, [cut, box.top], [cut, box.bottom], look);
  stroke(picture, [box.left, low], [cut, low], look);
  stroke(picture, [cut, high], [box.right, high], look);
}

/** @param {Picture} picture @param {Box} box @param {string} text @param {string} colour */
function heading(picture, { left, right, top, bottom }, text, colour) {
  const { colours } = picture,
    y = bottom + colours.small;
  write(picture, text, [(left + right) / 2, top - 1.1 * colours.size], { colour, size: "size", bold: true });
  write(picture, "a", [left + 2, y], { colour: colours.a, align: "left", bold: true });
  write(picture, "not a", [right - 2, y], { colour: colours.a, align: "right", bold: true });
  const [x, line] = [left - 5, 1.1 * colours.small];
  ["not", "b"].forEach((word, i) =>
    write(picture, word, [x, top + (i + 0.6) * line], { colour: colours.b, align: "right", bold: true }),
  );
  write(picture, "b", [x, bottom - 0.6 * line], { colour: colours.b, align: "right", bold: true });
}

/** @param {Picture} picture @param {[number, number]} at @param {number} radius */
function ring({ context, colours }, at, radius) {
  Object.assign(context, { strokeStyle: colours.ink, lineWidth: 2 });
  context.beginPath();
  context.arc(...at, radius, 0, 2 * Math.PI);
  context.stroke();
}
