// The markup of Conditional, left to right as the model reads: the picture and its label, the style z, every label.
import { escaped, shortened } from "../kit/markup.js";
import { partOf } from "../kit/part.js";
import { picturePad, pictureParts } from "./picture_layout.js";

/** @typedef {ReturnType<typeof conditionalLayout>} Layout */

/** The section's elements, by what they are for. */
export function conditionalLayout() {
  const element = document.createElement("section");
  element.className = "conditional";
  element.setAttribute("aria-label", "One style in every label");
  element.innerHTML = `
    <div class="picture">${picturePad("Draw on x")}
      <h2>x is said to be y</h2>
      <div class="said" role="group" aria-label="The label y of the picture"></div>
      <div class="originals"></div>
    </div>
    <div class="style">
      <h2>Drag the style z</h2>
      <div class="from" role="group" aria-label="Where z comes from">
        <button type="button" data-do="read" aria-pressed="false">From x and y</button>
        <button type="button" data-do="draw" aria-pressed="true" title="z from the prior, drawn again (key z)">Draw z</button>
      </div>
      <div class="sliders"></div>
    </div>
    <div class="labels">
      <h2>The same z in every label: p(x | y, z) <small class="what"></small></h2>
      <div class="cells" role="group" aria-label="What z decodes to, with each label"></div>
    </div>
    <p class="problem" role="alert" hidden></p>`;
  /** @param {string} selector */
  const part = (selector) => partOf(element, selector, HTMLElement);
  return {
    element,
    ...pictureParts(element),
    said: part(".said"),
    read: part("[data-do=read]"),
    draw: part("[data-do=draw]"),
    sliders: part(".sliders"),
    what: part(".what"),
    cells: part(".cells"),
  };
}

/**
 * A cell and a button for every label.
 * @param {Layout} layout @param {string[]} labels @param {string[]} palette colours of labels
 * @param {boolean} seesLabel whether the encoder is given y beside x
 * @returns {HTMLCanvasElement[]} one a label
 */
export function buildLabels({ cells, said, read, element }, labels, palette, seesLabel) {
  read.textContent = seesLabel ? "From x and y" : "From x";
  read.title = `The mean of q(z | x${seesLabel ? ", y" : ""}): the picture's style`;
  /** @param {number} y */
  const colour = (y) => `--label: ${palette[y % palette.length]}`;
  const columns = labels.length < 7 ? labels.length : Math.max(5, Math.ceil(Math.sqrt(2 * labels.length)));
  element.style.setProperty("--columns", String(columns));
  element.style.setProperty("--rows", String(Math.ceil(labels.length / columns)));
  cells.innerHTML = labels
    .map(
      (
        name,
        y,
      ) => `<figure data-label="${y}" style="${colour(y)}"><canvas class="skeleton" data-role="decoded" role="img"
        aria-label="z with label ${escaped(name)}"></canvas><figcaption>${escaped(shortened(name))}</figcaption></figure>`,
    )
    .join("");
  said.innerHTML = labels
    .map(
      (name, y) =>
        `<button type="button" data-label="${y}" style="${colour(y)}" title="${seesLabel ? "Read x as" : "The encoder is not told that x is"} ${escaped(name)}">${escaped(shortened(name))}</button>`,
    )
    .join("");
  return Array.from(cells.querySelectorAll("canvas"));
}
