// Buttons, tabs and keys of the Reconstruct page.
import { copyLink } from "../kit/window.js";
import { listenForKeys, toggleLecture } from "../kit/keys.js";
import { listenForActions, partOf } from "../kit/part.js";
import { emptyPad, showAnother } from "./gestures.js";
import { toggleEstimate } from "./marginal.js";
import { redraw, scaleEpsilon, setEpsilon } from "./reading.js";

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
  /** @type {Record<string, () => void>} */
  const actions = {
    smooth: () => root.classList.toggle("smooth"),
    link: () => copyLink(partOf(root, "[data-do=link] .symbol", HTMLElement), "picture"),
    lecture: toggleLecture,
    epsilon: () => redraw(state),
    mean: () => setEpsilon(state, false),
    estimate: () => toggleEstimate(state),
  };
  actions.keys = listenForKeys(root, [
    { key: "c", does: "an empty pad", run: clear },
    { key: "u", does: "take the last stroke back", run: undo },
    { key: "e", does: "eraser or brush", run: erase },
    { key: "[", does: "a thinner brush", run: () => brush(pad.brush - STEP) },
    { key: "]", does: "a broader brush", run: () => brush(pad.brush + STEP) },
    { key: "n", does: "another test picture", run: () => showAnother(state, null) },
    { key: "r", does: "draw z again, with new epsilon", run: actions.epsilon },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "k", does: "copy a link to this picture", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "?", does: "show or hide this list" },
  ]);
  listenForActions(root, actions);
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
  /** @type {NodeListOf<HTMLElement>} */
  const tabs = root.querySelectorAll("[data-tab]");
  for (const tab of tabs) tab.addEventListener("click", () => chooseTab(state, tabs, tab.dataset.tab ?? "elbo"));
}

/**
 * The ELBO of one model, or several models side by side.
 * @param {import("./state.js").Reconstruction} state
 * @param {NodeListOf<HTMLElement>} tabs
 * @param {string} chosen
 */
function chooseTab({ root, parts }, tabs, chosen) {
  for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === chosen));
  for (const name of ["elbo", "compare"]) partOf(root, `.${name}`, HTMLElement).hidden = name !== chosen;
  if (chosen === "compare") parts.compare.open();
  else parts.compare.close();
}
