// Mean field: two causes of one effect are tied once it is seen, and a factored q cannot say so.
import { klOfFactored, mutualInformation, optima, posterior, updated } from "../../../math/mean_field.js";
import { precise } from "../../../kit/numbers.js";
import { applied, divergence, line, operator, row, symbol, word } from "../../formula.js";
import { drawTie } from "./picture.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {ReturnType<typeof tied>} Tied */

const LEAK = 0.002; // how probable an alarm is without either cause
const [A, B, E, P, Q] = [symbol("a"), symbol("b"), symbol("e"), symbol("p"), symbol("q")];

/** @param {Values} values */
function tied({ heard: [heard], radio: [radio], priors: [a, b], strengths, q: [first, second] }) {
  const reported = (b * radio) / (b * radio + (1 - b) * (1 - radio)), // the earthquake, once the radio was heard
    joint = posterior([a, reported], strengths, LEAK, heard);
  /** @type {import("../../../math/mean_field.js").Joint} */
  const factored = [
    [(1 - first) * (1 - second), (1 - first) * second],
    [first * (1 - second), first * second],
  ];
  return {
    joint,
    factored,
    found: optima(joint),
    kl: klOfFactored(first, second, joint),
    tie: mutualInformation(joint),
    first: joint[1][0] + joint[1][1],
    second: joint[0][1] + joint[1][1],
  };
}

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
/** @param {number} share that speaks for it @returns {string} odds */
const odds = (share) => `${Math.round(100 * share)} : ${Math.round(100 * (1 - share))}`;
/** @param {number} heard */
const evidence = (heard) => (heard === 1 ? "rings" : heard === 0 ? "silent" : heard === 0.5 ? "unheard" : odds(heard));
/** @param {number} radio */
const report = (radio) =>
  radio === 0.5 ? "off" : radio >= 0.99 ? "earthquake" : radio <= 0.01 ? "all quiet" : odds(radio);

/** @type {import("../../section.js").Section} */
export const meanField = {
  name: "mean_field",
  formula: [
    line(applied(Q, A), applied(Q, B), operator("≈"), applied(P, row(A, operator(","), B, operator("|"), E))),
    line(
      word("log"),
      applied(Q, A),
      operator("="),
      word("E"),
      `<msub><mrow></mrow>${row(applied(Q, B))}</msub>`,
      word("log"),
      applied(P, row(A, operator(","), B, operator(","), E)),
      operator("+"),
      word("const"),
    ),
  ].join(""),
  controls: [
    { name: "heard", label: "alarm", symbol: "e", text: evidence },
    { name: "radio", label: "radio", symbol: "b", text: report },
    { name: "priors", at: 0, label: "prior a", symbol: "a", text: percent },
  ],
  actions: [
    {
      name: "first",
      label: "Update q(a)",
      help: "The best q(a) while q(b) stays: one step of coordinate ascent",
      act: ({ q: [, second] }, { joint }) => ({ q: [updated(joint, second, 0), second] }),
    },
    {
      name: "second",
      label: "Update q(b)",
      help: "The best q(b) while q(a) stays: one step of coordinate ascent",
      act: ({ q: [first] }, { joint }) => ({ q: [first, updated(joint, first, 1)] }),
    },
    {
      name: "best",
      label: "Best q",
      help: "The best optimum that coordinate ascent reaches",
      act: (_, { found }) => ({ q: [found[0].first, found[0].second] }),
    },
  ],
  figures: [
    {
      label: line(applied(P, row(A, operator("|"), E))),
      help: "How probable the burglar (a) is once the alarm and the radio were heard so.",
      text: ({ first }) => percent(first),
    },
    {
      label: line(applied(P, row(B, operator("|"), E))),
      help: "How probable the earthquake (b) is once the alarm and the radio were heard so.",
      text: ({ second }) => percent(second),
    },
    {
      label: "tie of a and b",
      help: "Their mutual information under the posterior: 0 where they are independent.",
      text: ({ tie }) => `${precise(Math.max(0, tie))} nats`,
    },
    { label: line(divergence(Q, P)), help: "From your q to the posterior.", text: ({ kl }) => `${precise(kl)} nats` },
    {
      label: "best factored q",
      help: "The smallest KL(q‖p) that coordinate ascent reaches.",
      text: ({ found }) => `${precise(found[0].kl)} nats`,
    },
  ],
  question:
    "A burglar (a) or an earthquake (b) sets off an alarm. It rings. Then the radio reports an earthquake: what becomes of the burglar?",
  answer:
    "He falls from 50 % back to almost his prior: the earthquake explains the alarm away. Before, the causes were independent; the alarm ties them. A factored q cuts straight through: it settles for one story, and which one depends on where it starts.",
  expectation:
    "Drag the alarm from silent to rings: the cut of the true square breaks, and the tie grows. Drag the radio and watch p(a | e); drag the cross of q: its cut stays straight, and no place brings KL(q‖p) to 0.",
  picture: "Two squares cut by probabilities: the true posterior of two causes, and a factored q",
  compute: tied,
  draw: drawTie,
};
