// What the map shows: its axes, its colours, and what the cursor fetches.
import { dimensionName } from "./sliders.js";

/**
 * @typedef {object} View
 * @property {"latent" | "pca" | "umap"} projection
 * @property {[number, number]} axes latent indices, for "latent"
 * @property {"label" | "kl" | "error"} colour
 * @property {"decoded" | "sample"} show what the cursor fetches
 */

const PROJECTIONS = { pca: "PCA plane", umap: "UMAP" };
const COLOURS = { label: "Label", kl: "KL, nats", error: "Error, nats" };
const SHOWN = { decoded: "shows what z decodes to", sample: "shows the nearest picture" };

export class Toolbar {
  /** The choices, empty until a model is there. */
  selects = {
    projection: choice("Map", {}, []),
    across: choice("Across", {}, []),
    up: choice("Up", {}, []),
    colour: choice("Colour", {}, []),
    show: choice("Cursor", SHOWN, Object.keys(SHOWN)),
  };
  latentDim = 0;
  /** @type {View} */
  view = { projection: "latent", axes: [0, 1], colour: "kl", show: "decoded" };

  /** @param {HTMLElement} host @param {(view: View) => void} onChange */
  constructor(host, onChange) {
    this.host = host;
    this.onChange = onChange;
  }

  /**
   * @param {number} latentDim
   * @param {{projections: string[], colours: string[]}} choices what this model has
   * @param {import("./sliders.js").Dimension[]} dimensions the most used first
   */
  build(latentDim, { projections, colours }, dimensions) {
    const latent = latentDim === 2 ? "z₁ and z₂" : "Two dimensions";
    const order = dimensions.map(({ index }) => String(index));
    const names = Object.fromEntries(dimensions.map(({ index }) => [index, dimensionName(index)]));
    this.selects = {
      projection: choice("Map", { latent, ...only(PROJECTIONS, projections) }, ["latent", "umap", "pca"]),
      across: choice("Across", names, order),
      up: choice("Up", names, order),
      colour: choice("Colour", only(COLOURS, colours), Object.keys(COLOURS)),
      show: choice("Cursor", SHOWN, Object.keys(SHOWN)),
    };
    for (const select of Object.values(this.selects)) select.onchange = () => this.changed(select);
    this.host.replaceChildren(...Object.values(this.selects).map(labelOf));
    this.latentDim = latentDim;
  }

  /** @param {HTMLSelectElement} select */
  changed(select) {
    const { projection, across, up, colour, show } = this.selects;
    if (across.value === up.value) {
      // the other axis gives way
      const other = select === across ? up : across;
      other.value = Array.from(other.options, ({ value }) => value).find((value) => value !== select.value) ?? "";
    }
    this.show({
      projection: /** @type {View["projection"]} */ (projection.value),
      axes: [Number(across.value), Number(up.value)],
      colour: /** @type {View["colour"]} */ (colour.value),
      show: /** @type {View["show"]} */ (show.value),
    });
    this.onChange(this.view);
  }

  /** @param {View} view */
  show(view) {
    this.view = view;
    const { projection, across, up, colour, show } = this.selects;
    projection.value = view.projection;
    [across.value, up.value] = view.axes.map(String);
    colour.value = view.colour;
    show.value = view.show;
    const hidden = view.projection !== "latent" || this.latentDim === 2;
    for (const select of [across, up]) labelOf(select).hidden = hidden;
  }
}

/** @param {Record<string, string>} texts @param {string[]} keys @returns {Record<string, string>} */
function only(texts, keys) {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => keys.includes(key)));
}

/**
 * A labelled native select.
 * @param {string} title
 * @param {Record<string, string>} texts of its options
 * @param {string[]} order of their keys, as an object's numeric keys sort themselves
 */
function choice(title, texts, order) {
  const label = document.createElement("label"),
    select = document.createElement("select");
  label.append(Object.assign(document.createElement("span"), { textContent: title }), select);
  select.append(...order.filter((key) => key in texts).map((key) => new Option(texts[key], key)));
  select.dataset.choice = title.toLowerCase();
  select.ariaLabel = title; // narrow pages hide the words beside it
  return select;
}

/** @param {HTMLSelectElement} select @returns {HTMLElement} the label around it */
function labelOf(select) {
  return /** @type {HTMLElement} */ (select.parentElement);
}
