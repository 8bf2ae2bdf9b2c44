// What the Explore page shows: the picture, what stands around it, and what is said of it.
import { rowOf } from "../engine/codes.js";
import { hasGrid } from "../engine/model.js";
import { significant } from "../kit/numbers.js";
import { themeColours } from "../kit/theme.js";
import { normOf } from "../math/path.js";
import { fitWindow } from "../kit/window.js";
import { placeName } from "../parts/place_name.js";
import { dimensionName } from "../parts/sliders.js";
import { ELLIPSES, drawnPrior } from "./prior.js";
import { showStored } from "./stored.js";

/** @typedef {import("./state.js").Exploration} Exploration */

const AT_PIN = 1e-4; // as exact as a link
const INVITATION = matchMedia("(pointer: coarse)").matches
  ? "Touch the map: z there is decoded; a tap pins it."
  : "Move over the map: z there is decoded; a click pins it.";
const BENEATH =
  "UMAP has no inverse: z is the mean of the codes drawn nearest to the cursor, the nearer the heavier. A mean is never " +
  "longer than its codes on average: shorter, it lies between them, where no picture was encoded. In units of z.";

/**
 * Show the picture at z in this frame; all that stands around it follows once a frame.
 * @param {Exploration} state
 * @param {Float32Array} z
 * @param {number} [time] when the hand moved
 */
export function present(state, z, time) {
  state.shown = state.parts.traversals.z = z;
  state.sample = null;
  state.parts.decoder.request(z, time);
  showStored(state);
  follow(state);
}

/** @param {Exploration} state */
export function follow(state) {
  if (state.following) return;
  state.following = true;
  requestAnimationFrame(() => {
    state.following = false;
    const { model, parts, projection, shown } = state;
    if (!state.hovering || !projection) state.beneath = null;
    parts.sliders.show(shown);
    parts.traversals.update(shown);
    if (hasGrid(model)) parts.manifold.update(shown);
    else parts.samples.update(shown);
    if (projection) parts.map.mark("shown", state.back ?? projection.place(shown));
    describe(state);
  });
}

/**
 * The real picture nearest to the cursor; where there are no originals, what the model makes of its code.
 * @param {Exploration} state
 * @param {number} index row of the codes
 * @param {number} time when the hand moved
 */
export function showSample(state, index, time) {
  const code = codeAt(state, index),
    bytes = state.originals?.at(index);
  state.back = state.beneath = null;
  if (bytes) {
    state.shown = code;
    state.sample = index;
    state.parts.decoder.showSample(bytes, time);
    follow(state);
    return;
  }
  present(state, code, time);
  state.sample = index;
  state.originals?.get(index).then(() => {
    if (state.hovering && state.sample === index) showSample(state, index, performance.now());
  });
}

/**
 * @param {Exploration} state
 * @param {import("./state.js").Pin | null} pin
 */
export function setPin(state, pin) {
  const { projection } = state;
  state.pin = pin;
  state.root.dataset.pinned = pin ? String(pin.index ?? "spot") : "";
  if (projection) state.parts.map.mark("pinned", pin && spotOf(projection, pin));
  showOriginal(state);
}

/**
 * Where the pinned point is drawn.
 * @param {import("../math/projection.js").Projection} projection
 * @param {import("./state.js").Pin} pin
 * @returns {[number, number]}
 */
function spotOf({ points, place }, { index, z }) {
  return index === null ? place(z) : [points[2 * index], points[2 * index + 1]];
}

/** The original of the pinned point, or why there is none. @param {Exploration} state */
export async function showOriginal(state) {
  const { pin, originals, missing, parts } = state,
    index = pin?.index ?? null;
  if (index === null) return parts.stage.clearOriginal("Click a point of the map to see its original here.");
  const text = pointText(state, index);
  if (!originals) return parts.stage.clearOriginal(missing ? `${text}: its original is not here yet.` : text);
  const bytes = originals.at(index) ?? (await originals.get(index));
  if (state.pin === pin && state.originals === originals) parts.stage.showOriginal(bytes, text);
}

/** @param {Exploration} state @param {number} index row of the codes */
function pointText({ codes, model }, index) {
  if (!codes) return "";
  const label = codes.labels && model.labels.length ? `, label ${model.labels[codes.labels[index]]}` : "";
  return `Test picture ${codes.indices[index]}${label}`;
}

/** Whether a point is on the map, or switched off in its legend. @param {Exploration} state @param {number} index */
export function visibleAt({ codes, model, parts }, index) {
  const { hidden } = parts.map;
  return !hidden.size || !codes?.labels || !hidden.has(model.labels[codes.labels[index]]);
}

/** @param {Exploration} state @param {number} index row of the codes @returns {Float32Array} its z */
export function codeAt({ codes, model }, index) {
  return rowOf(codes?.mean ?? new Float32Array(0), model.latentDim, index);
}

/**
 * What a lasso caught; null for none.
 * @param {Exploration} state
 * @param {{data: {name?: string}}[] | null} points Plotly's
 */
export function showSelected(state, points) {
  /** @type {Map<string | undefined, number>} */
  const counts = new Map();
  for (const { data } of points ?? []) counts.set(data.name, (counts.get(data.name) ?? 0) + 1);
  const most = Array.from(counts)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 3);
  const named = most.length && most[0][0] ? `: ${most.map(([name, count]) => `${name} (${count})`).join(", ")}` : "";
  const ellipses = drawnPrior(state) ? ELLIPSES : "";
  state.hosts.selection.textContent = points ? `${points.length} points selected${named}` : ellipses;
}

/** The caption of the picture and the line under the map. @param {Exploration} state */
function describe(state) {
  const text = caption(state),
    { model, codes, shown } = state;
  state.parts.stage.caption(text);
  const order = model.dimensions.map(({ index }) => index);
  state.parts.decoder.picture.nameAtRest(() => `${text}: ${placeName(shown, order, codes, model.labels)}`);
  const { where } = state.hosts;
  const { beneath } = state,
    mean =
      beneath &&
      `Mean of ${beneath.count} codes: ${significant(beneath.away)} from the nearest; ‖z‖ ${significant(normOf(shown))}, ` +
        `theirs ${significant(beneath.norm)}`;
  const values = Array.from(state.shown, (value, d) => `${dimensionName(d)} ${significant(value)}`);
  const spot = values.length > 3 ? "" : values.join("  ");
  where.textContent = mean ?? (state.touched ? spot : INVITATION);
  where.title = mean ? BENEATH : "";
}

/** @param {Exploration} state */
function caption(state) {
  const { sample, pin, shown } = state;
  if (sample !== null) {
    const text = pointText(state, sample);
    return state.originals?.at(sample) ? text : `${text}, decoded from its code`;
  }
  if (state.hovering) return "Decoded under the cursor";
  const atPin = pin && pin.index !== null && pin.z.every((value, d) => Math.abs(value - shown[d]) < AT_PIN);
  return atPin ? "Reconstruction of the pinned point" : "Decoded from z";
}

/** How much of the window is left for us: the page is as high as what the frame leaves. @param {Exploration} state */
export function measure(state) {
  fitWindow(state.root);
  const colours = themeColours(state.root); // lecture mode changes the size of letters, too
  if (JSON.stringify(colours) === JSON.stringify(state.colours)) return;
  state.colours = colours;
  state.parts.map.recolour(colours);
}
