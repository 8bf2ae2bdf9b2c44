// Which models stand beside the app's own: a button for every one that may.
import { escaped, say } from "../kit/markup.js";

/**
 * @typedef {object} Chosen
 * @property {{chips: HTMLElement, alert: HTMLElement}} layout
 * @property {string[]} siblings all models that may stand here
 * @property {Map<string, unknown>} rows those that do, by name
 * @property {string} prefix of their names, which goes without saying
 * @property {import("./state.js").Comparison} page
 * @property {{most: number}} limits
 */

/** @param {Chosen} section */
export function showChips({ layout, siblings, rows, prefix, page }) {
  if (layout.chips.dataset.names !== siblings.join(" ")) {
    layout.chips.dataset.names = siblings.join(" ");
    layout.chips.innerHTML = siblings
      .map((name) => `<button type="button" data-model="${escaped(name)}">${escaped(shortName(name, prefix))}</button>`)
      .join("");
  }
  for (const chip of layout.chips.querySelectorAll("button")) {
    const name = String(chip.dataset.model);
    chip.setAttribute("aria-pressed", String(rows.has(name)));
    chip.classList.toggle("own", name === page.chosen);
    chip.title = name === page.chosen ? `${name}: the app's own model` : name;
  }
}

/** @param {string} name @param {string} prefix */
export function shortName(name, prefix) {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** @param {HTMLElement} chips @param {(name: string) => void} onChoose */
export function listenToChips(chips, onChoose) {
  chips.addEventListener("click", ({ target }) => {
    const chip = target instanceof Element && target.closest("button");
    if (chip) onChoose(String(chip.dataset.model));
  });
}

/**
 * A model comes or goes.
 * @param {Chosen} section @param {string} name
 * @returns {string[] | null} those that stand here then; null, having said why, where it may not
 */
export function toggled({ rows, limits, page, layout }, name) {
  const names = Array.from(rows.keys());
  if (name === page.chosen) say(layout.alert, "The app's own model stays: choose another one above.");
  else if (!rows.has(name) && names.length >= limits.most)
    say(layout.alert, `There is room for ${limits.most} models: take one out first.`);
  else {
    layout.alert.hidden = true;
    return rows.has(name) ? names.filter((other) => other !== name) : [...names, name];
  }
  return null;
}
