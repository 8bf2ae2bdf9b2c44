// Sliders, switches and buttons of the open section, and the keys of the page.
import { listenForActions } from "../kit/part.js";
import { escaped } from "../kit/markup.js";
import { bindPageTools } from "../parts/page_tools.js";
import { commit, commitSoon } from "./commit.js";
import { act, move, open, reveal, stepBy, stepWithin, toStart } from "./gestures.js";
import { registry } from "./registry.js";
import { known } from "./state.js";

/** @typedef {import("./state.js").Learning} Learning */
/** @typedef {import("./section.js").Control} Control */

/** @param {Learning} state */
export function bindControls(state) {
  const { root, nav, controls } = state.layout;
  const actions = { before: () => stepBy(state, -1), after: () => stepBy(state, 1), reveal: () => reveal(state) };
  listenForActions(root, actions);
  nav.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-section]") : null;
    if (button instanceof HTMLElement) open(state, button.dataset.section ?? "");
  });
  controls.addEventListener("input", (event) => follow(state, event));
  controls.addEventListener("change", () => commit(state));
  controls.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-act]") : null;
    if (button instanceof HTMLElement) act(state, button.dataset.act ?? "");
  });
  const again = () => {
    for (const { name } of registry[state.section].actions.filter(({ draws }) => draws)) act(state, name);
  };
  const next = () => {
    const step = registry[state.section].actions.find(
      ({ steps, idle }) => steps && !idle?.(state.values[state.section], state.result),
    );
    if (step) act(state, step.name);
  };
  const keys = { t: actions.reveal, Home: () => toStart(state), r: again, i: next };
  bindPageTools(root, keys, { what: "line or section", by: (way) => stepWithin(state, way) });
}

/** A slider or a switch was moved. @param {Learning} state @param {Event} event */
function follow(state, { target, timeStamp }) {
  if (!(target instanceof HTMLInputElement)) return;
  const control = registry[state.section].controls[Number(target.dataset.control)],
    values = state.values[state.section],
    number = control.between
      ? Number(target.checked)
      : control.logarithmic
        ? 10 ** target.valueAsNumber
        : target.valueAsNumber;
  const numbers = values[control.name].with(control.at ?? 0, number);
  move(state, control.write?.(number, values, state.result) ?? { [control.name]: numbers }, timeStamp);
  if (control.between) commitSoon(state);
}

/** Make those of the open section. @param {Learning} state */
export function buildControls(state) {
  const { controls, actions } = registry[state.section],
    { quantities } = known(state);
  state.layout.controls.innerHTML =
    controls.map((control, i) => controlMarkup(control, i, quantities)).join("") +
    actions
      .map(
        ({ name, label, help }) =>
          `<button type="button" data-act="${name}" title="${escaped(help)}">${label}</button>`,
      )
      .join("");
}

/** @param {number} value @param {number} decimals */
function plain(value, decimals) {
  return value.toFixed(decimals).replace("-", "−");
}

/** @param {Control} control @param {number} i @param {import("./state.js").Quantity[]} quantities */
function controlMarkup({ name, at = 0, label, symbol, logarithmic, between }, i, quantities) {
  const quantity = quantities.find((one) => one.name === name);
  if (!quantity) throw new Error(`This section has no quantity ${name}.`);
  const colour = symbol ? ` data-symbol="${symbol}"` : "",
    title = `<span${colour}>${label}</span>`;
  if (between) return `<label class="switch"><input type="checkbox" data-control="${i}">${title}</label>`;
  const [low, high] = [quantity.low[at], quantity.high[at]].map((end) => (logarithmic ? Math.log10(end) : end)),
    step = logarithmic ? "any" : 10 ** -quantity.decimals;
  return `<label class="dial"${colour}>${title}<input type="range" min="${low}" max="${high}" step="${step}"
    data-control="${i}" data-dim="${i}"><output></output></label>`;
}

/** Show where the numbers are, and which buttons would change some. @param {Learning} state */
export function showValues(state) {
  const { controls, actions } = registry[state.section],
    values = state.values[state.section],
    quantities = Object.fromEntries(known(state).quantities.map((quantity) => [quantity.name, quantity]));
  /** @type {NodeListOf<HTMLInputElement>} */
  const inputs = state.layout.controls.querySelectorAll("[data-control]");
  inputs.forEach((input, i) => {
    const { name, at = 0, logarithmic, between, text, read, absent } = controls[i],
      value = read?.(values, state.result) ?? values[name][at],
      label = input.closest("label");
    if (label) label.hidden = absent?.(values) ?? false;
    if (between) {
      input.checked = value === 1;
      return;
    }
    const shown = logarithmic ? Math.log10(value) : value;
    if (Math.abs(input.valueAsNumber - shown) > 1e-9) input.valueAsNumber = shown;
    const output = /** @type {HTMLElement} */ (input.nextElementSibling);
    const words = text ? text(value, values) : plain(value, quantities[name].decimals);
    if (output.textContent !== words) output.textContent = words;
  });
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = state.layout.controls.querySelectorAll("[data-act]");
  buttons.forEach((button, i) => {
    const idle = actions[i].idle?.(values, state.result) ?? false;
    if (button.disabled !== idle) button.disabled = idle;
  });
}
