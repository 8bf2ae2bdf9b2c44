// The colours of Streamlit's theme, for what is painted rather than styled.
import { contextOf } from "./canvas.js";
import { inLecture } from "./frame.js";

/**
 * @param {Element} element inside a component
 * @returns {Record<string, any>} plain colours, which Plotly and canvases understand, font and size
 */
export function themeColours(element) {
  const style = getComputedStyle(element),
    value = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const letters = parseFloat(style.fontSize),
    small = inLecture() ? 1 : 0.9; // in lecture mode none are smaller than the page's
  const ink = value("--st-text-color"),
    ground = value("--st-background-color");
  return {
    ink,
    ground,
    accent: value("--st-primary-color"),
    faint: mixed(ink, ground, 0.62),
    line: mixed(ink, ground, 0.1),
    font: value("--st-font"),
    size: Math.round(small * letters),
    small: Math.round(small * small * letters),
    tiny: inLecture() ? Math.round(letters) : 11,
  };
}

/**
 * So much of the first colour, the rest of the second.
 * @param {string} first
 * @param {string} second
 * @param {number} share
 */
function mixed(first, second, share) {
  const context = contextOf(document.createElement("canvas"), { willReadFrequently: true });
  /** @type {[string, number][]} */
  const layers = [
    [second, 1],
    [first, share],
  ];
  for (const [colour, alpha] of layers) {
    Object.assign(context, { globalAlpha: alpha, fillStyle: colour });
    context.fillRect(0, 0, 1, 1);
  }
  return `rgb(${context.getImageData(0, 0, 1, 1).data.slice(0, 3).join(", ")})`;
}
