// The reconstruction that follows the pen.
import { LiveDecoder } from "./decoder.js";
import { encode } from "./encoder.js";

/** The newest x wins, encoded and decoded from the posterior's mean, painted at most once a frame. */
export class LiveReconstruction extends LiveDecoder {
  use(runtime, shape, encoder) {
    super.use(runtime, shape);
    this.encoder = encoder;
  }

  /** @param {Float32Array} x (C * H * W,) */
  async paint(x, time = performance.now()) {
    const encoder = this.encoder,
      posterior = await encode(encoder, x, this.shape);
    if (this.encoder !== encoder) return; // another model was chosen meanwhile
    Object.assign(this, { x, ...posterior });
    await super.paint(posterior.mean, time);
  }
}

/** @param {Uint8Array} bytes @returns {string} */
export function base64(bytes) {
  let letters = "";
  for (let i = 0; i < bytes.length; i += 4096) letters += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(letters);
}

/** @param {string} text in base64 @returns {Uint8Array} */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
