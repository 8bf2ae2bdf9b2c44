// The strip of steps from what was brought to what the model sees; each can be switched.
import { PictureCanvas } from "../kit/paint.js";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} title
 * @property {string} [help] one sentence
 * @property {boolean} [on] absent where there is nothing to switch
 * @property {string} [address] the picture after it, as a data: address
 * @property {ArrayLike<number>} [bytes] or its pixels (C, H, W)
 */
/**
 * @typedef {object} Item a step on the screen
 * @property {HTMLElement} item
 * @property {HTMLInputElement | null} box switches it
 * @property {HTMLImageElement | null} image where the picture has an address
 * @property {PictureCanvas | null} canvas where it has pixels
 */

export class Steps {
  /** @type {Item[]} */
  items = [];
  shown = ""; // names of the steps on the screen, and their kinds

  /** @param {HTMLElement} host @param {(name: string, on: boolean) => void} onSwitch */
  constructor(host, onSwitch) {
    this.host = host;
    this.onSwitch = onSwitch;
  }

  /** @param {Step[]} steps @param {import("../kit/paint.js").Shape} shape of pictures given as bytes */
  show(steps, shape) {
    const kinds = JSON.stringify(steps.map(({ name, on, address }) => [name, on === undefined, Boolean(address)]));
    if (kinds !== this.shown) this.build(steps);
    this.shown = kinds;
    steps.forEach(({ on, address, bytes, help }, i) => {
      const { item, box, image, canvas } = this.items[i];
      item.title = help ?? "";
      item.classList.toggle("off", on === false);
      if (box && on !== undefined && box.checked !== on) box.checked = on;
      if (image && address && image.src !== address) image.src = address;
      if (bytes) canvas?.paint(bytes, shape, 1);
    });
  }

  /** @param {Step[]} steps */
  build(steps) {
    this.items = steps.map((step) => this.itemOf(step));
    this.host.replaceChildren(...this.items.map(({ item }) => item));
  }

  /** @param {Step} step @returns {Item} */
  itemOf({ name, title, on, address }) {
    const item = document.createElement("label"),
      words = Object.assign(document.createElement("span"), { textContent: title }),
      image = address ? Object.assign(document.createElement("img"), { alt: "" }) : null,
      canvas = image ? null : new PictureCanvas(document.createElement("canvas"));
    const box = on === undefined ? null : Object.assign(document.createElement("input"), { type: "checkbox" });
    if (box) box.onchange = () => this.onSwitch(name, box.checked);
    item.dataset.step = name;
    for (const part of [image, canvas?.canvas, box, words]) if (part) item.append(part);
    return { item, box, image, canvas };
  }
}
