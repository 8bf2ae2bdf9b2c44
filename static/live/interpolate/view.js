// What the Interpolate page shows: the picture at t, what stands around it, and what there is to choose from.
import { partOf } from "../kit/part.js";
import { shortened } from "../kit/markup.js";
import { significant } from "../kit/numbers.js";
import { themeColours } from "../kit/theme.js";
import { fitWindow } from "../kit/window.js";
import { legOf, steps } from "../math/path.js";
import { placeName } from "../parts/place_name.js";
import { measureHere } from "./evidence.js";
import { MAPS, MODES, ROWS, tabOf } from "./layout.js";
import { chosenPath, endsOf, rangeOf, shareOf } from "./state.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */

const CAPTIONS = { walk: "Cross-fade of the pixels", arithmetic: "The same sum of pixels", direction: "" };

/** Show the picture at t in this frame; what stands around it follows. @param {Interpolation} state @param {number} [time] */
export function present(state, time) {
  const path = state.paths?.[chosenPath(state)] ?? state.paths?.straight;
  if (!path) return;
  state.z = path(state.t);
  state.parts.decoder.request(state.z, time);
  follow(state);
}

/** What stands around the picture, once a frame. @param {Interpolation} state */
export function follow(state) {
  if (state.following) return;
  state.following = true;
  requestAnimationFrame(() => {
    state.following = false;
    if (!state.paths) return;
    const { parts, hosts, projection } = state,
      mixture = mixtureAt(state, state.t);
    if (mixture) parts.mixed.paint(mixture, state.model.shape);
    parts.strip.show(chosenPath(state), shareOf(state));
    hosts.slider.value = String(state.t);
    hosts.output.textContent = state.t.toFixed(2).replace("-", "−");
    if (projection) parts.map.mark("shown", projection.place(state.z));
    nameAtRest(state);
    measureHere(state);
  });
}

/** @param {Interpolation} state */
function nameAtRest({ parts, hosts, model, codes, t, z }) {
  const order = model.dimensions.map(({ index }) => index),
    caption = partOf(hosts.hero, "figcaption", HTMLElement);
  parts.decoder.picture.nameAtRest(
    () => `${caption.textContent}, t = ${significant(t)}: ${placeName(z, order, codes, model.labels)}`,
  );
}

/**
 * The pixels' own sum at t: what the pictures give without a model.
 * @param {Interpolation} state
 * @param {number} t
 * @returns {Float32Array | null} (C, H, W); null where there is none, or a picture is still to come
 */
function mixtureAt(state, t) {
  const pictures = endsOf(state).flatMap(({ picture }) => (picture ? [picture] : []));
  if (state.mode === "direction" || pictures.length < endsOf(state).length) return null;
  if (state.mode === "arithmetic") {
    const [a, b, c] = pictures;
    return c.map((value, p) => Math.min(1, Math.max(0, value + t * (a[p] - b[p]))));
  }
  const [leg, share] = legOf(t, pictures.length - 1),
    to = pictures[leg + 1];
  return pictures[leg].map((value, p) => (1 - share) * value + share * to[p]);
}

/** The rows of the strip, from above. @param {Interpolation} state @returns {import("./state.js").RowName[]} */
export function rowsOf({ mode, limits }) {
  if (mode === "walk") return [...limits.paths, "fade"];
  return mode === "arithmetic" ? ["along", "fade"] : ["along"];
}

/** The strip's frames and rows, still without pictures. @param {Interpolation} state */
export function buildStrip(state) {
  const { limits, model, parts, root } = state;
  const rows = rowsOf(state).map((name) => {
    const key = limits.paths.findIndex((path) => path === name) + 1,
      { title, help } = ROWS[name];
    return { name, title, help: key ? `${help} (key ${key})` : help, path: name !== "fade" };
  });
  state.film = null;
  parts.strip.build(rows, state.frames, model.shape);
  root.style.setProperty("--rows", String(rows.length));
  root.style.setProperty("--columns", String(state.frames));
}

