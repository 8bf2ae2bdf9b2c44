// A card of the sweep: the model's name, its picture, and what it says of it.
import { LiveDecoder } from "../engine/decoder.js";
import { asPicture } from "../engine/encoder.js";
import { Newest } from "../engine/newest.js";
import { loadSession } from "../engine/runtime.js";
import { significant } from "../kit/numbers.js";
import { partOf } from "../kit/part.js";
import { placeName } from "../parts/place_name.js";
import { dimensionName } from "../parts/sliders.js";
import { Reader } from "./reader.js";

/**
 * @typedef {object} CardModel what Python says of one model
 * @property {string} name
 * @property {string} title "β = 4"
 * @property {string} note what this beta makes of the model, if it has a name of its own
 * @property {import("../kit/paint.js").Shape} shape
 * @property {string} decoder address
 * @property {string} encoder address
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 * @property {number[]} order latent indices, the largest KL first
 * @property {number[]} kl mean KL of each dimension over the test set, nats
 * @property {number[]} centre mean of the codes
 * @property {number[]} spread their standard deviation, that of q(z|x) included
 */

export class Card {
  /** @type {CardModel} */
  model;
  /** @type {HTMLElement} */
  element;
  /** @type {HTMLButtonElement} */
  button; // makes its model the app's
  /** @type {[HTMLElement, HTMLElement]} */
  captions;
  /** @type {Reader} */
  reader;
  /** @type {LiveDecoder} */
  decoder;
  /** @type {Newest<Float32Array>} */
  newest; // of what the card was given: a z, or an x while its reader is reading
  inputs = 0;
  /** @type {string | null} */
  opened = null; // address of the decoder that is there
  /** @type {{rate: number, distortion: number} | null} */
  terms = null; // nats, of the picture that was read last

  /** @param {CardModel} model @param {() => void} onChoose */
  constructor(model, onChoose) {
    this.element = document.createElement("figure");
    this.element.className = "card";
    this.element.innerHTML = `
      <button type="button" class="title"><b></b><small></small></button>
      <canvas class="skeleton" data-role="decoded" role="img"></canvas><figcaption><span></span><span></span></figcaption>`;
    this.button = partOf(this.element, "button", HTMLButtonElement);
    this.button.onclick = onChoose;
    this.captions = [
      partOf(this.element, "figcaption :first-child", HTMLElement),
      partOf(this.element, "figcaption :last-child", HTMLElement),
    ];
    const reader = new Reader(model),
      decoder = new LiveDecoder(partOf(this.element, "canvas", HTMLCanvasElement));
    this.newest = new Newest(
      async (input, time) => {
        const z = await reader.codeOf(input);
        if (!z) return;
        await decoder.paint(z, time);
        decoder.picture.nameAtRest(() => `What ${this.model.name} decodes ${placeName(z, this.model.order, null, [])}`);
      },
      () => decoder.runtime !== null,
    );
    this.reader = reader;
    this.decoder = decoder;
    this.model = model;
    this.describe(model);
  }

  /** @param {CardModel} model */
  describe(model) {
    this.model = this.reader.model = model;
    const canvas = partOf(this.element, "canvas", HTMLCanvasElement);
    partOf(this.button, "b", HTMLElement).textContent = model.title;
    partOf(this.button, "small", HTMLElement).textContent = model.note;
    this.element.dataset.model = canvas.dataset.model = model.name;
    canvas.setAttribute("aria-label", `What ${model.name} decodes`);
    this.button.title = `Make ${model.name} the model of the whole app`;
  }

  /** @param {string} chosen name of the app's model */
  mark(chosen) {
    this.element.classList.toggle("chosen", this.model.name === chosen);
    this.button.setAttribute("aria-pressed", String(this.model.name === chosen));
  }

  /** Its decoder, fetched once. @param {{ort: string, wasm: string}} files */
  async open(files) {
    const { decoder, shape } = this.model;
    if (this.opened === decoder) return;
    this.reader.use(this.model);
    const runtime = await loadSession(files, decoder);
    if (this.model.decoder !== decoder) return;
    this.decoder.use(runtime, shape);
    this.opened = decoder;
  }

  /**
   * Decode along one dimension.
   * @param {number} k rank of the dimension, from 1
   * @param {number} u standard deviations from the middle
   * @param {import("./state.js").Around} around where the other dimensions are
   * @param {Float32Array} epsilon a draw from the prior, (at least D,)
   * @param {number} time when the event came
   */
  traverse(k, u, around, epsilon, time) {
    const { order, centre, spread } = this.model,
      index = order[k - 1];
    const middle = (around === "picture" && this.reader.start) || centre,
      z = around === "prior" ? epsilon.slice(0, centre.length) : Float32Array.from(middle);
    z[index] = centre[index] + u * spread[index];
    this.reader.reading = false;
    this.request(z, time);
  }

  /**
   * Encode a picture and decode it again.
   * @param {Uint8Array} bytes (C, H, W)
   * @param {Float32Array} epsilon (at least D,)
   * @param {number} scale of it: z = mean + scale * stddev * epsilon
   * @param {number} time when the event came
   */
  reconstruct(bytes, epsilon, scale, time) {
    const { reader } = this;
    reader.reading = true;
    reader.epsilon = epsilon.subarray(0, this.model.centre.length);
    reader.scale = scale;
    this.request(asPicture(bytes, this.model.noise), time);
  }

  /** @param {Float32Array} input z, or x while reading @param {number} time when the event came */
  request(input, time) {
    this.inputs += 1;
    this.newest.request(input, time);
  }

  /** Which of its dimensions the slider moves. @param {number} k */
  showDimension(k) {
    const index = this.model.order[k - 1];
    this.caption(0, dimensionName(index), "");
    this.caption(1, `${significant(this.model.kl[index])} nats`, "kl");
    this.captions[1].title = `KL of ${dimensionName(index)} from the prior, mean over the test set`;
  }

  /** What it costs to send this picture, and what is lost. */
  async showTerms() {
    const { decoder, reader } = this,
      pictures = decoder.pictures;
    const terms = decoder.runtime && (await reader.terms(decoder.runtime));
    if (!terms || !reader.reading || pictures !== decoder.pictures) return;
    this.terms = terms;
    this.caption(0, `KL ${significant(terms.rate)}`, "kl");
    this.caption(1, `error ${significant(terms.distortion)}`, "likelihood");
    this.captions[0].title = "KL(q(z|x) || p(z)) of this picture, nats";
    this.captions[1].title = "−log p(x|z) of this picture, nats, z at the posterior's mean";
  }

  /** @param {0 | 1} at first or second @param {string} text @param {string} term of the ELBO, for its colour */
  caption(at, text, term) {
    const element = this.captions[at];
    if (element.textContent !== text) element.textContent = text;
    element.dataset.term = term;
  }
}
