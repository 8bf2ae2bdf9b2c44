// The hole on the Inpaint page: a mask that Python drew, or one that is painted.
import { hideError } from "../parts/test_pictures.js";
import { unpacked } from "./hole.js";
import { report } from "./report.js";
import { present } from "./view.js";

/** @typedef {import("./state.js").Inpainting} Inpainting */

export const PAINTED = "painted"; // beside the kinds of masks that Python draws

/** The mask that Python drew for this kind, seed and share. @param {Inpainting} state */
export function showDrawnMask(state) {
  const { masks, mask, model, parts } = state;
  if (!model || !masks || masks.kind !== mask.kind || masks.seed !== mask.seed) return; // they are on their way
  const size = model.shape[1] * model.shape[2];
  state.painted = false;
  parts.hole.load(unpacked(masks.bits, mask.step * Math.ceil(size / 8), size));
  parts.kind.value = mask.kind;
  parts.fraction.value = String(mask.step);
  present(state);
}

/** @param {Inpainting} state @param {number} step */
export function hideShare(state, step) {
  state.mask = { ...state.mask, step };
  showDrawnMask(state);
}

/** @param {Inpainting} state @param {string} kind */
export function chooseKind(state, kind) {
  if (kind === PAINTED) return state.parts.hole.pad.clear(); // nothing is hidden yet; ends in `maskPainted` and `report`
  state.mask = { ...state.mask, kind };
  state.painted = false;
  showDrawnMask(state);
  report(state);
}

/** Python answers with the masks of another seed. @param {Inpainting} state */
export function anotherMask(state) {
  if (!state.limits) return;
  state.mask = { ...state.mask, seed: (state.mask.seed + 1) % state.limits.seeds };
  state.painted = false;
  report(state);
}

/** The hole was painted on. @param {Inpainting} state @param {number} time when the hand moved */
export function maskPainted(state, time) {
  state.painted = true;
  state.parts.kind.value = PAINTED;
  hideError(state);
  present(state, time);
}
