// A map's figure as Plotly draws it here: in the theme's colours, and with names that are text.
import { escaped, shortened } from "../kit/markup.js";

const MANY_LABELS = 12;
const LOW = 420; // pixels of a map without room for a legend: its names stand among the points
const webgl = Boolean(document.createElement("canvas").getContext("webgl"));

/**
 * @param {Record<string, any>} trace
 * @returns {Record<string, any>} its name as text, which Plotly would read as markup, and as it is in `meta`
 */
export function plain(trace) {
  const drawn = webgl ? trace : { ...trace, type: "scatter" };
  return trace.name === undefined ? drawn : { ...drawn, name: escaped(shortened(trace.name)), meta: trace.name };
}

/**
 * Figures carry no colours of the page: they get those of the theme that is on.
 * @param {Record<string, any>} layout
 * @param {Record<string, any>} colours
 * @returns {Record<string, any>}
 */
export function themed(layout, { ink, faint, ground, line, font, size }) {
  /** @param {object} own */
  const axis = (own) => ({ ...own, color: faint, gridcolor: line, zerolinecolor: line });
  return {
    ...layout,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink, family: font, size },
    xaxis: axis(layout.xaxis),
    yaxis: axis(layout.yaxis),
    modebar: { color: faint, activecolor: ink, bgcolor: "rgba(0,0,0,0)", orientation: "v" },
    annotations: (layout.annotations ?? []).map((/** @type {Record<string, any>} */ annotation) => ({
      ...annotation,
      ...(annotation.name && { text: `<b>${escaped(shortened(annotation.name))}</b>` }),
      bgcolor: ground,
      font: { ...annotation.font, color: ink },
    })),
  };
}

/** @param {HTMLElement} host of the map @param {{labels: string[]}} model @returns {boolean} whether a legend leaves it its place */
export function hasLegend({ clientHeight }, { labels }) {
  return labels.length <= MANY_LABELS && clientHeight >= LOW;
}

/** @param {string} name of the model @returns {Record<string, any>} what Plotly's tools do, and which there are */
export function configFor(name) {
  return {
    responsive: false,
    displaylogo: false,
    scrollZoom: true,
    doubleClick: "reset",
    showTips: false,
    modeBarButtons: [["pan2d", "zoom2d", "lasso2d", "resetScale2d", "toImage"]],
    toImageButtonOptions: { format: "png", scale: 2, filename: `map-${name}` },
  };
}

/** @typedef {{xaxis: number[], yaxis: number[]}} Zoom the ranges of the axes */

export const RANGE = /^[xy]axis\.(auto)?range/; // what Plotly calls a change of an axis

/**
 * @param {Record<string, any>} layout as Plotly has it now
 * @returns {Zoom | null} null where the axes are as they opened
 */
export function zoomOf({ xaxis, yaxis }) {
  const opened = [xaxis, yaxis].every(({ range: [low, high], _rangeInitial0: first, _rangeInitial1: last }) => {
    return Math.abs(low - first) + Math.abs(high - last) < 1e-6 * (last - first);
  });
  return opened ? null : { xaxis: Array.from(xaxis.range), yaxis: Array.from(yaxis.range) };
}
