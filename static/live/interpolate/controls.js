// Buttons, keys and the slider of the Interpolate page.
import { partOf } from "../kit/part.js";
import { listenForKeys, toggleLecture } from "../kit/keys.js";
import { copyLink } from "../kit/window.js";
import { add, another, chooseMode, fromPrior, remove, sampleOf, shuffle, swap } from "./choices.js";
import { drawMap } from "./map.js";
import { chooseFrames, choosePath, commit, move, nudge, step } from "./gestures.js";
import { ROWS } from "./layout.js";
import { bring } from "./pictures.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */
/** @typedef {Record<string, () => void>} Actions by what `data-do` says */

const NUDGE = 0.01; // of the range

/** @param {Interpolation} state whose limits are known */
export function bindControls(state) {
  const { root, parts, hosts } = state;
  /** @type {Actions} */
  const actions = {
    play: () => parts.player.toggle(),
    another: () => another(state),
    prior: () => fromPrior(state),
    swap: () => swap(state),
    draw: () => parts.pad.open(state.model.shape),
    shuffle: () => shuffle(state),
    add: () => add(state),
    remove: () => remove(state),
    smooth: () => root.classList.toggle("smooth"),
    lecture: toggleLecture,
    upload: () => hosts.file.click(),
    link: () => copyLink(partOf(root, "[data-do=link] .symbol", HTMLElement), "place"),
  };
  actions.keys = listenForKeys(root, keysOf(state, actions));
  root.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("button");
    if (!button || !state.paths) return;
    const { do: action, mode } = button.dataset;
    if (action) actions[action]?.();
    const chosen = modesOf(state).find((known) => known === mode);
    if (chosen) chooseMode(state, chosen);
  });
  bindChoices(state);
}

/** @param {Interpolation} state */
function modesOf({ limits }) {
  return /** @type {import("./state.js").Mode[]} */ (Object.keys(limits.modes));
}

/** The slider, the selects and the file. @param {Interpolation} state */
function bindChoices(state) {
  const { slider, file, kinds, maps, frames } = state.hosts;
  slider.addEventListener("input", () => {
    state.parts.player.pause();
    move(state, slider.valueAsNumber, performance.now());
  });
  slider.addEventListener("change", () => commit(state));
  file.onchange = () => {
    const chosen = file.files?.[0];
    if (chosen) bring(state, chosen);
    file.value = ""; // so that the same file can be chosen again
  };
  kinds.onchange = () => kinds.value !== "" && sampleOf(state, Number(kinds.value));
  maps.onchange = () => {
    state.mapName = /** @type {import("./state.js").MapName} */ (maps.value);
    state.persist("map", () => drawMap(state));
    commit(state);
  };
  frames.onchange = () => chooseFrames(state, Number(frames.value));
}

/** @param {Interpolation} state @param {Actions} actions @returns {import("../kit/keys.js").Key[]} */
function keysOf(state, actions) {
  const { limits, hosts } = state,
    pressed = pressing(state.root);
  /** Arrow keys move by frames, on the slider by little. @param {number} way */
  const arrow = (way) => () => (document.activeElement === hosts.slider ? nudge(state, way * NUDGE) : step(state, way));
  return [
    { key: " ", does: "play or pause", run: () => pressed() || actions.play() },
    { key: "PageDown", does: "one frame on (a clicker's button)", run: () => step(state, 1) },
    { key: "PageUp", does: "one frame back", run: () => step(state, -1) },
    { key: "ArrowRight", does: "on: a frame, on the slider a hundredth", run: arrow(1) },
    { key: "ArrowLeft", does: "back", run: arrow(-1) },
    { key: "Home", does: "to the start", run: () => step(state, -Infinity) },
    { key: "End", does: "to the end", run: () => step(state, Infinity) },
    ...limits.paths.map((name, i) => ({
      key: String(i + 1),
      does: `the path: ${ROWS[name].title.toLowerCase()}`,
      run: () => choosePath(state, name),
    })),
    { key: "a", does: "another sample of the same kind", run: actions.another },
    { key: "n", does: "a new z from the prior", run: actions.prior },
    { key: "u", does: "bring a picture", run: actions.upload },
    { key: "d", does: "draw a picture", run: actions.draw },
    { key: "x", does: "turn the order round", run: actions.swap },
    { key: "f", does: "other pictures of the same kinds", run: actions.shuffle },
    { key: "+", does: "one more picture", run: actions.add },
    { key: "-", does: "take the selected picture out", run: actions.remove },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "k", does: "copy a link to this place", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "?", does: "show or hide this list" },
  ];
}

/**
 * A button that was reached by keyboard is pressed by the space key, one that was clicked is not.
 * @param {HTMLElement} root
 * @returns {() => boolean} presses the focused button, if it is to be, and says so
 */
function pressing(root) {
  let tabbed = false;
  const clicked = () => {
    tabbed = false;
  };
  root.addEventListener("pointerdown", clicked, true);
  document.addEventListener("keydown", ({ key }) => void (tabbed ||= key === "Tab"), true);
  return () => {
    const focused = document.activeElement;
    if (!tabbed || !(focused instanceof HTMLElement) || !focused.matches("button, summary")) return false;
    focused.click();
    return true;
  };
}
