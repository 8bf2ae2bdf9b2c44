// The Models page: one section at a time, each made when it is first shown.
import { mounting } from "../kit/mount.js";
import { fitWindow } from "../kit/window.js";
import { bindPageTools } from "../parts/page_tools.js";
import { SECTIONS } from "./sections.js";
import { comparison } from "./state.js";

/** @typedef {import("./state.js").Comparison} Comparison */
/** @typedef {import("./state.js").Data} Data */

const KEYS = [" ", "n", "z", "c", "o", "u", "e", "[", "]", "0"]; // that some section listens to

export const mount = mounting(["models/models.css"], (files) => {
  const root = document.createElement("div");
  root.className = "live models";
  root.dataset.live = "models";
  const page = comparison(root, files);
  const shown = () => page.sections.get(page.section);
  const keys = Object.fromEntries(KEYS.map((key) => [key, () => shown()?.keys[key]?.()]));
  bindPageTools(root, keys, { what: "test picture, or one cell of a draw,", by: (way) => shown()?.step(way) });
  Object.defineProperty(root, "__live", { get: () => shown()?.live });
  return Object.assign(page, {
    /** @param {Data} data @param {import("../kit/arrival.js").Attempt} attempt */
    update: (data, attempt) => update(page, data, attempt),
    measure: () => {
      fitWindow(root);
      shown()?.measure?.();
    },
  });
});

/** @param {Comparison} page @param {Data} data @param {import("../kit/arrival.js").Attempt} attempt */
async function update(page, data, attempt) {
  const { root, sections } = page,
    section = sections.get(data.section) ?? SECTIONS[data.section](page);
  sections.set(data.section, section);
  page.chosen = data.chosen;
  if (page.section !== data.section) {
    page.section = root.dataset.section = data.section;
    delete root.dataset.ready;
    for (const other of sections.values()) if (other !== section) other.element.remove();
    root.append(section.element);
  }
  section.measure?.();
  await section.update(data, attempt);
}
