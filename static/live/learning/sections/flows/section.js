// Flows: a bijection f moves mass without losing any, so log p(x) is exact; a VAE with the same f has a bound.
import { precise } from "../../../kit/numbers.js";
import { applied, bracketed, line, operator, power, row, sub, symbol, word } from "../../formula.js";
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
const nats = (value) => `${precise(value)} nats`;

/** @type {import("../../section.js").Section} */
export const flows = {
  name: "flows",
  formula: [
    line(word("log"), applied(P, X), operator("="), word("log"), applied(P, Z), operator("−"), word("log"), coloured),
    line(Z, operator("="), applied(power("<mi>f</mi>", "<mn>−1</mn>"), X)),
    line(word("log"), applied(sub(P, SIGMA), X), operator("≥"), word("ELBO"), bracketed(X, operator(","), Q)),
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
      text: ({ determinant: det }) => precise(det),
    },
    {
      label: "image / piece",
      help: "The measured length or area of the piece's image over that of the piece: as it shrinks, the determinant.",
      text: ({ ratio }) => precise(ratio),
    },
    {
      label: line(word("log"), applied(P, X)),
      help: "The flow's, exact: one inverse and one determinant.",
      text: ({ exact }) => nats(exact),
    },
    {
      label: "VAE’s bound ≤ its log p",
      help: "With this f as its decoder and noise σ: the ELBO at this x, q the Gaussian that would be the posterior were f straight; and its log p(x), the flow's density blurred, by quadrature.",
      text: ({ vae }) => `${precise(vae.elbo)} ≤ ${nats(vae.logEvidence)}`,
    },
    {
      label: line(operator("∫"), applied(P, X), word("d"), X),
      help: "The sum of the density over a grid: in one dimension of all x, in two of the picture, beyond which the rest lies.",
      text: ({ whole, plane }) => `${whole.toFixed(3)}${plane ? " over the picture" : ""}`,
    },
  ],
  question: "Where f is steep, is p(x) high or low? And what does a VAE with this f and noise σ lose?",
  answer:
    "Low: the piece grows |det| times and keeps its mass, so the density is divided by |det|. A flow knows log p(x) exactly, a VAE a bound on a blurred one. The price: f is a bijection, z as large as x.",
  expectation:
    "Drag z: both red pieces hold the same mass. Shrink the piece: image / piece comes to |det|; shrink σ: the VAE’s bound comes to the flow’s log p(x).",
  picture: "A piece of z, its image under f, and the densities of both",
  compute: flowAt,
  draw: (picture, at) => (at.plane ? drawPlane(picture, at) : drawLine(picture, at)),
};
