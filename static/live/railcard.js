// A card of the rail: the model's name, its picture, and what it says of it.
import { asPicture, encode } from "./encoder.js";
import { RailDecoder } from "./raildecoder.js";
import { loadSession } from "./runtime.js";
import { dimensionName, figure } from "./sliders.js";

/**
 * @typedef {object} RailModel
 * @property {string} name
 * @property {string} title "β = 4"
 * @property {string} note what this beta makes of the model, if it has a name of its own
 * @property {import("./paint.js").Shape} shape
 * @property {string} decoder address
 * @property {string} encoder address
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 * @property {number[]} order latent indices, the largest KL first
 * @property {number[]} kl mean KL of each dimension over the test set, nats
 * @property {number[]} centre mean of the codes
 * @property {number[]} spread their standard deviation, that of q(z|x) included
 */

export class RailCard {
  /** @param {RailModel} model @param {() => void} onChoose */
  constructor(model, onChoose) {
    this.figure = document.createElement("figure");
    this.figure.className = "card";
    this.figure.innerHTML = `
      <button type="button" class="title"><b></b><small></small></button>
      <canvas data-role="decoded" role="img"></canvas><figcaption><span></span><span></span></figcaption>`;
    const [title, canvas, caption] = this.figure.children;
    [this.title, this.note] = title.children;
    [this.first, this.second] = caption.children;
    title.onclick = onChoose;
    this.canvas = canvas;
    this.decoder = new RailDecoder(canvas);
    this.describe(model);
  }

  /** @param {RailModel} model */
  describe(model) {
    this.model = model;
    this.title.textContent = model.title;
    this.note.textContent = model.note;
    this.figure.dataset.model = this.canvas.dataset.model = model.name;
    this.canvas.setAttribute("aria-label", `What ${model.name} decodes`);
    this.title.parentElement.title = `Make ${model.name} the model of the whole app`;
  }

  /** @param {string} chosen name of the app's model */
  mark(chosen) {
    this.figure.classList.toggle("chosen", this.model.name === chosen);
    this.title.parentElement.setAttribute("aria-pressed", this.model.name === chosen);
  }

  /** Its decoder, fetched once. @param {{ort: string, wasm: string}} files */
  async open(files) {
    const { decoder, shape } = this.model;
    if (this.opened === decoder) return;
    this.posterior = this.decoder.encoder = null;
    const runtime = await loadSession(files, decoder);
    if (this.model.decoder !== decoder) return;
    this.decoder.use(runtime, shape, null);
    this.opened = decoder;
  }

  /** Its encoder, which only those need who bring a picture. @param {{ort: string, wasm: string}} files */
  async openEncoder(files) {
    const { encoder } = this.model,
      runtime = await loadSession(files, encoder);
    if (this.model.encoder === encoder) this.decoder.encoder = runtime;
  }

  /** @param {Uint8Array} bytes (C, H, W) @returns {Promise<void>} its code is what walks start from */
  async place(bytes) {
    const { noise, shape } = this.model;
    this.posterior = await encode(this.decoder.encoder, asPicture(bytes, noise), shape);
  }

  /**
   * @param {number} k rank of the dimension, from 1
   * @param {number} u standard deviations from the middle
   * @param {string} around where the other dimensions are: "middle", "picture" or "prior"
   * @param {Float32Array} epsilon a draw from the prior, (at least D,)
   * @param {number} time
   */
  walk(k, u, around, epsilon, time) {
    const { order, centre, spread } = this.model,
      index = order[k - 1];
    const others = { picture: this.posterior?.mean, prior: epsilon.subarray(0, centre.length) }[around] ?? centre;
    const z = Float32Array.from(others);
    z[index] = centre[index] + u * spread[index];
    this.decoder.walk(z, time);
  }

  /** @param {Uint8Array} bytes (C, H, W) @param {Float32Array} epsilon @param {number} scale @param {number} time */
  read(bytes, epsilon, scale, time) {
    const x = asPicture(bytes, this.model.noise);
    this.decoder.read(x, epsilon.subarray(0, this.model.centre.length), scale, time);
  }

  /** Which of its dimensions the slider moves. @param {number} k */
  sayDimension(k) {
    const index = this.model.order[k - 1];
    this.say(dimensionName(index), `${figure(this.model.kl[index])} nats`, "", "kl");
    this.second.title = `KL of ${dimensionName(index)} from the prior, mean over the test set`;
  }

  /** What it costs to send this picture, and what is lost. */
  async sayTerms() {
    const pictures = this.decoder.pictures;
    const { rate, distortion } = await this.decoder.terms(this.model.noise);
    if (!this.decoder.reading || pictures !== this.decoder.pictures) return;
    this.terms = { rate, distortion };
    this.say(`KL ${figure(rate)}`, `error ${figure(distortion)}`, "kl", "likelihood");
    this.first.title = "KL(q(z|x) || p(z)) of this picture, nats";
    this.second.title = "−log p(x|z) of this picture, nats, z at the posterior's mean";
  }

  say(first, second, ofFirst, ofSecond) {
    for (const [element, text, term] of [[this.first, first, ofFirst], [this.second, second, ofSecond]]) {
      if (element.textContent !== text) element.textContent = text;
      element.dataset.term = term;
    }
  }
}
