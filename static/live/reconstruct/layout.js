// The markup of the Reconstruct page, from left to right as the model reads; behaviour is filled in by other modules.
import { symbol } from "../kit/markup.js";

/** @returns {HTMLElement} */
export function reconstructPage() {
  const root = document.createElement("div");
  root.className = "live reconstruct";
  root.dataset.live = "reconstruct";
  /** @param {string} attribute @param {string} icon @param {string} help @param {string} [label] */
  const button = (attribute, icon, help, label = help) =>
    `<button type="button" ${attribute} title="${help}" aria-label="${label}">${symbol(icon)}</button>`;
  root.innerHTML = `
    <header><div class="sources" role="group" aria-label="Bring a picture"></div>
      <div class="steps" role="group" aria-label="How it is prepared"></div></header>
    <p class="problem" role="alert" hidden></p>
    <section class="picture" aria-label="The picture x">
      <h2>Draw on x <small class="caption"></small></h2>
      <canvas aria-label="Drawing pad: mouse, finger or pen draw; arrow keys move a pen, space puts it down"></canvas>
      <div class="tools">
        <label title="Brush, in the model's pixels ([ and ] on the keyboard)">${symbol("brush")}
          <input type="range" min="0.8" max="6" step="0.2" data-tool="brush" aria-label="Brush size in pixels"></label>
        <input type="color" data-tool="colour" aria-label="Colour of the brush" value="#ffffff" hidden>
        ${button('data-tool="eraser" aria-pressed="false"', "ink_eraser", "Eraser (key e)", "Eraser")}
        ${button('data-tool="undo"', "undo", "Take the last stroke back (key u)", "Undo")}
        ${button('data-tool="clear"', "delete", "Empty the pad (key c)", "Clear")}
      </div>
    </section>
    <section class="model" aria-label="The model">
      <h2><i>→</i> Tap a part for its formula</h2><div class="flow"></div>
    </section>
    <section class="landing" aria-label="The posterior on the map">
      <h2>See where q(z|x) lands</h2>
      <div class="map" data-role="map"></div>
      <div class="toolbar"></div>
      <p class="truth" title="By quadrature over a grid of z, live: log p(x) = ELBO + KL(q ‖ p). The ELBO is highest where q is p(z|x)" hidden></p>
    </section>
    <section class="made" aria-label="The reconstruction">
      <h2><i>→</i> Read what comes back <small class="caption">from the mean</small></h2>
      <canvas data-role="decoded" role="img" aria-label="The reconstruction, from the posterior's mean"></canvas>
      <div class="tools">
        <button type="button" data-do="epsilon" title="New epsilon (key r)">${symbol("casino")} Draw z again</button>
        <button type="button" data-do="mean" title="Back to the posterior's mean" aria-pressed="true">ε = 0</button>
        <label class="spread" title="z = μ + s σ ε: s is 1 for the posterior itself">s
          <input type="range" min="0" max="4" step="0.05" value="1" data-tool="scale"
            aria-label="How far epsilon reaches"><output>1.00</output></label>
      </div>
    </section>
    <section class="missed" aria-label="The error">
      <h2>See what is missed</h2>
      <canvas data-role="error" role="img" aria-label="Signed error, x minus its reconstruction"></canvas>
      <p class="scale" title="x minus its reconstruction: blue where the model adds, red where it leaves out">
        <span>adds</span><i></i><span>leaves out</span></p>
      <p class="bound" title="Of this picture, in nats: taken apart below"></p>
    </section>
    <section class="again" aria-label="Samples of the posterior">
      <h2>Samples of q(z|x)</h2>
      <canvas data-role="samples" role="img" aria-label="Pictures decoded from samples of the posterior"></canvas>
    </section>
    <section class="posterior" aria-label="The posterior, dimension by dimension">
      <h2>Read q(z|x), dimension by dimension</h2><div class="bars"></div></section>
    <section class="verdict" aria-label="The ELBO">
      <div class="tabs"><div role="tablist" aria-label="The verdict">
        <button type="button" role="tab" data-tab="elbo" aria-selected="true">The ELBO, taken apart</button>
        <button type="button" role="tab" data-tab="compare" aria-selected="false">Through several models</button></div>
        <p class="unusual"></p></div>
      <div class="elbo" role="tabpanel"></div>
      <div class="compare" role="tabpanel" hidden></div>
    </section>`;
  return root;
}
