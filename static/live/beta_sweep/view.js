// What stands beside the pictures.
import { say } from "../kit/markup.js";
import { significant } from "../kit/numbers.js";

/** @typedef {import("./state.js").Sweep} Sweep */

const RANKS = ["", "most", "second most", "third most"];
const LAST = ["th", "st", "nd", "rd"]; // of a rank that ends in that digit, but for 11 to 13
const READ_IN = 8000; // ms until a sentence goes

/** @param {Sweep} sweep */
export function show(sweep) {
  const { layout, mode, around, row } = sweep,
    { root, rank, index } = layout,
    k = Math.min(sweep.k, sweep.most);
  root.dataset.mode = mode;
  for (const button of layout.modes) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  layout.slider.dataset.dim = String(k - 1);
  rank.textContent = RANKS[k]
    ? `${RANKS[k]} informative`
    : `${k}${(Math.floor(k / 10) % 10 !== 1 && LAST[k % 10]) || "th"} most informative`;
  rank.title = "In each model the dimension with this rank by KL";
  layout.around.value = root.dataset.around = around;
  layout.source.textContent = row === null ? "drawn" : (sweep.own?.[row % sweep.samples] ?? `test picture ${row}`);
  if (document.activeElement !== index) index.value = row === null ? "" : String(row);
  sweep.shelf.mark(row);
  if (mode === "slider") for (const card of sweep.cards.values()) card.showDimension(k);
  showValue(sweep);
}

/** The numbers of both sliders. @param {Sweep} sweep */
export function showValue({ layout, noise, u }) {
  if (layout.noise.valueAsNumber !== noise) layout.noise.valueAsNumber = noise;
  layout.noiseValue.textContent = noise.toFixed(2);
  if (layout.slider.valueAsNumber !== u) layout.slider.valueAsNumber = u;
  layout.value.textContent = `${u > 0 ? "+" : ""}${significant(u)} σ`;
}

/** @param {Sweep} sweep @param {string} sentence */
export function showProblem({ layout: { alert } }, sentence) {
  say(alert, sentence);
  clearTimeout(Number(alert.dataset.timer));
  const timer = setTimeout(() => {
    alert.hidden = true;
  }, READ_IN);
  alert.dataset.timer = String(timer);
}
