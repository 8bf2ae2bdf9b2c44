// A VAE while it learns: the map of held-out codes, the grid of what it draws, and the ELBO's parts over the steps.
import { contextOf } from "../../../kit/canvas.js";
import { writePicture } from "../../../kit/paint.js";
import { axesIn, dot, widthOf, write } from "../../plot.js";
import { drawCurves } from "./curves.js";
import { SIDE } from "./section.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Box} Box */
/** @typedef {import("./section.js").Learnt} Learnt */

const REACH = 3.6, // standard deviations of the prior that the map shows
  GAP = 20, // pixels between map and grid
  SHARE = 0.62; // of the height that both may take
const CELL = 9, // pixels of the grid from a picture to the next
  SHAPE = /** @type {[number, number, number]} */ ([1, 8, 8]);

/** @type {HTMLCanvasElement | null} */
let sheet = null; // of the grid, a pixel for a pixel
/** @type {ImageData | null} */
let pixels = null;

/** @param {Picture} picture @param {Learnt} learnt @returns {Handle[]} */
export function drawLearning(picture, learnt) {
  const { width, height, colours } = picture,
    above = 1.5 * colours.small,
    side = Math.floor(Math.min((width - GAP) / 2, SHARE * height - above)),
    left = Math.floor((width - 2 * side - GAP) / 2);
  /** @param {number} start @returns {Box} */
  const square = (start) => ({ left: start, right: start + side, top: above, bottom: above + side });
  const [map, grid] = [square(left), square(left + side + GAP)];
  drawMap(picture, map, learnt);
  drawGrid(picture, grid, learnt);
  return drawCurves(picture, { left: 0, right: width, top: map.bottom + 8, bottom: height }, learnt);
}

/** @param {Picture} picture @param {Box} box @param {Learnt} learnt */
function drawMap(picture, box, { codes, digits: { labels, colours: palette } }) {
  const { context, colours } = picture,
    { x, y } = axesIn(box, [-REACH, REACH], [-REACH, REACH]),
    size = Math.max(1.6, (box.right - box.left) / 110);
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  Object.assign(context, { strokeStyle: colours.line, lineWidth: 1 });
  context.stroke();
  context.clip();
  for (const radius of [1, 2, 3]) {
    context.beginPath();
    context.arc(x(0), y(0), x(radius) - x(0), 0, 2 * Math.PI);
    context.stroke();
  }
  labels.forEach((label, i) => dot(picture, [x(codes[2 * i]), y(codes[2 * i + 1])], size, palette[label % 10]));
  context.restore();
  const words = "codes of",
    first = box.left + widthOf(picture, words, { size: "tiny" }),
    step = (box.right - first) / 10.5;
  write(picture, words, [box.left, box.top - 0.7 * colours.small], { align: "left", size: "tiny" });
  for (let label = 0; label < 10; label++)
    write(picture, String(label), [first + step * (1 + label), box.top - 0.7 * colours.small], {
      colour: palette[label],
      bold: true,
    });
}

/** @param {Picture} picture @param {Box} box @param {Learnt} learnt */
function drawGrid(picture, box, { grid }) {
  const { context, colours } = picture,
    across = CELL * SIDE - 1;
  pixels ??= new ImageData(across, across); // see-through between the pictures
  for (let i = 0; i < SIDE * SIDE; i++)
    writePicture(grid, 64 * i, SHAPE, 255, pixels.data, across, CELL * (i % SIDE), CELL * Math.floor(i / SIDE));
  sheet ??= Object.assign(document.createElement("canvas"), { width: across, height: across });
  contextOf(sheet).putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, box.left, box.top, box.right - box.left, box.bottom - box.top);
  write(picture, "decoded z, over the prior", [box.left, box.top - 0.7 * colours.small], {
    align: "left",
    size: "tiny",
  });
}
