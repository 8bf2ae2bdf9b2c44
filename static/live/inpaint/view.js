// What the Inpaint page shows of its picture and hole: every change of either ends in `present`.
import { MixtureNoise } from "../math/mixture.js";
import { placeName } from "../parts/place_name.js";

/** @typedef {import("./state.js").Inpainting} Inpainting */

/**
 * The picture or its hole changed: everything follows.
 * @param {Inpainting} state
 * @param {number} [time] when the hand moved
 */
export function present(state, time = performance.now()) {
  const { bytes, limits, parts } = state,
    { hole } = parts,
    all = hole.mask.length;
  if (!bytes || !limits || !all) return;
  hole.show(bytes, state.accent);
  const missing = hole.missing;
  parts.share.textContent = `${Math.round((100 * missing) / all)} %`;
  parts.share.title = `${missing} of ${all} pixels are hidden`;
  if (state.painted) parts.fraction.value = String(Math.round((limits.steps * missing) / all));
  parts.decoder.request({ bytes, mask: hole.mask }, time);
  showTruth(state);
}

/** Other completions of the same hole. @param {Inpainting} state */
export function redraw(state) {
  state.seed += 1;
  makeNoise(state);
  present(state);
}

/** @param {Inpainting} state */
export function makeNoise({ model, limits, seed, parts }) {
  if (!model || !limits) return;
  parts.decoder.noise = new MixtureNoise(limits.answers, model.latentDim, seed);
  parts.decoder.chosen = 0;
}

/** One of the answers becomes the completion. @param {Inpainting} state @param {number} answer */
export function pickAnswer(state, answer) {
  state.parts.decoder.chosen = answer;
  present(state);
}

/** The completion's name once it stays. @param {Inpainting} state */
export function nameCompletion({ parts: { decoder, share }, model, codes }) {
  const { z, chosen } = decoder;
  if (!z || !model) return;
  const order = model.dimensions.map(({ index }) => index);
  decoder.picture.nameAtRest(() => {
    const hidden = `${share.textContent} hidden`;
    return `Completion ${chosen + 1}, ${hidden}: ${placeName(z, order, codes, model.labels)}`;
  });
}

/** @param {Inpainting} state @param {boolean} on */
export function revealTruth(state, on) {
  state.truth = on;
  state.parts.truth.checked = on;
  showTruth(state);
}

/** @param {Inpainting} state */
function showTruth({ truth, bytes, model, parts }) {
  parts.truthPicture.canvas.hidden = !truth;
  parts.hidden.hidden = truth;
  if (truth && bytes && model) parts.truthPicture.paint(bytes, model.shape, 1);
}
