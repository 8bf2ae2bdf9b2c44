// Buttons, sliders and keys of the Inpaint page.
import { copyLink } from "./frame.js";
import { listenForKeys, toggleLecture } from "./keys.js";

const STEP = 0.6; // of the brush, in the model's pixels

/** @param {object} page the Inpaint page */
export function bindTools(page) {
  const { root } = page,
    tool = (name) => root.querySelector(`[data-tool=${name}]`);
  const pad = () => (page.drawing ? page.picturePad : page.hole.pad);
  const brush = (value) => {
    const { min, max } = tool("brush");
    pad().brush = Math.min(Number(max), Math.max(Number(min), value));
    tool("brush").value = pad().brush;
  };
  const erase = (on = !pad().erasing) => {
    pad().erasing = on;
    tool("eraser").setAttribute("aria-pressed", on);
  };
  const mode = (drawing) => {
    page.drawing = drawing;
    root.querySelector(".title").textContent = drawing ? "Draw a picture" : "Paint the hole";
    root.querySelector(".picture-pad").hidden = !drawing;
    root.querySelector(".hole-pad").hidden = drawing;
    tool("mode").hidden = !drawing;
    brush(pad().brush);
    erase(pad().erasing);
  };
  page.switchMode = mode;
  const undo = () => pad().undo();
  const clear = () => pad().clear();
  const truth = () => tool("truth").click();
  const actions = {
    // by data-do
    another: () => page.anotherHole(),
    draws: () => page.redraw(),
    smooth: () => root.classList.toggle("smooth"),
    link: () => copyLink(root.querySelector("[data-do=link]").firstElementChild, "picture"),
    lecture: toggleLecture,
  };
  actions.keys = listenForKeys(root, [
    { key: "h", does: "another hole of this kind", run: actions.another },
    { key: "r", does: "other completions", run: actions.draws },
    { key: "n", does: "another test picture", run: () => page.another(null) },
    { key: "t", does: "reveal or hide the truth", run: truth },
    { key: "c", does: "no hole (or an empty pad)", run: clear },
    { key: "u", does: "take the last stroke back", run: undo },
    { key: "e", does: "hide pixels or bring them back", run: () => erase() },
    { key: "[", does: "a thinner brush", run: () => brush(pad().brush - STEP) },
    { key: "]", does: "a broader brush", run: () => brush(pad().brush + STEP) },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "k", does: "copy a link to this picture and hole", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "?", does: "show or hide this list" },
  ]);
  root.addEventListener("click", ({ target }) => actions[target.closest("[data-do]")?.dataset.do]?.());
  tool("eraser").onclick = () => erase();
  tool("undo").onclick = undo;
  tool("clear").onclick = clear;
  tool("mode").onclick = () => mode(false);
  tool("brush").oninput = () => brush(tool("brush").valueAsNumber);
  tool("kind").onchange = () => page.chooseKind(tool("kind").value);
  tool("fraction").oninput = () => page.hideShare(tool("fraction").valueAsNumber);
  tool("fraction").onchange = () => page.commit();
  tool("truth").onchange = () => {
    page.reveal(tool("truth").checked);
    page.commit();
  };
  mode(false);
}
