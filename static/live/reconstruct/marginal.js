// log p(x) by importance sampling: thousands of decodes, which Python makes on demand and can be told to stop.
// A grey picture has no likelihood under Bernoulli pixels: it is binarised before, for everything on the screen.
import { showTerms } from "./reading.js";
import { between } from "../parts/nats.js";
import { base64 } from "../kit/bytes.js";
import { significant } from "../kit/numbers.js";
import { partOf } from "../kit/part.js";

/** @typedef {import("./state.js").Reconstruction} Reconstruction */

const ASK = "Estimate log p(x)";

/** @param {Reconstruction} state @param {number[]} counts of samples that may be asked for; what was chosen stays */
export function offerSamples({ model, parts }, counts) {
  const chosen = parts.count.value,
    refined = partOf(parts.proposal, "[value=refined]", HTMLOptionElement);
  refined.hidden = refined.disabled = Boolean(model?.mixture); // q climbs a closed form
  if (refined.hidden && refined.selected) parts.proposal.selectedIndex = 0;
  parts.count.replaceChildren(...counts.map((count) => new Option(String(count), String(count))));
  if (counts.includes(Number(chosen))) parts.count.value = chosen;
}

/** Ask for an estimate, or stop the one that is being made. @param {Reconstruction} state */
export function toggleEstimate(state) {
  if (state.estimating === null) startEstimate(state);
  else state.call("stop", true);
}

/** @param {Reconstruction} state */
function startEstimate(state) {
  const { model, judged, picture, parts } = state,
    samples = Number(parts.count.value),
    proposal = parts.proposal.value;
  if (!model || !judged) return;
  forgetEstimate(state);
  state.estimating = picture;
  parts.estimate.textContent = "Stop";
  parts.gap.textContent = `Drawing ${samples} samples in Python …`;
  state.call("estimate", { picture, model: model.name, x: base64(judged), samples, proposal });
}

/** The picture changed: what was estimated is of another one. @param {Reconstruction} state */
export function forgetEstimate(state) {
  const { panel, estimate, gap } = state.parts;
  if (state.estimating === null && !panel.marginal) return;
  state.estimating = null;
  estimate.textContent = ASK;
  gap.textContent = "";
  panel.showMarginal(null);
}

/** @param {Reconstruction} state @param {import("./state.js").Estimate | null} estimate */
export function showEstimate(state, estimate) {
  const { model, grey, bytes, terms, parts } = state;
  if (!estimate || estimate.picture !== state.picture || estimate.model !== model?.name) return;
  if (!terms || !grey || !bytes) return;
  forgetEstimate(state);
  if (estimate.logMarginal === null) return;
  const { logMarginal, standardError, samples, effective, bound, proposal, refined } = estimate,
    { likelihood, kl, likelihoodError, elboError } = estimate,
    elbo = likelihood - kl,
    naive = proposal === "prior",
    drawn = bytes.some((byte, p) => byte !== grey[p]),
    [gap, ...shares] = between(logMarginal, elbo, refined === null ? [] : [refined - elbo, logMarginal - refined]);
  const errors = { standardError: likelihoodError, klError: undefined, elboError };
  showTerms(state, { ...terms, likelihood, kl, elbo, ...errors });
  parts.panel.showMarginal({ value: logMarginal, standardError, bound });
  parts.gap.innerHTML =
    (drawn ? "Of the binarised picture: " : "") +
    `log p(x) − ELBO ${bound ? "is at least" : "="} <b>${gap} nats</b>` +
    (refined !== null ? madeOf(shares, bound) : "") +
    (refined === null && !bound ? ": how far q(z|x) is from the true posterior. " : ". ") +
    `${samples} ${naive ? "draws of the prior" : "draws"}, worth ${significant(effective)} independent ones` +
    (naive ? naivety(bound) : bound ? ": too few to say more than “at least”." : ".");
  parts.gap.title = drawn ? "A grey picture has no likelihood of its own: the step “binarise” is on." : "";
}

/**
 * What a gap is made of.
 * @param {string[]} shares the nats that a Gaussian for this picture alone gains, and those that no Gaussian with
 *   independent dimensions gains
 * @param {boolean} bound whether log p(x) may be higher, and so the second
 */
function madeOf([amortisation, shape], bound) {
  return `, of which ${amortisation} are amortisation (the encoder answers for all pictures at once; q optimised for this
    one gains them) and ${bound ? "at least " : ""}${shape} are shape (p(z|x) is no Gaussian with independent dimensions)`;
}

/** What becomes of the mean of p(x|z) over draws of the prior. @param {boolean} bound whether few draws count @returns {string} */
function naivety(bound) {
  return bound
    ? ": hardly any decodes to x, so the mean rests on the luckiest and is usually far too low."
    : ": enough of them decode to something like x.";
}
