// Axes and marks of the sections' pictures, on a canvas that counts pixels of the window.

/** @typedef {import("./section.js").Picture} Picture */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Box in pixels */
/** @typedef {[number, number]} Span from, to */
/** @typedef {{colour?: string, align?: CanvasTextAlign, baseline?: CanvasTextBaseline, size?: "size" | "small" | "tiny", bold?: boolean, halo?: boolean}} Look of what is written */

/**
 * @typedef {object} Axes
 * @property {Box} box
 * @property {(value: number) => number} x pixels
 * @property {(value: number) => number} y pixels
 * @property {(pixel: number) => number} atX value
 * @property {(pixel: number) => number} atY value
 */

/** @param {Box} box @param {Span} across @param {Span} up @returns {Axes} */
export function axesIn(box, across, up) {
  const { left, right, top, bottom } = box;
  return {
    box,
    x: (value) => left + ((value - across[0]) / (across[1] - across[0])) * (right - left),
    y: (value) => bottom - ((value - up[0]) / (up[1] - up[0])) * (bottom - top),
    atX: (pixel) => across[0] + ((pixel - left) / (right - left)) * (across[1] - across[0]),
    atY: (pixel) => up[0] + ((bottom - pixel) / (bottom - top)) * (up[1] - up[0]),
  };
}

/**
 * The line below a picture with its numbers.
 * @param {Picture} picture
 * @param {Axes} axes
 * @param {number[]} ticks
 * @param {(value: number) => string} [text]
 */
export function numbersBelow(picture, { box, x }, ticks, text = String) {
  const { context, colours } = picture;
  Object.assign(context, { strokeStyle: colours.faint, lineWidth: 1 });
  context.beginPath();
  context.moveTo(box.left, box.bottom + 0.5);
  context.lineTo(box.right, box.bottom + 0.5);
  for (const tick of ticks) {
    context.moveTo(x(tick), box.bottom);
    context.lineTo(x(tick), box.bottom + 4);
  }
  context.stroke();
  for (const tick of ticks)
    writeInside(picture, text(tick).replace("-", "−"), [x(tick), box.bottom + 6], { baseline: "top", size: "tiny" });
}

/**
 * A curve through points; filled down to the axes' lowest value where a share of opacity is given.
 * @param {Picture} picture
 * @param {Axes} axes
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 * @param {{colour: string, width?: number, dash?: number[], fill?: number, opacity?: number}} look
 */
export function curve({ context }, { x, y, box }, xs, ys, { colour, width = 2.5, dash = [], fill = 0, opacity = 1 }) {
  const path = new Path2D();
  for (let i = 0; i < xs.length; i++) path.lineTo(x(xs[i]), y(ys[i]));
  context.save();
  context.beginPath();
  context.rect(box.left, box.top - 4, box.right - box.left, box.bottom - box.top + 5);
  context.clip();
  if (fill) {
    const area = new Path2D(path);
    area.lineTo(x(xs[xs.length - 1]), box.bottom);
    area.lineTo(x(xs[0]), box.bottom);
    Object.assign(context, { fillStyle: colour, globalAlpha: fill });
    context.fill(area);
  }
  Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: opacity, lineJoin: "round" });
  context.setLineDash(dash);
  context.stroke(path);
  context.restore();
}

/**
 * @param {Pick<Picture, "context">} picture
 * @param {[number, number]} from pixels
 * @param {[number, number]} to pixels
 * @param {{colour: string, width?: number, dash?: number[], opacity?: number}} look
 */
export function stroke({ context }, from, to, { colour, width = 1.5, dash = [], opacity = 1 }) {
  context.save();
  Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: opacity });
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
  context.restore();
}

/**
 * @param {Pick<Picture, "context">} picture
 * @param {[number, number]} from pixels
 * @param {[number, number]} to pixels
 * @param {{colour: string, width?: number, opacity?: number}} look
 */
export function arrow(picture, from, to, { colour, width = 3, opacity = 1 }) {
  const { context } = picture,
    length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 1) return;
  const head = Math.min(4 + 2 * width, length),
    [across, up] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length],
    neck = /** @type {[number, number]} */ ([to[0] - head * across, to[1] - head * up]);
  stroke(picture, from, neck, { colour, width, opacity });
  context.save();
  Object.assign(context, { fillStyle: colour, globalAlpha: opacity });
  context.beginPath();
  context.moveTo(...to);
  context.lineTo(neck[0] - (head / 2) * up, neck[1] + (head / 2) * across);
  context.lineTo(neck[0] + (head / 2) * up, neck[1] - (head / 2) * across);
  context.fill();
  context.restore();
}

/** @param {Pick<Picture, "context">} picture @param {[number, number]} at pixels @param {number} radius @param {string} colour @param {number} [opacity] */
export function dot({ context }, at, radius, colour, opacity = 1) {
  context.save();
  Object.assign(context, { fillStyle: colour, globalAlpha: opacity });
  context.beginPath();
  context.arc(...at, radius, 0, 2 * Math.PI);
  context.fill();
  context.restore();
}

/** @param {Record<string, any>} colours @param {Look} look @returns {string} */
const fontOf = (colours, { size = "small", bold = false }) => `${bold ? "600 " : ""}${colours[size]}px ${colours.font}`;

/**
 * @param {Pick<Picture, "context" | "colours">} picture
 * @param {string} text
 * @param {[number, number]} at pixels
 * @param {Look} [look]
 */
export function write({ context, colours }, text, at, look = {}) {
  const { colour = colours.faint, align = "center", baseline = "middle", halo = true } = look;
  context.font = fontOf(colours, look);
  Object.assign(context, { fillStyle: colour, strokeStyle: colours.ground, lineWidth: 4, lineJoin: "round" });
  Object.assign(context, { textAlign: align, textBaseline: baseline });
  if (halo) context.strokeText(text, ...at); // curves below it keep off the letters
  context.fillText(text, ...at);
}

/** @param {Pick<Picture, "context" | "colours">} picture @param {string} text @param {Look} [look] @returns {number} pixels */
export function widthOf({ context, colours }, text, look = {}) {
  context.font = fontOf(colours, look);
  return context.measureText(text).width;
}

/** Around a place, or beside it where the picture would cut it. @param {Picture} picture @param {string} text @param {[number, number]} at pixels @param {Look} [look] */
export function writeInside(picture, text, [x, y], look) {
  const half = widthOf(picture, text, look) / 2;
  write(picture, text, [Math.min(picture.width - half, Math.max(half, x)), y], look);
}

/** @param {number} low @param {number} high @param {number} step @returns {number[]} */
export function steps(low, high, step) {
  return Array.from({ length: Math.floor((high - low) / step + 1e-9) + 1 }, (_, i) => low + i * step);
}

/** @param {number} low @param {number} high @param {number} most @returns {number[]} so many round numbers between them, at most */
export function niceSteps(low, high, most) {
  const power = 10 ** Math.floor(Math.log10((high - low) / most)),
    step = power * ([1, 2, 5].find((times) => times * power * most >= high - low) ?? 10),
    first = Math.ceil(low / step);
  return steps(first, Math.floor(high / step), 1).map((times) => Number((times * step).toPrecision(12)));
}
