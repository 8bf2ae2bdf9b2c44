// The markup of Sharpness: real pictures above what each model makes, their numbers, and the spectrum of all.
import { partOf } from "../kit/part.js";

/** @typedef {ReturnType<typeof sharpLayout>} Layout */

const ERROR = "Root mean square difference from the real pictures above, all pixels of all of them";
const SHARP = "Variance of the Laplacian of these pictures, as a share of the real ones'. Noise is sharp, too";
const POWER =
  "Mean squared Fourier coefficients of the pictures on the screen, over waves from long to two pixels (1, the Nyquist " +
  "frequency)";

/** The section's elements, by what they are for. */
export function sharpLayout() {
  const element = document.createElement("section");
  element.className = "sharp";
  element.setAttribute("aria-label", "How sharp models' pictures are");
  element.innerHTML = `
    <div class="chips" role="group" aria-label="Models"></div>
    <p class="problem" role="alert" hidden></p>
    <div class="choices">
      <button type="button" data-show="reconstructions" title="What each model makes of the real pictures above">Reconstructions</button>
      <button type="button" data-show="samples" title="What each model makes of the same z from the prior">Samples</button>
      <span></span>
      <button type="button" data-do="another" title="The next test pictures (key n)">Other pictures</button>
      <button type="button" data-do="sample" title="Draw z from the prior (key z), then again: the same z where the prior is N(0, I) of as many dimensions">Draw z</button>
    </div>
    <div class="board">
      <div class="rows" role="table" aria-label="Real pictures, then models, one a row">
        <div class="row head" role="row">
          <div class="who" role="columnheader"></div>
          <div role="columnheader"><h2 class="what"></h2></div>
          <div class="number" role="columnheader"><h2 title="${ERROR}">pixel error<small>grey levels of 255</small></h2></div>
          <div class="number" role="columnheader"><h2 title="${SHARP}">sharpness<small class="unit"></small></h2></div>
        </div>
        <div class="row real" role="row">
          <div class="who" role="rowheader"><b><i class="swatch"></i>Real pictures</b><small></small></div>
          <div class="made" role="cell"><canvas class="skeleton" data-role="real" role="img"></canvas></div>
          <div class="number" role="cell"><b data-number="error">–</b></div>
          <div class="number" role="cell"><b data-number="sharpness">–</b></div>
        </div>
      </div>
      <figure class="spectrum">
        <h2 title="${POWER}">Power at each spatial frequency</h2>
        <canvas data-role="spectrum" role="img"></canvas>
        <figcaption>Below the real curve details are lost; above it are details that real pictures do not have.</figcaption>
      </figure>
    </div>
    <div class="originals"></div>`;
  /** @param {string} selector */
  const part = (selector) => partOf(element, selector, HTMLElement);
  return {
    element,
    chips: part(".chips"),
    shows: Array.from(element.querySelectorAll("[data-show]")),
    rows: part(".rows"),
    what: part(".what"),
    unit: part(".unit"),
    real: part(".real"),
    realCanvas: partOf(element, "[data-role=real]", HTMLCanvasElement),
    spectrum: partOf(element, "[data-role=spectrum]", HTMLCanvasElement),
    originals: part(".originals"),
    alert: part(".problem"),
  };
}
