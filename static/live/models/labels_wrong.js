// The test pictures that the model gets wrong: what each is, what q(y|x) says, and how sure it is.
import { Originals } from "../engine/codes.js";
import { escaped, shortened } from "../kit/markup.js";
import { PictureCanvas } from "../kit/paint.js";

/** @typedef {import("./labels_state.js").SemiSupervised} SemiSupervised */

const TENTH = 0.0005; // below that a share is less than 0.1 %

/** @param {number} share @returns {string} in percent */
export function percent(share) {
  if (share < TENTH) return "< 0.1 %";
  return share >= 1 - TENTH ? "> 99.9 %" : `${(100 * share).toFixed(1)} %`;
}

/** @param {SemiSupervised} section @param {string} instead what is said where they are not here */
export function buildWrong({ layout, wrong, network, labels, page }, instead) {
  const { count, wrong: host } = layout;
  if (!wrong || !network) {
    count.textContent = "";
    host.replaceChildren(Object.assign(document.createElement("p"), { textContent: instead }));
    return;
  }
  const shown = wrong.rows.length,
    some = shown < wrong.count ? `, the ${shown} surest` : "",
    how = shown ? ": click one" : "";
  /** @param {number} whole */
  const written = (whole) => whole.toLocaleString("en");
  count.textContent = `${written(wrong.count)} of ${written(wrong.of)} test pictures (${((100 * wrong.count) / wrong.of).toFixed(1)} %)${some}${how}`;
  /** @param {number} label */
  const name = (label) => escaped(shortened(labels[label] ?? String(label)));
  host.innerHTML = wrong.rows
    .map((row, i) => {
      const is = name(wrong.labels[i]),
        guess = name(wrong.guessed[i]),
        sure = percent(wrong.probability[i]);
      return `<button type="button" data-row="${row}" aria-pressed="false" title="Test picture ${row}: it is ${is}, q(${guess} | x) = ${sure}. Read it.">
        <canvas class="skeleton" data-role="missed"></canvas><span>${is} → ${guess}</span><small>${sure}</small></button>`;
    })
    .join("");
  if (!shown) return;
  const pictures = new Originals(wrong, network.shape, page.persist),
    { shape } = network;
  host.querySelectorAll("canvas").forEach(async (canvas, i) => {
    const bytes = await pictures.get(i);
    new PictureCanvas(canvas).paint(bytes, shape, 1);
  });
}

/** Which of them is being read. @param {SemiSupervised} section */
export function markWrong({ layout, place, source }) {
  for (const button of layout.wrong.querySelectorAll("button"))
    button.setAttribute("aria-pressed", String(!source.tests.own && Number(button.dataset.row) === place.row));
}
