// Flows: a bijection f moves mass without losing any, so log p(x) is exact; a VAE with the same f has a bound.
import { significant } from "../../../kit/numbers.js";
import { applied, divergence, line, operator, power, row, sub, symbol, word } from "../../formula.js";
import { flowAt } from "./flow.js";
import { drawLine } from "./line_picture.js";
import { drawPlane } from "./plane_picture.js";

/** @typedef {import("../../state.js").Values} Values */

const [P, Q, Z, SIGMA] = [symbol("p"), symbol("q"), symbol("epsilon", "z"), symbol("D", "σ")],
  X = "<mi>x</mi>",
  del = operator("∂"),
  determinant = row(word("|det"), del, "<mi>f</mi>", word("/"), del, Z, word("|")),
  coloured = `<mrow data-symbol="sigma">${determinant}</mrow>`;

/** @param {Values} values */
const onLine = ({ plane }) => plane[0] === 0;
/** @param {Values} values */
const inPlane = ({ plane }) => plane[0] === 1;
/** @param {number} value */
const nats = (value) => `${significant(value)} nats`;

/** @type {import("../../section.js").Section} */
export const flows = {
  name: "flows",
  formula: [
    line(word("log"), applied(P, X), operator("="), word("log"), applied(P, Z), operator("−"), word("log"), coloured),
    line(Z, operator("="), applied(power("<mi>f</mi>", "<mn>−1</mn>"), X)),
    line(
      word("log"),
      applied(sub(P, SIGMA), X),
      operator("≥"),
      sub(word("E"), Q),
      word("log"),
      applied(sub(P, SIGMA), row(X, operator("|"), Z)),
    ),
    line("<mspace width='4em'/>", operator("−"), divergence(Q, applied(P, Z))),
  ].join(""),
  controls: [
    { name: "scale", label: "slope", symbol: "f", absent: inPlane },
    { name: "height", label: "step", symbol: "f", absent: inPlane },
    { name: "steepness", label: "steepness", symbol: "f", absent: inPlane },
    { name: "layers", at: 0, label: "stretch 1", symbol: "f", absent: onLine },
    { name: "layers", at: 1, label: "bend 1", symbol: "f", absent: onLine },
    { name: "layers", at: 2, label: "stretch 2", symbol: "f", absent: onLine },
    { name: "layers", at: 3, label: "bend 2", symbol: "f", absent: onLine },
    { name: "side", label: "piece of z", symbol: "sigma" },
    { name: "noise", label: "VAE’s noise σ", symbol: "D" },
    { name: "plane", label: "two dimensions", between: true },
  ],
  actions: [],
  figures: [
    {
      label: line(coloured),
      help: "How much longer, or larger, an infinitely small piece of z becomes: in one dimension the slope of f.",
      text: ({ determinant: det }) => significant(det),
    },
    {
      label: "image / piece",
      help: "The measured length or area of the piece's image over that of the piece: as it shrinks, the determinant.",
      text: ({ ratio }) => significant(ratio),
    },
    {
      label: line(word("log"), applied(P, X)),
      help: "The flow's, exact: one inverse and one determinant.",
      text: ({ exact }) => nats(exact),
    },
    {
      label: line(word("log"), applied(sub(P, SIGMA), X)),
      help: "Of a VAE with this f as its decoder and noise σ: the flow's density blurred, by quadrature.",
      text: ({ vae }) => nats(vae.logEvidence),
    },
    {
      label: "the VAE’s bound",
      help: "Its ELBO at this x, with q the Gaussian that would be the posterior were f straight there.",
      text: ({ vae }) => nats(vae.elbo),
    },
    {
      label: line(operator("∫"), applied(P, X), word("d"), X),
      help: "The sum of the density over an even grid: in two dimensions over the picture.",
      text: ({ whole }) => whole.toFixed(3),
    },
  ],
  question: "Where f is steep, is p(x) high or low? And what does a VAE with the same f and noise σ lose?",
  answer:
    "Low: the piece grows |det| times and keeps its mass, so the density is divided by |det|. The flow knows log p(x) exactly; the VAE’s bound lies below its log p_σ(x), and both come to the flow’s as σ goes to 0. But f must be a bijection: z has as many dimensions as x.",
  expectation:
    "Drag z: both red pieces hold the same mass, thin where f is steep. Shrink the piece, and image / piece comes to the determinant; shrink σ, and the VAE’s bound comes to log p(x).",
  picture: "A piece of z, its image under f, and the densities of both",
  compute: flowAt,
  draw: (picture, at) => (at.plane ? drawPlane(picture, at) : drawLine(picture, at)),
};
