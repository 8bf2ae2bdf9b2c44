// The picture in the middle: what is decoded now, and the original it stands beside once a point is pinned.
import { LiveDecoder } from "../engine/decoder.js";
import { partOf } from "../kit/part.js";
import { PictureCanvas } from "../kit/paint.js";
import { OriginalsCard } from "../parts/originals.js";

export class Stage {
  /** @type {import("../kit/paint.js").Shape} of the model's pictures */
  shape = [1, 1, 1];

  /** @param {HTMLElement} host @param {() => void} onGet asks for the originals */
  constructor(host, onGet) {
    host.innerHTML = `
      <figure class="hero"><canvas class="skeleton" data-role="decoded" role="img" aria-label="The decoded picture"></canvas>
        <figcaption aria-live="off"></figcaption></figure>
      <figure class="original" data-empty="1">
        <canvas data-role="original" role="img" aria-label="The original"></canvas>
        <figcaption></figcaption></figure>`;
    this.original = partOf(host, ".original", HTMLElement);
    this.heroCaption = partOf(host, ".hero figcaption", HTMLElement);
    this.originals = new OriginalsCard(this.original, onGet);
    this.originalCaption = partOf(host, ".original figcaption", HTMLElement);
    this.decoder = new LiveDecoder(partOf(host, ".hero canvas", HTMLCanvasElement));
    this.originalCanvas = new PictureCanvas(partOf(host, ".original canvas", HTMLCanvasElement));
  }

  /** @param {import("../kit/paint.js").Shape} shape the frame has the picture's form before the picture is there */
  build(shape) {
    this.shape = shape;
    this.clearOriginal("Click a point of the map to see its original here.");
  }

  /** @param {string} text what the hero shows */
  caption(text) {
    if (this.heroCaption.textContent !== text) this.heroCaption.textContent = text;
  }

  /** @param {string} text why there is no original */
  clearOriginal(text) {
    this.original.dataset.empty = "1";
    this.originalCaption.textContent = text;
    this.originalCanvas.clear();
  }

  /** @param {Uint8Array} bytes @param {string} text */
  showOriginal(bytes, text) {
    delete this.original.dataset.empty;
    this.originalCanvas.paint(bytes, this.shape, 1);
    this.originalCaption.textContent = text;
  }
}
