// Table: what Python shows of it stands below; the live part steps through its comparisons.
import { commit } from "./state.js";

/** @typedef {import("./state.js").Data & {names: string[], here: string}} TableData */

/** @param {import("./state.js").Comparison} page @returns {import("./state.js").Section} */
export function table(page) {
  const element = document.createElement("section");
  element.setAttribute("aria-label", "Published figures and ours");
  element.innerHTML = "<h2>Published figures beside ours</h2>";
  /** @type {{names: string[], name: string}} */
  const state = { names: [], name: "" };
  return {
    element,
    /** @param {TableData} data */
    update: ({ names, here }) => {
      Object.assign(state, { names, name: here });
      page.root.dataset.ready = "1";
    },
    keys: {},
    stepped: "comparison",
    step: (way) => {
      const { names, name } = state;
      state.name = names[(names.indexOf(name) + way + names.length) % names.length];
      commit(page, "table", { table: state.name });
    },
    live: state,
  };
}
