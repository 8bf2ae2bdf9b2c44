// The tabs of the verdict: the ELBO of one model, or several models side by side.
import { partOf } from "../kit/part.js";
import { report } from "./report.js";

/** @typedef {import("./state.js").Reconstruction} Reconstruction */

/** @param {Reconstruction} state */
export function bindTabs(state) {
  for (const tab of tabsOf(state))
    tab.addEventListener("click", () => {
      showTab(state, tab.dataset.tab ?? "elbo");
      report(state);
    });
}

/** @param {Reconstruction} state @param {string} chosen */
export function showTab(state, chosen) {
  const { root, parts } = state;
  state.tab = chosen;
  for (const tab of tabsOf(state)) tab.setAttribute("aria-selected", String(tab.dataset.tab === chosen));
  for (const name of ["elbo", "compare"]) partOf(root, `.${name}`, HTMLElement).hidden = name !== chosen;
  if (chosen === "compare") parts.compare.open();
  else parts.compare.close();
}

/** @param {Reconstruction} state @returns {NodeListOf<HTMLElement>} */
function tabsOf({ root }) {
  return root.querySelectorAll("[data-tab]");
}
