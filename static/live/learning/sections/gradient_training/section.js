// Gradients at work: a VAE learns digits by reparametrisation, and by the score function with and without a baseline.
import { precise } from "../../../kit/numbers.js";
import { drawnAgain, PAUSE } from "../../actions.js";
import { bracketed, line, operator, row, sub, symbol, word } from "../../formula.js";
import { drawTrainedDigits } from "./picture.js";
import { digitsOf, raced, STEPS, WAYS } from "./runs.js";

/** @typedef {import("./runs.js").Raced} Raced */

const [PATH, BASELINE] = [symbol("q", "∇"), symbol("a", "∇")];
const [x, z, phi, f] = ["<mi>x</mi>", "<mi>z</mi>", "<mi>φ</mi>", "<mi>f</mi>"],
  of = operator("|"),
  mean = word("E"),
  epsilon = "<mi>ε</mi>",
  q = row(sub("<mi>q</mi>", phi), bracketed(z, of, x));

/** @param {number} rank of the way @returns {(raced: Raced) => string} */
const bound =
  (rank) =>
  ({ ways }) => {
    const { curve, at } = ways[rank],
      last = curve.findLast(({ step }) => step <= at);
    return last ? `${precise(last.elbo)} ± ${precise(last.error, 2)} nats` : "–";
  };

/** @type {import("../../section.js").Section} */
export const gradientTraining = {
  name: "gradient_training",
  formula: [
    line(f, operator("="), word("log"), "<mi>p</mi>", bracketed(x, of, z)),
    line(
      sub(PATH, phi),
      operator("="),
      sub(mean, epsilon),
      bracketed(sub("<mo>∇</mo>", z), f, operator("·"), sub("<mo>∇</mo>", phi), z, bracketed(epsilon)),
    ),
    line(
      sub(BASELINE, phi),
      operator("="),
      sub(mean, row("<mi>q</mi>")),
      bracketed(bracketed(f, operator("−"), symbol("a", "b")), sub("<mo>∇</mo>", phi), word("log"), q),
    ),
    line(
      symbol("a", "b"),
      operator("="),
      f,
      bracketed(`<mi>z</mi><mo>′</mo>`),
      operator(","),
      row(symbol("e", "b"), operator("="), "<mn>0</mn>"),
    ),
  ].join(""),
  controls: [
    { name: "D", label: "latents D", symbol: "D", text: String },
    { name: "rate", label: "rate", logarithmic: true, text: (value) => String(value) },
    { name: "step", label: "step", symbol: "p", text: String },
  ],
  actions: [
    {
      name: "start",
      label: "Train on",
      help: `Train to step ${STEPS}`,
      idle: ({ step: [step] }) => step >= STEPS,
      act: () => ({ step: [STEPS] }),
    },
    PAUSE,
    drawnAgain("New seed", "Other first weights, batches and noise"),
  ],
  figures: [
    ...WAYS.map(({ label, symbol: colour }, rank) => ({
      label: `<span data-symbol="${colour}">${label}</span>`,
      help: "ELBO of the 360 held-out digits, binarised, one draw of z each ± its standard error.",
      text: bound(rank),
    })),
    { label: "step", help: "Steps of Adam on 24 digits, two draws of z each.", text: ({ at }) => `${at} of ${STEPS}` },
  ],
  question:
    "Same network, digits and noise; only the encoder's gradient differs. Which still draws one digit for all at step 300?",
  answer:
    "The score function alone: at −27.9 nats it is no better than the mean digit. The baseline of the other draw lets it learn, a nat behind reparametrisation with 10 latents; with 2 they are nearly level.",
  expectation:
    "The mean digit comes at once in all three, as their decoders learn alike. Then z has to earn its nats: the less noise in the encoder's gradient, the sooner the digits differ.",
  picture:
    "The held-out ELBO of three trainings over their steps, and ten held-out digits with what each makes of them",
  loads: { digits: { of: () => [], file: "digits", bring: async (_, file) => digitsOf(file) } },
  compute: raced,
  draw: drawTrainedDigits,
  unfinished: ({ there }) => !there,
};
