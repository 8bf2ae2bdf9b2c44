// Two charts over the codebook: p(code | cells before) of the cell that is looked at, and how often each code is used.
import { emptied } from "../kit/canvas.js";
import { significant } from "../kit/numbers.js";
import { themeColours } from "../kit/theme.js";
import { logProbabilities } from "../math/code_prior.js";
import { isThere, spotOf } from "./codes_grid.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */

const ROOM = 1.25; // above the highest bar, for what is written there

/** @param {DiscreteLatents} section */
export function drawChances(section) {
  const { layout, seen, place, size } = section;
  if (!seen) return;
  const chances = logProbabilities(seen.prior, place.cell, size).map(Math.exp);
  drawBars(section, layout.chances, chances, isThere(section, place.cell) ? seen.codes[place.cell] : null);
}

/** @param {DiscreteLatents} section */
export function drawUsage(section) {
  const { layout, usage, grids, place, seen } = section;
  if (!seen) return;
  const { counts } = usage[spotOf(grids, place.cell).level],
    all = counts.reduce((sum, count) => sum + count, 0);
  drawBars(
    section,
    layout.usage,
    counts.map((count) => count / all),
    seen.codes[place.cell],
  );
}

/**
 * @param {DiscreteLatents} section @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} shares of each code @param {number | null} chosen
 */
function drawBars({ page }, canvas, shares, chosen) {
  if (!canvas.clientWidth) return;
  const { ink, faint, line, accent, font, tiny } = themeColours(page.root),
    { context, width, height } = emptied(canvas),
    floor = height - tiny - 4,
    most = Math.max(...Array.from(shares), 1e-9),
    wide = width / shares.length;
  for (let code = 0; code < shares.length; code++) {
    const high = (floor * shares[code]) / (ROOM * most);
    context.fillStyle = code === chosen ? accent : faint;
    context.fillRect(code * wide, floor - high, Math.max(1, wide - 1), high);
  }
  context.fillStyle = line;
  context.fillRect(0, floor, width, 1);
  Object.assign(context, { font: `${tiny}px ${font}`, fillStyle: faint, textBaseline: "top", textAlign: "left" });
  context.fillText(`highest ${significant(most, 2)}`, 0, 0);
  const ticks =
    chosen === null
      ? [0, shares.length - 1]
      : [0, shares.length - 1].filter((end) => Math.abs(end - chosen) * wide > 30);
  for (const code of ticks) write(context, String(code), code, wide, floor, width);
  context.fillStyle = ink;
  if (chosen !== null) write(context, String(chosen), chosen, wide, floor, width);
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} code @param {number} wide @param {number} floor @param {number} width */
function write(context, text, code, wide, floor, width) {
  const half = context.measureText(text).width / 2,
    at = Math.min(width - half, Math.max(half, (code + 0.5) * wide));
  context.textAlign = "center";
  context.fillText(text, at, floor + 3);
}
