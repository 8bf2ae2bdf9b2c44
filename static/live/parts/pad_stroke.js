// One piece of a stroke on a pad, in the pad's pixels.

/** @typedef {{x: number, y: number}} PadSpot */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {PadSpot} from
 * @param {PadSpot} to
 * @param {number} lineWidth
 * @param {string} strokeStyle
 */
export function stroke(context, from, to, lineWidth, strokeStyle) {
  Object.assign(context, { lineCap: "round", lineJoin: "round", lineWidth, strokeStyle });
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y + (to.x === from.x && to.y === from.y ? 0.01 : 0)); // a line of no length draws nothing
  context.stroke();
}

/**
 * What was touched before and what the stroke touches.
 * @param {import("./pad_means.js").Rectangle} touched
 * @param {PadSpot} from
 * @param {PadSpot} to
 * @param {number} lineWidth
 * @returns {import("./pad_means.js").Rectangle}
 */
export function widened([left, right, top, bottom], from, to, lineWidth) {
  const reach = lineWidth / 2 + 2;
  return [
    Math.min(left, to.x - reach, from.x - reach),
    Math.max(right, to.x + reach, from.x + reach),
    Math.min(top, to.y - reach, from.y - reach),
    Math.max(bottom, to.y + reach, from.y + reach),
  ];
}
