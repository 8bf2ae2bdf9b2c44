// The buttons and keys of the Explore page.
import { listenForActions } from "../kit/part.js";
import { bindPageTools } from "../parts/page_tools.js";
import { freshDraws } from "../math/mixture_prior.js";
import { hasGrid } from "../engine/model.js";
import { go, stepPicture } from "./gestures.js";

/** @param {import("./state.js").Exploration} state */
export function bindActions(state) {
  const { root, hosts } = state;
  const origin = () => go(state, new Float32Array(state.model.latentDim)),
    prior = () => void (state.prior && go(state, draw(state, state.prior.mixture))),
    pin = () => void (state.pin && go(state, state.pin.z));
  listenForActions(hosts.buttons, { origin, prior, pin });
  bindPageTools(root, { 0: origin, z: prior, p: pin }, { what: "test picture", by: (way) => stepPicture(state, way) });
}

/**
 * A z of the prior: one of a new sheet, unless a grid shows them all.
 * @param {import("./state.js").Exploration} state
 * @param {import("../math/mixture_prior.js").Mixture | null} mixture
 */
function draw({ model, parts }, mixture) {
  const { latentDim } = model;
  return hasGrid(model) ? freshDraws(mixture, 1, latentDim) : parts.samples.draw(latentDim, mixture);
}
