// Fitting: choose theta so that p(x; theta) is high where the points are, first by hand, then by gradient.
import { precise } from "../../../kit/numbers.js";
import { drawnAgain } from "../../actions.js";
import {
  applied,
  bracketed,
  divergence,
  fraction,
  line,
  operator,
  power,
  row,
  sub,
  symbol,
  word,
} from "../../formula.js";
import { climbed, fit } from "./fitted.js";
import { drawFitting } from "./picture.js";

const [P, DATA] = [symbol("q", "p"), symbol("p", "data")];
const [x, z, two] = ["<mi>x</mi>", "<mi>z</mi>", "<mn>2</mn>"];
const [CENTRE, STRETCH, SPLIT, NOISE] = [
  symbol("mu", "c"),
  symbol("alpha", "s"),
  symbol("D", "k"),
  symbol("sigma", "σ"),
];
const MANY = 40; // gradient steps at one press

/** @param {number} value */
const short = (value) => value.toFixed(2).replace("-", "−");
/** @param {number} value nats */
const nats = (value) => `${precise(value)} nats`;

/** @type {import("../../section.js").Section} */
export const fitting = {
  name: "fitting",
  formula: [
    line(
      applied(P, x),
      operator("="),
      operator("∫"),
      applied(word("N"), x, operator(";"), applied("<mi>f</mi>", z), operator(","), power(NOISE, two)),
      applied(word("N"), z),
      word("d"),
      z,
    ),
    line(
      applied("<mi>f</mi>", z),
      operator("="),
      CENTRE,
      operator("+"),
      STRETCH,
      z,
      operator("+"),
      SPLIT,
      word("tanh"),
      bracketed("<mn>3</mn>", z),
    ),
    line(
      word("max"),
      fraction("<mn>1</mn>", "<mi>N</mi>"),
      `<munder>${operator("∑")}<mi>i</mi></munder>`,
      word("log"),
      row(P, bracketed(sub(x, "<mi>i</mi>"))),
    ),
  ].join(""),
  controls: [
    { name: "split", label: "k", symbol: "D", text: short },
    { name: "centre", label: "c", symbol: "mu", text: short },
    { name: "stretch", label: "s", symbol: "alpha", text: short },
    { name: "noise", label: "σ", symbol: "sigma", text: short },
    { name: "n", label: "N", symbol: "p", text: String },
    { name: "width", label: "points' width", symbol: "p" },
  ],
  actions: [
    {
      name: "step",
      label: "Gradient step",
      help: "c, s, k and log σ go up the gradient of the training log-likelihood",
      steps: true,
      act: (_, result) => climbed(result, 1),
    },
    {
      name: "climb",
      label: `${MANY} steps`,
      help: "As many gradient steps",
      act: (_, result) => climbed(result, MANY),
    },
    drawnAgain("New points", "Other training and held-out points"),
  ],
  figures: [
    {
      label: line(word("log"), applied(P, x), word(", training")),
      help: "The mean over the N training points: what fitting raises.",
      text: ({ likelihood }) => nats(likelihood),
    },
    {
      label: line(word("log"), applied(P, x), word(", held out")),
      help: "The mean over 200 points that were not trained on ± its standard error: what judges a fit.",
      text: ({ test, error }) => `${precise(test)} ± ${precise(error, 2)} nats`,
    },
    {
      label: line(divergence(P, DATA)),
      help: "From the model to the first 12 training points, each a Gaussian of the points' width: without a width it is infinite, since p gives mass to where no point is.",
      text: ({ far }) => (far ? nats(far.modelFromPoints) : "∞: no width"),
    },
    {
      label: line(divergence(DATA, P)),
      help: "From these points to the model: the next line, which is all that c, s, k and σ move, less the points' entropy, which falls without end with the width.",
      text: ({ far }) => (far ? nats(far.pointsFromModel) : "∞: no width"),
    },
    {
      label: line(operator("−"), sub(word("E"), DATA), word("log"), applied(P, x)),
      help: "The part of KL(data ‖ p) that c, s, k and σ move. Without a width it is minus the training log-likelihood.",
      text: ({ far, likelihood }) => nats(far ? far.crossEntropy : -likelihood),
    },
  ],
  question: "Shape p(x) over the points, then climb. Which log-likelihood is higher at the top: training or held out?",
  answer:
    "Training: the top also fits the accidents of 12 points, which held-out points do not share. At N = 200 climb again: the two come close. So hold-out log-likelihood judges a model.",
  expectation:
    "Gradient steps raise the training number until nothing does. Give the points a width, then narrow it to 0: both KLs grow without end, and of the second only the likelihood depends on c, s, k and σ.",
  picture: "Training points with their histogram, and the model's density that the hand shapes over them",
  compute: fit,
  draw: drawFitting,
};
