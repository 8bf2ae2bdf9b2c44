// The buttons and keys of the Explore page.
import { copyLink } from "./frame.js";
import { listenForKeys, toggleLecture } from "./keys.js";

/**
 * @param {import("./exploration.js").Exploration} page
 * @param {HTMLElement} buttons
 */
export function bindActions(page, buttons) {
  const actions = {
    origin: () => page.go(new Float32Array(page.model.latentDim)),
    prior: () => page.go(page.samples.draw(page.model.latentDim)),
    pin: () => page.pin && page.go(page.pin.z),
    smooth: () => page.root.classList.toggle("smooth"),
    link: () => copyLink(buttons.querySelector("[data-do=link] .symbol"), "place"),
    lecture: toggleLecture,
  };
  actions.keys = listenForKeys(page.root, [
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
  buttons.addEventListener("click", (event) => actions[event.target.closest("button")?.dataset.do]?.());
}
