// The picture on the Inpaint page: drawn, brought, or from the test set.
import { bytesOf } from "../kit/bytes.js";
import { findSample, hideError, pictureShown } from "../parts/test_pictures.js";
import { switchPad } from "./brush.js";
import { unpacked } from "./hole.js";
import { PAINTED, showDrawnMask } from "./mask.js";
import { report } from "./report.js";
import { present, revealTruth } from "./view.js";

/** @typedef {import("./state.js").Inpainting} Inpainting */

/**
 * A picture that is not drawn: on the pad, too, to be drawn over.
 * @param {Inpainting} state
 * @param {Uint8Array} bytes (C, H, W)
 * @param {import("./state.js").Source} source
 * @param {string} caption
 */
export function showPicture(state, bytes, source, caption) {
  const { parts } = state;
  hideError(state);
  pictureShown(state);
  state.source = source;
  state.bytes = Uint8Array.from(bytes);
  parts.pad.load(state.bytes);
  parts.caption.textContent = parts.caption.title = caption;
  parts.sources.show(source.index);
  switchPad(state, false);
  present(state);
}

/** @param {Inpainting} state @param {Uint8Array} bytes (C, H, W) @param {number} time when the hand moved */
export function pictureDrawn(state, bytes, time) {
  const { parts } = state;
  hideError(state);
  pictureShown(state);
  state.bytes = bytes;
  state.source = { kind: "pen", index: null };
  parts.caption.textContent = parts.caption.title = "drawn";
  parts.sources.show(null);
  present(state, time);
}

/** An empty pad to draw a picture on. @param {Inpainting} state */
export function emptyPad(state) {
  switchPad(state, true);
  state.parts.pad.clear(); // ends in `pictureDrawn`
}

/**
 * @param {Inpainting} state
 * @param {number} number of the test picture
 * @param {boolean} [known] whether Python knows already
 */
export async function showSample(state, number, known = false) {
  const found = await findSample(state, number);
  if (!found) return;
  showPicture(state, found.bytes, { kind: "sample", index: number }, found.instead || `Test picture ${number}`);
  if (!known) report(state);
}

/**
 * Python sends us somewhere: a link, a file, the first visit. The picture needs files, which are waited for.
 * @param {Inpainting} state
 * @param {import("./state.js").Data} data
 */
export function arrive(state, { place, hole, truth, limits }) {
  const { parts } = state;
  state.wanted = place;
  state.mask = { kind: hole.kind, step: Math.round(limits.steps * hole.fraction), seed: hole.seed };
  state.painted = hole.painted !== null;
  parts.fraction.value = String(state.mask.step);
  if (hole.painted !== null) {
    parts.hole.load(unpacked(bytesOf(hole.painted), 0, parts.hole.mask.length));
    parts.kind.value = PAINTED;
  } else showDrawnMask(state);
  revealTruth(state, truth);
}

/** The picture that is wanted. @param {Inpainting} state */
export async function showWanted(state) {
  const { wanted } = state;
  if (!wanted) return;
  const { kind, index, sentence, x } = wanted;
  if (kind === "sample" && index !== null) await showSample(state, index, true);
  else if (x) showPicture(state, bytesOf(x), { kind, index: null }, sentence);
}
