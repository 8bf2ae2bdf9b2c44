// The estimate of a KL as draws come in, between the errors that theory gives it, around the closed form.
import { axesIn, curve, dot, numbersBelow, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("./section.js").Estimated} Estimated */

const DECADES = 4; // draws up to 10^4
const HALF = 1.7; // standard deviations of one draw that the picture is high, to both sides
const POINTS = 400; // of a curve at most

/** @param {Picture} picture @param {Estimated} estimated @returns {Handle[]} */
export function drawEstimate(picture, { exact, spread, mean, n }) {
  const { context, width, height, colours } = picture,
    letters = colours.tiny,
    half = HALF * Math.max(spread, 1e-6),
    axes = axesIn(
      { left: 4.2 * letters, right: width - 2.2 * letters, top: 18, bottom: height - 3.4 * letters },
      [0, DECADES],
      [exact - half, exact + half],
    ),
    { x, y, box } = axes;
  numbersBelow(picture, axes, [0, 1, 2, 3, 4], (power) => (10 ** power).toLocaleString("en"));
  write(picture, "draws n", [(box.left + box.right) / 2, box.bottom + 2.2 * letters], {
    size: "tiny",
    baseline: "top",
  });
  const tick = stepOf(half);
  for (let at = Math.ceil((exact - half) / tick); at * tick <= exact + half; at++) {
    stroke(picture, [box.left, y(at * tick)], [box.right, y(at * tick)], { colour: colours.line, width: 1 });
    const text = String(Number((at * tick).toPrecision(3))).replace("-", "−");
    write(picture, text, [box.left - 6, y(at * tick)], { size: "tiny", align: "right" });
  }
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  const funnel = new Path2D(),
    powers = Array.from({ length: 81 }, (_, i) => (i * DECADES) / 80);
  for (const power of powers) funnel.lineTo(x(power), y(exact + spread * 10 ** (-power / 2)));
  for (const power of powers.toReversed()) funnel.lineTo(x(power), y(exact - spread * 10 ** (-power / 2)));
  Object.assign(context, { fillStyle: colours.n, globalAlpha: 0.16 });
  context.fill(funnel);
  context.restore();
  stroke(picture, [box.left, y(exact)], [box.right, y(exact)], { colour: colours.kl, width: 3 });
  write(picture, "closed form", [box.right - 6, y(exact) - letters], {
    colour: colours.kl,
    align: "right",
    bold: true,
  });
  const places = thinned(n);
  curve(
    picture,
    axes,
    places.map((k) => Math.log10(k)),
    places.map((k) => mean[k - 1]),
    { colour: colours.n, width: 2.5 },
  );
  const at = /** @type {[number, number]} */ ([
    x(Math.log10(n)),
    Math.min(box.bottom, Math.max(box.top, y(mean[n - 1]))),
  ]);
  stroke(picture, [at[0], box.top], [at[0], box.bottom], { colour: colours.n, width: 1, dash: [4, 4] });
  dot(picture, at, 6, colours.n);
  write(picture, "± one standard error, from theory", [box.right - 6, y(exact + 0.7 * spread)], {
    colour: colours.n,
    align: "right",
  });
  write(picture, "estimate of KL(q‖p), nats", [box.left + 8, box.bottom - colours.small], { align: "left" });
  return [
    {
      name: "n",
      label: "The number of draws",
      symbol: "n",
      at: [at[0], box.top],
      move: (pixel) => ({ n: [10 ** axes.atX(pixel)] }),
    },
  ];
}

/** @param {number} n @returns {number[]} whole numbers from 1 to n, evenly in powers of ten */
function thinned(n) {
  const places = new Set([1]);
  for (let i = 1; i <= POINTS; i++) places.add(Math.max(1, Math.round(n ** (i / POINTS))));
  return Array.from(places);
}

/** @param {number} half @returns {number} 1, 2 or 5 times a power of ten, about a third of it */
function stepOf(half) {
  const power = 10 ** Math.floor(Math.log10(half / 3));
  return power * ([1, 2, 5].find((times) => times * power >= half / 3) ?? 10);
}
