// Buttons, keys and the slider of the Interpolate page.
import { bindPageTools } from "../parts/page_tools.js";
import { add, another, chooseMode, fromPrior, remove, sampleOf, shuffle, swap } from "./choices.js";
import { drawMap } from "./map.js";
import { chooseFrames, choosePath, commit, move, nudge, step } from "./gestures.js";
import { bring } from "./pictures.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */
/** @typedef {Record<string, () => void>} Actions by what `data-do` says */

/** @type {Record<string, number>} of the range */
const NUDGES = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01 };

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
    upload: () => hosts.file.click(),
  };
  bindPageTools(root, keysOf(state, actions), { what: "frame", by: (way) => step(state, way) });
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
  slider.addEventListener("keydown", (event) => {
    const by = NUDGES[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    nudge(state, by);
  });
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

/** @param {Interpolation} state @param {Actions} actions @returns {Actions} by their keys */
function keysOf(state, actions) {
  return {
    " ": actions.play,
    Home: () => step(state, -Infinity),
    End: () => step(state, Infinity),
    w: () => choosePath(state, nextPath(state)),
    n: actions.another,
    z: actions.prior,
    o: actions.upload,
    d: actions.draw,
    x: actions.swap,
    f: actions.shuffle,
    "+": actions.add,
    "-": actions.remove,
  };
}

/** @param {Interpolation} state */
function nextPath({ limits: { paths }, path }) {
  return paths[(paths.indexOf(path) + 1) % paths.length];
}
