// One model of Sharpness: what it makes of every picture or of z from the prior.
import { escaped } from "../kit/markup.js";
import { partOf } from "../kit/part.js";
import { shortName } from "./chips.js";
import { Networks } from "./networks.js";

/** @typedef {import("./networks.js").ReadNetwork & {note: string}} RowModel */

export class SharpRow {
  /** @type {import("./sharp_state.js").Measured | null} */
  measured = null; // what is on the screen

  /** @param {RowModel} model */
  constructor(model) {
    this.networks = new Networks(model);
    this.element = document.createElement("div");
    this.element.className = "row";
    this.element.setAttribute("role", "row");
    this.element.innerHTML = `
      <div class="who" role="rowheader"></div>
      <div class="made" role="cell"><canvas class="skeleton" data-role="made" role="img"></canvas></div>
      <div class="number" role="cell"><b data-number="error"></b></div>
      <div class="number" role="cell"><b data-number="sharpness"></b></div>`;
    this.canvas = partOf(this.element, "canvas", HTMLCanvasElement);
  }

  get model() {
    return this.networks.model;
  }

  /** @param {RowModel} model @param {string} prefix of the names, which goes without saying @param {string} colour */
  describe(model, prefix, colour) {
    this.networks.model = model;
    this.element.dataset.model = model.name;
    this.element.style.setProperty("--of-row", colour);
    partOf(this.element, ".who", HTMLElement).innerHTML =
      `<b title="${escaped(model.name)}"><i class="swatch"></i>${escaped(shortName(model.name, prefix))}</b>` +
      `<small>${escaped(model.note)}</small>`;
  }

  /**
   * @param {import("./sharp_state.js").Place} place
   * @param {Uint8Array[] | null} bytes of the real pictures; null for stored codes
   * @param {number} count of samples
   * @returns {Promise<Float32Array | null>} (count, C, H, W); null where there is nothing to decode
   */
  async make({ show, seed }, bytes, count) {
    const { networks } = this,
      z = await (show === "samples" ? networks.fromPrior(count, seed) : networks.codesOf(bytes, []));
    return z && networks.decode(z);
  }
}
