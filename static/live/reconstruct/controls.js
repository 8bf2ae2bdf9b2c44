// Buttons, tabs and keys of the Reconstruct page.
import { listenForActions, partOf } from "../kit/part.js";
import { bindPageTools } from "../parts/page_tools.js";
import { showAnother, showBeside } from "../parts/test_pictures.js";
import { emptyPad, showSample, switchStep } from "./gestures.js";
import { toggleEstimate } from "./marginal.js";
import { redraw, scaleEpsilon, setEpsilon } from "./reading.js";
import { bindTabs } from "./tabs.js";

const STEP = 0.4; // of the brush, in the model's pixels

/** @param {import("./state.js").Reconstruction} state */
export function bindTools(state) {
  const { root, parts } = state,
    { pad } = parts;
  /** @param {string} name */
  const button = (name) => partOf(root, `[data-tool=${name}]`, HTMLButtonElement);
  /** @param {string} name */
  const input = (name) => partOf(root, `[data-tool=${name}]`, HTMLInputElement);
  const [thickness, colour, scale] = ["brush", "colour", "scale"].map(input);
  /** @param {number} value */
  const brush = (value) => {
    pad.brush = Math.min(Number(thickness.max), Math.max(Number(thickness.min), value));
    thickness.value = String(pad.brush);
  };
  const erase = () => {
    pad.erasing = !pad.erasing;
    button("eraser").setAttribute("aria-pressed", String(pad.erasing));
  };
  const undo = () => pad.undo();
  const clear = () => emptyPad(state);
  const epsilon = () => redraw(state);
  const estimate = () => {
    const { judged, bytes } = state;
    if (judged && bytes && judged.some((byte, p) => byte !== bytes[p])) switchStep(state, "binarise", true);
    toggleEstimate(state);
  };
  listenForActions(root, { epsilon, mean: () => setEpsilon(state, false), estimate });
  const keys = {
    c: clear,
    u: undo,
    e: erase,
    "[": () => brush(pad.brush - STEP),
    "]": () => brush(pad.brush + STEP),
    n: () => showAnother(state, null, showSample),
    r: epsilon,
  };
  bindPageTools(root, keys, { what: "test picture", by: (way) => showBeside(state, way, showSample) });
  button("eraser").onclick = erase;
  button("undo").onclick = undo;
  button("clear").onclick = clear;
  thickness.oninput = () => brush(thickness.valueAsNumber);
  colour.oninput = () => {
    pad.colour = colour.value;
  };
  const output = partOf(root, "[data-tool=scale] + output", HTMLOutputElement);
  scale.oninput = () => {
    output.textContent = scale.valueAsNumber.toFixed(2);
    scaleEpsilon(state, scale.valueAsNumber);
  };
  brush(pad.brush);
  bindTabs(state);
}
