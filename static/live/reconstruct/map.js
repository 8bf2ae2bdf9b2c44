// The map on the Reconstruct page, and where the present posterior lies on it.
import { loadPlotly } from "../engine/runtime.js";
import { normals, reparametrised } from "../math/noise.js";
import { hasLegend } from "../parts/map_figure.js";
import { gridOnMap, planeOf, spreadOnMap } from "./posterior_spread.js";

/** @typedef {import("./state.js").Reconstruction} Reconstruction */

export const ON_MAP = 12; // draws on the map, those on the screen first
const SEARCH_EVERY = 150; // ms between two searches of the codes nearest to each draw

/** The map as the view asks for it, once the codes are there. @param {Reconstruction} state */
export async function showMap(state) {
  const Plotly = await loadPlotly(state.files.plotly),
    { codes, model, view, colours } = state,
    { plot } = state.parts.map;
  if (!codes || !model || !view || !colours) return;
  const drawing = plot.drawCodes(Plotly, codes, model, view, colours, hasLegend(plot.host, model));
  state.projection = plot.projection;
  if (!(await drawing)) return;
  placePosterior(state);
  placeTruth(state);
}

/** The true posterior, where the map shows the two latent dimensions or a plane of them. @param {Reconstruction} state */
export function placeTruth({ projection, model, view, truth, parts }) {
  const plane = model && view && planeOf(model, view);
  parts.map.showTruth(truth && projection && plane ? gridOnMap(projection, plane, truth) : null);
}

/** Its mean in every frame, its spread there too unless it takes a search. @param {Reconstruction} state */
export function placePosterior(state) {
  const { projection, view, parts } = state,
    { mean } = parts.decoder;
  if (!projection || !view || !mean) return;
  if (view.projection !== "umap") return placeSpread(state);
  const before = parts.map.posterior;
  parts.map.show({
    mean: projection.place(mean),
    covariance: before?.covariance ?? [0, 0, 0],
    draws: before?.draws ?? [],
  });
  state.scattering ??= setTimeout(() => {
    state.scattering = undefined;
    placeSpread(state);
  }, SEARCH_EVERY);
}

/** @param {Reconstruction} state */
function placeSpread({ projection, model, view, seed, scale, parts }) {
  const { mean, stddev } = parts.decoder;
  if (!projection || !model || !view || !stddev || mean?.length !== model.latentDim) return;
  const draws = reparametrised(mean, stddev, normals(ON_MAP * model.latentDim, seed), scale);
  parts.map.show(spreadOnMap(projection, planeOf(model, view), mean, stddev, draws));
}
