// The paths on the map of codes, and the lassos that are drawn there.
import { rowOf } from "../engine/codes.js";
import { loadPlotly } from "../engine/runtime.js";
import { themeColours } from "../kit/theme.js";
import { sampled, steps } from "../math/path.js";
import { hasLegend } from "../parts/map_figure.js";
import { chosenPath, endsOf, rangeOf } from "./state.js";
import { follow } from "./view.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */

const SPOTS = 33; // of a path

/** The map that was chosen, in the first colours that the model has. @param {Interpolation} state */
export async function drawMap(state) {
  const Plotly = await loadPlotly(state.files.plotly),
    { codes, model, mapName, parts } = state;
  if (!codes || !mapName) return;
  const view = { projection: mapName, axes: model.axes, colour: model.colours[0] };
  const legend = hasLegend(parts.map.host, model),
    drawing = parts.map.drawCodes(Plotly, codes, model, view, themeColours(state.root), legend);
  state.projection = parts.map.projection;
  if (!(await drawing)) return;
  placePaths(state);
  follow(state);
}

/** Find the places of the paths and their ends on the map. @param {Interpolation} state */
export function placePaths(state) {
  const { projection, paths, model } = state;
  if (!projection || !paths) return;
  const times = steps(...rangeOf(state), SPOTS),
    dim = model.latentDim;
  state.traces = {};
  for (const [name, path] of Object.entries(paths)) {
    if (!path) continue;
    const block = sampled(path, times, dim);
    state.traces[name] = times.map((_, i) => projection.place(rowOf(block, dim, i)));
  }
  const { points, place } = projection;
  state.spots = endsOf(state).map(({ z, row }) => (row === null ? place(z) : [points[2 * row], points[2 * row + 1]]));
  state.parts.map.drawOverlay();
}

/**
 * Below the cursor of the map: every path in its colour, the chosen one broad and above the others, the ends in order.
 * @param {Interpolation} state
 * @param {CanvasRenderingContext2D} context
 * @param {(spot: [number, number]) => number[]} pixel
 */
export function paintPaths(state, context, pixel) {
  const style = getComputedStyle(state.root),
    chosen = chosenPath(state);
  /** @param {string} name @param {number} width */
  const paint = (name, width) => {
    const colour = style.getPropertyValue(`--path-${name}`);
    stroke(context, state.traces[name], pixel, state.colours.ground, width + (name === chosen ? 3 : 2.5));
    stroke(context, state.traces[name], pixel, colour, width);
  };
  for (const name of Object.keys(state.traces)) if (name !== chosen) paint(name, 1.5);
  if (state.traces[chosen]) paint(chosen, 3);
  state.spots.forEach((spot, i) => {
    const [x, y] = pixel(spot);
    paintEnd(context, x, y, state.mode === "arithmetic" ? "abc"[i] : String(i + 1), state.colours);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number][]} trace
 * @param {(spot: [number, number]) => number[]} pixel
 * @param {string} colour
 * @param {number} width
 */
function stroke(context, trace, pixel, colour, width) {
  context.beginPath();
  for (const spot of trace) {
    const [x, y] = pixel(spot);
    context.lineTo(x, y);
  }
  Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round" });
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} name
 * @param {Record<string, any>} colours
 */
function paintEnd(context, x, y, name, { ground, ink, font, tiny }) {
  context.beginPath();
  context.arc(x, y, Math.max(9, 0.7 * tiny), 0, 2 * Math.PI);
  Object.assign(context, { fillStyle: ground, strokeStyle: ink, lineWidth: 2 });
  context.fill();
  context.stroke();
  Object.assign(context, {
    fillStyle: ink,
    font: `600 ${tiny}px ${font}`,
    textAlign: "center",
    textBaseline: "middle",
  });
  context.fillText(name, x, y);
}

/** A drag draws a lasso on the map, or no longer. @param {Interpolation} state @returns {boolean} whether it does */
export function toggleLasso(state) {
  const { plot, Plotly } = /** @type {{plot: any, Plotly: any}} */ (/** @type {unknown} */ (state.parts.map)),
    now = plot._fullLayout?.dragmode,
    lasso = now !== "lasso";
  state.dragmode ??= now;
  Plotly?.relayout(plot, { dragmode: lasso ? "lasso" : state.dragmode });
  return lasso;
}

/**
 * Codes inside a lasso: a group of the direction.
 * @param {Interpolation} state
 * @param {{curveNumber: number, pointIndex: number}[] | null} points Plotly's
 */
export function lassoed(state, points) {
  const labels = state.model.labels.length ? state.codes?.labels : undefined;
  /** @type {Map<number, number[]>} */
  const rowsOf = new Map(); // trace -> rows of the codes, in the figure's order
  const rows = (points ?? []).map(({ curveNumber, pointIndex }) => {
    if (!labels) return pointIndex;
    const known = rowsOf.get(curveNumber) ?? Array.from(labels.keys()).filter((row) => labels[row] === curveNumber);
    rowsOf.set(curveNumber, known);
    return known[pointIndex];
  });
  state.parts.groups.lasso(rows.length ? rows : null);
  state.hosts.where.textContent = rows.length
    ? `${rows.length} codes lassoed${state.mode === "direction" ? "" : ": groups for a direction"}`
    : "";
}
