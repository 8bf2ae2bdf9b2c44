// The estimate of log p(x) over the number of draws, in several runs, the bound that their mean is, and log p(x).
import { axesIn, curve, dot, numbersBelow, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("./estimated.js").Estimated} Estimated */

const DECADES = 5; // draws up to 10^5
const POWERS = ["1", "10", "100", "10³", "10⁴", "10⁵"];
const DEPTHS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]; // nats below log p(x) that are seen
const DEEPEST = 5; // the bound of 2^5 = 32 draws, and all better ones, are seen
const SPREADS = 4; // and as many standard deviations of the runs
const ABOVE = 0.3; // as much of that above log p(x)

/** @param {Picture} picture @param {Estimated} estimated @param {import("../../plot.js").Box} room @returns {Handle[]} */
export function drawConvergence(picture, { judged, n, spread, paths, bounds }, room) {
  const { colours } = picture,
    letters = colours.tiny,
    truth = judged.logEvidence,
    gap = truth - bounds[Math.min(DEEPEST, bounds.length - 1)].value,
    depth = DEPTHS.find((one) => one >= Math.max(1.1 * gap, SPREADS * (spread || 0))) ?? DEPTHS[DEPTHS.length - 1];
  const axes = axesIn(
      {
        left: room.left + 3.4 * letters,
        right: room.right - 1.2 * letters,
        top: room.top + 1.6 * colours.small,
        bottom: room.bottom - 3.4 * letters,
      },
      [0, DECADES],
      [-depth, ABOVE * depth],
    ),
    { x, y, box } = axes;
  numbersBelow(picture, axes, [0, 1, 2, 3, 4, 5], (power) => POWERS[power]);
  write(picture, "draws N", [(box.left + box.right) / 2, box.bottom + 1.9 * letters], {
    colour: colours.n,
    baseline: "top",
    bold: true,
  });
  write(picture, "nats above log p(x)", [room.left, room.top + 0.6 * colours.small], { align: "left" });
  for (const at of [-1, -0.75, -0.5, -0.25, 0, 0.25].map((share) => share * depth)) {
    if (at) stroke(picture, [box.left, y(at)], [box.right, y(at)], { colour: colours.line, width: 1 });
    const text = String(Number(at.toPrecision(3))).replace("-", "−");
    write(picture, text, [box.left - 6, y(at)], { size: "tiny", align: "right" });
  }
  const clipped = { colour: colours.q, width: 1.25, opacity: 0.5 };
  for (const path of paths.slice(1))
    broken(
      picture,
      axes,
      path.map(({ k, estimate }) => [Math.log10(k), estimate - truth]),
      clipped,
    );
  stroke(picture, [box.left, y(0)], [box.right, y(0)], { colour: colours.p, width: 3 });
  write(picture, "log p(x)", [box.right - 4, y(0) - 0.8 * colours.size], {
    colour: colours.p,
    align: "right",
    bold: true,
  });
  for (const [errors, look] of /** @type {const} */ ([
    [-1, { width: 1, opacity: 0.6 }],
    [1, { width: 1, opacity: 0.6 }],
    [0, { width: 3 }],
  ]))
    curve(
      picture,
      axes,
      bounds.map(({ k }) => Math.log10(k)),
      bounds.map(({ value, standardError }) => Math.max(-100 * depth, value + errors * standardError - truth)),
      { colour: colours.kl, ...look },
    );
  broken(
    picture,
    axes,
    paths[0].map(({ k, estimate }) => [Math.log10(k), estimate - truth]),
    { colour: colours.q, width: 2.5, opacity: 1 },
  );
  const labels = [
    { text: "bound of N draws", colour: colours.kl },
    { text: paths.length > 1 ? `${paths.length} runs` : "one run", colour: colours.q },
  ];
  labels.forEach(({ text, colour }, i) => {
    const at = /** @type {[number, number]} */ ([box.right - 4, box.bottom - (0.7 + 1.3 * i) * colours.size]);
    write(picture, text, at, { colour, align: "right", bold: true });
  });
  const here = x(Math.log10(n));
  stroke(picture, [here, box.top], [here, box.bottom], { colour: colours.n, width: 1.5, dash: [4, 4] });
  for (const path of paths) {
    const end = y(path[path.length - 1].estimate - truth);
    if (end >= box.top && end <= box.bottom) dot(picture, [here, end], 3.5, colours.q, 0.7);
  }
  return [
    {
      name: "n",
      label: "The number of draws",
      symbol: "n",
      at: [here, box.top],
      move: (pixel) => ({ n: [10 ** axes.atX(pixel)] }),
    },
  ];
}

/** Straight from point to point, within the axes. @param {Picture} picture @param {import("../../plot.js").Axes} axes @param {number[][]} points @param {{colour: string, width: number, opacity: number}} look */
function broken({ context }, { x, y, box }, points, { colour, width, opacity }) {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  context.beginPath();
  for (const [across, up] of points) context.lineTo(x(across), Math.min(1e5, y(up)));
  Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: opacity, lineJoin: "round" });
  context.stroke();
  context.restore();
}
