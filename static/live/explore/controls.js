// The buttons and keys of the Explore page.
import { listenForActions } from "../kit/part.js";
import { bindPageTools } from "../parts/page_tools.js";
import { go, stepPicture } from "./gestures.js";

/** @param {import("./state.js").Exploration} state */
export function bindActions(state) {
  const { root, parts, hosts } = state;
  const origin = () => go(state, new Float32Array(state.model.latentDim)),
    prior = () => go(state, parts.samples.draw(state.model.latentDim)),
    pin = () => void (state.pin && go(state, state.pin.z));
  listenForActions(hosts.buttons, { origin, prior, pin });
  bindPageTools(root, { 0: origin, z: prior, p: pin }, { what: "test picture", by: (way) => stepPicture(state, way) });
}
