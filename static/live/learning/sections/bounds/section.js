// Trained by K: the same model climbs four bounds on the same points' log p(x), and the tighter one sees more of them.
import { precise } from "../../../kit/numbers.js";
import { drawnAgain } from "../../actions.js";
import { bracketed, fraction, line, operator, row, sub, symbol, word } from "../../formula.js";
import { drawBounds } from "./picture.js";
import { STEPS, trainedByEach, WAYS } from "./runs.js";

/** @typedef {import("./runs.js").Trainings} Trainings */

const [x, z] = ["<mi>x</mi>", "<mi>z</mi>"],
  K = symbol("n", "K"),
  theta = "<mi>θ</mi>",
  of = operator("|"),
  zk = sub(z, "<mi>k</mi>"),
  q = symbol("q");

/** @param {import("./runs.js").Judged} judged */
const likely = ({ value, error }) => `${precise(value)} ± ${precise(error, 2)} nats`;

/** @type {import("../../section.js").Section} */
export const bounds = {
  name: "bounds",
  formula: [
    line(
      sub("<mi>L</mi>", K),
      operator("="),
      word("E"),
      word("log"),
      fraction("<mn>1</mn>", K),
      operator("∑"),
      fraction(row("<mi>p</mi>", bracketed(x, of, zk), "<mi>p</mi>", bracketed(zk)), row(q, bracketed(zk))),
    ),
    line(sub("<mi>L</mi>", K), operator("≤"), word("log"), "<mi>p</mi>", bracketed(x)),
    line(theta, operator("←"), theta, operator("+"), "<mi>η</mi>", sub("<mo>∇</mo>", theta), sub("<mi>L</mi>", K)),
  ].join(""),
  controls: [
    { name: "K", label: "draws K", symbol: "n", logarithmic: true, text: String },
    { name: "step", label: "step", symbol: "p", text: String },
  ],
  actions: [
    {
      name: "start",
      label: "Train on",
      help: `Train to step ${STEPS}`,
      idle: ({ step: [step] }) => step >= STEPS,
      act: () => ({ step: [STEPS] }),
    },
    drawnAgain("New points", "Other points and other draws"),
  ],
  figures: [
    ...WAYS.map((way, i) => ({
      label: `<span data-symbol="${way.symbol}">${way.proposal === "prior" ? "prior" : "q"}, ${way.many ? "K draws" : "1 draw"}</span>`,
      help: "The mean log p(x) of 200 held-out points under the model that this bound has trained ± its standard error.",
      text: (/** @type {Trainings} */ { ways }) => likely(ways[i].latest),
    })),
    {
      label: "maximum likelihood",
      help: "The same of the model at the top of the 40 training points' log p(x) itself, by quadrature.",
      text: ({ best }) => likely(best),
    },
  ],
  question: "All four climb a bound on the same log p(x). Which one never sees the two clusters?",
  answer:
    "One draw from the prior, at −2.11 nats: E[log p(x|z)] is highest where x does not depend on z, one wide Gaussian. 50 draws of the same prior come within 0.03 nats of maximum likelihood; one draw of q stays 0.05 below.",
  expectation:
    "With 20 draws of the prior or fewer, of these points, its model falls back to one hump; of a q near p(z|x) two draws do. Whatever a bound misses of log p(x), the model pays for.",
  picture: "The points with what each bound has made of them, and the log-likelihood of held-out points over the steps",
  compute: trainedByEach,
  draw: drawBounds,
  unfinished: ({ there }) => !there,
};
