// Where a picture comes from: a blank pad, a file, the clipboard, the camera, the data set, noise.
import { shortened, symbol } from "../kit/markup.js";
import { partOf } from "../kit/part.js";
import { Brought } from "./brought.js";

const UPLOAD = "A PNG, JPEG, WebP, BMP, TIFF or GIF; paste one or drop it anywhere, too";
const CAMERA = "Hold a written digit in front of the camera";

export class Sources {
  count = 0; // test pictures

  /**
   * @param {HTMLElement} host
   * @param {HTMLElement} root files may be dropped anywhere on it
   * @param {{onBlank: () => void, onFile: (name: string, base64: string) => void, onCamera: () => void,
   *   onSample: (index: number) => void, onAnother: (label: number | null) => void, onNoise: () => void,
   *   onProblem: (sentence: string) => void}} handlers `onSample` gets a row of the codes
   */
  constructor(host, root, handlers) {
    this.host = host;
    this.handlers = handlers;
    host.innerHTML = `
      <button type="button" data-source="blank" title="An empty pad to draw on (key c)">${symbol("draw")} Draw</button>
      <button type="button" data-source="file" title="${UPLOAD}">${symbol("upload")} Upload</button>
      <button type="button" data-source="camera" title="${CAMERA}">${symbol("photo_camera")} Camera</button>
      <button type="button" data-source="noise" title="Every pixel at random">${symbol("grain")} Noise</button>
      <span class="samples"><label title="A picture that the model was not trained on">Test picture
        <input type="number" min="0" step="1" inputmode="numeric" data-source="index"></label>
        <button type="button" data-source="another" title="Another test picture (key n)">Another</button>
        <select data-source="label" aria-label="A test picture of one label"></select></span>`;
    this.brought = new Brought(root, handlers);
    host.append(this.brought.input);
    /** @param {string} name */
    const button = (name) => partOf(host, `[data-source=${name}]`, HTMLButtonElement);
    this.index = partOf(host, "[data-source=index]", HTMLInputElement);
    this.label = partOf(host, "[data-source=label]", HTMLSelectElement);
    button("blank").onclick = () => handlers.onBlank();
    button("file").onclick = () => this.brought.choose();
    button("camera").onclick = () => this.camera();
    button("noise").onclick = () => handlers.onNoise();
    button("another").onclick = () => handlers.onAnother(null);
    this.index.onchange = () => this.typed();
    this.label.onchange = () => {
      if (this.label.value !== "") handlers.onAnother(Number(this.label.value));
      this.label.value = "";
    };
  }

  /** @param {string[]} labels names of the classes @param {number} count codes @param {number} most bytes of a file */
  build(labels, count, most) {
    this.count = count;
    this.brought.most = most;
    this.index.max = String(count - 1);
    this.label.hidden = !labels.length;
    this.label.replaceChildren(
      new Option("Label …", ""),
      ...labels.map((name, i) => new Option(`A ${shortened(name)}`, String(i))),
    );
  }

  /** @param {number | null} index the test picture that is on the pad */
  show(index) {
    if (document.activeElement !== this.index) this.index.value = String(index ?? "");
  }

  /** Browsers give a camera to https and to localhost alone: elsewhere a file does as well. */
  camera() {
    if (window.isSecureContext) return this.handlers.onCamera();
    partOf(this.host, "[data-source=file]", HTMLElement).focus();
    this.handlers.onProblem(
      "The camera needs https, and this page came over plain http: take the picture with a camera app and upload it.",
    );
  }

  typed() {
    const index = this.index.valueAsNumber;
    if (Number.isInteger(index) && index >= 0 && index < this.count) return this.handlers.onSample(index);
    this.handlers.onProblem(`There are test pictures 0 to ${this.count - 1}.`);
  }
}
