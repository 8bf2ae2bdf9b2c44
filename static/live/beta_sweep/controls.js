// Buttons, keys and sliders of the Beta sweep.
import { listenForKeys, toggleLecture } from "../kit/keys.js";
import { listenForActions } from "../kit/part.js";
import { copyLink } from "../kit/window.js";
import { commit } from "./commit.js";
import { chooseAround, chooseMode, chooseRank, move, moveToMiddle, resample, setNoise, stepBy } from "./gestures.js";
import { anotherSample, chooseSample } from "./picture.js";

/** @typedef {import("./state.js").Sweep} Sweep */

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 0.1, ArrowUp: 0.1, ArrowLeft: -0.1, ArrowDown: -0.1, PageUp: 1, PageDown: -1 };

/** @param {Sweep} sweep */
export function bindControls(sweep) {
  const { pad } = sweep,
    { root, modes, slider, around, index, brush, noise, eraser, link } = sweep.layout;
  /** @type {Record<string, () => void>} */
  const actions = {
    less: () => chooseRank(sweep, sweep.k - 1),
    more: () => chooseRank(sweep, sweep.k + 1),
    play: () => sweep.player.toggle(),
    another: () => anotherSample(sweep),
    blank: () => pad.clear(), // which counts as a stroke
    resample: () => resample(sweep),
    undo: () => pad.undo(),
    eraser: () => {
      pad.erasing = !pad.erasing;
      eraser.setAttribute("aria-pressed", String(pad.erasing));
    },
    smooth: () => root.classList.toggle("smooth"),
    lecture: toggleLecture,
    link: () => copyLink(link, "rail"),
  };
  actions.keys = bindKeys(sweep, actions);
  listenForActions(root, actions);
  for (const button of modes)
    button.addEventListener("click", () => chooseMode(sweep, button.dataset.mode === "picture" ? "picture" : "slider"));
  slider.addEventListener("input", () => {
    sweep.player.pause();
    move(sweep, slider.valueAsNumber, performance.now());
  });
  slider.addEventListener("change", () => commit(sweep));
  slider.addEventListener("dblclick", () => moveToMiddle(sweep));
  slider.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    stepBy(sweep, step);
  });
  around.addEventListener("change", () => {
    chooseAround(sweep, /** @type {import("./state.js").Around} */ (around.value));
  });
  index.addEventListener("change", () => chooseSample(sweep, index.valueAsNumber));
  noise.addEventListener("input", () => setNoise(sweep, noise.valueAsNumber, performance.now()));
  noise.addEventListener("change", () => commit(sweep));
  brush.valueAsNumber = pad.brush;
  brush.addEventListener("input", () => {
    pad.brush = brush.valueAsNumber;
  });
}

/**
 * @param {Sweep} sweep
 * @param {Record<string, () => void>} actions by the buttons' names
 * @returns {() => void} shows or hides the list of keys
 */
function bindKeys(sweep, actions) {
  const inSlider = () => sweep.mode === "slider";
  return listenForKeys(sweep.layout.root, [
    { key: "m", does: "one slider or one picture", run: () => chooseMode(sweep, inSlider() ? "picture" : "slider") },
    { key: "[", does: "the next more informative dimension", run: actions.less },
    { key: "]", does: "the next less informative dimension", run: actions.more },
    {
      key: " ",
      does: "play or pause; another picture",
      run: () => pressFocused() || (inSlider() ? actions.play() : actions.another()),
    },
    { key: "0", does: "the slider to the middle", run: () => moveToMiddle(sweep) },
    { key: "n", does: "another test picture", run: actions.another },
    { key: "c", does: "an empty pad", run: actions.blank },
    { key: "r", does: "another draw of ε, for noise and prior", run: actions.resample },
    { key: "u", does: "take the last stroke back", run: actions.undo },
    { key: "e", does: "eraser or brush", run: actions.eraser },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "y", does: "copy a link to this rail", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "← →", does: "on the slider a step; PgUp and PgDn a big one" },
    { key: "?", does: "show or hide this list" },
  ]);
}

/** A button that was reached by keyboard is pressed by the space bar. @returns {boolean} whether there was one */
function pressFocused() {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement && focused.matches("button:focus-visible"))) return false;
  focused.click();
  return true;
}
