// One q per picture: an encoder gives q at once, steps up the ELBO of one picture give a better one.
import { precise } from "../../../kit/numbers.js";
import { applied, bracketed, divergence, line, operator, row, sub, symbol, word } from "../../formula.js";
import { judge } from "../../judged_posterior.js";
import { climbed } from "./climb.js";
import { drawRefinement } from "./picture.js";

/** @typedef {import("./climb.js").Climb} Climb */

const MOST = 40, // steps
  SEEN_ERROR = 0.005, // nats, of sums over cells
  [P, Q, ENCODER] = [symbol("p"), symbol("q"), symbol("alpha", "q")],
  [X, Z, PHI] = ["<mi>x</mi>", "<mi>z</mi>", "<mi>φ</mi>"],
  given = row(Z, operator("|"), X),
  posterior = applied(P, given);

/** @param {number} value */
const nats = (value) => `${precise(value)} nats`;
/** @param {number} value @param {number} error */
const exact = (value, error) =>
  `${value.toFixed(2).replace("-", "−")}${error > SEEN_ERROR ? ` ± ${precise(error)}` : ""} nats`;

/** @type {import("../../section.js").Section} */
export const amortisation = {
  name: "amortisation",
  formula: [
    line(
      Q,
      operator("="),
      `<munder>${word("arg max")}${Q}</munder>`,
      word("\u00a0ELBO"),
      bracketed(X, operator(","), Q),
    ),
    line(applied(sub(ENCODER, PHI), given), word("\u00a0for every\u00a0"), X),
    line(word("log"), applied(P, X), operator("−"), word("ELBO"), operator("="), divergence(Q, posterior)),
  ].join(""),
  controls: [
    { name: "step", label: "steps", symbol: "q", text: String },
    { name: "picture", label: "picture", symbol: "p", text: String },
  ],
  actions: [
    {
      name: "one",
      label: "One step",
      help: "q goes up the gradient of this picture's ELBO (key i)",
      steps: true,
      idle: ({ step: [step] }) => step >= MOST,
      act: ({ step: [step] }) => ({ step: [step + 1] }),
    },
    {
      name: "all",
      label: "To the optimum",
      help: "All steps at once",
      idle: ({ step: [step] }) => step >= MOST,
      act: () => ({ step: [MOST] }),
    },
    {
      name: "encoder",
      label: "Encoder’s q",
      help: "Back to the q that the trained encoder gives",
      act: () => ({ q: [0, 0, 1, 1], step: [0] }),
    },
    {
      name: "another",
      label: "Another picture",
      help: "The next test picture, and the encoder's q for it (key r)",
      draws: true,
      act: ({ picture: [picture] }) => ({ picture: [(picture + 1) % 200], q: [0, 0, 1, 1], step: [0] }),
    },
  ],
  figures: [
    {
      label: line(word("log"), applied(P, X)),
      help: "Of this picture under the model: a sum over cells around its posterior.",
      text: ({ logEvidence, judged: { error } }) => exact(logEvidence, error),
    },
    { label: "ELBO of this q", help: "Of the q that is drawn, on the same cells.", text: ({ elbo }) => exact(elbo, 0) },
    {
      label: "won back by steps",
      help: "How far the ELBO of this q lies above that of the encoder's.",
      text: ({ elbo, encoded }) => nats(elbo - encoded),
    },
    {
      label: line(divergence(Q, posterior)),
      help: "What is still missing to log p(x).",
      text: ({ elbo, logEvidence }) => nats(Math.max(0, logEvidence - elbo)),
    },
  ],
  question:
    "One encoder serves all pictures. How much better would a q of its own be for this one, and would the gap close?",
  answer:
    "Take the steps: what they win back is the amortisation gap, the price of one encoder for all. What stays is the shape gap: no Gaussian without correlation has this posterior’s form, so it takes a richer q.",
  expectation:
    "The ELBO never falls and stops below log p(x). Drag q away and step again: it climbs back, in about ten steps for this one picture, where the encoder takes one pass for any.",
  picture: "q over the true posterior of a test picture, and its ELBO step by step",
  loads: { judged: { of: ({ picture }) => picture, bring: judge } },
  compute: climbed,
  draw: drawRefinement,
};
