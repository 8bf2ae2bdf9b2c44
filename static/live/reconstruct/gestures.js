// What a hand can do on the Reconstruct page: every way of changing x ends in `present`, every settled x in `report`.
import { asPicture } from "../engine/encoder.js";
import { binarised } from "../math/noise.js";
import { findSample, hideError, pictureShown, showError } from "../parts/test_pictures.js";
import { forgetEstimate } from "./marginal.js";
import { binariseStep, prepared } from "./preparation.js";
import { report } from "./report.js";

/** @typedef {import("./state.js").Reconstruction} Reconstruction */

/**
 * Something was drawn: prepare it as the data set's own pictures were.
 * @param {Reconstruction} state
 * @param {Uint8Array} bytes (C, H, W) of the pad
 * @param {number} [time] when the hand moved
 */
export function pictureDrawn(state, bytes, time) {
  if (!state.model) return;
  hideError(state);
  pictureShown(state);
  if (state.source.kind === "pen") {
    const made = prepared(state.model, state.switches, bytes);
    state.before = made.steps;
    return present(state, made.bytes, time);
  }
  state.source = { kind: "touched", index: null };
  if (state.before.length) state.before = [];
  present(state, bytes, time);
}

/** A stroke, an undo or a clear is finished. @param {Reconstruction} state @param {Uint8Array} bytes of the pad */
export function pictureSettled(state, bytes) {
  pictureDrawn(state, bytes);
  report(state);
}

/**
 * What the model sees from this moment on.
 * @param {Reconstruction} state
 * @param {Uint8Array} bytes (C, H, W)
 * @param {number} [time] when the hand moved
 */
export function present(state, bytes, time) {
  const { model, parts, before } = state;
  if (!model) return;
  const bernoulli = model.noise === null,
    binary = bernoulli && state.binary,
    judged = bernoulli ? binarised(bytes) : bytes;
  state.grey = bytes;
  state.judged = judged;
  state.bytes = binary ? judged : bytes;
  parts.steps.show(bernoulli ? [...before, binariseStep(binary, judged)] : before, model.shape);
  state.picture += 1;
  parts.decoder.request(asPicture(state.bytes, model.noise), time);
  forgetEstimate(state);
}

/**
 * A picture that is not drawn: on the pad, too, to be drawn over.
 * @param {Reconstruction} state
 * @param {Uint8Array} bytes (C, H, W)
 * @param {import("./state.js").Source} source
 * @param {string} caption
 * @param {import("./steps.js").Step[]} [steps] that led to it
 */
export function showPicture(state, bytes, source, caption, steps = []) {
  hideError(state);
  pictureShown(state);
  state.parts.pad.load(bytes);
  leavePicture(state, source);
  showCaption(state, caption);
  state.before = steps;
  present(state, Uint8Array.from(bytes));
  state.parts.sources.show(source.index);
}

/** An empty pad to draw on. @param {Reconstruction} state */
export function emptyPad(state) {
  const { pad, sources } = state.parts;
  hideError(state);
  pad.remember();
  pad.blank();
  leavePicture(state, { kind: "pen", index: null });
  showCaption(state, "Draw with mouse, finger or pen");
  sources.show(null);
  pictureSettled(state, pad.picture());
}

/**
 * Another picture is on the pad: an upload cannot be undone back into it, as what is drawn is in the link.
 * @param {Reconstruction} state
 * @param {import("./state.js").Source} source of the other picture
 */
function leavePicture(state, source) {
  if (state.uploaded) state.parts.pad.before = [];
  state.uploaded = source.kind === "file";
  state.source = source;
}

/** Every pixel at random. @param {Reconstruction} state */
export function showNoise(state) {
  if (!state.grey) return;
  const bytes = Uint8Array.from(state.grey, () => Math.floor(256 * Math.random()));
  showPicture(state, bytes, { kind: "noise", index: null }, "Noise: every pixel at random");
  report(state);
}

/**
 * @param {Reconstruction} state
 * @param {number} number of the test picture
 * @param {boolean} [known] whether Python knows already
 */
export async function showSample(state, number, known = false) {
  const found = await findSample(state, number),
    { model, codes } = state;
  if (!found || !model || !codes) return;
  const name = model.labels.length && codes.labels ? model.labels[codes.labels[found.row]] : null,
    label = name === null ? "" : `, label ${name}`;
  const caption = found.instead || `Test picture ${number}${label}`;
  showPicture(state, found.bytes, { kind: "sample", index: number }, caption);
  if (!known) report(state);
}

/** The test picture drawn at a spot of the map. @param {Reconstruction} state @param {number} x @param {number} y */
export function pickOnMap(state, x, y) {
  const [nearest] = state.projection?.index.nearest(x, y, 1) ?? [];
  if (nearest && state.codes) showSample(state, state.codes.indices[nearest.index]);
}

/**
 * A step of the preparation was switched: what is drawn is prepared here, what was brought in Python.
 * @param {Reconstruction} state
 * @param {string} name
 * @param {boolean} on
 */
export function switchStep(state, name, on) {
  if (name === "binarise") {
    state.binary = on;
    if (state.grey) present(state, state.grey);
    return report(state);
  }
  if (state.source.kind !== "pen") return state.call("step", { name, on });
  state.switches = { ...state.switches, [name]: on };
  pictureSettled(state, state.parts.pad.picture());
}

/** @param {Reconstruction} state @param {string} text @param {boolean} [passing] whether it only stands for a moment */
export function showCaption(state, text, passing = false) {
  const { caption } = state.parts;
  if (!passing) state.caption = text;
  caption.textContent = caption.title = text;
}

/** A file could not be taken: say why; the picture before it stays. @param {Reconstruction} state @param {import("../parts/test_pictures.js").Problem} problem */
export function showProblem(state, { number, sentence }) {
  state.problem = number;
  showCaption(state, state.caption);
  showError(state, sentence);
}
