// Derivation: from log p(x) to the ELBO one line at a time, each line a number of one real picture.
import { bracketed, divergence, fraction, line, operator, row, sub, symbol, word } from "../../formula.js";
import { judge, movesTo } from "../../judged_posterior.js";
import { decodeMiddle, derived } from "./derived.js";
import { nats } from "./ladder.js";
import { drawDerivation } from "./picture.js";

/** @typedef {import("./derived.js").Derived} Derived */

const [P, Q] = [symbol("p"), symbol("q")];
const [x, z] = ["<mi>x</mi>", "<mi>z</mi>"],
  bar = operator("|"),
  log = word("log");
const given = row(P, bracketed(z, bar, x)),
  likelihood = row(P, bracketed(x, bar, z)),
  evidence = row(log, P, bracketed(x)),
  over = sub(word("E"), Q);

/** @param {number[]} way @returns {number} the last line of Jensen's way, or of the divergence's */
const lastOf = ([divergence]) => (divergence ? 5 : 4);

/** @type {import("../../section.js").Section} */
export const derivationOfELBO = {
  name: "derivation",
  formula: [
    line(word("ELBO"), operator("="), over, log, likelihood, operator("−"), divergence(Q, P)),
    line(evidence, operator("="), word("ELBO"), operator("+"), divergence(Q, given)),
    line(
      log,
      over,
      bracketed(fraction(row(P, bracketed(x, operator(","), z)), row(Q, bracketed(z)))),
      operator("≥"),
      over,
      bracketed(log, fraction(row(P, bracketed(x, operator(","), z)), row(Q, bracketed(z)))),
    ),
  ].join(""),
  controls: [
    {
      name: "line",
      label: "lines",
      text: (value, { way }) => `${Math.min(value, lastOf(way)) + 1} of ${lastOf(way) + 1}`,
    },
    { name: "picture", label: "picture", symbol: "p", text: (value) => String(value) },
    { name: "way", label: "by KL, not by Jensen", between: true },
    { name: "curve", label: "Jensen on log", between: true },
  ],
  actions: [
    {
      name: "encoder",
      label: "Encoder's q",
      help: "The q that the trained encoder gives",
      act: () => ({ q: [0, 0, 1, 1] }),
    },
    {
      name: "best",
      label: "Best q",
      help: "The Gaussian without correlation that has the highest ELBO for this picture",
      act: (_, { judged: { best, encoder } }) => ({ q: movesTo(best, encoder) }),
    },
  ],
  figures: [
    {
      label: line(evidence),
      help: "By quadrature: a sum over 64 × 64 cells around the posterior, over 128 × 128 where those are too coarse.",
      text: ({ logEvidence, judged: { error } }) => nats(logEvidence, error),
    },
    { label: line(word("ELBO")), help: "Of the q that is drawn, on the same cells.", text: ({ elbo }) => nats(elbo) },
    { label: line(divergence(Q, given)), help: "What the ELBO lacks.", text: ({ klPosterior }) => nats(klPosterior) },
    {
      label: "lost so far",
      help: "How far the last line that is shown lies below log p(x).",
      text: ({ lost }) => nats(lost),
    },
  ],
  question: "Three lines, one number. The next line takes the log inside the mean: higher, lower, or the same?",
  answer:
    "Lower, or at best the same: log is concave, so the mean of logs lies below the log of the mean. What is lost is KL(q ‖ p(z|x)): drag q onto the posterior and the gap closes.",
  expectation:
    "Wherever q is, lines joined by = have one number, and only ≥ loses. log p(x) does not move with q: pushing the ELBO up pulls q to the posterior.",
  picture:
    "A Gaussian q over the true posterior of a test picture, and the lines from log p(x) to the ELBO with their numbers",
  steps: { name: "line", last: ({ way }) => lastOf(way) },
  loads: {
    judged: { of: ({ picture }) => picture, bring: judge },
    middle: { of: ({ picture, q }) => [...picture, ...q.slice(0, 2)], bring: decodeMiddle },
  },
  compute: derived,
  draw: drawDerivation,
};
