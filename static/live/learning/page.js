// Learning: one section a screen, with a picture that moves under the hand, its formula, and a question to the audience.
import { mounting } from "../kit/mount.js";
import { fitWindow } from "../kit/window.js";
import { bindControls } from "./controls.js";
import { bindHandles } from "./handles.js";
import { learningPage } from "./layout.js";
import { follow } from "./loading.js";
import { newLearning } from "./state.js";
import { draw, measure, showNavigation, showSection } from "./view.js";

/** @typedef {import("./state.js").Learning} Learning */

export const mount = mounting(["learning/learning.css"], (files) => {
  const layout = learningPage(),
    state = newLearning(layout, files);
  bindControls(state);
  bindHandles(state);
  Object.assign(layout.root, { __live: state });
  return Object.assign(state, {
    root: layout.root,
    measure: () => {
      fitWindow(layout.root);
      measure(state);
    },
    /** @param {import("./state.js").Data} data @param {import("../kit/arrival.js").Attempt} attempt */
    update: (data, attempt) => update(state, data, attempt),
  });
});

/** @param {Learning} state @param {import("./state.js").Data} data @param {import("../kit/arrival.js").Attempt} attempt */
function update(state, { sections, trained, place }, { arriving }) {
  const another = follow(state, trained);
  state.sections = sections;
  for (const { name, quantities } of sections)
    state.values[name] ??= Object.fromEntries(quantities.map((quantity) => [quantity.name, [...quantity.opening]]));
  if (arriving) {
    state.section = place.section;
    Object.assign(state.values[place.section], place.values);
    state.revealed = false;
    showNavigation(state);
    showSection(state);
  } else if (another) draw(state);
}
