// One native slider a latent dimension, the most used first; how much that is, is drawn beside each.
import { significant } from "../kit/numbers.js";
import { partOf } from "../kit/part.js";

const SHOWN = 10; // more than these fold away
const COLLAPSED = 0.01; // nats, or variance of the mean: below this a dimension says nothing about the picture

/** @typedef {import("../engine/model.js").Dimension} Dimension */

/** How much a dimension is used. @param {Dimension} dimension */
export const useOf = ({ kl, variance }) => kl ?? variance ?? 0;

/** What that is measured in. @param {Dimension[]} dimensions */
export const unitOfUse = ([{ kl }]) => (kl === undefined ? "variance" : "KL, nats");

/** @param {number} index @returns {string} z with a subscript, counted from 1 as on paper */
export function dimensionName(index) {
  return "z" + String(index + 1).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);
}

export class Sliders {
  /** @type {{index: number, input: HTMLInputElement, output: HTMLOutputElement}[]} */
  rows = []; // the most used first
  z = new Float32Array(0); // what they show
  /** @type {number | undefined} */
  settled; // the timer after a key press

  /**
   * @param {HTMLElement} host
   * @param {{onInput: (z: Float32Array, time: number) => void, onChange: () => void}} handlers
   */
  constructor(host, handlers) {
    this.host = host;
    this.handlers = handlers;
  }

  /** @param {Dimension[]} dimensions the most used first */
  build(dimensions) {
    this.z = new Float32Array(dimensions.length);
    this.rows = [];
    const largest = Math.max(...dimensions.map(useOf), COLLAPSED);
    const rows = dimensions.map((dimension) => this.row(dimension, largest));
    this.host.replaceChildren(...rows.slice(0, SHOWN));
    const rest = rows.slice(SHOWN);
    if (!rest.length) return;
    const collapsed = dimensions.slice(SHOWN).filter((one) => useOf(one) < COLLAPSED).length;
    const fold = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = `${rest.length} more` + (collapsed ? `, ${collapsed} of them collapsed` : "");
    fold.append(summary, ...rest);
    fold.addEventListener("toggle", () => {
      if (fold.open) this.host.scrollTop = fold.offsetTop - this.host.offsetTop;
    });
    this.host.append(fold);
  }

  /** @param {Dimension} dimension @param {number} largest use of them all */
  row(dimension, largest) {
    const { index, low, high } = dimension,
      use = useOf(dimension),
      collapsed = use < COLLAPSED,
      row = document.createElement("div");
    row.className = collapsed ? "slider collapsed" : "slider";
    row.innerHTML =
      '<label></label><input type="range" step="any"><output></output><span class="kl"><i></i><b></b></span>';
    const label = partOf(row, "label", HTMLLabelElement),
      input = partOf(row, "input", HTMLInputElement),
      output = partOf(row, "output", HTMLOutputElement),
      bar = partOf(row, ".kl", HTMLElement);
    input.id = `live-z-${index}`;
    input.dataset.dim = String(index);
    Object.assign(input, { min: String(low), max: String(high), value: "0" });
    label.htmlFor = input.id;
    label.textContent = dimensionName(index);
    bar.classList.toggle("variance", dimension.kl === undefined);
    bar.title = sentenceOfUse(dimension, collapsed);
    const measured = dimension.kl === undefined ? `variance ${significant(use)}` : `KL ${significant(use)} nats`;
    input.setAttribute("aria-label", `${dimensionName(index)}, ${measured}`);
    partOf(bar, "i", HTMLElement).style.setProperty("--share", String(use / largest));
    partOf(bar, "b", HTMLElement).textContent = collapsed ? "0" : significant(use, 2);
    input.addEventListener("input", () => this.moved(index, input.valueAsNumber));
    input.addEventListener("change", () => this.handlers.onChange());
    input.addEventListener("keydown", (event) => this.key(event, index, low, high));
    input.addEventListener("dblclick", () => {
      this.moved(index, 0);
      this.handlers.onChange();
    });
    this.rows.push({ index, input, output });
    return row;
  }

  /** @param {number} index @param {number} value */
  moved(index, value) {
    this.z[index] = value;
    this.show(this.z);
    this.handlers.onInput(this.z, performance.now());
  }

  /**
   * Arrow keys step by a fiftieth of the range, Page keys by a fifth; the browser's own step would be a whole unit.
   * @param {KeyboardEvent} event
   * @param {number} index
   * @param {number} low
   * @param {number} high
   */
  key(event, index, low, high) {
    const span = high - low,
      value = this.z[index];
    const small = 0.02,
      big = 0.2;
    /** @type {Record<string, number>} */
    const steps = {
      ArrowRight: small,
      ArrowUp: small,
      ArrowLeft: -small,
      ArrowDown: -small,
      PageUp: big,
      PageDown: -big,
    };
    /** @type {Record<string, number>} */
    const ends = { Home: low, End: high };
    const target = ends[event.key] ?? value + steps[event.key] * span;
    if (Number.isNaN(target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.moved(index, Math.min(high, Math.max(low, target)));
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.handlers.onChange(), 300); // one message for a run of key presses
  }

  /** @param {ArrayLike<number>} z what is on the screen now: the sliders follow the map, too */
  show(z) {
    for (const { index, input, output } of this.rows) {
      this.z[index] = z[index];
      if (input.valueAsNumber !== z[index]) input.value = String(z[index]);
      const text = z[index].toFixed(2).replace("-", "−");
      if (output.value !== text) output.value = text;
    }
  }
}

/** @param {Dimension} dimension @param {boolean} collapsed */
function sentenceOfUse({ index, kl, variance = 0 }, collapsed) {
  const name = dimensionName(index);
  if (kl === undefined) {
    const varies = `the posterior's mean has a variance of ${significant(variance)} over the test set`;
    return `${name}${collapsed ? " is hardly used" : ""}: ${varies}. The KL of this model is no sum over dimensions.`;
  }
  return collapsed
    ? `${name} has collapsed: its posterior is the prior (${significant(kl)} nats), so it changes nothing.`
    : `KL of ${name} from the prior, mean over the test set: ${significant(kl)} nats.`;
}
