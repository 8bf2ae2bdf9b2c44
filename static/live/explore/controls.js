// The buttons and keys of the Explore page.
import { partOf } from "../kit/part.js";
import { listenForKeys, toggleLecture } from "../kit/keys.js";
import { copyLink } from "../kit/window.js";
import { go } from "./gestures.js";

/** @param {import("./state.js").Exploration} state */
export function bindActions(state) {
  const { root, parts } = state,
    { buttons } = state.hosts;
  /** @type {Record<string, () => void>} */
  const actions = {
    origin: () => go(state, new Float32Array(state.model.latentDim)),
    prior: () => go(state, parts.samples.draw(state.model.latentDim)),
    pin: () => state.pin && go(state, state.pin.z),
    smooth: () => root.classList.toggle("smooth"),
    link: () => copyLink(partOf(buttons, "[data-do=link] .symbol", HTMLElement), "place"),
    lecture: toggleLecture,
  };
  actions.keys = listenForKeys(root, [
    { key: "0", does: "z to the origin", run: actions.origin },
    { key: "n", does: "a new z from the prior", run: actions.prior },
    { key: "b", does: "back to the pinned point", run: actions.pin },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "k", does: "copy a link to this place", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "← →", does: "on a slider or the map a step, on a grid the next picture" },
    { key: "PgUp PgDn", does: "on a slider a big step" },
    { key: "?", does: "show or hide this list" },
  ]);
  buttons.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("button");
    if (button) actions[button.dataset.do ?? ""]?.();
  });
}
