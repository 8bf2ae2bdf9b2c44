// The markup of the Interpolate page, and the words for what it measures; behaviour is filled in by other modules.
import { partOf } from "../kit/part.js";
import { RARITY } from "../parts/readout.js";
import { iconButton, symbol } from "../kit/markup.js";

/** @type {Record<import("./state.js").Mode, {title: string, help: string}>} */
export const MODES = {
  walk: { title: "Walk between pictures", help: "From one picture to the next, on several paths at once" },
  direction: { title: "Follow a direction", help: "Add the difference between two groups of codes to a picture" },
  arithmetic: { title: "Add and subtract", help: "a − b + c: what sets a apart from b, added to c" },
};

/** @type {Record<import("./state.js").RowName, {title: string, help: string}>} */
export const ROWS = {
  straight: {
    title: "Straight",
    help: "The straight line between the codes. Where dimensions are many it cuts through the middle, where N(0, I) has hardly anything",
  },
  spherical: {
    title: "Spherical",
    help: "The great circle between the codes: it keeps the norm where the ends have the same",
  },
  data: {
    title: "Along the data",
    help: "The shortest way from code to neighbouring code, smoothed: it stays where real pictures are",
  },
  along: { title: "Codes", help: "What the decoder makes of the sum of codes" },
  fade: { title: "Pixels", help: "The same sum of the pictures' pixels, without any model, for contrast" },
};

/** @type {Record<import("./state.js").MapName, string>} */
export const MAPS = { latent: "Two dimensions", pca: "PCA plane", umap: "UMAP" };

/** @type {import("./curves.js").Measure[]} */
export const MEASURES = [
  {
    name: "norm",
    title: "Norm of z",
    help: "The distance of z from the origin in the active dimensions. Of a prior N(0, I) the band holds the middle 90 %, and the percentile says how much of it has a smaller norm.",
  },
  { name: "rarity", title: "Rarity under q(z)", help: `${RARITY} The band holds the others.` },
  {
    name: "cycle",
    title: "Cycle error",
    help: "Decode z, encode the picture again: the distance between where that lands and z, in the active dimensions.",
  },
  {
    name: "length",
    title: "Path length so far",
    help: "How far the decoded picture has moved since the start, adding up root sums of squared grey-level changes (black to white is 1 a pixel).",
  },
];

/** @type {[string, string, string][]} what `data-do` says, text, help */
const SOURCES = [
  ["another", "Another", "Another sample of the same kind in place of the selected picture (key n)"],
  ["prior", "From the prior", "A z drawn from the prior in place of the selected picture (key z)"],
  ["upload", "Upload", "A picture of yours in place of the selected picture (key o)"],
  ["draw", "Draw", "Draw a picture in place of the selected one (key d)"],
];
/** @type {[string, string, string][]} what `data-do` says, symbol, help */
const ORDER = [
  ["swap", "swap_horiz", "Turn the order round (key x)"],
  ["shuffle", "shuffle", "Other pictures of the same kinds, in all places (key f)"],
  ["add", "add", "One more picture (key +)"],
  ["remove", "remove", "Take the selected picture out (key −)"],
];

/** @param {[string, string, string]} button */
const button = ([name, text, help]) => `<button type="button" data-do="${name}" title="${help}">${text}</button>`;

/** The tab of a mode. @param {import("./state.js").Mode} mode */
export function tabOf(mode) {
  const { title, help } = MODES[mode],
    tab = Object.assign(document.createElement("button"), { type: "button", role: "tab", title: help });
  tab.textContent = title;
  Object.assign(tab.dataset, { role: "mode", mode });
  return tab;
}

export function interpolatePage() {
  const root = document.createElement("div");
  root.className = "live interpolate";
  root.dataset.live = "interpolate";
  root.innerHTML = `
    <header class="top">
      <div class="tabs"><div role="tablist" aria-label="What to do"></div></div>
      <div class="choice">
        <div class="ends" role="group" aria-label="The pictures"></div>
        <div class="sources">
          <div class="source-row"><select class="kinds" aria-label="A sample of this label in place of the selected picture"></select>${SOURCES.map(button).join("")}${ORDER.map((icon) => iconButton(...icon)).join("")}</div>
          <input type="file" accept="image/*" hidden>
          <div class="groups"></div>
          <p class="hint"></p>
          <div class="originals"></div>
        </div>
      </div>
    </header>
    <section class="map-side" aria-label="The map of codes">
      <div class="map skeleton" data-role="map"></div>
      <div class="map-foot"><select class="maps" aria-label="Map"></select><span class="where"></span></div>
    </section>
    <section class="pictures">
      <figure class="hero"><canvas class="skeleton" data-role="decoded" role="img" aria-label="The decoded picture"></canvas><figcaption></figcaption></figure>
      <figure class="mixed"><canvas class="skeleton" data-role="mixed" role="img" aria-label="The mixture of pixels"></canvas><figcaption></figcaption></figure>
    </section>
    <section class="evidence" aria-label="Evidence along the path"></section>
    <section class="drive">
      <button type="button" class="play" data-do="play" aria-label="Play" title="Play or pause (space)">${symbol("play_arrow")}</button>
      <label for="live-t"><i>t</i></label><input type="range" step="any" id="live-t" data-role="t" min="0" max="1" value="0"><output></output>
      <label class="frames">Frames <select aria-label="Pictures in the filmstrip"></select></label>
    </section>
    <section class="strip" aria-label="The filmstrip"></section>`;
  /** @param {string} selector */
  const part = (selector) => partOf(root, selector, HTMLElement);
  /** @param {string} selector */
  const select = (selector) => partOf(root, selector, HTMLSelectElement);
  /** @param {string} selector */
  const input = (selector) => partOf(root, selector, HTMLInputElement);
  return {
    root,
    tabs: part("[role=tablist]"),
    ends: part(".ends"),
    kinds: select(".kinds"),
    groups: part(".groups"),
    hint: part(".hint"),
    originals: part(".originals"),
    map: part(".map"),
    maps: select(".maps"),
    where: part(".where"),
    hero: part(".hero"),
    mixed: part(".mixed"),
    evidence: part(".evidence"),
    play: part(".play"),
    playSymbol: part(".play .symbol"),
    slider: input("[data-role=t]"),
    output: part(".drive output"),
    frames: select(".frames select"),
    strip: part(".strip"),
    file: input("input[type=file]"),
  };
}
