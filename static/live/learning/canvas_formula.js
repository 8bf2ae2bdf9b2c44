// Mathematics on a canvas: symbols have their colours, and what follows "_" stands lower.

const LOWERED = 0.74, // of the letters' size
  PARTS = /KL|_.|[A-Za-z]+|\s+|./gu;

/** @typedef {{text: string, lowered: boolean, colour: string}} Part */

/** @param {string} text @param {Record<string, any>} colours @returns {Part[]} */
function partsOf(text, colours) {
  return (text.match(PARTS) ?? []).map((part) => {
    const lowered = part.startsWith("_"),
      sign = lowered ? part.slice(1) : part,
      symbol = sign.toLowerCase();
    const isSymbol = sign === "KL" || sign === "q" || sign === "p";
    return { text: sign, lowered, colour: isSymbol ? colours[symbol] : colours.ink };
  });
}

/**
 * @param {Pick<import("./section.js").Picture, "context" | "colours">} picture
 * @param {string} text "KL(q ‖ p)", "E_q[log p(x)]"
 * @param {[number, number]} at pixels: its left end, its middle's height
 * @param {{most: number, letters?: number, bold?: boolean, opacity?: number}} look `most` pixels wide: smaller letters
 *   where it would be wider
 * @returns {number} pixels where it ends
 */
export function writeFormula({ context, colours }, text, [left, y], look) {
  const { most, letters = colours.size, bold = false, opacity = 1 } = look,
    parts = partsOf(text, colours);
  /** @param {number} size @param {boolean} lowered */
  const font = (size, lowered) => `${bold ? "600 " : ""}${lowered ? LOWERED * size : size}px ${colours.font}`;
  /** @param {number} size @returns {number[]} widths */
  const measured = (size) =>
    parts.map((part) => {
      context.font = font(size, part.lowered);
      return context.measureText(part.text).width;
    });
  const full = measured(letters).reduce((a, b) => a + b, 0),
    size = full > most ? (letters * most) / full : letters,
    widths = measured(size);
  context.save();
  Object.assign(context, { textAlign: "left", textBaseline: "middle", globalAlpha: opacity });
  let x = left;
  parts.forEach((part, i) => {
    Object.assign(context, { font: font(size, part.lowered), fillStyle: part.colour });
    context.fillText(part.text, x, y + (part.lowered ? 0.28 * size : 0));
    x += widths[i];
  });
  context.restore();
  return x;
}
