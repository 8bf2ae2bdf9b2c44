// Monte Carlo: log p(x) of a real picture from draws of the prior, of q(z|x), or of a proposal in the hand.
import { precise } from "../../../kit/numbers.js";
import { drawnAgain } from "../../actions.js";
import { bracketed, fraction, line, operator, power, row, sub, symbol, word } from "../../formula.js";
import { estimated } from "./estimated.js";
import { judge } from "./judged.js";
import { drawMonteCarlo } from "./picture.js";

/** @typedef {import("./estimated.js").Estimated} Estimated */

const [P, Q, N, BOUND] = [symbol("p"), symbol("q"), symbol("n", "N"), symbol("kl", "L")];
const [x, z, w, one] = ["<mi>x</mi>", "<mi>z</mi>", "<mi>w</mi>", "<mn>1</mn>"],
  log = word("log"),
  equal = operator("="),
  of = operator("|");
const evidence = row(log, P, bracketed(x)),
  sum = operator("∑");

/** @param {number} value @param {number} [error] its standard error @returns {string} */
const nats = (value, error = NaN) => {
  const text = value.toFixed(error < 0.01 ? 3 : 2).replace("-", "−");
  return `${text}${Number.isFinite(error) ? ` ± ${precise(error, 2)}` : ""} nats`;
};

/** @type {import("../../section.js").Section} */
export const monteCarlo = {
  name: "monte_carlo",
  formula: [
    line(evidence, operator("≈"), log, fraction(one, N), sum, w, operator(","), z, operator("∼"), Q),
    line(w, equal, fraction(row(P, bracketed(x, of, z), P, bracketed(z)), row(Q, bracketed(z)))),
    line(sub(BOUND, "<mi>K</mi>"), equal, word("E"), log, fraction(one, "<mi>K</mi>"), sum, w, operator("≤"), evidence),
    line(
      sub(N, word("eff")),
      equal,
      power(bracketed(sum, w), "<mn>2</mn>"),
      operator("/"),
      sum,
      power(w, "<mn>2</mn>"),
    ),
  ].join(""),
  controls: [
    { name: "n", label: "draws N", symbol: "n", logarithmic: true, text: (value) => value.toLocaleString("en") },
    { name: "picture", label: "picture", symbol: "p", text: String },
    { name: "close", label: "close up", between: true },
  ],
  actions: [
    {
      name: "prior",
      label: "From the prior",
      help: "z ∼ N(0, I): naive Monte Carlo",
      act: () => ({ mean: [0, 0], width: [1, 1], close: [0] }),
    },
    {
      name: "encoder",
      label: "From q(z|x)",
      help: "z from the Gaussian that the trained encoder gives for this picture",
      act: (_, { judged: { encoder } }) => ({ mean: encoder.mean, width: encoder.stddev, close: [1] }),
    },
    drawnAgain("New draws", "Other draws"),
  ],
  figures: [
    {
      label: line(evidence),
      help: "By quadrature: the sum over a grid of cells around the posterior.",
      text: ({ judged }) => nats(judged.logEvidence),
    },
    {
      label: "estimate",
      help: "The log of the mean weight ± its standard error, which is too small while no draw has met the weights that count. Between the cells of a grid p(x|z) is interpolated.",
      text: ({ estimate, standardError }) => nats(estimate, standardError),
    },
    {
      label: "spread over runs",
      help: "The standard deviation of the estimates of so many runs, each with N draws of its own.",
      text: ({ spread, runs }) => (runs > 1 ? `${precise(spread, 2)} nats, ${runs} runs` : "one run"),
    },
    {
      label: line(sub(N, word("eff"))),
      help: "Kish's effective number of draws: as many of equal weight would say as much.",
      text: ({ effective, n }) => `${precise(effective)} of ${n.toLocaleString("en")}`,
    },
    {
      label: line(sub(BOUND, one)),
      help: "The bound of one draw: the ELBO of the proposal, as the mean over 16,384 draws ± its standard error.",
      text: ({ bounds: [{ value, standardError }] }) => nats(value, standardError),
    },
  ],
  question: "A thousand draws from the prior: how many of them say anything about p(x)?",
  answer:
    "Fewer than 40 of them: the effective number tells. p(x|z) falls by many nats beside the posterior's small spot, so the few draws that hit it carry the whole mean. Of q(z|x) more than 500 count.",
  expectation:
    "Most draws are specks: they weigh nothing. Drag q onto p(z|x) and the runs close on log p(x); their mean, the bound, comes from below (thin: ± its standard error).",
  picture: "The plane of z with the posterior, the proposal and its draws, and the estimate over the number of draws",
  loads: { judged: { of: ({ picture }) => picture, bring: judge } },
  compute: estimated,
  draw: drawMonteCarlo,
};
