// The codebook as pictures: what the cell that is looked at would be with each code, all other cells as they are.
import { emptied } from "../kit/canvas.js";
import { putSheet } from "../kit/paint.js";
import { themeColours } from "../kit/theme.js";
import { wholeNumbers } from "../engine/quantised.js";
import { boxOf, isThere } from "./codes_grid.js";
import { outline } from "./codes_map.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */
/**
 * @typedef {object} Book
 * @property {HTMLCanvasElement} sheet pictures with each code, a column of them
 * @property {string} of network, cell and codes that the sheet is of
 */

const GAP = 2; // pixels between tiles
const LEAST = 24; // pixels of a tile that shows its number

/** @returns {Book} */
export const newBook = () => ({ sheet: document.createElement("canvas"), of: "" });

/** Decode the codebook again, beside the page: the picture under the hand comes first. @param {DiscreteLatents} section */
export function refreshBook({ seen, size, place, network, book, jobs, page }) {
  if (!seen || !network) return;
  const { decoder, shape } = network,
    { cell } = place,
    { codes } = seen,
    of = `${decoder} ${cell} ${codes.join(",")}`;
  if (book.of === of) {
    page.root.dataset.ready = "1";
    return;
  }
  const z = wholeNumbers(Array.from({ length: size }, (_, code) => codes.with(cell, code)).flat());
  jobs.request("book", { task: "sheet", decoder, shape, z, count: size, columns: 1 }, { of, cell });
}

/** @param {DiscreteLatents} section @param {{sheet: import("../engine/sheets.js").Sheet}} answer @param {{of: string, cell: number}} asked */
export function bookCame(section, { sheet }, { of, cell }) {
  if (cell !== section.place.cell) return; // another one is on its way
  putSheet(section.book.sheet, sheet);
  section.book.of = of;
  drawBook(section);
  section.page.root.dataset.ready = "1";
}

/** @param {DiscreteLatents} section @returns {{columns: number, wide: number, high: number}} how tiles fill the canvas best */
export function tiling(section) {
  const { clientWidth: width, clientHeight: height } = section.layout.book,
    [, , cellWide, cellHigh] = boxOf(section, section.place.cell),
    form = cellWide / cellHigh;
  let best = { columns: 1, wide: 0, high: 0 };
  for (let columns = 1; columns <= section.size; columns++) {
    const wide = Math.min(width / columns, (form * height) / Math.ceil(section.size / columns));
    if (wide > best.wide) best = { columns, wide, high: wide / form };
  }
  return best;
}

/** @param {DiscreteLatents} section */
export function drawBook(section) {
  const { layout, page, book, size, place, seen, network } = section;
  if (!layout.book.clientWidth || !seen || !network) return;
  const colours = themeColours(page.root),
    { context } = emptied(layout.book),
    { columns, wide, high } = tiling(section),
    [left, top, ofWidth, ofHeight] = boxOf(section, place.cell),
    [, height] = network.shape,
    isOfCell = book.of.startsWith(`${network.decoder} ${place.cell} `),
    letters = Math.min(colours.tiny, high / 2);
  context.imageSmoothingEnabled = page.root.classList.contains("smooth");
  Object.assign(context, { font: `600 ${letters}px ${colours.font}`, textAlign: "left", textBaseline: "top" });
  for (let code = 0; code < size; code++) {
    const [x, y] = [(code % columns) * wide, Math.floor(code / columns) * high];
    if (isOfCell)
      context.drawImage(book.sheet, left, top + code * height, ofWidth, ofHeight, x, y, wide - GAP, high - GAP);
    else {
      context.fillStyle = colours.line;
      context.fillRect(x, y, wide - GAP, high - GAP);
    }
    if (Math.min(wide, high) >= LEAST) {
      context.fillStyle = "#000b";
      context.fillRect(x, y, context.measureText(String(code)).width + 5, letters + 3);
      context.fillStyle = "#fff";
      context.fillText(String(code), x + 2.5, y + 2);
    }
    if (code === seen.codes[place.cell] && isThere(section, place.cell))
      outline(context, [x, y, wide - GAP, high - GAP], colours.accent, 4);
  }
}

/** The code under a spot of the codebook; null beside it. @param {DiscreteLatents} section @param {number} x pixels @param {number} y @returns {number | null} */
export function codeUnder(section, x, y) {
  const { columns, wide, high } = tiling(section),
    [row, column] = [Math.floor(y / high), Math.floor(x / wide)],
    code = row * columns + column;
  return column < columns && code < section.size && code >= 0 ? code : null;
}
