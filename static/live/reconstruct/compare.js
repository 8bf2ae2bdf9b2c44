// The same picture through several models of one data set, side by side with their terms.
import { inSum } from "../parts/nats.js";
import { logRatios } from "../math/kl_by_draws.js";
import { bitsPerDimension, klPerDimension, pairedMean, total } from "../math/likelihood.js";
import { mirroredNormals } from "../math/noise.js";
import { significant } from "../kit/numbers.js";
import { PictureCanvas } from "../kit/paint.js";
import { partOf } from "../kit/part.js";

const AT_FIRST = 3; // models that are chosen when the view is opened first
const SEED = 11;

/**
 * @typedef {object} ComparedModel what the worker needs of a model
 * @property {string} name
 * @property {string} encoder address
 * @property {string} decoder address
 * @property {import("../kit/paint.js").Shape} shape
 * @property {number | null} noise standard deviation of Gaussian pixels; null for Bernoulli ones
 * @property {number} latentDim
 * @property {import("../math/mixture_prior.js").Mixture | null} mixture p(z), where it was learned
 */
/**
 * @typedef {object} Card of a model
 * @property {HTMLElement} card
 * @property {PictureCanvas} canvas
 * @property {HTMLElement[]} numbers log-likelihood, negative KL and ELBO
 * @property {number | null} elbo nats, once it is there
 * @property {Float32Array} epsilon (draws, D) that judges
 */

export class Compare {
  /** @type {string[]} */
  names = []; // all models of the data set
  /** @type {Map<string, HTMLInputElement>} */
  boxes = new Map(); // by name: whether it is chosen
  /** @type {ComparedModel[]} */
  models = []; // those that are chosen
  /** @type {Map<string, Card>} */
  cards = new Map(); // by name
  /** @type {Float32Array | null} */
  x = null; // what is read
  opened = false;

  /**
   * @param {HTMLElement} host
   * @param {import("../engine/jobs.js").Jobs} jobs
   * @param {number} draws of epsilon that judge
   * @param {(names: string[]) => void} onChoose
   */
  constructor(host, jobs, draws, onChoose) {
    this.jobs = jobs;
    this.draws = draws;
    this.onChoose = onChoose;
    host.innerHTML = '<div class="chips" role="group" aria-label="Models"></div><div class="cards"></div>';
    this.chips = partOf(host, ".chips", HTMLElement);
    this.deck = partOf(host, ".cards", HTMLElement);
  }

  /** @param {string[]} names all models of the data set @param {ComparedModel[]} models those that were chosen */
  update(names, models) {
    if (names.join(" ") !== this.names.join(" ")) {
      this.boxes.clear();
      this.chips.replaceChildren(...names.map((name) => this.chip(name)));
    }
    this.names = names;
    this.models = models;
    const chosen = new Set(models.map(({ name }) => name));
    for (const [name, box] of this.boxes) box.checked = chosen.has(name);
    for (const [name, { card }] of this.cards)
      if (!chosen.has(name)) {
        card.remove();
        this.cards.delete(name);
      }
    for (const model of models) if (!this.cards.has(model.name)) this.addCard(model);
    if (this.x) this.show(this.x);
  }

  /** @param {string} name of a model */
  chip(name) {
    const label = document.createElement("label"),
      box = Object.assign(document.createElement("input"), { type: "checkbox" });
    label.append(box, name);
    this.boxes.set(name, box);
    box.onchange = () => this.onChoose(this.names.filter((other) => this.boxes.get(other)?.checked));
    return label;
  }

  /** @param {ComparedModel} model */
  addCard({ name, shape, latentDim }) {
    const card = document.createElement("figure");
    card.dataset.model = name;
    card.style.setProperty("--form", String(shape[2] / shape[1]));
    card.innerHTML = `<canvas role="img" aria-label="Its reconstruction"></canvas><figcaption><b></b>
      <dl><dt data-term="likelihood">log-likelihood</dt><dd></dd><dt data-term="kl">− KL</dt><dd></dd>
        <dt>ELBO</dt><dd></dd></dl></figcaption>`;
    partOf(card, "b", HTMLElement).textContent = name;
    this.deck.append(card);
    this.cards.set(name, {
      card,
      canvas: new PictureCanvas(partOf(card, "canvas", HTMLCanvasElement)),
      numbers: Array.from(card.querySelectorAll("dd")),
      elbo: null,
      epsilon: mirroredNormals(this.draws, latentDim, SEED),
    });
  }

  /** The view came into sight. */
  open() {
    this.opened = true;
    if (!this.models.length && this.names.length) this.onChoose(this.names.slice(0, AT_FIRST));
    if (this.x) this.show(this.x);
  }

  close() {
    this.opened = false;
  }

  /** @param {Float32Array} x (C * H * W,) read by each chosen model as soon as the worker comes to it */
  show(x) {
    this.x = x;
    if (!this.opened) return;
    for (const { name, decoder, encoder, shape, noise } of this.models) {
      const kind = `compare ${name}`,
        epsilon = this.cards.get(name)?.epsilon;
      if (!epsilon) continue;
      this.jobs.on(kind, (answer) => this.receive(name, answer));
      this.jobs.request(kind, { task: "reading", decoder, encoder, shape, noise, x, epsilon });
    }
  }

  /**
   * @param {string} name of the model
   * @param {{mean: Float32Array, stddev: Float32Array, draws: Float64Array, picture: Float32Array}} answer of the worker
   */
  receive(name, { mean, stddev, draws, picture }) {
    const card = this.cards.get(name),
      model = this.models.find((other) => other.name === name);
    if (!card || !model) return;
    const likelihood = pairedMean(draws).mean,
      { mixture } = model,
      kl = mixture
        ? pairedMean(logRatios(mean, stddev, card.epsilon, mixture)).mean
        : total(klPerDimension(mean, stddev)),
      elbo = likelihood - kl;
    card.canvas.paint(picture, model.shape);
    card.elbo = elbo;
    const bits = bitsPerDimension(-elbo, model.shape, true);
    inSum([likelihood, -kl]).forEach((text, i) => {
      const density = i === 2 && model.noise !== null; // whose nats compare with nothing
      card.numbers[i].textContent = density ? `${significant(bits)} bits/dim, ${text} nats` : `${text} nats`;
    });
    const cards = Array.from(this.cards.values()),
      best = Math.max(...cards.map((other) => other.elbo ?? -Infinity));
    for (const other of cards) other.card.classList.toggle("best", other.elbo === best && cards.length > 1);
  }
}
