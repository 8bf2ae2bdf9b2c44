// A coin: what tosses say of a hidden probability, in closed form.
import { precise } from "../../../kit/numbers.js";
import { afterTosses, logDensity, logEvidence, logLikelihood, meanOf, stddevOf } from "../../../math/coin.js";
import { uniforms } from "../../../math/noise.js";
import { drawnAgain } from "../../actions.js";
import { applied, bracketed, fraction, line, operator, row, symbol, word } from "../../formula.js";
import { drawCoin } from "./picture.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {ReturnType<typeof tossed>} Tossed */

const CELLS = 400, // of z between 0 and 1
  MOST = 200; // tosses
export const Z = Float64Array.from({ length: CELLS }, (_, i) => (i + 0.5) / CELLS);

const [x, z] = ["<mi>x</mi>", "<mi>z</mi>"],
  bar = operator("|"),
  [A, B] = [symbol("a"), symbol("b")];
const prior = applied(symbol("p"), z),
  likelihood = applied(symbol("epsilon", "p"), x, bar, z),
  posterior = applied(symbol("q", "p"), z, bar, x),
  evidence = row(word("p"), bracketed(x));

/** @param {Values} values */
function tossed({ n: [n], seed: [seed], truth: [truth], a: [a], b: [b] }) {
  const uniform = uniforms(seed),
    tosses = Array.from({ length: n }, () => uniform() < truth),
    heads = tosses.filter(Boolean).length,
    tails = n - heads,
    before = { heads: a, tails: b },
    after = afterTosses(before, heads, tails);
  return {
    tosses,
    heads,
    tails,
    truth,
    prior: logDensity(before, Z).map(Math.exp),
    likelihood: logLikelihood(Z, heads, tails).map(Math.exp),
    posterior: logDensity(after, Z).map(Math.exp),
    mean: meanOf(after),
    stddev: stddevOf(after),
    evidence: logEvidence(before, heads, tails),
  };
}

/** @type {import("../../section.js").Section} */
export const coin = {
  name: "coin",
  formula: [
    line(posterior, operator("="), fraction(row(likelihood, prior), evidence)),
    line(prior, operator("="), applied(word("Beta"), A, operator(","), B)),
    line(
      posterior,
      operator("="),
      applied(word("Beta"), A, operator("+"), word("heads"), operator(","), B, operator("+"), word("tails")),
    ),
    line(evidence, operator("="), operator("∫"), likelihood, prior, word("d"), z),
  ].join(""),
  controls: [
    { name: "n", label: "tosses", text: String },
    { name: "a", label: "a", symbol: "a", logarithmic: true, text: (value) => precise(value) },
    { name: "b", label: "b", symbol: "b", logarithmic: true, text: (value) => precise(value) },
  ],
  actions: [
    {
      name: "toss",
      label: "Toss once",
      help: "One toss more of the same coin",
      idle: ({ n: [n] }) => n >= MOST,
      act: ({ n: [n] }) => ({ n: [n + 1] }),
    },
    drawnAgain("New tosses", "Toss the coin anew"),
  ],
  figures: [
    {
      label: "heads",
      help: "How many of the tosses are heads.",
      text: ({ heads, tosses }) => `${heads} of ${tosses.length}`,
    },
    {
      label: "most likely z",
      help: "Where p(x|z) is highest: the share of heads. There is none without tosses.",
      text: ({ heads, tosses }) => (tosses.length ? precise(heads / tosses.length) : "–"),
    },
    {
      label: `E${line(bracketed(z, bar, x))}, P(next is heads)`,
      help: "The mean of the posterior ± its standard deviation. The mean is also what to bet on heads.",
      text: ({ mean, stddev }) => `${precise(mean)} ± ${precise(stddev, 2)}`,
    },
    {
      label: line(word("log"), evidence),
      help: "Of these tosses in this order, whatever z is: the integral, which a coin has in closed form.",
      text: (result) => `${precise(result.evidence)} nats`,
    },
  ],
  question: "Three tosses, three heads. How much of one euro would you bet that the next is heads?",
  answer:
    "The most likely z is 1: all of it. But every z between 0 and 1 was thought possible, and the posterior's mean is (3 + a) / (3 + a + b) = 4/5 at a = b = 1. A larger a = b believes more in a fair coin and bets less.",
  expectation:
    "Toss more, and the posterior narrows around the hidden z and the prior stops mattering. Make a and b large, and it takes many tosses to change that mind.",
  picture: "Prior, likelihood and posterior over the hidden probability of heads, and the tosses above them",
  compute: tossed,
  draw: drawCoin,
};
