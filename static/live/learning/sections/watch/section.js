// Watch it learn: a VAE that is trained on digits before the audience, its beta in the audience's hand.
import { bytesOf } from "../../../kit/bytes.js";
import { precise } from "../../../kit/numbers.js";
import { normalQuantile } from "../../../math/normal.js";
import { encode, pictures } from "../../../math/small_vae.js";
import { BLOCK, goOn, newRun } from "../../../math/training_run.js";
import { drawnAgain, PAUSE } from "../../actions.js";
import { applied, bracketed, divergence, line, operator, row, sub, symbol, word } from "../../formula.js";
import { drawLearning } from "./picture.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/training_run.js").Judged} Judged */
/** @typedef {{train: Uint8Array, heldOut: Uint8Array, grey: Float64Array, labels: number[], colours: string[]}} Digits */
/** @typedef {ReturnType<typeof learnt>} Learnt */

export const STEPS = 1000,
  SIDE = 10; // pictures along a side of the grid
const SIZES = { pixels: 64, hidden: 32, latent: 2 },
  SETTINGS = { rate: 0.005, batch: 64 },
  RAMP = 300, // steps in which annealing raises the weight to beta
  SLICE = 2; // ms of training in a frame
const QUANTILES = Array.from({ length: SIDE }, (_, i) => normalQuantile((i + 0.5) / SIDE)),
  GRID = Float64Array.from({ length: SIDE * SIDE * 2 }, (_, i) => {
    const [down, across] = [Math.floor(i / 2 / SIDE), Math.floor(i / 2) % SIDE];
    return i % 2 ? QUANTILES[SIDE - 1 - down] : QUANTILES[across];
  });

/** @type {import("../../../math/training_run.js").Run | null} */
let run = null; // that of the last seed
/** @type {import("../../../math/small_vae.js").Scratch} */
const scratch = new Map();

/** @param {Values} values @returns {(step: number) => number} the weight of the KL */
function weights({ betas, annealed: [annealed] }) {
  return (step) =>
    betas[Math.min(betas.length - 1, Math.floor(step / BLOCK))] * (annealed ? Math.min(1, step / RAMP) : 1);
}

/** As far as there is time for in a frame. @param {Values} values @param {{digits: Digits}} loaded */
function learnt(values, { digits }) {
  const {
      step: [goal],
      seed: [seed],
    } = values,
    weightOf = weights(values);
  if (run?.settings.seed !== seed || run.pictures !== digits) run = newRun(digits, SIZES, { seed, ...SETTINGS });
  const end = performance.now() + SLICE,
    there = goOn(run, goal, weightOf, () => performance.now() < end),
    steps = Array.from(run.judged.keys())
      .filter((step) => run?.judged.get(step)?.train)
      .sort((a, b) => a - b),
    curves = steps.map((step) => ({ step, .../** @type {any} */ (run?.judged.get(step)) })),
    latest = curves.findLast(({ step }) => step <= (run?.at ?? 0)) ?? null;
  return {
    at: run.at,
    goal,
    there,
    /** @type {{step: number, train: Judged, heldOut: Judged}[]} */
    curves,
    /** @type {{step: number, train: Judged, heldOut: Judged} | null} */
    latest,
    weightOf,
    weight: weightOf(Math.min(run.at, STEPS - 1)),
    codes: encode(run.vae, digits.grey, scratch).mean,
    grid: pictures(run.vae, GRID, scratch),
    digits,
  };
}

/**
 * The block whose beta the slider moves: the next that is trained as a whole; after the last step one that none is, for a
 * training that begins again.
 * @param {{at: number} | null} result
 */
const nextBlock = (result) => Math.ceil((result?.at ?? 0) / BLOCK);

/** @param {"train" | "heldOut"} split @param {"elbo" | "logLikelihood" | "kl"} part @returns {(learnt: Learnt) => string} */
const nats =
  (split, part) =>
  ({ latest }) => {
    if (!latest) return "–";
    const { [part]: value, error } = latest[split];
    return `${precise(value)}${part === "elbo" ? ` ± ${precise(error, 2)}` : ""} nats`;
  };

