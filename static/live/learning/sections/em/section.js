// EM: a mixture of Gaussians on points that one clicks; the bound rises to log p(x), and then lifts it.
import { precise } from "../../../kit/numbers.js";
import { nextSeed } from "../../actions.js";
import { applied, divergence, line, operator, row, symbol, word } from "../../formula.js";
import { STARTS, climbed, startOf, startThatEnds } from "./climb.js";
import { drawMixture } from "./picture.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("./climb.js").Climb} Climb */

const MOST = 120, // half steps
  [P, Q] = [symbol("p"), symbol("q")],
  [X, K, THETA] = ["<mi>x</mi>", "<mi>k</mi>", "<mi>θ</mi>"],
  posterior = applied(P, row(K, operator("|"), X)),
  bound = applied(symbol("q", "L"), Q, operator(","), THETA);

/** @param {Climb} climb */
const here = ({ stages }) => stages[stages.length - 1];

/** @param {Values} values @returns {Values} */
const onward = ({ step: [step] }) => ({ step: [step + 1] });

/** @type {import("../../section.js").Section} */
export const expectationMaximisation = {
  name: "em",
  formula: [
    line(word("log"), applied(P, X), operator("="), bound, operator("+"), divergence(Q, posterior)),
    line(word("E:"), Q, operator("←"), posterior),
    line(word("M:"), THETA, operator("←"), `<munder>${word("arg max")}${THETA}</munder>`, bound),
  ].join(""),
  controls: [
    { name: "step", label: "steps", text: String },
    { name: "K", label: "Gaussians K", text: String },
    { name: "online", label: "a point at a time (online EM)", between: true },
  ],
  actions: [
    {
      name: "e",
      label: "E step",
      help: "q becomes the posterior: the bound rises to log p(x) (key i, in turn with M)",
      steps: true,
      idle: ({ online, step: [step] }) => online[0] === 1 || step % 2 === 1 || step >= MOST,
      act: onward,
    },
    {
      name: "m",
      label: "M step",
      help: "Means, covariances and weights become the best for this q: the bound rises, and log p(x) with it (key i)",
      steps: true,
      idle: ({ online, step: [step] }) => online[0] === 1 || step % 2 === 0,
      act: onward,
    },
    {
      name: "point",
      label: "One point",
      help: "The next point, in random order: its E step, then an M step with what was seen (key i)",
      steps: true,
      idle: ({ online, step: [step] }) => online[0] === 0 || step >= MOST,
      act: onward,
    },
    {
      name: "again",
      label: "New start",
      help: "Means at other points, from the next seed (key r)",
      draws: true,
      act: (values) => startOf(values, nextSeed(values.seed[0])),
    },
    {
      name: "worst",
      label: `Worst of ${STARTS}`,
      help: `Of ${STARTS} random starts the one from which EM ends lowest`,
      act: (values) => startThatEnds(values, -1),
    },
    {
      name: "best",
      label: `Best of ${STARTS}`,
      help: `Of ${STARTS} random starts the one from which EM ends highest`,
      act: (values) => startThatEnds(values, 1),
    },
  ],
  figures: [
    {
      label: line(word("log"), applied(P, X)),
      help: "The mean over the points of their log-likelihood under the mixture.",
      text: (climb) => `${precise(here(climb).evidence)} nats a point`,
    },
    {
      label: line(bound),
      help: "The bound: log p(x, k) expected under q, and q's entropy; the mean over the points.",
      text: (climb) => `${precise(here(climb).bound)} nats a point`,
    },
    {
      label: line(divergence(Q, posterior)),
      help: "What lies between them: how far q, the colours of the points, is from the mixture's posterior.",
      text: (climb) => `${precise(Math.max(0, here(climb).evidence - here(climb).bound))} nats a point`,
    },
    {
      label: "points N",
      help: "From 2 to 60: click the plane to add one, double click one to remove it.",
      text: ({ points }) => String(points.length),
    },
  ],
  question: "Which step raises log p(x), E or M? And does EM find the three clusters from every start?",
  answer:
    "Only M: E moves q alone, so the bound rises to touch log p(x), and M then lifts both. No: of 20 random starts 15 end at −2.58 nats a point and five lower, the worst at −2.82: EM only climbs, each start to its own top.",
  expectation:
    "The bound touches log p(x) after each E step, and neither ever falls; a point at a time, log p(x) may. Take “Worst of 20” and drag “steps” to its end: one Gaussian covers two clusters, and another is left with 6 % of the weight.",
  picture: "Points in a plane with the Gaussians fitted to them, and how log p(x) and its bound have climbed",
  compute: climbed,
  draw: drawMixture,
};
