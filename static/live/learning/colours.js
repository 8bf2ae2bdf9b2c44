// The colours of the symbols: in formulas, on sliders and in pictures the same, on a light ground and on a dark one.
import { themeColours } from "../kit/theme.js";

/** @type {Record<string, [string, string]>} on light, on dark */
const SYMBOLS = {
  p: ["#5b6370", "#aab4c0"],
  q: ["#0b7285", "#4fc3d9"],
  mu: ["#832db6", "#c99af0"],
  sigma: ["#bd1f01", "#ff8a6b"],
  alpha: ["#8f5645", "#dba892"],
  epsilon: ["#8a5d00", "#ffb733"],
  n: ["#832db6", "#c99af0"],
  D: ["#1d6b34", "#78cf92"],
  a: ["#bd1f01", "#ff8a6b"],
  b: ["#832db6", "#c99af0"],
  e: ["#8a5d00", "#ffb733"],
  f: ["#5b6370", "#aab4c0"],
  likelihood: ["#1b6cb0", "#62aeea"],
  beta: ["#832db6", "#c99af0"],
  k1: ["#1f5fbf", "#82b1ff"],
  k2: ["#9a6700", "#ffc94d"],
  k3: ["#b0287f", "#ff8fcf"],
  k4: ["#1d6b34", "#78cf92"],
  kl: ["#b34d00", "#f08a3c"],
};

/**
 * The theme's colours with those of the symbols, which the style sheet gets, too.
 * @param {HTMLElement} root of the page
 * @returns {Record<string, any>}
 */
export function coloursOf(root) {
  const theme = themeColours(root),
    dark = lightness(theme.ground) < lightness(theme.ink) ? 1 : 0,
    symbols = Object.fromEntries(Object.entries(SYMBOLS).map(([name, both]) => [name, both[dark]]));
  for (const [name, colour] of Object.entries(symbols)) root.style.setProperty(`--symbol-${name}`, colour);
  return { ...theme, ...symbols };
}

/** @param {string} colour "#rrggbb" or "rgb(r, g, b)" @returns {number} the sum of its parts */
function lightness(colour) {
  const parts = colour.startsWith("#")
    ? [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16))
    : (colour.match(/\d+/g) ?? []).slice(0, 3).map(Number);
  return parts.reduce((sum, part) => sum + part, 0);
}