const [P, Q, Z, X, BETA] = [symbol("p"), symbol("q"), "<mi>z</mi>", "<mi>x</mi>", symbol("beta", "β")];
const likelihood = row(
  sub(word("E"), Q),
  word("log"),
  applied(`<mi data-symbol="likelihood">p</mi>`, row(X, operator("|"), Z)),
);

/** @type {import("../../section.js").Section} */
export const watch = {
  name: "watch",
  formula: [
    line(likelihood, operator("−"), BETA, divergence(applied(Q, row(Z, operator("|"), X)), applied(P, Z))),
    line(
      word("annealed: "),
      BETA,
      word("min"),
      bracketed("<mn>1</mn>", operator(","), row("<mi>t</mi>", operator("/"), "<mn>300</mn>")),
    ),
  ].join(""),
  controls: [
    {
      name: "betas",
      label: "β",
      symbol: "beta",
      text: (value) => value.toFixed(1),
      read: ({ betas }, result) => betas[nextBlock(result)],
      write: (beta, { betas }, result) => ({ betas: betas.map((one, i) => (i < nextBlock(result) ? one : beta)) }),
    },
    { name: "annealed", label: "KL annealing", between: true },
  ],
  actions: [
    { name: "start", label: "Start", help: "Train to step 1,000", act: () => ({ step: [STEPS] }) },
    PAUSE,
    {
      name: "one",
      label: "Step",
      help: "One step of Adam on 64 pictures",
      steps: true,
      act: (_, { at }) => ({ step: [at + 1] }),
    },
    {
      name: "reset",
      label: "Reset",
      help: "Back to step 0 with the same seed and this β",
      act: ({ betas }, result) => ({ step: [0], betas: betas.map(() => betas[nextBlock(result)]) }),
    },
    drawnAgain("New seed", "Other first weights and other noise"),
  ],
  figures: [
    {
      label: "step",
      help: "Steps of Adam (rate 0.005) on 64 of 1,437 digits each.",
      text: ({ at }) => at.toLocaleString("en"),
    },
    {
      label: "weight of the KL",
      help: "β at this step t; with annealing β t / 300 until step 300.",
      text: ({ weight }) => precise(weight),
    },
    {
      label: `held-out ${line(likelihood)}`,
      help: "Mean over the 360 held-out digits, binarised, one draw of z each.",
      text: nats("heldOut", "logLikelihood"),
    },
    {
      label: `held-out ${line('<mi mathvariant="normal" data-symbol="kl">KL</mi>')}`,
      help: "Mean of KL(q(z|x)‖p(z)) over the 360 held-out digits, in closed form.",
      text: nats("heldOut", "kl"),
    },
    {
      label: "held-out ELBO",
      help: "At β = 1, ± its standard error over the 360 held-out digits.",
      text: nats("heldOut", "elbo"),
    },
    {
      label: "training ELBO",
      help: "At β = 1, ± its standard error over 360 of the 1,437 digits that it is trained on.",
      text: nats("train", "elbo"),
    },
  ],
  question:
    "Press Start. The KL, the orange band, opens, almost closes by step 120, and opens again. What has the VAE learned by step 120?",
  answer:
    "The mean digit, wherever z is: worth an ELBO of −27.2 nats (hold β at 8 to see it). Clusters come later, and by step 1,000 z has earned 2.4 nats more.",
  expectation:
    "With KL annealing the band is widest at first, 12 nats at step 20; both ways end near −24.8 nats. From step 400 on, β = 8 collapses the map within 100 steps, and β = 0 lets it fly apart.",
  picture: "A map of held-out digits' codes, a grid of decoded digits, and below both the ELBO's parts over the steps",
  loads: {
    digits: {
      of: () => [],
      file: "digits",
      bring: async (_, { train, heldOut, labels, colours }) => {
        const bytes = bytesOf(heldOut);
        return {
          train: bytesOf(train),
          heldOut: bytes,
          grey: Float64Array.from(bytes, (byte) => byte / 255),
          labels,
          colours,
        };
      },
    },
  },
  compute: learnt,
  draw: drawLearning,
  unfinished: ({ there }) => !there,
};
