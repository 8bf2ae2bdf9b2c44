// Buttons, keys and the slider of the Interpolate page.
import { copyLink } from "./frame.js";
import { listenForKeys, toggleLecture } from "./keys.js";
import { FRAMES } from "./walklayout.js";

const MOST_BYTES = 25e6; // of a file
const PATHS = ["straight", "spherical", "data"];

/**
 * @param {any} page the Interpolate page
 * @param {Record<string, HTMLElement>} parts its markup
 */
export function bindControls(page, parts) {
  const { root, slider, frames, kinds, maps } = parts;
  const actions = {
    play: () => page.player.toggle(), another: () => page.another(), prior: () => page.prior(), swap: () => page.swap(),
    draw: () => page.padBox.open(page.model.shape), shuffle: () => page.shuffle(), add: () => page.add(), remove: () => page.remove(),
    smooth: () => root.classList.toggle("smooth"), lecture: toggleLecture,
    upload: () => parts.file.click(), link: () => copyLink(root.querySelector("[data-do=link]").firstElementChild, "place"),
  };
  const onSlider = () => document.activeElement === slider, stepper = (by) => () => page.step(by);
  let tabbed = false; // a button that was reached by keyboard is pressed by it, one that was clicked is not
  root.addEventListener("pointerdown", () => { tabbed = false; }, true);
  document.addEventListener("keydown", ({ key }) => { tabbed ||= key === "Tab"; }, true);
  const pressed = () => {
    const focused = tabbed && document.activeElement?.matches("button, summary");
    if (focused) document.activeElement.click();
    return focused;
  };
  actions.keys = listenForKeys(root, [
    { key: " ", does: "play or pause", run: () => pressed() || actions.play() },
    { key: "PageDown", does: "one frame on (a clicker's button)", run: stepper(1) },
    { key: "PageUp", does: "one frame back", run: stepper(-1) },
    { key: "ArrowRight", does: "on: a frame, on the slider a hundredth", run: () => (onSlider() ? page.nudge(0.01) : page.step(1)) },
    { key: "ArrowLeft", does: "back", run: () => (onSlider() ? page.nudge(-0.01) : page.step(-1)) },
    { key: "Home", does: "to the start", run: () => page.step(-Infinity) },
    { key: "End", does: "to the end", run: () => page.step(Infinity) },
    ...PATHS.map((name, i) => ({ key: `${i + 1}`, does: `the ${["straight", "spherical", "data's"][i]} path`, run: () => page.choosePath(name) })),
    { key: "a", does: "another sample of the same kind", run: actions.another },
    { key: "n", does: "a new z from the prior", run: actions.prior },
    { key: "u", does: "bring a picture", run: actions.upload },
    { key: "d", does: "draw a picture", run: actions.draw },
    { key: "x", does: "turn the order round", run: actions.swap },
    { key: "f", does: "other pictures of the same kinds", run: actions.shuffle },
    { key: "+", does: "one more picture", run: actions.add },
    { key: "-", does: "take the ringed picture out", run: actions.remove },
    { key: "s", does: "smooth or crisp pixels", run: actions.smooth },
    { key: "k", does: "copy a link to this place", run: actions.link },
    { key: "l", does: "lecture mode: bigger text, frame folded", run: actions.lecture },
    { key: "?", does: "show or hide this list" },
  ]);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.do && page.paths) actions[button.dataset.do]();
    if (button?.dataset.mode && page.paths) page.chooseMode(button.dataset.mode);
  });
  slider.addEventListener("input", () => {
    page.player.pause();
    page.move(slider.valueAsNumber, performance.now());
  });
  slider.addEventListener("change", () => page.commit());
  parts.file.onchange = () => {
    if (parts.file.files[0]) bring(page, parts.file.files[0]);
    parts.file.value = ""; // so that the same file can be chosen again
  };
  kinds.onchange = () => kinds.value !== "" && page.ofLabel(Number(kinds.value));
  maps.onchange = () => { page.mapName = maps.value; page.commit(); };
  frames.replaceChildren(...FRAMES.map((count) => new Option(count, count)));
  frames.onchange = () => page.chooseFrames(Number(frames.value));
}

/** A file's bytes go to Python, which takes more kinds of picture than a browser. */
async function bring(page, file) {
  if (file.size > MOST_BYTES) return page.say(`The file has ${Math.round(file.size / 1e6)} MB, and ${MOST_BYTES / 1e6} MB are the most that is taken: save the picture smaller.`);
  const reader = new FileReader();
  reader.onerror = () => page.say("The file could not be read: is it still there?");
  reader.onload = () => page.bring({ name: file.name, base64: reader.result.slice(reader.result.indexOf(",") + 1) });
  reader.readAsDataURL(file);
}
