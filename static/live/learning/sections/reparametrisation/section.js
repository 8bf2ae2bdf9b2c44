// Reparametrisation: a draw is a function of mu and sigma once its noise is fixed, so gradients pass through it.
import { normals } from "../../../math/noise.js";
import { estimated, exact } from "../../../math/reparametrisation.js";
import { precise } from "../../../kit/numbers.js";
import { drawnAgain } from "../../actions.js";
import { applied, bracketed, fraction, line, operator, row, sub, symbol, word } from "../../formula.js";
import { drawReparametrisation } from "./picture.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {ReturnType<typeof drawn>} Drawn */

const MOST = 64; // draws
const STEP = 0.15; // along the gradient
const [MU, SIGMA, EPSILON, Z] = [symbol("mu", "μ"), symbol("sigma", "σ"), symbol("epsilon", "ε"), symbol("q", "z")];
const del = operator("∂"),
  slope = applied(symbol("f", "f′"), Z);

/** @type {{seed: number, epsilon: number[]}} the last noise that was drawn */
let noise = { seed: 0, epsilon: [] };

/** @param {Values} values */
function drawn({ mu: [mu], sigma: [sigma], n: [n], seed: [seed], followed: [followed] }) {
  if (noise.seed !== seed) noise = { seed, epsilon: Array.from(normals(MOST, seed)) };
  const epsilon = noise.epsilon.slice(0, n),
    estimate = estimated(mu, sigma, epsilon),
    truth = exact(mu, sigma);
  return { mu, sigma, epsilon, followed: Math.min(followed, n - 1), estimate, truth };
}

/** @param {"value" | "byMu" | "bySigma"} name @returns {(drawn: Drawn) => string} the estimate, and what it estimates */
const against =
  (name) =>
  ({ estimate, truth }) => {
    const error = estimate.errors[name];
    return `${precise(estimate[name], 2)}${Number.isFinite(error) ? ` ± ${precise(error, 2)}` : ""} (${precise(truth[name], 2)})`;
  };

/** @type {import("../../section.js").Section} */
export const reparametrisation = {
  name: "reparametrisation",
  formula: [
    line(
      Z,
      operator("="),
      MU,
      operator("+"),
      SIGMA,
      EPSILON,
      operator(","),
      EPSILON,
      operator("∼"),
      applied(word("N"), "<mn>0</mn>", operator(","), "<mn>1</mn>"),
    ),
    line(
      fraction(row(del, Z), row(del, MU)),
      operator("="),
      "<mn>1</mn>",
      operator(","),
      fraction(row(del, Z), row(del, SIGMA)),
      operator("="),
      EPSILON,
    ),
    line(
      fraction(del, row(del, SIGMA)),
      sub(word("E"), EPSILON),
      bracketed(applied(symbol("f"), Z)),
      operator("="),
      sub(word("E"), EPSILON),
      bracketed(slope, EPSILON),
    ),
  ].join(""),
  controls: [
    { name: "mu", label: "μ", symbol: "mu" },
    { name: "sigma", label: "σ", symbol: "sigma" },
    { name: "n", label: "draws", symbol: "n", text: String },
  ],
  actions: [
    drawnAgain("New ε", "Other noise"),
    {
      name: "uphill",
      label: "Step uphill",
      help: "μ and σ go 0.15 times their estimated gradient",
      act: ({ mu: [mu], sigma: [sigma] }, { estimate }) => ({
        mu: [mu + STEP * estimate.byMu],
        sigma: [sigma + STEP * estimate.bySigma],
      }),
    },
  ],
  figures: [
    {
      label: line(word("E"), bracketed(applied(symbol("f"), Z))),
      help: "The mean of f over the draws ± its standard error; in brackets the exact value.",
      text: against("value"),
    },
    {
      label: line(del, operator("/"), del, MU),
      help: "The mean of f′(z) over the draws; in brackets the exact derivative.",
      text: against("byMu"),
    },
    {
      label: line(del, operator("/"), del, SIGMA),
      help: "The mean of f′(z) ε over the draws; in brackets the exact derivative.",
      text: against("bySigma"),
    },
  ],
  question: "One cannot differentiate a dice roll. How does the gradient get from f(z) back to μ and σ?",
  answer:
    "The dice are rolled before: ε is fixed, and z is an ordinary function of μ and σ. Moving μ moves every z by as much, moving σ moves each by its ε. So one arrow at f(z) is one arrow at μ, and ε times it at σ.",
  expectation:
    "Drag σ: every ε stays where it is, and its z moves away from μ by ε times as much. With many draws the thick arrows agree with the dashed exact ones, and a wide σ smooths the waves away, so that a step uphill finds the hill.",
  picture:
    "Noise below, the draws that it becomes in the middle, and the function of them above, with gradients as arrows",
  compute: drawn,
  draw: drawReparametrisation,
};
