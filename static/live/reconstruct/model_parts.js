// What each part of the model is: its formula and a few sentences.
import { DECODED, bold, fence, given, sub, squared } from "./formula.js";

/** @typedef {"encoder" | "mean" | "stddev" | "epsilon" | "z" | "decoder"} Part */
/** @typedef {{name: string, formula: string, says: string}} Explained */

const MU = "<mi>μ</mi>",
  SIGMA = "<mi>σ</mi>",
  PIXEL = sub("<mi>x</mi>", "i"),
  MADE = sub(DECODED, "i");
const GAUSSIAN = `<mi mathvariant="script">N</mi>`;
/** @param {string} name */
const ofX = (name) => `${name}${fence("(")}<mi>x</mi>${fence(")")}`;
/** @param {string} density of a pixel */
const ofPixels = (density) =>
  `<mi>p</mi>${given("x", "z")}<mo>=</mo><munder><mo>∏</mo><mi>i</mi></munder>${density}<mo>,</mo><mspace width="0.6em"/>
   ${DECODED}<mo>=</mo><mi>decoder</mi>${fence("(")}<mi>z</mi>${fence(")")}`;

/** The spread and what KL it costs beside the prior. @param {boolean} learned whether that was @returns {Explained} */
function spread(learned) {
  const uncertain = "How uncertain z is once x is known.";
  return {
    name: "σ, the standard deviation",
    formula: learned
      ? `<mi>KL</mi><mo>=</mo>${sub('<mi mathvariant="normal">E</mi>', "q")}${fence("[")}<mi>log</mi>
        <mspace width="0.17em"/><mi>q</mi>${given("z", "x")}<mo>−</mo><mi>log</mi><mspace width="0.17em"/>
        <mi>p</mi>${fence("(")}<mi>z</mi>${fence(")")}${fence("]")}`
      : `<mi>KL</mi><mo>=</mo><munder><mo>∑</mo><mi>d</mi></munder><mfrac><mn>1</mn><mn>2</mn></mfrac>${fence("(")}
        <msubsup>${MU}<mi>d</mi><mn>2</mn></msubsup><mo>+</mo><msubsup>${SIGMA}<mi>d</mi><mn>2</mn></msubsup><mo>−</mo>
        <mn>1</mn>${fence(")")}<mo>−</mo><mi>log</mi><mspace width="0.17em"/>${sub(SIGMA, "d")}`,
    says: learned
      ? `${uncertain} p(z) was learned, a mixture of Gaussians: KL is no sum over dimensions but a mean over draws.`
      : `${uncertain} The prior's is 1: a dimension with σ = 1 and μ = 0 says nothing about x.`,
  };
}

/**
 * @param {number | null} noise of a pixel: null for Bernoulli ones
 * @param {boolean} learned whether the prior was
 * @returns {Record<Part, Explained>}
 */
export function explained(noise, learned) {
  return {
    encoder: {
      name: "Encoder",
      formula: `<mi>q</mi>${given("z", "x")}<mo>=</mo>${GAUSSIAN}${fence("(")}<mi>z</mi><mo>;</mo>${ofX(MU)}<mo>,</mo>
        <mi>diag</mi><mspace width="0.17em"/>${ofX(squared(SIGMA))}${fence(")")}`,
      says: "A network reads x once and names a Gaussian over z: where z is likely, and how exactly x tells.",
    },
    mean: {
      name: "μ, the mean",
      formula: `${MU}<mo>=</mo>${ofX("<mi>μ</mi>")}`,
      says: `The most likely z for x, one number a dimension.${learned ? "" : " The prior's is 0."}`,
    },
    stddev: spread(learned),
    epsilon: {
      name: "ε, the noise",
      formula: `<mi>ε</mi><mo>∼</mo>${GAUSSIAN}${fence("(")}<mn>0</mn><mo>,</mo>${bold("I")}${fence(")")}`,
      says: "All chance is here, outside the networks, so that gradients pass through μ and σ: the reparametrisation trick.",
    },
    z: {
      name: "z, the latent",
      formula: `<mi>z</mi><mo>=</mo>${MU}<mo>+</mo>${SIGMA}<mo>⊙</mo><mi>ε</mi>`,
      says: "All that the decoder is told about x. With ε = 0 it is the mean, with ε drawn a sample of q(z|x).",
    },
    decoder: {
      name: "Decoder",
      formula: ofPixels(
        noise === null
          ? `<mi>Bernoulli</mi>${fence("(")}${PIXEL}<mo>;</mo>${MADE}${fence(")")}`
          : `${GAUSSIAN}${fence("(")}${PIXEL}<mo>;</mo>${MADE}<mo>,</mo>${squared("<mi>s</mi>")}${fence(")")}`,
      ),
      says:
        noise === null
          ? "A network turns z into x̂: the probability that each pixel is white."
          : `A network turns z into x̂: the mean of each pixel, with one standard deviation s = ${noise.toPrecision(2)} for all.`,
    },
  };
}
