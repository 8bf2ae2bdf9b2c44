// The race's curves with their standard errors, and the line that a hand moves over them.
import { axesIn, curve, dot, niceSteps, numbersBelow, stroke, write } from "../../plot.js";

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../section.js").Picture} Picture */
/** @typedef {import("../../plot.js").Axes} Axes */
/** @typedef {import("./section.js").Raced} Raced */
/** @typedef {import("./section.js").Runner} Runner */

const FIRST = 1_000; // pictures seen where the axis begins
const MARKS = [1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5];
const BEGUN = 2_000; // and from where on the curves are in the picture

/** @param {Picture} picture @param {Raced} raced @returns {Handle[]} */
export function drawRace(picture, raced) {
  const { width, height, colours } = picture,
    letters = colours.tiny,
    runners = (raced.latents ? raced.dims : raced.trainers).filter(({ curve }) => curve.seen.length),
    [low, high] = reach(runners);
  const axes = axesIn(
    { left: 3.4 * letters, right: width - 1.2 * letters, top: 2.4 * letters, bottom: height - 3.4 * letters },
    [Math.log10(FIRST), Math.log10(raced.settings.seen)],
    [low, high],
  );
  const { x, y, box } = axes;
  numbersBelow(
    picture,
    axes,
    MARKS.filter((mark) => mark <= raced.settings.seen).map(Math.log10),
    (power) => `${Math.round(10 ** power / 1000)}k`,
  );
  const { latent_dim: dim, hidden } = raced.settings,
    model = `${raced.latents ? "AEVB" : `${dim} latents`}, ${hidden[0]} hidden units, ${raced.pictures}`;
  write(picture, `pictures seen in training (${model})`, [(box.left + box.right) / 2, box.bottom + 2.2 * letters], {
    size: "tiny",
    baseline: "top",
  });
  for (const nats of niceSteps(low, high, 6)) {
    stroke(picture, [box.left, y(nats)], [box.right, y(nats)], { colour: colours.line, width: 1 });
    write(picture, `−${-nats}`, [box.left - 6, y(nats)], { size: "tiny", align: "right" });
  }
  const what = raced.latents ? "ELBO" : "log p(x)",
    whose = raced.split === "test" ? "held-out" : "training";
  write(picture, `${what}, nats, of ${raced.settings.judged} ${whose} digits`, [box.left, letters], {
    align: "left",
    colour: colours.ink,
  });
  for (const runner of runners) drawRunner(picture, axes, runner);
  runners.forEach(({ name, symbol }, i) =>
    write(picture, name, [box.right - 8, box.bottom - (runners.length - i - 0.3) * 1.5 * colours.size], {
      colour: colours[symbol],
      align: "right",
      bold: true,
      size: "size",
    }),
  );
  const at = x(Math.log10(raced.seen));
  stroke(picture, [at, box.top], [at, box.bottom], { colour: colours.ink, width: 1, dash: [4, 4] });
  for (const { curve: own, at: index, symbol } of runners)
    if (index >= 0)
      dot(picture, [x(Math.log10(own.seen[index])), Math.min(box.bottom, y(own.value[index]))], 5, colours[symbol]);
  return [
    {
      name: "seen",
      label: "Pictures seen",
      symbol: "n",
      at: [at, box.bottom],
      move: (pixel) => ({ seen: [10 ** axes.atX(pixel)] }),
    },
  ];
}

/** @param {Runner[]} runners @returns {[number, number]} nats that the picture shows: from where the curves have begun */
function reach(runners) {
  const values = runners.flatMap(({ curve: { seen, value } }) => value.filter((_, i) => seen[i] >= BEGUN)),
    [low, high] = [Math.min(...values), Math.max(...values)],
    room = (high - low) / 8;
  return [low - room, high + room];
}

/** @param {Picture} picture @param {Axes} axes @param {Runner} runner */
function drawRunner(picture, axes, { curve: { seen, value, error }, symbol }) {
  if (!seen.length) return;
  const { context, colours } = picture,
    { x, y, box } = axes,
    powers = seen.map((count) => x(Math.log10(count))),
    band = new Path2D();
  powers.forEach((across, i) => band.lineTo(across, y(value[i] + error[i])));
  for (let i = powers.length - 1; i >= 0; i--) band.lineTo(powers[i], y(value[i] - error[i]));
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  Object.assign(context, { fillStyle: colours[symbol], globalAlpha: 0.14 });
  context.fill(band);
  context.restore();
  curve(picture, axes, seen.map(Math.log10), value, { colour: colours[symbol] });
}
