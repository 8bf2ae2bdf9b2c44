// Gradients: the score function and reparametrisation estimate the same gradient, with variances worlds apart.
import { precise } from "../../../kit/numbers.js";
import { drawnAgain } from "../../actions.js";
import { applied, bracketed, fraction, line, operator, power, row, sub, symbol, word } from "../../formula.js";
import { BASELINES, estimated } from "./estimated.js";
import { drawGradients } from "./picture.js";

/** @typedef {import("./estimated.js").Estimated} Estimated */

const [N, D, DELTA, B, SCORE, PATH] = [
  symbol("n", "N"),
  symbol("D"),
  symbol("alpha", "δ"),
  symbol("e", "b"),
  symbol("a", "score"),
  symbol("q", "path"),
];
const [z, a, mu, f, two, one] = ["<mi>z</mi>", "<mi>a</mi>", "<mi>μ</mi>", "<mi>f</mi>", "<mn>2</mn>", "<mn>1</mn>"];
const [equal, plus, minus] = [operator("="), operator("+"), operator("−")],
  epsilon = "<mi>ε</mi>";

const TEXTS = { none: "none", mean: "E f", best: "the best" };

/** @param {"score" | "reparametrised"} name @returns {(estimated: Estimated) => string} as measured, and by formula */
const against =
  (name) =>
  ({ [name]: { exact, measured } }) =>
    `${precise(measured.variance)} ± ${precise(measured.error, 2)} (${precise(exact)})`;

/** @type {import("../../section.js").Section} */
export const gradients = {
  name: "gradients",
  formula: [
    line(
      row(f, equal, fraction(one, two), power(`<mo>|</mo>${z}${minus}${a}<mo>|</mo>`, two)),
      operator(","),
      row(z, equal, mu, plus, epsilon),
      operator(","),
      row(DELTA, equal, sub(mu, "<mi>d</mi>"), minus, sub(a, "<mi>d</mi>")),
    ),
    line(
      fraction(operator("∂"), row(operator("∂"), sub(mu, "<mi>d</mi>"))),
      applied(word("E"), f),
      equal,
      sub(word("E"), PATH),
      bracketed(sub(z, "<mi>d</mi>"), minus, sub(a, "<mi>d</mi>")),
    ),
    line(equal, sub(word("E"), SCORE), bracketed(bracketed(f, minus, B), sub(epsilon, "<mi>d</mi>"))),
    line(
      word("Var"),
      equal,
      row("<mi>V</mi>", operator("/"), N),
      operator(","),
      row(sub("<mi>V</mi>", PATH), equal, one),
      operator(","),
    ),
    line(
      sub("<mi>V</mi>", SCORE),
      equal,
      bracketed(D, plus, one),
      power(DELTA, two),
      plus,
      row(D, operator("/"), two),
      plus,
      one,
    ),
    line(plus, power(bracketed(B, minus, power(B, operator("∗"))), two)),
  ].join(""),
  controls: [
    { name: "D", label: "dimensions D", symbol: "D", logarithmic: true, text: String },
    { name: "N", label: "samples N", symbol: "n", logarithmic: true, text: String },
    { name: "distance", label: "distance δ", symbol: "alpha" },
    { name: "baseline", label: "baseline b", symbol: "e", text: (value) => TEXTS[BASELINES[value]] },
  ],
  actions: [drawnAgain("New noise", "Other draws")],
  figures: [
    {
      label: line(sub(word("Var"), PATH)),
      help: "The variance of an estimate by reparametrisation, measured over 6400 / N estimates ± its standard error; in brackets the formula's.",
      text: against("reparametrised"),
    },
    {
      label: line(sub(word("Var"), SCORE)),
      help: "The variance of an estimate by the score function, measured over 6400 / N estimates ± its standard error; in brackets the formula's.",
      text: against("score"),
    },
    {
      label: "samples to match one by path",
      help: "How many samples of the score function say as much as one of reparametrisation: the ratio of the variances.",
      text: ({ score, reparametrised }) => `${precise(score.exact / reparametrised.exact)} samples`,
    },
  ],
  question: "From 10 to 100 dimensions: how many times as many samples does each estimator need for the same error?",
  answer:
    "By reparametrisation no more: its variance is 1 in any dimension. By the score function 75 times as many: each ε is multiplied by all of f, which grows as D. With the best baseline still 9 times.",
  expectation:
    "Both clouds are centred on δ: no bias. Drag D or δ and only the red one widens; a baseline pulls it in, more samples narrow both.",
  picture: "Estimates of one gradient by both estimators, and their variance over samples, dimensions and distance",
  compute: estimated,
  draw: drawGradients,
};
