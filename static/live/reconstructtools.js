// Buttons, tabs and keys of the Reconstruct page.
import { copyLink } from "./frame.js";
import { listenForKeys, toggleLecture } from "./keys.js";

const THINNEST = 0.8,
  BROADEST = 6,
  STEP = 0.4; // of the brush, in the model's pixels

/** @param {object} page the Reconstruct page */
export function bindTools(page) {
  const { root, pad } = page,
    tool = (name) => root.querySelector(`[data-tool=${name}]`);
  const brush = (value) => {
    pad.brush = Math.min(BROADEST, Math.max(THINNEST, value));
    tool("brush").value = pad.brush;
  };
  const erase = () => {
    pad.erasing = !pad.erasing;
    tool("eraser").setAttribute("aria-pressed", pad.erasing);
  };
  const undo = () => pad.undo();
  const clear = () => page.blank();
  const actions = {
    // by data-do
    smooth: () => root.classList.toggle("smooth"),
    link: () => copyLink(root.querySelector("[data-do=link]").firstElementChild, "picture"),
    lecture: toggleLecture,
    epsilon: () => page.redraw(),
  };
  actions.keys = listenForKeys(root, [
    { key: "c", does: "an empty pad", run: clear },
    { key: "u", does: "take the last stroke back", run: undo },
    { key: "e", does: "eraser or brush", run: erase },
    { key: "[", does: "a thinner brush", run: () => brush(pad.brush - STEP) },
    { key: "]", does: "a broader brush", run: () => brush(pad.brush + STEP) },
    { key: "n", does: "another test picture", run: () => page.another(null) },
    { key: "r", does: "new epsilon for the samples", run: actions.epsilon },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "k", does: "copy a link to this picture", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "?", does: "show or hide this list" },
  ]);
  root.addEventListener("click", ({ target }) => actions[target.closest("[data-do]")?.dataset.do]?.());
  tool("eraser").onclick = erase;
  tool("undo").onclick = undo;
  tool("clear").onclick = clear;
  tool("brush").oninput = () => brush(tool("brush").valueAsNumber);
  tool("colour").oninput = () => {
    pad.colour = tool("colour").value;
  };
  tool("scale").oninput = () => {
    page.scale = tool("scale").valueAsNumber;
    tool("scale").nextElementSibling.textContent = page.scale.toFixed(2);
    page.ask();
    page.land();
  };
  brush(pad.brush);
  for (const tab of root.querySelectorAll("[data-tab]"))
    tab.addEventListener("click", () => turn(page, tab.dataset.tab));
}

/** The ELBO of one model, or several models side by side. */
function turn({ root, compare }, chosen) {
  for (const tab of root.querySelectorAll("[data-tab]")) tab.setAttribute("aria-selected", tab.dataset.tab === chosen);
  for (const name of ["elbo", "compare"]) root.querySelector(`.${name}`).hidden = name !== chosen;
  if (chosen === "compare") compare.open();
  else compare.close();
}
