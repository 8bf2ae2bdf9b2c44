// The markup of the Explore page; everything that has behaviour is filled in by its own module.
import { partOf } from "../kit/part.js";
import { iconButton } from "../kit/markup.js";

/** @type {[string, string, string][]} what `data-do` says, text, help */
const BUTTONS = [
  ["origin", "Origin", "Every dimension to 0, the mean of the prior (key 0)"],
  ["prior", "Sample", "Draw a new z from the prior (key n)"],
  ["pin", "Back to pin", "Back to the point pinned last (key b)"],
];
/** @type {[string, string, string][]} what `data-do` says, symbol, help */
const ICONS = [
  // Streamlit brings the font of these symbols along
  ["smooth", "blur_on", "Smooth or crisp pixels (key s)"],
  ["link", "link", "Copy a link to this model, map and z (key k)"],
  ["lecture", "co_present", "Lecture mode: bigger text, the frame folded away (key l)"],
  ["keys", "keyboard", "The keys of this page (key ?)"],
];

const HOSTS = [
  "toolbar",
  "map",
  "where",
  "selection",
  "readout",
  "stage",
  "sliders",
  "buttons",
  "traversals",
  "manifold",
  "samples",
];

/** @returns {{root: HTMLElement, hosts: Record<string, HTMLElement>}} hosts by their class */
export function explorePage() {
  const root = document.createElement("div");
  root.className = "live explore";
  root.dataset.live = "explore";
  /** @param {[string, string, string]} button */
  const button = ([name, text, help]) => `<button type="button" data-do="${name}" title="${help}">${text}</button>`;
  root.innerHTML = `
    <section class="map-side" aria-label="The map of codes">
      <div class="toolbar"></div>
      <div class="map skeleton" data-role="map"></div>
      <p class="status"><span class="where"></span><span class="selection"></span></p>
      <p class="readout" data-role="readout"></p>
    </section>
    <section class="picture-side" aria-label="The picture and its latent z">
      <div class="stage"></div>
      <div class="dimensions"><h2>Drag a dimension<small>KL, nats</small></h2><div class="sliders"></div></div>
      <div class="buttons">${BUTTONS.map(button).join("")}<span></span>${ICONS.map((icon) => iconButton(...icon)).join("")}</div>
    </section>
    <section class="views" aria-label="Around z">
      <div class="view" data-view="traversals"><h2>Walk one dimension at a time</h2><div class="traversals"></div></div>
      <div class="view" data-view="manifold"><h2>See the whole prior</h2><div class="manifold"></div></div>
      <div class="view" data-view="samples"><h2>See what the prior makes</h2><div class="samples"></div></div>
    </section>`;
  const hosts = Object.fromEntries(HOSTS.map((name) => [name, partOf(root, `.${name}`, HTMLElement)]));
  return { root, hosts };
}
