// The strip of steps from what was brought to what the model sees; each can be switched.
import { PictureCanvas } from "./paint.js";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} title
 * @property {string} [help] one sentence
 * @property {boolean} [on] absent where there is nothing to switch
 * @property {string} [address] the picture after it, as a data: address
 * @property {ArrayLike<number>} [bytes] or its pixels (C, H, W)
 */

export class Steps {
  /** @param {HTMLElement} host @param {(name: string, on: boolean) => void} onSwitch */
  constructor(host, onSwitch) {
    this.host = host;
    this.onSwitch = onSwitch;
    this.shown = "";
  }

  /** @param {Step[]} steps @param {import("./paint.js").Shape} shape of pictures given as bytes */
  show(steps, shape) {
    const kinds = JSON.stringify(steps.map(({ name, on, address }) => [name, on === undefined, Boolean(address)]));
    if (kinds !== this.shown) this.build(steps);
    this.shown = kinds;
    steps.forEach(({ on, address, bytes, help }, i) => {
      const { item, box, picture, painter } = this.items[i];
      item.title = help ?? "";
      item.classList.toggle("off", on === false);
      if (box && box.checked !== on) box.checked = on;
      if (address && picture.src !== address) picture.src = address;
      if (bytes) painter.paint(bytes, shape, 1);
    });
  }

  build(steps) {
    this.items = steps.map(({ name, title, on, address }) => {
      const item = document.createElement("label"),
        picture = document.createElement(address ? "img" : "canvas");
      item.dataset.step = name;
      const box = on === undefined ? null : Object.assign(document.createElement("input"), { type: "checkbox" });
      if (box) box.onchange = () => this.onSwitch(name, box.checked);
      if (address) picture.alt = "";
      const words = Object.assign(document.createElement("span"), { textContent: title });
      item.append(picture, ...(box ? [box] : []), words);
      return { item, box, picture, painter: address ? null : new PictureCanvas(picture) };
    });
    this.host.replaceChildren(...this.items.map(({ item }) => item));
  }
}
