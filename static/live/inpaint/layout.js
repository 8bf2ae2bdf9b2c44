// The markup of the Inpaint page: the hole, the completion, how sure it is; below, several answers.
import { symbol } from "../kit/markup.js";
import { partOf } from "../kit/part.js";

/** @returns {HTMLElement} */
export function inpaintPage() {
  const root = document.createElement("div");
  root.className = "live inpaint";
  root.dataset.live = "inpaint";
  /** @param {string} attribute @param {string} icon @param {string} help @param {string} [label] */
  const button = (attribute, icon, help, label = help) =>
    `<button type="button" ${attribute} title="${help}" aria-label="${label}">${symbol(icon)}</button>`;
  root.innerHTML = `
    <header><div class="sources" role="group" aria-label="Bring a picture"></div>
      <div class="masks" role="group" aria-label="Hide a part of it">
        <label>Hide <select data-tool="kind" aria-label="Kind of hole"></select></label>
        <label class="share"><input type="range" min="0" step="1" data-tool="fraction"
          aria-label="Share of hidden pixels"><output data-role="share">0 %</output></label>
        ${button('data-do="another"', "casino", "Another hole of this kind (key h)", "New mask")}</div></header>
    <p class="problem" role="alert" hidden></p>
    <section class="observed" aria-label="The picture with its hole">
      <h2><span class="title">Paint the hole</span> <small class="caption"></small></h2>
      <div class="stack">
        <canvas class="skeleton" data-role="observed" role="img" aria-label="What is observed; the hole is coloured"></canvas>
        <canvas class="picture-pad" aria-label="Drawing pad: mouse, finger or pen draw; arrow keys move a pen, space puts it down" hidden></canvas>
        <canvas class="hole-pad" aria-label="Paint over what is to be hidden: arrow keys move a brush, space puts it down"></canvas></div>
      <div class="tools">
        <label title="Brush, in the model's pixels ([ and ] on the keyboard)">${symbol("brush")}
          <input type="range" min="0.8" max="9" step="0.2" data-tool="brush" aria-label="Brush size in pixels"></label>
        ${button('data-tool="eraser" aria-pressed="false"', "ink_eraser", "Bring pixels back (key e)", "Bring back")}
        ${button('data-tool="undo"', "undo", "Take the last stroke back (key u)", "Undo")}
        ${button('data-tool="clear"', "delete", "No hole (key c)", "Clear")}
        <button type="button" data-tool="mode" hidden>Paint the hole</button></div>
    </section>
    <section class="completed" aria-label="The completion">
      <h2><i>→</i> Watch it fill in ${button('data-do="draws"', "casino", "Other completions (key r)", "New draws")}</h2>
      <canvas class="skeleton" data-role="decoded" role="img" aria-label="One completion: a draw from q(z | x observed), decoded"></canvas>
    </section>
    <section class="unsure" aria-label="How sure the model is">
      <h2>See where it is unsure <small class="caption" title="Standard deviation of each pixel over the completions">std. dev.</small></h2>
      <canvas class="skeleton" data-role="spread" role="img" aria-label="Standard deviation of each pixel over the completions"></canvas>
      <p class="scale"><span>0</span><i></i><span class="most"></span></p>
    </section>
    <div class="below"><section class="answers" aria-label="Several completions">
      <h2>Pick one of <span data-answers></span> answers <small class="caption">posterior completions of the same hole</small></h2>
      <div class="sheet"><canvas class="skeleton" data-role="gallery" tabindex="0" data-keys="arrows" role="img"></canvas><i class="frame"></i></div>
    </section>
    <section class="aside">
      <figure><canvas class="skeleton" data-role="mean" role="img" aria-label="Mean of the completions"></canvas>
        <figcaption>Mean of <span data-answers></span></figcaption></figure>
      <figure><canvas data-role="truth" role="img" aria-label="The truth" hidden></canvas><span class="hidden-truth" title="Reveal the truth (key t)">?</span>
        <figcaption><label><input type="checkbox" role="switch" data-tool="truth"> Truth <span class="key">(key t)</span></label></figcaption></figure>
    </section>
    <section class="votes" aria-label="What the completions look like">
      <h2>See what they look like <small class="caption">by nearest codes</small></h2>
      <div class="labels" role="img"></div></section></div>`;
  return root;
}

/**
 * Say how many answers there are, and how many codes vote for each.
 * @param {HTMLElement} root
 * @param {import("./state.js").Limits} limits
 */
export function showCounts(root, { answers, neighbours }) {
  for (const place of root.querySelectorAll("[data-answers]")) place.textContent = String(answers);
  const sheet = partOf(root, "[data-role=gallery]", HTMLElement);
  sheet.setAttribute("aria-label", `${answers} completions; click one, arrow keys step`);
  partOf(root, ".votes .caption", HTMLElement).title =
    `Each of the ${answers} counts for the label that most of its ${neighbours} nearest test codes have`;
}
