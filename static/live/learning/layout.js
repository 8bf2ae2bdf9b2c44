// The markup of Learning: the sections to the left, the open one's picture with its controls, and what is said about it.
import { symbol } from "../kit/markup.js";
import { partOf } from "../kit/part.js";

/** @typedef {ReturnType<typeof learningPage>} Layout */

/** @param {string} does @param {string} icon @param {string} help */
const step = (does, icon, help) =>
  `<button type="button" data-do="${does}" title="${help}" aria-label="${help.replace(/ \(.*/, "")}">${symbol(icon)}</button>`;

/** The page's elements, by what they are for. */
export function learningPage() {
  const root = document.createElement("div");
  root.className = "live learning";
  root.dataset.live = "learning";
  root.innerHTML = `
    <nav aria-label="Sections"></nav>
    <section class="stage" aria-label="The picture and what moves it">
      <header><h2></h2><span class="steps">${step("before", "chevron_left", "The section before (key PgUp)")}
        <output></output>${step("after", "chevron_right", "The next section (key PgDn)")}</span></header>
      <div class="figure"><canvas class="skeleton" data-role="figure" role="img"></canvas><div class="handles"></div>
        <p class="alert" role="alert" hidden></p></div>
      <div class="controls"></div>
    </section>
    <section class="side" aria-label="What it means">
      <div class="formula"></div>
      <table class="figures"><tbody></tbody></table>
      <div class="ask"><p class="question"></p>
        <button type="button" data-do="reveal" aria-expanded="false" title="Show or hide the answer (key t)">Show the answer</button>
        <p class="answer" aria-live="polite" hidden></p></div>
      <p class="expectation"></p>
    </section>`;
  return {
    root,
    nav: partOf(root, "nav", HTMLElement),
    title: partOf(root, "h2", HTMLElement),
    rank: partOf(root, ".steps output", HTMLElement),
    canvas: partOf(root, "canvas", HTMLCanvasElement),
    handles: partOf(root, ".handles", HTMLElement),
    alert: partOf(root, ".alert", HTMLElement),
    controls: partOf(root, ".controls", HTMLElement),
    formula: partOf(root, ".formula", HTMLElement),
    figures: partOf(root, ".figures tbody", HTMLElement),
    question: partOf(root, ".question", HTMLElement),
    reveal: partOf(root, "[data-do=reveal]", HTMLElement),
    answer: partOf(root, ".answer", HTMLElement),
    expectation: partOf(root, ".expectation", HTMLElement),
  };
}
