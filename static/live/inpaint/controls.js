// Buttons, sliders and keys of the Inpaint page.
import { listenForActions, partOf } from "../kit/part.js";
import { bindPageTools } from "../parts/page_tools.js";
import { showAnother, showBeside } from "../parts/test_pictures.js";
import { padOf, setBrush, setEraser, switchPad } from "./brush.js";
import { showSample } from "./gestures.js";
import { anotherMask, chooseKind, hideShare } from "./mask.js";
import { report } from "./report.js";
import { redraw, revealTruth } from "./view.js";

const STEP = 0.6; // of the brush, in the model's pixels

/** @param {import("./state.js").Inpainting} state */
export function bindTools(state) {
  const { root, parts } = state;
  /** @param {string} name */
  const button = (name) => partOf(root, `[data-tool=${name}]`, HTMLButtonElement);
  const slider = partOf(root, "[data-tool=brush]", HTMLInputElement);
  const undo = () => padOf(state).undo();
  const clear = () => padOf(state).clear();
  const truth = () => parts.truth.click();
  const another = () => anotherMask(state),
    draws = () => redraw(state);
  listenForActions(root, { another, draws });
  const keys = {
    h: another,
    r: draws,
    n: () => showAnother(state, null, showSample),
    t: truth,
    c: clear,
    u: undo,
    e: () => setEraser(state),
    "[": () => setBrush(state, padOf(state).brush - STEP),
    "]": () => setBrush(state, padOf(state).brush + STEP),
  };
  bindPageTools(root, keys, { what: "test picture", by: (way) => showBeside(state, way, showSample) });
  button("eraser").onclick = () => setEraser(state);
  button("undo").onclick = undo;
  button("clear").onclick = clear;
  button("mode").onclick = () => switchPad(state, false);
  slider.oninput = () => setBrush(state, slider.valueAsNumber);
  parts.kind.onchange = () => chooseKind(state, parts.kind.value);
  parts.fraction.oninput = () => hideShare(state, parts.fraction.valueAsNumber);
  parts.fraction.onchange = () => report(state);
  parts.truth.onchange = () => {
    revealTruth(state, parts.truth.checked);
    report(state);
  };
  parts.hidden.onclick = truth;
  switchPad(state, false);
}
