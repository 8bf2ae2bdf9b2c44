// The numbers of Posterior shape: ELBO + KL = log p(x) for the q that is shown, and what the encoder's misses.
import { significant } from "../kit/numbers.js";
import { apart, decimalsFor, errs } from "../parts/nats.js";
import { boundOn } from "../math/gaussian_fit.js";

/** @typedef {import("./shape_state.js").PosteriorShape} PosteriorShape */

const OF_GAUSSIANS =
  "Cremer, Li and Duvenaud 2018: what one encoder for all pictures gives away, and what no Gaussian without correlation can hold";
const OF_FLOWS =
  "Cremer, Li and Duvenaud 2018: what one encoder for all pictures gives away, at least, and what the better flow still " +
  "misses: another ascent might find one that misses less";

/**
 * The ELBO of the q that is shown: at once where the grid holds it, else the worker is asked.
 * @param {PosteriorShape} shape
 */
export function judge(shape) {
  const { truth, q, bent, better, refines, place, network, mixture, x, jobs, picture } = shape;
  shape.elbo = null;
  if (!truth || truth.picture !== picture || !q || !network || !x) return;
  if (bent && !place.q) {
    shape.elbo = bent.elbo + (refines && better ? better.gain : 0);
    return;
  }
  const elbo = place.q ? boundOn(truth.logJoint, truth.grid, q) : truth.encoder;
  if (elbo > -Infinity) shape.elbo = elbo;
  else {
    const { decoder, noise } = network,
      [mean, stddev] = [Float32Array.from(q.mean), Float32Array.from(q.stddev)];
    jobs.request("bound", { task: "bound", decoder, noise, mixture, x, mean, stddev }, { q, picture });
  }
}

/** Everything that is written, and the sliders. @param {PosteriorShape} shape */
export function showNumbers(shape) {
  const { layout, truth, elbo, q, place, picture, refines, better } = shape;
  layout.encoder.setAttribute("aria-pressed", String(!place.q && !refines));
  layout.better.setAttribute("aria-pressed", String(!place.q && refines));
  layout.element.toggleAttribute("data-refined", better !== null);
  const atBest = Boolean(place.q && truth && q && q.mean.every((mean, d) => mean === truth.best.mean[d]));
  layout.best.setAttribute("aria-pressed", String(atBest));
  if (truth && elbo !== null) {
    const decimals = decimalsOf(truth),
      [bound, divergence, evidence] = apart(truth.logEvidence, Math.min(elbo, truth.logEvidence), decimals);
    layout.number("elbo").textContent = bound;
    layout.number("kl").textContent = divergence;
    layout.number("evidence").textContent = evidence + errs(Math.max(truth.uncertainty, elbo - truth.logEvidence));
  }
  if (truth?.picture === picture) showGap(shape, truth);
  if (q) showSliders(shape, q);
}

const FINE = 0.05; // nats: where half of the cells miss so little, all of them miss no hundredth

/** Gaps are small: two decimals where the grid leaves them two. @param {import("./shape_state.js").Truth} truth */
function decimalsOf({ logEvidence, encoder, uncertainty }) {
  return decimalsFor([logEvidence, encoder], uncertainty < FINE ? 2 : 1);
}

/**
 * What the encoder's q misses, in two parts once the best of its kind is known; of a bent q beside what the best
 * Gaussian does.
 * @param {PosteriorShape} shape @param {import("./shape_state.js").Truth} truth
 */
function showGap({ layout, bent, better }, truth) {
  const { logEvidence, encoder, best } = truth,
    decimals = decimalsOf(truth);
  layout.parts.title = bent ? OF_FLOWS : OF_GAUSSIANS;
  if (bent) {
    const [flow, gaussian] = [encoder, best.elbo].map(
      (elbo) => apart(logEvidence, Math.min(elbo, logEvidence), decimals)[1],
    );
    layout.number("gap").textContent = `${flow} nats`;
    layout.number("gaussian").textContent = `${gaussian} nats`;
    if (!better) return;
  }
  const highest = Math.min(logEvidence, bent && better ? encoder + better.gain : best.elbo),
    lowest = Math.min(encoder, highest),
    [gap, amortisation, shape] = [
      [logEvidence, lowest],
      [highest, lowest],
      [logEvidence, highest],
    ].map(([to, from]) => apart(to, from, decimals)[1]);
  layout.number("gap").textContent = `${gap} nats`;
  layout.number("amortisation").textContent = amortisation;
  layout.number("shape").textContent = shape;
  const share = (highest - lowest) / Math.max(logEvidence - lowest, 1e-9);
  layout.bar.style.setProperty("--share", `${100 * share}%`);
}

/** @param {PosteriorShape} shape @param {import("../math/gaussian_fit.js").Gaussian} q */
function showSliders({ layout, frame, limits }, { mean, stddev }) {
  for (const d of [0, 1]) {
    const [place, spread] = [layout.slider(`mean${d}`), layout.slider(`stddev${d}`)],
      width = frame.high[d] - frame.low[d],
      thinnest = Math.max(limits.thinnest, width / 500),
      broadest = Math.min(limits.broadest, width / 2);
    Object.assign(place, {
      min: String(Math.min(frame.low[d], mean[d])),
      max: String(Math.max(frame.high[d], mean[d])),
    });
    Object.assign(spread, {
      min: String(Math.log(Math.min(thinnest, stddev[d]))),
      max: String(Math.log(Math.max(broadest, stddev[d]))),
    });
    place.valueAsNumber = mean[d];
    spread.valueAsNumber = Math.log(stddev[d]);
    layout.value(`mean${d}`).textContent = fine(mean[d], width);
    layout.value(`stddev${d}`).textContent = stddev[d].toPrecision(2);
    spread.setAttribute("aria-valuetext", stddev[d].toPrecision(2));
  }
}

/** A place as exactly as the window shows it. @param {number} value @param {number} width of the window */
function fine(value, width) {
  return value.toFixed(Math.max(0, Math.ceil(2 - Math.log10(width)))).replace("-", "−");
}

/** How much the plot enlarges the whole space, and where it is. @param {PosteriorShape} shape */
export function showWindow({ layout, frame, region }) {
  const [width, height] = [region.high[0] - region.low[0], region.high[1] - region.low[1]],
    across = frame.high[0] - frame.low[0],
    up = frame.high[1] - frame.low[1];
  Object.assign(layout.window.style, {
    left: `${(100 * (frame.low[0] - region.low[0])) / width}%`,
    top: `${(100 * (region.high[1] - frame.high[1])) / height}%`,
    width: `${(100 * across) / width}%`,
    height: `${(100 * up) / height}%`,
  });
  layout.scale.textContent =
    `The whole map is ${significant(width, 2)} wide, the plot ${significant(across, 2)}: ` +
    `enlarged ${width / across < 10 ? significant(width / across, 2) : Math.round(width / across)} times`;
}
