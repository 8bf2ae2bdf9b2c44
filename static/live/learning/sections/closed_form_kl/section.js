// Closed-form KL: between two diagonal Gaussians it needs no draws; an estimate by draws has a spread that grows.
import { closedForm, logRatios, running, varianceOfRatio } from "../../../math/gaussian_kl.js";
import { normals } from "../../../math/noise.js";
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
import { drawEstimate } from "./picture.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {ReturnType<typeof estimated>} Estimated */

const MOST = 10_000, // draws
  WIDEST = 100; // dimensions
const CLOSE = 0.01; // of the KL: the error that the figures ask for
const [P, Q, MU, SIGMA, N, D] = [
  symbol("p"),
  symbol("q"),
  symbol("mu", "μ"),
  symbol("sigma", "σ"),
  symbol("n"),
  symbol("D"),
];
const half = fraction("<mn>1</mn>", "<mn>2</mn>"),
  two = "<mn>2</mn>";

/** Standard normals (D, MOST), drawn as far as some D has asked for: the same for the same seed. */
const noise = { seed: 0, rows: 0, epsilon: new Float32Array(0) };

/** @param {number} seed @param {number} rows @returns {Float32Array} */
function noiseOf(seed, rows) {
  if (noise.seed !== seed) Object.assign(noise, { seed, rows: 0 });
  if (!noise.epsilon.length) noise.epsilon = new Float32Array(WIDEST * MOST);
  for (; noise.rows < rows; noise.rows++)
    noise.epsilon.set(normals(MOST, seed + 1_000_003 * noise.rows), noise.rows * MOST);
  return noise.epsilon;
}

/** @param {Values} values */
function estimated({ shift: [shift], width: [width], D: [dim], n: [n], seed: [seed] }) {
  /** @param {number} value */
  const all = (value) => new Float64Array(dim).fill(value);
  const q = { mean: all(shift), stddev: all(width) },
    p = { mean: all(0), stddev: all(1) },
    { mean, error } = running(logRatios(noiseOf(seed, dim), MOST, n, q, p));
  return { exact: closedForm(q, p), back: closedForm(p, q), spread: Math.sqrt(varianceOfRatio(q, p)), mean, error, n };
}

/** @type {import("../../section.js").Section} */
export const closedFormKL = {
  name: "closed_form_kl",
  formula: [
    line(divergence(Q, P)),
    line(
      operator("="),
      half,
      `<munder>${operator("∑")}${row("<mi>d</mi>", operator("≤"), D)}</munder>`,
      bracketed(
        power(SIGMA, two),
        operator("+"),
        power(MU, two),
        operator("−"),
        "<mn>1</mn>",
        operator("−"),
        word("log"),
        power(SIGMA, two),
      ),
    ),
    line(
      operator("≈"),
      fraction("<mn>1</mn>", N),
      `<munder>${operator("∑")}${row("<mi>i</mi>", operator("≤"), N)}</munder>`,
      word("log"),
      fraction(applied(Q, sub("<mi>z</mi>", "<mi>i</mi>")), applied(P, sub("<mi>z</mi>", "<mi>i</mi>"))),
      operator(","),
      sub("<mi>z</mi>", "<mi>i</mi>"),
      operator("∼"),
      Q,
    ),
  ].join(""),
  controls: [
    { name: "shift", label: "μ", symbol: "mu" },
    { name: "width", label: "σ", symbol: "sigma" },
    { name: "D", label: "dimensions D", symbol: "D", text: String },
    { name: "n", label: "draws n", symbol: "n", logarithmic: true, text: (value) => value.toLocaleString("en") },
  ],
  actions: [drawnAgain("New draws", "Other draws")],
  figures: [
    {
      label: "closed form",
      help: "KL(q‖p) of q = N(μ, σ²) in every dimension and p = N(0, 1): no draw is needed.",
      text: ({ exact }) => `${precise(exact)} nats`,
    },
    {
      label: `mean of ${line(N)} draws`,
      help: "The mean of log q(z) − log p(z) over the draws ± its standard error.",
      text: ({ mean, error, n }) => `${precise(mean[n - 1])}${n > 1 ? ` ± ${precise(error[n - 1], 2)}` : ""} nats`,
    },
    {
      label: "draws for ± 1 %",
      help: "How many draws bring the standard error down to a hundredth of the KL.",
      text: ({ exact, spread }) =>
        exact > 1e-9 ? Math.ceil((spread / (CLOSE * exact)) ** 2).toLocaleString("en") : "–",
    },
    {
      label: line(divergence(P, Q)),
      help: "The other way round, in closed form.",
      text: ({ back }) => `${precise(back)} nats`,
    },
  ],
  question: "How many draws does it take to know the KL to 1 %? And does it get worse with more dimensions?",
  answer:
    "Thousands, where the closed form needs none: that is why the VAE's objective takes it. KL grows as D, the spread of a draw as √D, so relative to the KL more dimensions help; in nats, which the gradient sees, they do not.",
  expectation:
    "The estimate wanders within the funnel and closes on the line as 1/√n: a hundred times the draws for one more digit. At μ = 0 and σ = 1 both are exactly 0, as every draw's log-ratio is.",
  picture: "The estimate of the KL over the number of draws, and the closed form",
  compute: estimated,
  draw: drawEstimate,
};
