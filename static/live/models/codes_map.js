// The map of codes: the decoded picture, cut into the cells of one grid, each with its code's number.
import { emptied } from "../kit/canvas.js";
import { themeColours } from "../kit/theme.js";
import { boxOf, isThere, spotOf } from "./codes_grid.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */

const GAP = 3; // pixels between cells
const LEAST = 22; // pixels of a cell that shows its number

/** @param {DiscreteLatents} section */
export function drawMap(section) {
  const { layout, page, seen, grids, place, canvas } = section,
    { map } = layout;
  if (!map.clientWidth || !seen) return;
  const colours = themeColours(page.root),
    { context, width, height } = emptied(map),
    { first, grid } = spotOf(grids, place.cell),
    [high, wide] = [height / grid[0], width / grid[1]],
    changed = new Map(place.changed);
  context.imageSmoothingEnabled = page.root.classList.contains("smooth");
  for (let i = 0; i < grid[0] * grid[1]; i++) {
    const cell = first + i,
      [left, top] = [(i % grid[1]) * wide, Math.floor(i / grid[1]) * high];
    if (isThere(section, cell)) {
      context.drawImage(canvas.canvas, ...boxOf(section, cell), left, top, wide - GAP, high - GAP);
      if (Math.min(wide, high) >= LEAST) writeCode(context, String(seen.codes[cell]), left, top, colours);
    } else {
      context.fillStyle = colours.line;
      context.fillRect(left, top, wide - GAP, high - GAP);
    }
    if (changed.has(cell)) outline(context, [left, top, wide - GAP, high - GAP], "#ffb000", 3);
    if (cell === place.cell) outline(context, [left, top, wide - GAP, high - GAP], colours.accent, 5);
  }
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} left @param {number} top @param {Record<string, any>} colours */
function writeCode(context, text, left, top, { font, size }) {
  Object.assign(context, { font: `600 ${size}px ${font}`, textAlign: "center", textBaseline: "middle" });
  const wide = context.measureText(text).width + 8,
    high = size + 4;
  context.fillStyle = "#000b";
  context.fillRect(left, top, wide, high);
  context.fillStyle = "#fff";
  context.fillText(text, left + wide / 2, top + high / 2 + 1);
}

/** @param {CanvasRenderingContext2D} context @param {[number, number, number, number]} box @param {string} colour @param {number} width */
export function outline(context, [left, top, wide, high], colour, width) {
  Object.assign(context, { strokeStyle: colour, lineWidth: width });
  context.strokeRect(left + width / 2, top + width / 2, wide - width, high - width);
}

/** The cell under a spot of the map. @param {DiscreteLatents} section @param {number} x pixels @param {number} y @returns {number} */
export function cellAt({ layout, grids, place }, x, y) {
  const { first, grid } = spotOf(grids, place.cell),
    { clientWidth, clientHeight } = layout.map;
  /** @param {number} value @param {number} count */
  const within = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value * count)));
  return first + within(y / clientHeight, grid[0]) * grid[1] + within(x / clientWidth, grid[1]);
}
