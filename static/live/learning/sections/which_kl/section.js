// Which KL? One Gaussian fitted to humps by KL(q ‖ p), by KL(p ‖ q), and by what lies between.
import { precise } from "../../../kit/numbers.js";
import { applied, bracketed, divergence, fraction, line, operator, power, sub, symbol, word } from "../../formula.js";
import { fitted } from "./fitted.js";
import { drawFit } from "./picture.js";

const [P, Q, ALPHA] = [symbol("p"), symbol("q"), symbol("alpha", "α")];
const integral = operator("∫"),
  dx = word("d") + "<mi>x</mi>";

/** @param {number} value nats */
const nats = (value) => `${precise(value)} nats`;
/** @param {number} value nats @param {number[] | null} data */
const orInfinite = (value, data) => (value < Infinity ? nats(value) : data ? "∞: p is points" : "∞: q > 0 where p = 0");

/** @type {import("../../section.js").Section} */
export const whichKL = {
  name: "which_kl",
  formula: [
    line(
      divergence(Q, P),
      operator("="),
      integral,
      applied(Q, "<mi>x</mi>"),
      word("log"),
      fraction(applied(Q, "<mi>x</mi>"), applied(P, "<mi>x</mi>")),
      dx,
    ),
    line(
      divergence(P, Q),
      operator("="),
      integral,
      applied(P, "<mi>x</mi>"),
      word("log"),
      fraction(applied(P, "<mi>x</mi>"), applied(Q, "<mi>x</mi>")),
      dx,
    ),
    line(
      sub(symbol("kl", "D"), ALPHA),
      operator("="),
      fraction(
        `<mn>1</mn>${operator("−")}${integral}${power(P, ALPHA)}${power(Q, `<mn>1</mn>${operator("−")}${ALPHA}`)}${dx}`,
        ALPHA + bracketed("<mn>1</mn>", operator("−"), ALPHA),
      ),
    ),
  ].join(""),
  controls: [
    {
      name: "alpha",
      label: "α",
      symbol: "alpha",
      text: (value) => (value === 0 ? "0: KL(q‖p)" : value === 1 ? "1: KL(p‖q)" : value.toFixed(2)),
    },
    { name: "zero", label: "p is zero somewhere", between: true },
    { name: "points", label: "p is points", between: true },
    { name: "hand", label: "q by hand", symbol: "q", between: true },
  ],
  actions: [],
  figures: [
    {
      label: line(divergence(Q, P)),
      help: "Reverse KL, which variational inference minimises.",
      text: ({ reverse, data }) => orInfinite(reverse, data),
    },
    {
      label: line(divergence(P, Q)),
      help: "Forward KL, which maximum likelihood minimises.",
      text: ({ forward, data }) => orInfinite(forward, data),
    },
    {
      label: line(operator("−"), sub(word("E"), P), word("log"), applied(Q, "<mi>x</mi>")),
      help: "The part of KL(p‖q) that knows q. Where p is points it is all that is left: minimising it is maximum likelihood.",
      text: ({ left }) => nats(left),
    },
  ],
  question: "A VAE's encoder minimises KL(q‖p). Which hump will q take, and what does q say about the other?",
  answer:
    "The one it fits best, and nothing: where q is close to zero, q log(q/p) costs nothing, so a whole mode may be missed. KL(p‖q) pays wherever p is and q is not, so it covers both: the optimum has p's mean and variance.",
  expectation:
    "At α = 0 q sits on one hump; dashed are optima that another start would have kept. Move α to 1 and q widens over both: the two KLs are never below 0, and seldom the same.",
  picture: "The density p with its humps, and the Gaussian q fitted to it",
  compute: fitted,
  draw: drawFit,
};
