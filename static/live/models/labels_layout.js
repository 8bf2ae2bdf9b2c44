// The markup of Semi-supervised, left to right: the picture, what q(y|x) says of it, and what it gets wrong.
import { escaped, shortened } from "../kit/markup.js";
import { PictureCanvas } from "../kit/paint.js";
import { partOf } from "../kit/part.js";
import { picturePad, pictureParts } from "./picture_layout.js";

/** @typedef {ReturnType<typeof labelsLayout>} Layout */
/** @typedef {{element: HTMLElement, share: HTMLElement, canvas: PictureCanvas}} Row one label's */

/** The section's elements, by what they are for. */
export function labelsLayout() {
  const element = document.createElement("section");
  element.className = "classified";
  element.setAttribute("aria-label", "Which label a picture has");
  element.innerHTML = `
    <div class="picture">${picturePad("Draw on x")}
      <p class="verdict" role="status"></p>
      <div class="originals"></div>
    </div>
    <div class="guesses">
      <h2>q(y | x) <small>and x rebuilt with each y, as the sum over y has it</small></h2>
      <div class="bars" role="group" aria-label="How likely each label is, and x rebuilt with it"></div>
    </div>
    <div class="misses">
      <h2>What it gets wrong <small class="count"></small></h2>
      <div class="wrong" role="group" aria-label="Test pictures whose likeliest label is not theirs"></div>
    </div>
    <p class="problem" role="alert" hidden></p>`;
  /** @param {string} selector */
  const part = (selector) => partOf(element, selector, HTMLElement);
  return {
    element,
    ...pictureParts(element),
    verdict: part(".verdict"),
    bars: part(".bars"),
    count: part(".count"),
    wrong: part(".wrong"),
  };
}

/**
 * A bar and a picture for every label.
 * @param {Layout} layout @param {string[]} labels @param {string[]} palette colours of labels
 * @returns {Row[]}
 */
export function buildBars({ bars, element }, labels, palette) {
  element.style.setProperty("--count", String(labels.length));
  bars.innerHTML = labels
    .map((name, y) => {
      const text = escaped(name),
        how = `x as ${text}: z is the mean of q(z | x, y = ${text}), decoded with y = ${text}`;
      return `<div class="guess" data-label="${y}" style="--label: ${palette[y % palette.length]}">
        <b title="${text}">${escaped(shortened(name))}</b>
        <canvas class="skeleton" data-role="rebuilt" role="img" aria-label="x as ${text}" title="${how}"></canvas>
        <i></i><output>–</output><span class="tick" title="What the data set says it is">✓</span></div>`;
    })
    .join("");
  return Array.from(bars.querySelectorAll(".guess"), (row) => ({
    element: /** @type {HTMLElement} */ (row),
    share: partOf(row, "output", HTMLElement),
    canvas: new PictureCanvas(partOf(row, "canvas", HTMLCanvasElement)),
  }));
}
