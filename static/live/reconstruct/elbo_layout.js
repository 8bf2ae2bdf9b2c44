// The markup of the ELBO: the formula above, a row for each term below.
import { fence, given } from "./formula.js";

/** @type {Record<string, string>} */
const NAMES = { likelihood: "log-likelihood", kl: "− KL", elbo: "ELBO", marginal: "log p(x)" };
/** @type {Record<string, string>} */
const HELP = {
  likelihood:
    "How well pictures decoded from the posterior explain x: the mean over fixed draws of z, ± its standard error.",
  kl: klHelp(false),
  elbo: "Log-likelihood minus KL: a lower bound on log p(x).",
  marginal:
    "Importance-sampled in Python: K draws of z from a proposal r(z), each weighted by p(x, z) / r(z). With ≥ it is a lower bound: fewer than 10 of the draws count.",
};
const PERCENTILE = "How many of a hundred test pictures have a smaller value: close to 0 or 100 is unusual";
const BITS = "What coding the term costs, in bits for each number of the picture";

const BOUND = "<mi>ELBO</mi>";
const LIKELIHOOD = `<msub><mi mathvariant="normal">E</mi><mrow><mi>q</mi>${given("z", "x")}</mrow></msub>
  ${fence("[")}<mi>log</mi><mspace width="0.17em"/><mi>p</mi>${given("x", "z")}${fence("]")}`;
const DIVERGENCE = `<mi>KL</mi>${fence("(")}<mi>q</mi>${given("z", "x")}<mo stretchy="false">‖</mo>
  <mi>p</mi>${fence("(")}<mi>z</mi>${fence(")")}${fence(")")}`;

/** A piece of the formula with its number below. @param {string} term @param {string} formula */
function piece(term, formula) {
  return `<span data-term="${term}"><math>${formula}</math><b data-number="${term}"></b></span>`;
}

/** @param {string} term */
function row(term) {
  return `<div class="term" data-term="${term}" title="${HELP[term]}">
    <label>${NAMES[term]}</label><canvas></canvas><output data-value="${term}"></output>
    <small data-bits="${term}"></small><small data-percentile="${term}"></small></div>`;
}

/** What stands beside KL. @param {boolean} learned whether the prior was */
export function klHelp(learned) {
  const what = "What the posterior says beyond the prior";
  return learned
    ? `${what}: the mean of log q(z|x) − log p(z) over the same draws, ± its standard error.`
    : `${what}: the closed form, summed over dimensions.`;
}

/** @returns {string} */
export function elboMarkup() {
  return `
    <div class="formula">
      ${piece("elbo", BOUND)}<i>=</i>${piece("likelihood", LIKELIHOOD)}<i>−</i>${piece("kl", DIVERGENCE)}</div>
    <div class="terms">
      <div class="term head"><span></span><span class="axis"></span><span>nats</span><span title="${BITS}">bits/dim</span>
        <span title="${PERCENTILE}">percentile</span></div>
      ${Object.keys(NAMES).map(row).join("")}
      <p class="marginal"><button type="button" data-do="estimate">Estimate log p(x)</button>
        <label>K <select data-tool="k" aria-label="Samples"></select></label>
        <label>draws of <select data-tool="proposal" aria-label="What z is drawn from">
          <option value="fitted">a fit of p(z|x)</option><option value="refined">the fit, and optimise q</option>
          <option value="posterior">q(z|x)</option><option value="prior">the prior</option></select></label>
        <span class="gap" aria-live="polite"></span></p></div>`;
}