/** The strip's pictures, as far as they are known. @param {Interpolation} state */
export function paintStrip(state) {
  if (rowsOf(state).includes("fade")) {
    const mixtures = steps(...rangeOf(state), state.frames).flatMap((t) => mixtureAt(state, t) ?? []);
    if (mixtures.length === state.frames) {
      const size = mixtures[0].length,
        fade = new Float32Array(state.frames * size);
      mixtures.forEach((mixture, i) => fade.set(mixture, i * size));
      state.film = { ...state.film, fade };
    }
  }
  state.parts.strip.paint(state.film ?? {});
}

/** What there is to choose from with every model. @param {Interpolation} state */
export function offerLimits({ limits, hosts }) {
  const modes = /** @type {import("./state.js").Mode[]} */ (Object.keys(limits.modes));
  hosts.tabs.prepend(...modes.map(tabOf));
  hosts.frames.replaceChildren(...limits.frames.map((count) => new Option(String(count), String(count))));
}

/** What there is to choose from with this model. @param {Interpolation} state */
export function offerModel({ model, hosts: { kinds, maps } }) {
  const labels = model.labels.map((name, label) => new Option(`a ${shortened(name)}`, String(label)));
  kinds.replaceChildren(new Option("A sample of …", ""), ...labels);
  kinds.hidden = !labels.length;
  /** @type {import("./state.js").MapName[]} */
  const names = ["latent", ...model.projections];
  const plane = model.latentDim === 2 ? "z₁ and z₂" : MAPS.latent;
  maps.replaceChildren(...names.map((name) => new Option(name === "latent" ? plane : MAPS[name], name)));
}

/** The tabs and the strip's rows of the present mode, which need no pictures. @param {Interpolation} state */
export function frameMode(state) {
  const { root, hosts, mode, frames } = state;
  root.dataset.mode = mode;
  for (const tab of hosts.tabs.querySelectorAll("[role=tab]"))
    tab.setAttribute("aria-selected", String(tab instanceof HTMLElement && tab.dataset.mode === mode));
  hosts.frames.value = String(frames);
  buildStrip(state);
}

/** What there is of the present mode. @param {Interpolation} state */
export function showMode(state) {
  const { hosts, direction, parts } = state,
    [low, high] = rangeOf(state);
  frameMode(state);
  Object.assign(hosts.slider, { min: String(low), max: String(high) });
  parts.groups.showFound(direction?.key === state.key ? direction : null);
  showEnds(state);
}

/** The index of an end's label; undefined if it has none. @param {Interpolation} state @param {import("./ends.js").End} end */
export function labelOf({ codes, model }, { row }) {
  return row === null || !codes?.labels || !model.labels.length ? undefined : codes.labels[row];
}

/** @param {Interpolation} state */
export function showEnds(state) {
  const { hosts, model, missing, mode } = state;
  state.parts.ends.show(mode, endsOf(state), state.ringed, model.shape);
  const label = labelOf(state, endsOf(state)[state.ringed]);
  partOf(hosts.root, "[data-do=another]", HTMLElement).textContent =
    label === undefined ? "Another" : `Another ${shortened(model.labels[label])}`;
  hosts.kinds.value = "";
  const help = `${MODES[mode].help}. Click the map to set the selected picture.`;
  hosts.hint.textContent = missing ? `${help} Ends are their stored codes, decoded.` : help;
  hosts.mixed.hidden = mode === "direction";
  partOf(hosts.mixed, "figcaption", HTMLElement).textContent = CAPTIONS[mode];
  captionPath(state);
}

/** The picture's caption: how it was made. @param {Interpolation} state */
export function captionPath(state) {
  const { mode, path, paths } = state;
  if (mode === "arithmetic") showCaption(state, "c + t (a − b), decoded");
  else if (mode === "direction") showCaption(state, "The picture + t times the direction, decoded");
  else if (path === "data" && !paths?.data) showCaption(state, "Looking for the way along the data");
  else showCaption(state, `Decoded, ${ROWS[path].title.toLowerCase()} path`);
}

/** @param {Interpolation} state @param {string} text */
export function showCaption({ hosts }, text) {
  partOf(hosts.hero, "figcaption", HTMLElement).textContent = text;
}

/** How much of the window is left for us: the page is as high as what the frame leaves. @param {Interpolation} state */
export function measure(state) {
  fitWindow(state.root);
  const colours = themeColours(state.root);
  if (JSON.stringify(colours) === JSON.stringify(state.colours)) return;
  state.colours = colours;
  state.parts.map.recolour(colours);
}
