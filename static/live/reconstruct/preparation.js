// What is drawn, prepared as the data set's own pictures were, step by step.
import { centredByMass, fittedToBox } from "../math/centring.js";

const BINARISE =
  "One draw of zeros and ones, pixels as probabilities, as in training: a grey picture has no likelihood of its own.";

/**
 * @param {import("./state.js").Model} model
 * @param {{fit?: boolean, centre?: boolean}} switches of the visitor
 * @param {Uint8Array} drawn (C, H, W)
 * @returns {{bytes: Uint8Array, steps: import("./steps.js").Step[]}} the picture, and the strip of steps to it
 */
export function prepared({ pen, shape }, switches, drawn) {
  /** @type {import("./steps.js").Step[]} */
  const steps = [{ name: "drawn", title: "as drawn", bytes: drawn }];
  let bytes = drawn;
  const box = pen?.box;
  if (pen && box) {
    const on = switches.fit ?? pen.fit;
    if (on) bytes = fittedToBox(bytes, shape, box);
    const help = `Scaled so that the longer side fills ${box} pixels.`;
    steps.push({ name: "fit", title: "fit", help, on, bytes });
  }
  if (pen) {
    const on = switches.centre ?? pen.centre;
    if (on) bytes = centredByMass(bytes, shape);
    const help = "Moved so that the centre of mass is in the middle.";
    steps.push({ name: "centre", title: "centre", help, on, bytes });
  }
  return { bytes, steps };
}

/** @param {boolean} on @param {Uint8Array} bytes of the draw @returns {import("./steps.js").Step} the last step */
export function binariseStep(on, bytes) {
  return { name: "binarise", title: "binarise", help: BINARISE, on, bytes };
}
