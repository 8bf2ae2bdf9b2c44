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
      <h2>q(y | x) <small class="how"></small></h2>
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
    how: part(".how"),
    bars: part(".bars"),
    count: part(".count"),
    wrong: part(".wrong"),
  };
}

/**
 * How x is rebuilt with a label.
 * @param {string} y the label @param {import("./labels_state.js").Kind} kind of model
 */
function rebuiltFrom(y, { stacked, seesLabel }) {
  if (stacked)
    return `z₂ is the mean of q(z₂ | z₁, y = ${y}) at the mean of q(z₁ | x), and z₁ then that of p(z₁ | y = ${y}, z₂), which M1 decodes`;
  return `z is the mean of q(z | x${seesLabel ? `, y = ${y}` : ""}), decoded with y = ${y}`;
}

/**
 * A bar and a picture for every label.
 * @param {Layout} layout @param {string[]} labels @param {string[]} palette colours of labels
 * @param {import("./labels_state.js").Kind} kind of model
 * @returns {Row[]}
 */
export function buildBars({ bars, element, how }, labels, palette, kind) {
  how.textContent = `and x rebuilt with each y, ${kind.stacked ? "from the means of z₂ and z₁" : "as the sum over y has it"}`;
  element.style.setProperty("--count", String(labels.length));
  bars.innerHTML = labels
    .map((name, y) => {
      const text = escaped(name);
      return `<div class="guess" data-label="${y}" style="--label: ${palette[y % palette.length]}">
        <b title="${text}">${escaped(shortened(name))}</b>
        <canvas class="skeleton" data-role="rebuilt" role="img" aria-label="x as ${text}"
          title="x as ${text}: ${rebuiltFrom(text, kind)}"></canvas>
        <i></i><output>–</output><span class="tick" title="What the data set says it is">✓</span></div>`;
    })
    .join("");
  return Array.from(bars.querySelectorAll(".guess"), (row) => ({
    element: /** @type {HTMLElement} */ (row),
    share: partOf(row, "output", HTMLElement),
    canvas: new PictureCanvas(partOf(row, "canvas", HTMLCanvasElement)),
  }));
}
