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
  layout.sum.toggleAttribute("data-partial", seen.explained === null);
  layout.why.textContent = whyUnknown(place, seen);
  layout.number("explained").textContent = explained;
  layout.number("rate").textContent = negated(cost);
  layout.number("bound").textContent = bound;
}

/** @param {DiscreteLatents["place"]} place @param {import("./codes_state.js").Seen} seen @returns {string} why log p(x|z) is not known */
function whyUnknown({ step }, { explained }) {
  if (explained !== null) return "";
  return step === null
    ? "The pixels of x are not here: only the rate is known."
    : "Draws of p(z) are of no x: only the rate is known.";
}

/** What is said of the picture. @param {DiscreteLatents} section @param {string} text what it is called; "" where it is not here */
export function captioned({ place, source, network }, text) {
  if (!text) return place.row === null ? "" : `${source.tests.name(place.row).toLowerCase()}: not here`;
  return network?.noise === null ? `${text}, as zeros and ones` : text;
}

/** What was chosen, and how far the draw has come. @param {DiscreteLatents} section */
function showChoices({ layout, place, seen, grids, usage, size, playing, network, source, x, own }) {
  const cells = seen?.codes.length ?? 0,
    { level } = spotOf(grids, place.cell),
    { perplexity, dead } = usage[level],
    changed = place.changed.length,
    absent = own && !x && place.row !== null ? source.tests.name(place.row).toLowerCase() : "";
  layout.own.textContent = absent ? "Stored codes" : "x's own codes";
  layout.own.title = absent
    ? `What the encoder once said of ${absent} (key 0)`
    : "What the encoder says of this picture (key 0)";
  layout.own.setAttribute("aria-pressed", String(place.step === null && !changed));
  layout.draw.setAttribute("aria-pressed", String(place.step !== null));
  layout.play.textContent = playing === undefined ? "play_arrow" : "pause";
  layout.steps.hidden = place.step === null;
  layout.steps.textContent = `draw ${place.seed}: ${place.step} of ${cells} cells`;
  layout.restore.disabled = !changed;
  layout.what.textContent = [
    place.step === null ? network && (absent ? `stored codes of ${absent}` : "codes of x") : "z ~ p(z), cell by cell",
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
