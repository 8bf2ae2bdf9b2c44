// The markup of the Beta sweep: the picture that is read, the models' cards, and the line that moves them.
import { symbol } from "../kit/markup.js";
import { partOf } from "../kit/part.js";

/** @typedef {ReturnType<typeof betaSweepPage>} Layout */

/** @param {string} attribute @param {string} icon @param {string} help @param {string} [label] */
const button = (attribute, icon, help, label = help) =>
  `<button type="button" ${attribute} title="${help}" aria-label="${label}">${symbol(icon)}</button>`;
const MODES = [
  ["slider", "Walk one slider in every model"],
  ["picture", "Send one picture through every model"],
];

/** The page's elements, by what they are for. */
export function betaSweepPage() {
  const root = document.createElement("div");
  root.className = "live beta_sweep";
  root.dataset.live = "beta_sweep";
  root.innerHTML = `
    <header>
      <div class="modes" role="group" aria-label="What every model is given">${MODES.map(
        ([name, text]) => `<button type="button" data-mode="${name}">${text}</button>`,
      ).join("")}</div>
      <p class="status" role="status"></p>
    </header>
    <div class="deck">
      <figure class="source"><b>x <small></small></b><canvas aria-label="Drawing pad: mouse, finger or pen draw; arrow keys move a pen, space puts it down"></canvas></figure>
      <div class="cards"></div>
      <div class="shelf" role="group" aria-label="Test pictures to send through every model"></div>
    </div>
    <div class="walker">
      <span class="rank">${button('data-do="less"', "chevron_left", "The next more informative dimension (key PgUp)", "More informative")}
        <output></output>${button('data-do="more"', "chevron_right", "The next less informative dimension (key PgDn)", "Less informative")}</span>
      ${button('data-do="play"', "play_arrow", "Play or pause (space bar)", "Play or pause")}
      <input type="range" step="any" value="0" aria-label="Standard deviations from the middle">
      <output class="u"></output>
      <select aria-label="What the other dimensions are"><option value="middle">others in the middle</option>
        <option value="picture">others from the picture x</option>
        <option value="prior">others drawn from the prior</option></select>
      ${button('data-do="resample"', "casino", "Draw the others again, the same for every model (key r)", "Draw again")}
    </div>
    <div class="tools">
      <label title="A picture that no model was trained on">Test picture
        <input type="number" min="0" step="1" inputmode="numeric" data-source="index"></label>
      <button type="button" data-do="another" title="Another test picture (key n)">Another</button>
      <button type="button" data-do="blank" title="An empty pad to draw on (key c)">Draw your own</button>
      <label class="brush" title="Brush, in the model's pixels">${symbol("brush")}
        <input type="range" min="0.5" max="6" step="0.1" data-tool="brush" aria-label="Brush size in pixels"></label>
      ${button('data-do="eraser" aria-pressed="false"', "ink_eraser", "Eraser (key e)", "Eraser")}
      ${button('data-do="undo"', "undo", "Take the last stroke back (key u)", "Undo")}
      <label class="noise" title="z = μ + s σ ε: 0 decodes the code's mean, 1 a draw from q(z|x), the same ε for every model">
        noise s <input type="range" min="0" step="0.05" value="0" data-tool="noise" aria-label="Noise on z, in σ of q(z|x)"><output></output></label>
      ${button('data-do="resample"', "casino", "Draw ε again (key r)", "Draw again")}
      <span class="unit">KL: what the code costs; error: −log p(x|z); both in nats</span>
    </div>
    <div class="originals"></div>
    <p class="problem" role="alert" hidden></p>`;
  return {
    root,
    modes: /** @type {NodeListOf<HTMLButtonElement>} */ (root.querySelectorAll("[data-mode]")),
    cards: partOf(root, ".cards", HTMLElement),
    shelf: partOf(root, ".shelf", HTMLElement),
    pad: partOf(root, ".source canvas", HTMLCanvasElement),
    source: partOf(root, ".source small", HTMLElement),
    rank: partOf(root, ".rank output", HTMLElement),
    play: partOf(root, "[data-do=play] .symbol", HTMLElement),
    slider: partOf(root, ".walker input", HTMLInputElement),
    value: partOf(root, ".walker .u", HTMLElement),
    around: partOf(root, ".walker select", HTMLSelectElement),
    index: partOf(root, "[data-source=index]", HTMLInputElement),
    brush: partOf(root, "[data-tool=brush]", HTMLInputElement),
    eraser: partOf(root, "[data-do=eraser]", HTMLElement),
    noise: partOf(root, "[data-tool=noise]", HTMLInputElement),
    noiseValue: partOf(root, ".noise output", HTMLElement),
    originals: partOf(root, ".originals", HTMLElement),
    alert: partOf(root, ".problem", HTMLElement),
  };
}
