// The markup of the Explore page; everything that has behaviour is filled in by its own module.
import { partOf } from "../kit/part.js";

/** @type {[string, string, string][]} what `data-do` says, text, help */
const BUTTONS = [
  ["origin", "Origin", "Every dimension to 0 (key 0)"],
  ["prior", "Sample", "Draw a new z from the prior (key z)"],
  ["pin", "Back to pin", "Back to the point pinned last (key p)"],
];

const HOSTS = [
  "toolbar",
  "map",
  "where",
  "selection",
  "readout",
  "stage",
  "measure",
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
      <div class="dimensions"><h2>Drag a dimension<small class="measure"></small></h2><div class="sliders"></div></div>
      <div class="buttons">${BUTTONS.map(button).join("")}</div>
    </section>
    <section class="views" aria-label="Around z">
      <div class="view" data-view="traversals"><h2>Walk one dimension at a time</h2><div class="traversals"></div></div>
      <div class="view" data-view="manifold"><h2>See the whole prior</h2><div class="manifold"></div></div>
      <div class="view" data-view="samples"><h2>See what the prior makes</h2><div class="samples"></div></div>
    </section>`;
  const hosts = Object.fromEntries(HOSTS.map((name) => [name, partOf(root, `.${name}`, HTMLElement)]));
  return { root, hosts };
}
