// Buttons, sliders and keys of the Inpaint page.
import { copyLink } from "../kit/window.js";
import { listenForKeys, toggleLecture } from "../kit/keys.js";
import { listenForActions, partOf } from "../kit/part.js";
import { padOf, setBrush, setEraser, switchPad } from "./brush.js";
import { showAnother } from "./gestures.js";
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
  /** @type {Record<string, () => void>} */
  const actions = {
    another: () => anotherMask(state),
    draws: () => redraw(state),
    smooth: () => root.classList.toggle("smooth"),
    link: () => copyLink(partOf(root, "[data-do=link] .symbol", HTMLElement), "picture"),
    lecture: toggleLecture,
  };
  actions.keys = listenForKeys(root, [
    { key: "h", does: "another hole of this kind", run: actions.another },
    { key: "r", does: "other completions", run: actions.draws },
    { key: "n", does: "another test picture", run: () => showAnother(state, null) },
    { key: "t", does: "reveal or hide the truth", run: truth },
    { key: "c", does: "no hole (or an empty pad)", run: clear },
    { key: "u", does: "take the last stroke back", run: undo },
    { key: "e", does: "hide pixels or bring them back", run: () => setEraser(state) },
    { key: "[", does: "a thinner brush", run: () => setBrush(state, padOf(state).brush - STEP) },
    { key: "]", does: "a broader brush", run: () => setBrush(state, padOf(state).brush + STEP) },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "k", does: "copy a link to this picture and hole", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "?", does: "show or hide this list" },
  ]);
  listenForActions(root, actions);
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
