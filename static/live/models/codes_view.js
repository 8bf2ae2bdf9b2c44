// What is drawn beside the decoded picture: the map of codes, the charts, and the numbers.
import { significant } from "../kit/numbers.js";
import { inSum, nats, negated } from "../parts/nats.js";
import { total } from "../math/likelihood.js";
import { drawBook } from "./codes_book.js";
import { drawChances, drawUsage } from "./codes_charts.js";
import { spotOf } from "./codes_grid.js";
import { drawMap } from "./codes_map.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */

/** @param {DiscreteLatents} section */
export function showAll(section) {
  drawMap(section);
  drawBook(section);
  drawChances(section);
  drawUsage(section);
  showNumbers(section);
  showChoices(section);
}

/** log p(x|z) + log p(z), a bound on log p(x) whatever the codes are. @param {DiscreteLatents} section */
function showNumbers({ layout, seen, place }) {
  if (!seen) return;
  const rate = -total(seen.logPrior.subarray(0, place.step ?? seen.codes.length)),
    [explained, cost, bound] =
      seen.explained === null ? ["–", negated(nats(rate)), "–"] : inSum([seen.explained, -rate]);
  layout.number("explained").textContent = explained;
  layout.number("rate").textContent = negated(cost);
  layout.number("bound").textContent = bound;
}

/** What was chosen, and how far the draw has come. @param {DiscreteLatents} section */
function showChoices({ layout, place, seen, grids, usage, size, playing, network }) {
  const cells = seen?.codes.length ?? 0,
    { level } = spotOf(grids, place.cell),
    { perplexity, dead } = usage[level],
    changed = place.changed.length;
  layout.own.setAttribute("aria-pressed", String(place.step === null && !changed));
  layout.draw.setAttribute("aria-pressed", String(place.step !== null));
  layout.play.textContent = playing === undefined ? "play_arrow" : "pause";
  layout.steps.hidden = place.step === null;
  layout.steps.textContent = `draw ${place.seed}: ${place.step} of ${cells} cells`;
  layout.restore.disabled = !changed;
  layout.what.textContent = [
    place.step === null ? network && "codes of x" : "z ~ p(z), cell by cell",
    changed ? `${changed} changed by hand` : "",
  ]
    .filter(Boolean)
    .join(", ");
  layout.worth.textContent = `perplexity ${significant(perplexity)} of ${size}, ${dead} dead`;
  for (const button of layout.levels.querySelectorAll("button"))
    button.setAttribute("aria-pressed", String(Number(button.dataset.level) === level));
  const logs = seen?.logPrior[place.cell];
  layout.chance.textContent =
    seen && logs !== undefined
      ? `code ${seen.codes[place.cell]}: ${significant(Math.exp(logs), 2)}, ${nats(-logs)} nats`
      : "";
}
