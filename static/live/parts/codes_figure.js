// The map of codes as Plotly takes it, in no colours of the page: a trace a label, or one in the colours of a quantity.
import { quantiles } from "../math/quantiles.js";

/** @typedef {import("../engine/codes.js").Codes} Codes */
/** @typedef {import("./toolbar.js").View} View */

/**
 * What the map needs to know of a model.
 * @typedef {object} MappedModel
 * @property {string} name
 * @property {number} latentDim D
 * @property {string[]} labels their names; none where the codes have no labels
 * @property {{components: number[][], mean: number[]} | null} pca the plane, (2, D) and (D,)
 * @property {{labels: string[], scale: string}} palette the labels' colours, again and again, and Plotly's name of the
 *   scale of every quantity that only grows
 */

/** @typedef {{data: Record<string, any>[], layout: Record<string, any>}} Figure Plotly's own objects */

const SYMBOLS = ["circle", "diamond", "square", "triangle-up"]; // one for as many labels as there are colours
const MANY_NAMES = 12; // more labels than this are not written into the map
const MANY_LEGENDS = 20; // more labels than this would leave the map no room
const ROOM = 0.04; // of the points' extent, on each side of them
const OUTER = [0.01, 0.99]; // quantiles between which a quantity has colours of its own

/**
 * @param {Codes} codes
 * @param {MappedModel} model
 * @param {Pick<View, "projection" | "axes" | "colour">} view
 * @param {Float32Array} points (N, 2): where the codes are drawn
 * @param {boolean} [legend] whether there is room for one
 * @returns {Figure}
 */
export function codesFigure(codes, model, view, points, legend = true) {
  const size = Math.min(9, Math.max(3, 300 / Math.sqrt(codes.count)));
  const { data, annotations } =
    view.colour === "label"
      ? byLabel(points, codes.labels ?? new Float32Array(codes.count), model)
      : { data: [byQuantity(points, quantityOf(codes, view.colour), model.palette.scale)], annotations: [] };
  for (const trace of data) Object.assign(trace.marker, { size, opacity: 0.75 });
  const [across, up] = titlesOf(view),
    [x, y] = columnsOf(points);
  const showlegend = legend && data.length <= MANY_LEGENDS;
  const layout = {
    margin: { l: 44, r: 36, t: showlegend ? 30 : 10, b: 40 }, // at the right, where the tools are, there are no points
    hovermode: false,
    dragmode: "pan",
    showlegend,
    legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom", itemsizing: "constant" },
    xaxis: axis(across, x),
    yaxis: { ...axis(up, y), scaleanchor: "x" },
    annotations,
  };
  return { data, layout };
}

/** @param {Pick<View, "projection" | "axes">} view @returns {[string, string]} of the axes, in Plotly's markup */
function titlesOf({ projection, axes: [across, up] }) {
  if (projection === "umap") return ["UMAP 1", "UMAP 2"];
  if (projection === "pca") return ["First principal component", "Second"];
  return [`z<sub>${across + 1}</sub>`, `z<sub>${up + 1}</sub>`];
}

/**
 * @param {Codes} codes
 * @param {"kl" | "error"} colour
 * @returns {{values: Float32Array, title: string}} (N,) nats
 */
function quantityOf({ kl, reconstruction_error: error }, colour) {
  return colour === "kl"
    ? { values: kl, title: "KL, nats a picture" }
    : { values: error, title: "Reconstruction error, nats a picture" };
}

/**
 * One colour a label, ten colours in four forms; few labels have their name at the median of their points.
 * @param {Float32Array} points (N, 2)
 * @param {Float32Array} labels (N,)
 * @param {MappedModel} model
 * @returns {{data: Record<string, any>[], annotations: Record<string, any>[]}}
 */
function byLabel(points, labels, { labels: names, palette }) {
  /** @type {number[][]} */
  const rows = names.map(() => []);
  for (let row = 0; row < labels.length; row++) rows[labels[row]].push(row);
  /** @type {Record<string, any>[]} */
  const annotations = [];
  const data = names.map((name, label) => {
    const [x, y] = columnsOf(points, rows[label]);
    if (x.length && names.length <= MANY_NAMES) {
      const spot = { x: quantiles(x, [0.5])[0], y: quantiles(y, [0.5])[0] };
      annotations.push({ ...spot, name, text: name, showarrow: false, opacity: 0.85 });
    }
    const { labels: colours } = palette;
    const symbol = SYMBOLS[Math.floor(label / colours.length) % SYMBOLS.length];
    return { ...trace(x, y, { color: colours[label % colours.length], symbol }), name };
  });
  return { data, annotations };
}

/**
 * @param {Float32Array} points (N, 2)
 * @param {{values: Float32Array, title: string}} quantity its title names its unit
 * @param {string} colorscale
 * @returns {Record<string, any>}
 */
function byQuantity(points, { values, title }, colorscale) {
  const [cmin, cmax] = quantiles(values, OUTER),
    colorbar = { title: { text: title, side: "right" }, thickness: 10, outlinewidth: 0, len: 0.9 };
  const [x, y] = columnsOf(points);
  return { ...trace(x, y, { color: values, colorscale, cmin, cmax, colorbar }), showlegend: false };
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {Record<string, any>} marker
 * @returns {Record<string, any>}
 */
function trace(x, y, marker) {
  return { type: "scattergl", mode: "markers", x, y, marker };
}

/**
 * @param {Float32Array} points (N, 2)
 * @param {number[]} [rows] all of them unless they are named
 * @returns {[Float32Array, Float32Array]} x and y, each (rows,)
 */
function columnsOf(points, rows) {
  const count = rows?.length ?? points.length / 2,
    x = new Float32Array(count),
    y = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const row = rows ? rows[i] : i;
    x[i] = points[2 * row];
    y[i] = points[2 * row + 1];
  }
  return [x, y];
}

/**
 * Fixed ranges: switching a label off does not move the others.
 * @param {string} text
 * @param {Float32Array} values
 */
function axis(text, values) {
  let low = Infinity,
    high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const room = ROOM * (high - low) + 1e-6;
  return { title: { text, standoff: 6 }, range: [low - room, high + room], zeroline: true, showgrid: true, nticks: 8 };
}
