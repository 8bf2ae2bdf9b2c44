// Several trainings over their steps, and the line of the step that a hand moves.
import { curve, dot, numbersBelow, steps, stroke, write } from "./plot.js";

/** @typedef {{step: number, value: number}} Judged */
/** @typedef {{symbol: string, points: Judged[], latest: Judged | undefined}} Training points in their order; latest: where it is now */

const EVERY = 100; // steps from one number below to the next

/**
 * @param {import("./section.js").Picture} picture
 * @param {import("./plot.js").Axes} axes
 * @param {{most: number, at: number, goal: number, trainings: Training[]}} what most: steps of a whole training; at: that all
 *   have come to
 * @returns {import("./section.js").Handle[]}
 */
export function drawTrainings(picture, axes, { most, at, goal, trainings }) {
  const { colours } = picture,
    { x, y, box } = axes;
  numbersBelow(picture, axes, steps(0, most, EVERY));
  write(picture, "step", [box.right, box.bottom - colours.small], { align: "right" });
  stroke(picture, [x(goal), box.top], [x(goal), box.bottom], { colour: colours.p, width: 1.5, dash: [4, 4] });
  for (const { symbol, points, latest } of trainings) {
    if (!points.length) continue;
    const colour = colours[symbol];
    curve(
      picture,
      axes,
      points.map(({ step }) => step),
      points.map(({ value }) => value),
      { colour, width: 3 },
    );
    if (latest) dot(picture, [x(latest.step), Math.min(box.bottom, y(latest.value))], 5, colour);
  }
  if (at < goal) write(picture, `training: step ${at}`, [box.left + 8, box.bottom - colours.small], { align: "left" });
  return [
    {
      name: "step",
      label: "The step of training",
      symbol: "p",
      at: [x(goal), box.top],
      move: (pixel) => ({ step: [axes.atX(pixel)] }),
    },
  ];
}
