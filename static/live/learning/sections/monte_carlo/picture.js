// The plane with the proposal's draws, each as large as its weight, and beside it the estimate as draws come in.
import { thumbnail } from "../../thumbnail.js";
import { write } from "../../plot.js";
import { drawConvergence } from "./convergence.js";
import { drawPlane } from "./plane.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("./estimated.js").Estimated} Estimated */

const GAP = 1.5; // letters between the two
const [SMALLEST, LARGEST] = [32, 112]; // pixels: the side of x

/** @param {Picture} picture @param {Estimated} estimated @param {Values} values @returns {Handle[]} */
export function drawMonteCarlo(picture, estimated, values) {
  const { width, height, colours } = picture,
    beside = width > 1.2 * height,
    side = beside ? Math.min(height, 0.52 * width) : Math.min(width, 0.52 * height),
    gap = GAP * colours.tiny;
  const plane = beside
    ? { left: 0, right: side, top: (height - side) / 2, bottom: (height + side) / 2 }
    : { left: (width - side) / 2, right: (width + side) / 2, top: 0, bottom: side };
  const chart = beside
    ? { left: side + gap, right: width, top: 0, bottom: height }
    : { left: 0, right: width, top: side + gap, bottom: height };
  drawPictured(picture, estimated, beside ? plane.top : plane.left, plane);
  const handles = drawPlane(picture, estimated, values, plane);
  return [...handles, ...drawConvergence(picture, estimated, chart)];
}

/** The picture whose log p(x) it is, above the plane or to its left, where there is room. @param {Picture} picture @param {Estimated} estimated @param {number} room @param {import("../../plot.js").Box} plane */
function drawPictured(picture, { judged: { bytes, shape } }, room, { left, top }) {
  const side = Math.min(LARGEST, room - 12),
    above = top > 0;
  if (side < SMALLEST) return;
  thumbnail(picture, bytes, shape, 1, { left: above ? left : 1, top: above ? 1 : 22, width: side });
  const at = /** @type {[number, number]} */ (above ? [left + side + 10, side / 2] : [1 + side / 2, 10]);
  write(picture, "x", at, { colour: picture.colours.p, align: above ? "left" : "center", bold: true, size: "size" });
}
