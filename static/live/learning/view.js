// What stands on the page: the open section, its picture, its numbers, and its answer once it was asked for.
import { emptied } from "../kit/canvas.js";
import { escaped } from "../kit/markup.js";
import { buildControls, showValues } from "./controls.js";
import { coloursOf } from "./colours.js";
import { placeHandles } from "./handles.js";
import { isBehind, loadedOf } from "./loading.js";
import { registry } from "./registry.js";
import { known } from "./state.js";

/** @typedef {import("./state.js").Learning} Learning */

/** @param {Learning} state */
export function showNavigation({ layout, sections }) {
  layout.nav.innerHTML = sections
    .map(({ name, title }) => `<button type="button" data-section="${name}">${escaped(title)}</button>`)
    .join("");
}

/** The open section, from its formula to its picture. @param {Learning} state */
export function showSection(state) {
  const { layout, sections, section: name } = state,
    section = registry[name];
  for (const button of Array.from(layout.nav.children)) {
    const here = button instanceof HTMLElement && button.dataset.section === name;
    button.setAttribute("aria-current", here ? "true" : "false");
    if (here) layout.nav.scrollLeft = button.offsetLeft - layout.nav.offsetLeft - 8;
  }
  layout.root.dataset.section = name;
  layout.title.textContent = known(state).title;
  layout.rank.textContent = `${sections.findIndex((one) => one.name === name) + 1} / ${sections.length}`;
  layout.formula.innerHTML = section.formula;
  layout.figures.innerHTML = section.figures
    .map(({ label, help }) => `<tr title="${escaped(help)}"><th scope="row">${label}</th><td></td></tr>`)
    .join("");
  layout.question.textContent = section.question;
  layout.answer.textContent = section.answer;
  layout.expectation.textContent = section.expectation;
  layout.canvas.ariaLabel = section.picture;
  layout.handles.replaceChildren();
  buildControls(state);
  showAnswer(state);
  draw(state);
}

/** @param {Learning} state */
export function showAnswer({ layout, revealed }) {
  layout.answer.hidden = !revealed;
  layout.reveal.textContent = revealed ? "Hide the answer" : "Show the answer";
  layout.reveal.setAttribute("aria-expanded", String(revealed));
  layout.root.dataset.revealed = revealed ? "1" : "0";
}

/**
 * A new picture in the next frame, one for all who ask.
 * @param {Learning} state
 * @param {number | null} time when a hand asked; null where nobody did
 */
export function ask(state, time) {
  state.asked ??= time;
  if (state.pending) return;
  state.pending = true;
  requestAnimationFrame(() => {
    state.pending = false;
    draw(state);
  });
}

/** The picture, the numbers and the handles where they are now. @param {Learning} state */
export function draw(state) {
  const { layout, section: name, asked } = state,
    section = registry[name],
    values = state.values[name];
  state.asked = null;
  if (!layout.canvas.clientWidth) return; // the page was left
  const loaded = loadedOf(state, () => draw(state));
  if (!loaded) return showSkeleton(state);
  layout.root.ariaBusy = String(isBehind(state));
  state.result = section.compute(values, loaded);
  showValues(state);
  const picture = { ...emptied(layout.canvas), colours: state.colours };
  placeHandles(layout.handles, section.draw(picture, state.result, values));
  layout.canvas.classList.remove("skeleton");
  const cells = layout.figures.querySelectorAll("td");
  section.figures.forEach(({ text, absent }, i) => {
    /** @type {HTMLElement} */ (cells[i].parentElement).hidden = absent?.(values) ?? false;
    const words = text(state.result, values);
    if (cells[i].textContent !== words) cells[i].textContent = words;
  });
  state.pictures += 1;
  layout.root.dataset.ready = "1";
  if (asked !== null) performance.measure("live:decode", { start: asked, end: performance.now() });
  if (section.unfinished?.(state.result)) ask(state, null);
}

/** Until there is a picture. @param {Learning} state */
function showSkeleton(state) {
  const { root, canvas, handles, alert } = state.layout;
  state.result = null;
  showValues(state);
  emptied(canvas);
  canvas.classList.toggle("skeleton", alert.hidden);
  handles.replaceChildren();
  delete root.dataset.ready;
}

/** The window, the theme or the letters' size have changed. @param {Learning} state */
export function measure(state) {
  state.colours = coloursOf(state.layout.root);
  if (state.section) draw(state);
}
