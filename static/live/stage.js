// The picture in the middle: what is decoded now, and the original it stands beside once a point is pinned.
import { LiveDecoder } from "./decoder.js";
import { PictureCanvas } from "./paint.js";

export class Stage {
  /** @param {HTMLElement} host */
  constructor(host) {
    host.innerHTML = `
      <figure class="hero"><canvas data-role="decoded" role="img" aria-label="The decoded picture"></canvas>
        <figcaption aria-live="off"></figcaption></figure>
      <figure class="original" data-empty="1">
        <canvas data-role="original" role="img" aria-label="The original"></canvas>
        <figcaption></figcaption></figure>`;
    const [hero, original] = host.querySelectorAll("figure");
    this.hero = hero;
    this.original = original;
    this.decoder = new LiveDecoder(hero.querySelector("canvas"));
    this.originalCanvas = new PictureCanvas(original.querySelector("canvas"));
  }

  /** @param {import("./paint.js").Shape} shape the frame has the picture's form before the picture is there */
  build(shape) {
    this.shape = shape;
    delete this.hero.dataset.failed;
    this.clearOriginal("Click a point of the map to see its original here.");
  }

  /** @param {string} text what the hero shows */
  caption(text) {
    const caption = this.hero.querySelector("figcaption");
    if (caption.textContent !== text) caption.textContent = text;
  }

  /** @param {string} text why there is no original */
  clearOriginal(text) {
    this.original.dataset.empty = "1";
    this.original.querySelector("figcaption").textContent = text;
    this.originalCanvas.clear();
  }

  /** @param {Uint8Array} bytes @param {string} text */
  showOriginal(bytes, text) {
    delete this.original.dataset.empty;
    this.originalCanvas.paint(bytes, this.shape, 1);
    this.original.querySelector("figcaption").textContent = text;
  }

  /** @param {string} sentence something went wrong before the picture could be made */
  fail(sentence) {
    this.hero.dataset.failed = "1";
    this.caption(sentence);
  }
}
