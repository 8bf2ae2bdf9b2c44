// Buttons, keys and sliders of the Beta sweep.
import { listenForActions } from "../kit/part.js";
import { bindPageTools } from "../parts/page_tools.js";
import { commit } from "./commit.js";
import { chooseAround, chooseMode, chooseRank, move, moveToMiddle, resample, setNoise, stepBy } from "./gestures.js";
import { anotherSample, chooseSample, sampleBeside } from "./picture.js";

/** @typedef {import("./state.js").Sweep} Sweep */

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 0.1, ArrowUp: 0.1, ArrowLeft: -0.1, ArrowDown: -0.1, PageUp: 1, PageDown: -1 };

const BRUSH_STEP = 0.4; // in the model's pixels

/** @param {Sweep} sweep */
export function bindControls(sweep) {
  const { pad } = sweep,
    { root, modes, slider, around, index, brush, noise, eraser } = sweep.layout;
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
  };
  bindKeys(sweep, actions);
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

/** @param {Sweep} sweep @param {Record<string, () => void>} actions by the buttons' names */
function bindKeys(sweep, actions) {
  const { root } = sweep.layout,
    inSlider = () => sweep.mode === "slider";
  const keys = {
    " ": () => inSlider() && actions.play(),
    0: () => moveToMiddle(sweep),
    m: () => void chooseMode(sweep, inSlider() ? "picture" : "slider"),
    n: actions.another,
    c: () => inSlider() || actions.blank(),
    r: actions.resample,
    u: () => inSlider() || actions.undo(),
    e: actions.eraser,
    "[": () => setBrush(sweep, -BRUSH_STEP),
    "]": () => setBrush(sweep, BRUSH_STEP),
  };
  const what = "dimension (or test picture)";
  /** @param {number} way */
  const by = (way) => (inSlider() ? chooseRank(sweep, sweep.k + way) : void sampleBeside(sweep, way));
  bindPageTools(root, keys, { what, by });
}

/** @param {Sweep} sweep @param {number} by in the model's pixels */
function setBrush({ pad, layout: { brush } }, by) {
  brush.valueAsNumber = pad.brush + by; // which keeps to its ends
  pad.brush = brush.valueAsNumber;
}
