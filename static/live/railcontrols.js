// Buttons, keys and sliders of the rail.
import { copyLink } from "./frame.js";
import { listenForKeys, toggleLecture } from "./keys.js";

/**
 * @param {any} page the rail
 * @param {ReturnType<import("./raillayout.js").railPage>} parts its markup
 */
export function bindRail(page, parts) {
  const { root, slider, around, index, brush, noise } = parts;
  const toggled = (name, on) => root.querySelector(`[data-do=${name}]`).setAttribute("aria-pressed", on);
  const actions = {
    less: () => page.rank(page.k - 1),
    more: () => page.rank(page.k + 1),
    play: () => page.player.toggle(),
    another: () => page.another(),
    blank: () => page.blank(),
    draw: () => page.draw(page.seed + 1),
    undo: () => page.pad.undo(),
    eraser: () => toggled("eraser", (page.pad.erasing = !page.pad.erasing)),
    smooth: () => root.classList.toggle("smooth"),
    lecture: toggleLecture,
    link: () => copyLink(root.querySelector("[data-do=link]").firstElementChild, "rail"),
  };
  const play = () => (page.mode === "slider" ? actions.play() : page.another());
  actions.keys = listenForKeys(root, [
    { key: "m", does: "one slider or one picture", run: () => page.choose(page.mode === "slider" ? "picture" : "slider") },
    { key: "[", does: "the next more informative dimension", run: actions.less },
    { key: "]", does: "the next less informative dimension", run: actions.more },
    { key: " ", does: "play or pause; another picture", run: () => pressed() || play() },
    { key: "0", does: "the slider to the middle", run: () => page.settle(0) },
    { key: "n", does: "another test picture", run: actions.another },
    { key: "c", does: "an empty pad", run: actions.blank },
    { key: "r", does: "another draw of ε, for noise and prior", run: actions.draw },
    { key: "u", does: "take the last stroke back", run: actions.undo },
    { key: "e", does: "eraser or brush", run: actions.eraser },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "y", does: "copy a link to this rail", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "← →", does: "on the slider a step; PgUp and PgDn a big one" },
    { key: "?", does: "show or hide this list" },
  ]);
  root.addEventListener("click", ({ target }) => {
    const { do: name, mode } = target.closest("button")?.dataset ?? {};
    if (name) actions[name]?.();
    if (mode) page.choose(mode);
  });
  slider.addEventListener("input", () => {
    page.player.pause();
    page.move(slider.valueAsNumber, performance.now());
  });
  slider.addEventListener("change", () => page.commit());
  slider.addEventListener("dblclick", () => page.settle(0));
  slider.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 0.1, ArrowUp: 0.1, ArrowLeft: -0.1, ArrowDown: -0.1, PageUp: 1, PageDown: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    page.player.pause();
    page.move(Math.min(3, Math.max(-3, page.u + step)), performance.now());
    page.commitSoon(); // one message for a run of key presses
  });
  around.addEventListener("change", () => page.startFrom(around.value));
  index.addEventListener("change", () => page.sample(index.valueAsNumber));
  noise.addEventListener("input", () => page.disturb(noise.valueAsNumber, performance.now()));
  noise.addEventListener("change", () => page.commit());
  brush.value = page.pad.brush;
  brush.addEventListener("input", () => { page.pad.brush = brush.valueAsNumber; });
}

/** A button that was reached by keyboard is pressed by the space bar. */
function pressed() {
  const focused = document.activeElement?.matches("button:focus-visible");
  if (focused) document.activeElement.click();
  return focused;
}
