// The stored pictures of the Explore page: there from the first moment, gone with the first live one.
import { isOf, loadOpening } from "../engine/opening.js";
import { putPart } from "../kit/paint.js";

/** @typedef {import("./state.js").Exploration} Exploration */

/** Fetch those of a model; without them the live ones are waited for. @param {Exploration} state */
export async function fetchStored(state) {
  const { model, parts } = state;
  const pictures = await loadOpening(model.opening).catch(() => null);
  if (!pictures || state.model !== model || parts.decoder.runtime) return;
  state.stored = pictures;
  const { grid } = model.opening;
  if (grid) putPart(parts.manifold.canvas, pictures, grid);
  showStored(state);
}

/** Until the model runs, its stored picture and traversals stand where z is theirs, and nowhere else. @param {Exploration} state */
export function showStored({ root, model, parts, stored, shown }) {
  if (!stored || parts.decoder.runtime) return;
  const { picture, traversals } = model.opening,
    { decoder } = parts,
    theirs = isOf(model.opening, shown);
  root.dataset.stored = theirs ? "1" : "0";
  if (!theirs) {
    decoder.picture.clear();
    parts.traversals.clear();
    return;
  }
  decoder.picture.show(stored, picture);
  putPart(parts.traversals.canvas, stored, traversals);
  performance.mark("live:stored");
}
