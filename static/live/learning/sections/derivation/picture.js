// To the left q over the true posterior, or the curve of log; to the right the lines with their numbers.
import { writeFormula } from "../../canvas_formula.js";
import { drawPosterior } from "../../posterior_plane.js";
import { drawCurve } from "./curve.js";
import { drawLadder } from "./ladder.js";

/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./derived.js").Derived} Derived */

const NARROW = 560; // pixels: below, one stands above the other
const SHARE = 0.47; // of the width that the plane may have

/** @param {Picture} picture @param {Derived} result @param {Values} values @returns {Handle[]} */
export function drawDerivation(picture, result, values) {
  const { width, height } = picture,
    narrow = width < NARROW,
    side = narrow ? Math.min(0.52 * height, width) : Math.min(height, SHARE * width);
  const room = narrow
    ? { left: 0, right: width, top: side + 10, bottom: height }
    : { left: side + 22, right: width, top: 0, bottom: height };
  const plane = narrow
    ? { left: 0, right: side, top: 0, bottom: side }
    : { left: 0, right: side, top: (height - side) / 2, bottom: (height + side) / 2 };
  if (values.curve[0]) {
    const box = narrow ? { ...plane, right: width } : { left: 0, right: side, top: 8, bottom: height };
    drawLadder(picture, { ...room, bottom: room.bottom - 3 * picture.colours.size }, jensenLines(result), 1);
    const low = /** @type {[number, number]} */ ([room.left, room.bottom - picture.colours.size]);
    writeFormula(picture, "In the ELBO: w = p(x,z) / q(z), with z drawn from q", low, { most: room.right - room.left });
    return drawCurve(picture, box, result);
  }
  drawLadder(picture, room, result.ladder, result.at);
  const beside = narrow ? { left: side + 12, top: 0, width: Math.min(width - side - 12, 0.44 * side) } : null;
  return drawPosterior(picture, plane, result, beside);
}

/** The two lines of the curve. @param {Derived} result */
function jensenLines({ chord: { curve, chord, gap } }) {
  return [
    { name: "log E[w]", relation: "", value: curve, gap: 0 },
    { name: "E[log w]", relation: ">=", value: chord, gap },
  ];
}
