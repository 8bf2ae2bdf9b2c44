// The markup of the picture that a section reads, and its parts.
import { iconButton } from "../kit/markup.js";
import { partOf } from "../kit/part.js";

const PAD = "Drawing pad: mouse, finger or pen draw; arrow keys move a pen, space puts it down";

/** @param {string} title what can be done with it @returns {string} markup */
export const picturePad = (title) => `
  <h2>${title} <small class="caption"></small></h2>
  <canvas class="pad" aria-label="${PAD}"></canvas>
  <div class="tools">
    <button type="button" data-do="another" title="The next test picture (key n)">Another</button>
    ${iconButton("upload", "upload", "Upload a picture; paste one or drop it here, too (key o)")}
    ${iconButton("eraser", "ink_eraser", "Eraser (key e)")}
    ${iconButton("undo", "undo", "Take the last stroke back (key u)")}
    ${iconButton("blank", "delete", "An empty pad (key c)")}
  </div>`;

/** @param {HTMLElement} element of a section that has this markup, a place for originals, and one for problems */
export function pictureParts(element) {
  /** @param {string} selector */
  const part = (selector) => partOf(element, selector, HTMLElement);
  return {
    pad: partOf(element, ".pad", HTMLCanvasElement),
    caption: part(".caption"),
    eraser: part("[data-do=eraser]"),
    originals: part(".originals"),
    alert: part(".problem"),
  };
}
