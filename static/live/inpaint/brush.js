// The brush of the Inpaint page, which paints the hole or draws a picture.
import { partOf } from "../kit/part.js";

/** @typedef {import("./state.js").Inpainting} Inpainting */

/** @param {Inpainting} state */
export function padOf({ drawing, parts }) {
  return drawing ? parts.pad : parts.hole.pad;
}

/** @param {Inpainting} state @param {number} value in the model's pixels */
export function setBrush(state, value) {
  const slider = partOf(state.root, "[data-tool=brush]", HTMLInputElement),
    pad = padOf(state);
  pad.brush = Math.min(Number(slider.max), Math.max(Number(slider.min), value));
  slider.value = String(pad.brush);
}

/** @param {Inpainting} state @param {boolean} [on] whether it brings pixels back */
export function setEraser(state, on = !padOf(state).erasing) {
  padOf(state).erasing = on;
  partOf(state.root, "[data-tool=eraser]", HTMLElement).setAttribute("aria-pressed", String(on));
}

/** @param {Inpainting} state @param {boolean} drawing a picture; else painting the hole */
export function switchPad(state, drawing) {
  const { root } = state;
  state.drawing = drawing;
  partOf(root, ".title", HTMLElement).textContent = drawing ? "Draw a picture" : "Paint the hole";
  partOf(root, ".picture-pad", HTMLElement).hidden = !drawing;
  partOf(root, ".hole-pad", HTMLElement).hidden = drawing;
  partOf(root, "[data-tool=mode]", HTMLElement).hidden = !drawing;
  setBrush(state, padOf(state).brush);
  setEraser(state, padOf(state).erasing);
}
