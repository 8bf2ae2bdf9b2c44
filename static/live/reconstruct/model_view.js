// The model seen as a model: the encoder, the numbers between the networks, the decoder; a tap on a part opens its formula.
import { partOf } from "../kit/part.js";
import { dimensionName } from "../parts/sliders.js";
import { explained } from "./model_parts.js";

/** @typedef {import("./model_parts.js").Part} Part */
/** @typedef {{mean: Float32Array, stddev: Float32Array, epsilon: Float32Array | null, z: Float32Array}} Latents each (D,) */

const COLUMN = 3.1; // em of a number's column,
const FIRST = 1.9; // and of the first one
/** @type {[Part, string][]} */
const ROWS = [
  ["mean", "μ"],
  ["stddev", "σ"],
  ["epsilon", "ε"],
  ["z", "z"],
];

/** @param {Part} part @param {string} name */
const network = (part, name) =>
  `<button type="button" class="network ${part}" data-part="${part}" title="Its formula"><b>${name}</b><small></small></button>`;

export class ModelView {
  /** @type {import("../parts/sliders.js").Dimension[]} */
  dimensions = []; // the most informative first
  /** @type {number | null} */
  noise = null; // of a pixel; null for Bernoulli ones
  learned = false; // whether the prior was
  /** @type {Latents | null} */
  latents = null;
  /** @type {Map<Part, HTMLElement[]>} */
  cells = new Map(); // the numbers of each row

  /** @param {HTMLElement} host */
  constructor(host) {
    host.innerHTML = `${network("encoder", "Encoder")}<i aria-hidden="true">→</i>
      <div class="latent"><table></table><p class="says"></p></div>
      <i aria-hidden="true">→</i>${network("decoder", "Decoder")}
      <div class="part" popover role="dialog" aria-label="A part of the model"></div>`;
    this.latent = partOf(host, ".latent", HTMLElement);
    this.table = partOf(host, "table", HTMLTableElement);
    this.says = partOf(host, ".says", HTMLElement);
    this.card = partOf(host, ".part", HTMLElement);
    this.networks = ["encoder", "decoder"].map((name) => partOf(host, `.${name} small`, HTMLElement));
    host.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("[data-part]") : null;
      if (button instanceof HTMLElement) this.explain(button);
    });
    new ResizeObserver(() => this.fit()).observe(this.latent);
  }

  /**
   * @param {import("../parts/sliders.js").Dimension[]} dimensions the most informative first
   * @param {number | null} noise of a pixel
   * @param {string[]} layers from x on; none where they are not known
   * @param {boolean} learned whether the prior was
   */
  build(dimensions, noise, layers, learned) {
    Object.assign(this, { dimensions, noise, learned, latents: null });
    this.networks[0].textContent = layers.join(" → ");
    this.networks[1].textContent = layers.toReversed().join(" → ");
    this.table.replaceChildren();
    this.fit();
  }

  /** As many dimensions as there is room for. */
  fit() {
    const em = parseFloat(getComputedStyle(this.table).fontSize),
      room = Math.floor((this.latent.clientWidth / em - FIRST) / COLUMN),
      shown = this.dimensions.slice(0, Math.max(2, room));
    if (this.table.rows.length && this.table.rows[0].cells.length === shown.length + 1) return;
    const names = shown.map(({ index }) => `<th scope="col">${dimensionName(index)}</th>`).join("");
    const numbers = shown.map(() => "<td></td>").join("");
    const rows = ROWS.map(
      ([part, letter]) =>
        `<tr data-row="${part}"><th scope="row"><button type="button" data-part="${part}" title="Its formula">${letter}</button></th>${numbers}</tr>`,
    );
    this.table.innerHTML = `<tr><td></td>${names}</tr>${rows.join("")}`;
    this.cells = new Map(
      ROWS.map(([part]) => [part, Array.from(this.table.querySelectorAll(`[data-row=${part}] td`))]),
    );
    if (this.latents) this.show(this.latents);
  }

  /** @param {Latents} latents of the picture on the screen */
  show(latents) {
    this.latents = latents;
    for (const [part, cells] of this.cells) {
      const values = latents[/** @type {keyof Latents} */ (part)];
      cells.forEach((cell, place) => {
        const value = values ? values[this.dimensions[place].index] : 0,
          text = values ? value.toFixed(2).replace("-", "−") : "0";
        if (cell.textContent !== text) cell.textContent = text;
      });
    }
    const shown = this.cells.get("z")?.length ?? 0,
      of = this.dimensions.length;
    const text =
      (latents.epsilon ? "z = μ + σ ε with ε drawn: one sample. " : "z = μ + σ ε with ε = 0: the mean. ") +
      (shown < of
        ? `${shown} of ${of} dimensions, ${this.learned ? "those whose μ varies most" : "the most informative"}.`
        : "");
    if (this.says.textContent !== text) this.says.textContent = text;
  }

  /** @param {HTMLElement} button of a part: its formula opens below */
  explain(button) {
    const { name, formula, says } = explained(this.noise, this.learned)[/** @type {Part} */ (button.dataset.part)],
      { left, right, bottom } = button.getBoundingClientRect();
    this.card.innerHTML = `<b>${name}</b><math display="block">${formula}</math><p>${says}</p>`;
    this.card.showPopover();
    const most = innerWidth - this.card.offsetWidth - 8,
      middle = (left + right - this.card.offsetWidth) / 2;
    Object.assign(this.card.style, { left: `${Math.max(8, Math.min(most, middle))}px`, top: `${bottom + 6}px` });
  }
}
