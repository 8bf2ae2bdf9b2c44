// The plane of Posterior shape: p(z|x) as shading, each q as ellipses, and the handles of the one in the hand.
import { emptied } from "../kit/canvas.js";
import { themeColours } from "../kit/theme.js";
import { WIDTHS, dot, ellipses } from "../parts/posterior_marks.js";
import { drawShading, shadingOf } from "../parts/shading.js";

/** @typedef {import("./shape_state.js").PosteriorShape} PosteriorShape */
/** @typedef {import("../math/grid.js").Pair} Pair */
/** @typedef {import("../math/gaussian_fit.js").Gaussian} Gaussian */

const TICKS = 4; // along a side, about
const HANDLE = 7; // pixels

/** @param {PosteriorShape} shape @returns {{width: number, height: number, pixel: (z: Pair) => Pair, z: (spot: Pair) => Pair}} */
export function scalesOf({ layout, frame }) {
  const { clientWidth: width, clientHeight: height } = layout.plot,
    { low, high } = frame;
  return {
    width,
    height,
    pixel: ([a, b]) => [((a - low[0]) / (high[0] - low[0])) * width, ((high[1] - b) / (high[1] - low[1])) * height],
    z: ([x, y]) => [low[0] + (x / width) * (high[0] - low[0]), high[1] - (y / height) * (high[1] - low[1])],
  };
}

/** Where the handles of a Gaussian are. @param {Gaussian} q @returns {{middle: Pair, first: Pair, second: Pair}} in z */
export function handlesOf({ mean: [a, b], stddev: [s, t] }) {
  return { middle: [a, b], first: [a + s, b], second: [a, b + t] };
}

/** @param {PosteriorShape} shape */
export function drawPlot(shape) {
  const { layout, page, truth, q, encoded, place } = shape;
  if (!layout.plot.clientWidth) return;
  const colours = themeColours(page.root),
    { context } = emptied(layout.plot),
    scales = scalesOf(shape);
  shape.drawings += 1;
  if (truth) {
    const { low, high } = truth.box;
    shape.shading ??= shadingOf(truth.mass, truth.side, colours.accent);
    drawShading(context, shape.shading, [
      scales.pixel(low),
      scales.pixel([high[0], low[1]]),
      scales.pixel([low[0], high[1]]),
    ]);
  }
  drawTicks(context, shape, scales, colours);
  if (!q) return;
  if (place.q && encoded) {
    context.setLineDash([5, 5]);
    drawEncoded(context, shape, encoded, scales, { ...colours, ink: colours.faint });
    context.setLineDash([]);
    drawGaussian(context, q, scales, colours);
  } else drawEncoded(context, shape, q, scales, colours);
  const { middle, first, second } = handlesOf(q);
  for (const end of [first, second]) {
    context.beginPath();
    context.moveTo(...scales.pixel(middle));
    context.lineTo(...scales.pixel(end));
    Object.assign(context, { strokeStyle: colours.ink, lineWidth: 1.5 });
    context.stroke();
    dot(context, scales.pixel(end), HANDLE, colours.ground, colours.ink);
  }
  dot(context, scales.pixel(middle), HANDLE + 1, colours.ink, colours.ground);
}

/** What the encoder says: of a flow nothing before its rings have come. @param {CanvasRenderingContext2D} context @param {PosteriorShape} shape @param {Gaussian} q @param {ReturnType<typeof scalesOf>} scales @param {Record<string, any>} colours */
function drawEncoded(context, { bent, better, refines, network }, q, scales, colours) {
  if (!network?.posterior) return drawGaussian(context, q, scales, colours);
  const rings = refines && better ? better.rings : bent?.rings;
  rings?.forEach((ring, number) => {
    context.beginPath();
    for (let i = 0; i < ring.length; i += 2) context.lineTo(...scales.pixel([ring[i], ring[i + 1]]));
    context.closePath();
    Object.assign(context, { strokeStyle: colours.ink, lineWidth: WIDTHS[number] });
    context.stroke();
  });
}

/** @param {CanvasRenderingContext2D} context @param {Gaussian} q @param {ReturnType<typeof scalesOf>} scales @param {Record<string, any>} colours */
function drawGaussian(context, { mean, stddev }, { pixel }, colours) {
  const middle = pixel(mean),
    [right, up] = pixel([mean[0] + stddev[0], mean[1] + stddev[1]]);
  ellipses(context, middle, [(right - middle[0]) ** 2, 0, (up - middle[1]) ** 2], [], colours, 0);
}

/** @param {CanvasRenderingContext2D} context @param {PosteriorShape} shape @param {ReturnType<typeof scalesOf>} scales @param {Record<string, any>} colours */
function drawTicks(context, { frame }, { width, height, pixel }, { faint, line, font, tiny }) {
  Object.assign(context, { font: `${tiny}px ${font}`, fillStyle: faint, strokeStyle: line, lineWidth: 1 });
  for (const d of [0, 1]) {
    for (const value of ticksBetween(frame.low[d], frame.high[d])) {
      const [x, y] = pixel(d ? [frame.low[0], value.at] : [value.at, frame.low[1]]);
      context.beginPath();
      context.moveTo(d ? 0 : x, d ? y : 0);
      context.lineTo(d ? width : x, d ? y : height);
      context.stroke();
      Object.assign(context, { textAlign: d ? "left" : "center", textBaseline: d ? "middle" : "bottom" });
      context.fillText(value.text, d ? 4 : x, d ? y : height - 3);
    }
  }
  Object.assign(context, { textAlign: "right", textBaseline: "bottom" });
  context.fillText("z1 →", width - 4, height - 3);
  Object.assign(context, { textAlign: "left", textBaseline: "top" });
  context.fillText("z2 ↑", 4, 4);
}

/** Round numbers, those at the ends left out. @param {number} low @param {number} high @returns {{at: number, text: string}[]} */
function ticksBetween(low, high) {
  const rough = (high - low) / TICKS,
    power = 10 ** Math.floor(Math.log10(rough)),
    step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10),
    decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)),
    ticks = [];
  for (let at = Math.ceil(low / step + 0.3) * step; at < high - 0.3 * step; at += step)
    ticks.push({ at, text: at.toFixed(decimals).replace("-", "−") });
  return ticks;
}
