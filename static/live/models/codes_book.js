// The codebook as pictures: what the cell that is looked at would be with each code, all other cells as they are.
import { contextOf, emptied } from "../kit/canvas.js";
import { writePicture } from "../kit/paint.js";
import { themeColours } from "../kit/theme.js";
import { decodeCodes } from "../engine/quantised.js";
import { sizeOf } from "../math/shape.js";
import { boxOf, isThere } from "./codes_grid.js";
import { outline } from "./codes_map.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */
/**
 * @typedef {object} Book
 * @property {HTMLCanvasElement} sheet pictures with each code, a column of them
 * @property {string} of cell and codes that the sheet is of
 * @property {number | undefined} waiting timer of the next one
 */

const TOGETHER = 16; // pictures decoded at once: between two blocks the hand gets its turn
const AFTER = 40; // ms without another change
const GAP = 2; // pixels between tiles
const LEAST = 24; // pixels of a tile that shows its number

/** @returns {Book} */
export const newBook = () => ({ sheet: document.createElement("canvas"), of: "", waiting: undefined });

/** Decode the codebook again once the codes rest. @param {DiscreteLatents} section */
export function refreshBook(section) {
  const { book } = section;
  clearTimeout(book.waiting);
  book.waiting = setTimeout(() => decodeBook(section), AFTER);
}

/** @param {DiscreteLatents} section */
async function decodeBook(section) {
  const { decoder, seen, size, place, network, book } = section,
    { cell } = place;
  if (!decoder || !seen || !network) return;
  const [, height, width] = network.shape,
    each = sizeOf(network.shape),
    of = `${network.decoder} ${cell} ${seen.codes.join(",")}`;
  if (book.of === of) return;
  const image = new ImageData(width, height * size);
  for (let start = 0; start < size; start += TOGETHER) {
    const count = Math.min(TOGETHER, size - start),
      codes = Array.from({ length: count }, (_, i) => seen.codes.with(cell, start + i)).flat(),
      { x } = await decodeCodes(decoder, codes, count);
    for (let i = 0; i < count; i++)
      writePicture(x, i * each, network.shape, 255, image.data, width, 0, (start + i) * height);
    await new Promise((resolve) => setTimeout(resolve));
    if (section.seen !== seen || place.cell !== cell) return; // another one is on its way
  }
  Object.assign(book.sheet, { width, height: height * size });
  contextOf(book.sheet).putImageData(image, 0, 0);
  book.of = of;
  drawBook(section);
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
    letters = Math.min(colours.tiny, high / 2);
  context.imageSmoothingEnabled = page.root.classList.contains("smooth");
  Object.assign(context, { font: `600 ${letters}px ${colours.font}`, textAlign: "left", textBaseline: "top" });
  for (let code = 0; code < size; code++) {
    const [x, y] = [(code % columns) * wide, Math.floor(code / columns) * high];
    if (book.of)
      context.drawImage(book.sheet, left, top + code * height, ofWidth, ofHeight, x, y, wide - GAP, high - GAP);
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
