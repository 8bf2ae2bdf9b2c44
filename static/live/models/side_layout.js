// The markup of Side by side: which models, the pictures that all of them read, a row for each, and one slider.
import { iconButton } from "../kit/markup.js";
import { partOf } from "../kit/part.js";

/** @typedef {ReturnType<typeof sideLayout>} Layout */

/** The section's elements, by what they are for. */
export function sideLayout() {
  const element = document.createElement("section");
  element.className = "side";
  element.setAttribute("aria-label", "Models side by side");
  element.innerHTML = `
    <div class="chips" role="group" aria-label="Models side by side"></div>
    <p class="problem" role="alert" hidden></p>
    <div class="walker">
      ${iconButton("play", "play_arrow", "Play or pause (space bar)")}
      <label>a <input type="range" min="0" max="1" step="any" data-role="t" aria-label="How far from picture a to picture b"> b</label>
      <output></output>
      <button type="button" data-do="another" title="The next test pictures (key n)">Other pictures</button>
      <button type="button" data-do="sample" title="Draw z from the prior again: the same z where the prior is N(0, I) of as many dimensions (key z)">Other samples</button>
    </div>
    <div class="originals"></div>
    <div class="rows" role="table" aria-label="Models, one a row">
      <div class="row head" role="row">
        <div class="who" role="columnheader"></div>
        <div class="walked" role="columnheader"><h2>a → b</h2></div>
        <div class="read" role="columnheader"><h2>x: click the two that the walk goes between</h2>
          <div class="inputs" role="group" aria-label="Test pictures: the next click chooses b, the one after it a"></div></div>
        <div class="drawn" role="columnheader"><h2>samples, z from the prior</h2></div>
        <div class="numbers" role="columnheader"><h2>−log p(x), time, sharpness</h2><h2><span data-term="reconstruction">E log p(x|z)</span> −
          <span data-term="kl">KL</span> = ELBO, nats</h2></div>
      </div>
    </div>`;
  return {
    element,
    chips: partOf(element, ".chips", HTMLElement),
    rows: partOf(element, ".rows", HTMLElement),
    inputs: partOf(element, ".inputs", HTMLElement),
    play: partOf(element, "[data-do=play] .symbol", HTMLElement),
    slider: partOf(element, "[data-role=t]", HTMLInputElement),
    value: partOf(element, ".walker output", HTMLElement),
    originals: partOf(element, ".originals", HTMLElement),
    alert: partOf(element, ".problem", HTMLElement),
  };
}
