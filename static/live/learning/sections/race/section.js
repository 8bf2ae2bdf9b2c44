// Race: three trainers of one model over the pictures that they have seen, and one trainer with more and more latents.
import { precise } from "../../../kit/numbers.js";
import { curveOf, lastUpTo } from "../../../math/race.js";
import { applied, fraction, line, operator, row, sub, symbol, word } from "../../formula.js";
import { drawRace } from "./picture.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/race.js").Point} Point */
/** @typedef {import("../../../math/race.js").Curve} Curve */
/** @typedef {{settings: Record<string, any>, points: Point[]}} Measured */
/** @typedef {{trainers: Measured[], latents: Measured[]}} Races */
/** @typedef {{name: string, who: string | number, symbol: string, curve: Curve, at: number}} Runner */
/** @typedef {ReturnType<typeof raced>} Raced */

const TRAINERS = [
  { name: "AEVB", who: "aevb", symbol: "q" },
  { name: "wake-sleep", who: "wake-sleep", symbol: "mu" },
  { name: "Monte Carlo EM", who: "mcem", symbol: "sigma" },
];
const LATENTS = [
  { name: "2 latents", who: 2, symbol: "p" },
  { name: "5 latents", who: 5, symbol: "epsilon" },
  { name: "10 latents", who: 10, symbol: "D" },
  { name: "20 latents", who: 20, symbol: "likelihood" },
  { name: "200 latents", who: 200, symbol: "k3" },
];
const ON = [
  { dataset: "digits", pictures: 1_000, title: "1,000 digits of 8×8" },
  { dataset: "mnist", pictures: 1_000, title: "1,000 of MNIST" },
  { dataset: "mnist", pictures: 50_000, title: "50,000 of MNIST" },
];

/** @param {Values} values @param {{races: Races}} loaded */
function raced({ seen: [moved], data: [data], latents: [latents], training: [training] }, { races }) {
  const split = training ? "train" : "test",
    { dataset, pictures } = ON[data];
  /** @param {Measured[]} kind */
  const own = (kind) => kind.find(({ settings }) => settings.dataset === dataset && settings.pictures === pictures),
    first = /** @type {Measured} */ (own(races.trainers)),
    second = /** @type {Measured} */ (own(races.latents)),
    settings = (latents ? second : first).settings,
    seen = Math.min(moved, settings.seen);
  /** @param {Measured} measured @param {typeof TRAINERS | typeof LATENTS} runners @returns {Runner[]} */
  const run = ({ points }, runners) =>
    runners.map((runner) => {
      const curve = curveOf(points, runner.who, split);
      return { ...runner, curve, at: lastUpTo(curve, seen) };
    });
  return {
    seen,
    split,
    latents: Boolean(latents),
    settings,
    pictures: ON[data].title,
    trainers: run(first, TRAINERS),
    dims: run(second, LATENTS),
  };
}

/** @param {Values} values @returns {boolean} whether the picture is of numbers of latents, not of trainers */
const moreLatents = ({ latents: [on] }) => on === 1;

/** @param {"trainers" | "dims"} kind @param {number} i @returns {(raced: Raced) => string} where a runner is */
const nats = (kind, i) => (/** @type {Raced} */ result) => {
  const { curve, at } = result[kind][i];
  return at < 0 ? "–" : `${precise(curve.value[at])} ± ${precise(curve.error[at], 2)} nats`;
};

const [P, Q, Z, X] = [symbol("p"), symbol("q"), "<mi>z</mi>", "<mi>x</mi>"],
  joint = applied(P, row(X, operator(","), Z)),
  posterior = applied(Q, row(Z, operator("|"), X));

/** @type {import("../../section.js").Section} */
export const race = {
  name: "race",
  formula: line(word("log"), applied(P, X), operator("≥"), sub(word("E"), Q), word("log"), fraction(joint, posterior)),
  controls: [
    {
      name: "seen",
      label: "pictures seen",
      symbol: "n",
      logarithmic: true,
      text: (value) => Math.round(value).toLocaleString("en"),
    },
    { name: "data", label: "trained on", text: (value) => ON[value].title },
    { name: "latents", label: "more latents", between: true },
    { name: "training", label: "on training pictures", between: true },
  ],
  actions: [],
  figures: [
    ...TRAINERS.map(({ name, symbol: colour }, i) => ({
      label: `<span data-symbol="${colour}">${name}</span>`,
      help: "log p(x), 3 latents, by importance sampling with a fitted proposal, ± the standard error over the pictures.",
      text: nats("trainers", i),
      absent: moreLatents,
    })),
    ...LATENTS.map(({ name, symbol: colour }, i) => ({
      label: `<span data-symbol="${colour}">${name}</span>`,
      help: "The ELBO of AEVB with so many latents, ± the standard error over the pictures.",
      text: nats("dims", i),
      absent: (/** @type {Values} */ values) => !moreLatents(values),
    })),
  ],
  question:
    "Monte Carlo EM draws z from the true posterior. How far ahead of AEVB is it on digits after 2,000 pictures seen, and after 200,000?",
  answer: "1.4 nats, then 0.2, within one standard error. Each of its steps costs 110 more gradients of the decoder.",
  expectation:
    "Drag the line: all three climb alike, on MNIST, too. With more latents, 20 end 1.2 nats above 2 on held-out digits: they do not overfit. 200 only learn more slowly.",
  picture: "How likely digits become over the pictures seen in training, a curve for each trainer or number of latents",
  loads: { races: { of: () => [], file: "race", bring: async (_, races) => races } },
  compute: raced,
  draw: drawRace,
};
