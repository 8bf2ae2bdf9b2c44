// The markup of Discrete latents: the picture, its codes as a map, the codebook, and what the prior makes of them.
import { iconButton } from "../kit/markup.js";
import { partOf } from "../kit/part.js";
import { picturePad, pictureParts } from "./picture_layout.js";

/** @typedef {ReturnType<typeof codesLayout>} Layout */

const LEVELS = ["Coarse grid", "Fine grid"];

/** The section's elements, by what they are for. */
export function codesLayout() {
  const element = document.createElement("section");
  element.className = "shape codes";
  element.setAttribute("aria-label", "Discrete latents");
  element.innerHTML = `
    <div class="picture">${picturePad("Draw on x")}
      <h2>What the codes decode to</h2>
      <canvas class="skeleton" data-role="decoded" role="img" aria-label="What the codes decode to"></canvas>
      <div class="originals"></div>
    </div>
    <div class="plane">
      <h2>Click a cell, then a code <small class="what"></small></h2>
      <div class="levels" role="group" aria-label="Which grid" hidden></div>
      <canvas data-role="map" data-keys tabindex="0" role="application"
        aria-label="The map of codes: a click or the arrow keys choose a cell, + and - give it the next code or the one before"></canvas>
    </div>
    <div class="verdict">
      <div class="sum" role="group" aria-label="log p(x|z) − rate is at most log p(x)">
        <p title="How well the codes explain x"><small>log p(x|z)</small><b data-number="explained" data-term="reconstruction">–</b></p><i>−</i>
        <p title="−log p(z): what the codes cost under the prior, cell by cell"><small>rate −log p(z)<span class="unit">, nats</span></small><b data-number="rate" data-term="kl">–</b></p><i>=</i>
        <p title="log p(x, z) of one z: log p(x) is the logarithm of a sum over all z, and cannot be less"><small>log p(x) is at least, nats</small><b data-number="bound">–</b></p>
        <p class="why"></p>
      </div>
      <div class="choices">
        <button type="button" data-do="own" aria-pressed="true" title="What the encoder says of this picture (key 0)">x's own codes</button>
        <button type="button" data-do="draw" aria-pressed="false" title="Draw the codes from the prior, one cell after another (key z)">Draw from p(z)</button>
        ${iconButton("play", "play_arrow", "Play or pause the draw (space bar); arrow keys and a clicker step it")}
        <button type="button" data-do="restore" title="Take back what was changed by hand" disabled>Reset</button>
        <output class="steps" hidden></output>
      </div>
      <h2>Codebook <small>the chosen cell with each code, all others as they are</small></h2>
      <canvas data-role="book" data-keys tabindex="0" role="application"
        aria-label="The codebook: a click gives the cell that code, arrow keys the next one or the one before"></canvas>
      <div class="charts">
        <figure><h2>p(code | cells before) <small class="chance"></small></h2>
          <canvas data-role="chances" role="img" aria-label="How likely each code is in the chosen cell, given the cells before it"></canvas></figure>
        <figure><h2>Usage by the test set <small class="worth" title="exp of the entropy of the codes' shares: so many codes, used evenly, would say as much. A dead code is in no test picture."></small></h2>
          <canvas data-role="usage" role="img" aria-label="Each code's share of the cells of all test pictures"></canvas></figure>
      </div>
      <p class="problem" role="alert" hidden></p>
    </div>`;
  /** @param {string} selector */
  const part = (selector) => partOf(element, selector, HTMLElement);
  /** @param {string} role */
  const canvas = (role) => partOf(element, `[data-role=${role}]`, HTMLCanvasElement);
  return {
    element,
    ...pictureParts(element),
    decoded: canvas("decoded"),
    map: canvas("map"),
    levels: part(".levels"),
    book: canvas("book"),
    chances: canvas("chances"),
    usage: canvas("usage"),
    what: part(".what"),
    chance: part(".chance"),
    worth: part(".worth"),
    own: part("[data-do=own]"),
    sum: part(".sum"),
    why: part(".why"),
    draw: part("[data-do=draw]"),
    play: part("[data-do=play] .symbol"),
    restore: partOf(element, "[data-do=restore]", HTMLButtonElement),
    steps: part(".steps"),
    /** @param {string} name */
    number: (name) => part(`[data-number=${name}]`),
  };
}

/** A button for each grid, where there are two. @param {Layout} layout @param {number} count */
export function buildLevels({ levels }, count) {
  levels.hidden = count < 2;
  levels.innerHTML = LEVELS.slice(0, count)
    .map((name, level) => `<button type="button" data-level="${level}" aria-pressed="false">${name}</button>`)
    .join("");
}
