// The spectrum: mean power of the pictures on the screen over spatial frequency, a curve for each row.
import { emptied } from "../kit/canvas.js";
import { themeColours } from "../kit/theme.js";

/** @typedef {import("./sharp_state.js").Sharp} Sharp */
/** @typedef {{frequencies: Float64Array, power: Float64Array}} Spectrum */
/** @typedef {{curve: [number, number][], colour: string, wide: number}} Curve points (frequency, log10 of the power) */

const FINE = 0.25; // of the Nyquist frequency: above it lie fine details
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {Sharp} sharp */
export function drawSpectrum({ layout, page, rows, real, colours }) {
  const canvas = layout.spectrum;
  if (!canvas.clientWidth) return;
  const theme = themeColours(page.root),
    { context, width, height } = emptied(canvas);
  /** @type {Curve[]} */
  const curves = [];
  if (real) curves.push({ curve: logarithmic(real.spectrum), colour: theme.ink, wide: 4 });
  for (const { model, measured } of rows.values())
    if (measured) curves.push({ curve: logarithmic(measured.spectrum), colour: colours[model.name], wide: 2.5 });
  const values = curves.flatMap(({ curve }) => curve.map(([, value]) => value));
  canvas.setAttribute("aria-label", `Power over spatial frequency: ${curves.length} curves`);
  if (!values.length) return;
  const low = Math.floor(2 * Math.min(...values)) / 2, // half decades, so that the axis seldom moves
    high = Math.max(low + 1, Math.ceil(2 * Math.max(...values)) / 2),
    box = { left: 3.2 * theme.tiny, top: 6, right: width - 6, bottom: height - 2.9 * theme.tiny };
  /** @param {number} frequency */
  const across = (frequency) => box.left + frequency * (box.right - box.left);
  /** @param {number} value */
  const down = (value) => box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top);
  drawAxes(context, theme, box, { across, down, low, high });
  for (const { curve, colour, wide } of curves) {
    Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: wide, lineJoin: "round" });
    context.beginPath();
    for (const [frequency, value] of curve) context.lineTo(across(frequency), down(value));
    context.stroke();
    for (const [frequency, value] of curve) {
      context.beginPath();
      context.arc(across(frequency), down(value), wide, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

/** @param {Spectrum} spectrum @returns {[number, number][]} without rings that hold no frequency */
function logarithmic({ frequencies, power }) {
  return Array.from(frequencies, (frequency, i) => /** @type {[number, number]} */ ([frequency, Math.log10(power[i])])) //
    .filter(([, value]) => Number.isFinite(value));
}

/**
 * @param {CanvasRenderingContext2D} context @param {Record<string, any>} theme
 * @param {{left: number, top: number, right: number, bottom: number}} box
 * @param {{across: (frequency: number) => number, down: (value: number) => number, low: number, high: number}} scale
 */
function drawAxes(context, { line, faint, font, tiny }, box, { across, down, low, high }) {
  Object.assign(context, { font: `${tiny}px ${font}`, fillStyle: faint, strokeStyle: line, lineWidth: 1 });
  Object.assign(context, { textAlign: "right", textBaseline: "middle" });
  for (let decade = Math.ceil(low); decade <= high; decade++) {
    context.fillStyle = line;
    context.fillRect(box.left, down(decade), box.right - box.left, 1);
    context.fillStyle = faint;
    context.fillText(`10${superscript(decade)}`, box.left - 4, down(decade));
  }
  context.fillStyle = faint;
  Object.assign(context, { textAlign: "center", textBaseline: "top" });
  for (const frequency of [0, FINE, 0.5, 1])
    context.fillText(String(frequency), Math.min(across(frequency), box.right - tiny / 2), box.bottom + 4);
  context.fillText("of the Nyquist frequency", across(0.5), box.bottom + 4 + 1.3 * tiny);
  context.setLineDash([4, 4]);
  context.strokeStyle = faint;
  context.beginPath();
  context.moveTo(across(FINE), box.top);
  context.lineTo(across(FINE), box.bottom);
  context.stroke();
  context.setLineDash([]);
  context.textAlign = "left";
  context.fillText("fine details →", across(FINE) + 5, box.bottom - 1.4 * tiny);
}

/** @param {number} power @returns {string} */
function superscript(power) {
  return (power < 0 ? "⁻" : "") + Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
}
