// The same picture through several models of one data set, side by side with their terms.
import { nats } from "./nats.js";
import { klPerDimension, pairedMean, total } from "./likelihood.js";
import { mirroredNormals } from "./noise.js";
import { PictureCanvas } from "./paint.js";

const AT_FIRST = 3; // models that are chosen when the view is opened first
const SEED = 11;

export class Compare {
  /**
   * @param {HTMLElement} host
   * @param {import("./reader.js").Reader} reader
   * @param {(names: string[]) => void} onChoose
   */
  constructor(host, reader, onChoose) {
    Object.assign(this, { host, reader, onChoose, cards: new Map(), models: [], epsilons: new Map() });
    host.innerHTML = '<div class="chips" role="group" aria-label="Models"></div><div class="cards"></div>';
    [this.chips, this.deck] = host.children;
  }

  /**
   * @param {string[]} names all models of the data set
   * @param {(import("./reader.js").ReadModel & {latentDim: number})[]} models those that were chosen
   * @param {number} draws of epsilon that judge
   */
  update(names, models, draws) {
    const words = names.join(" ");
    if (words !== this.words) {
      this.words = words;
      this.chips.replaceChildren(...names.map((name) => this.chip(name)));
    }
    Object.assign(this, { names, models, draws });
    for (const chip of this.chips.children)
      chip.firstChild.checked = models.some(({ name }) => name === chip.textContent);
    const wanted = new Set(models.map(({ name }) => name));
    for (const [name, { card }] of this.cards)
      if (!wanted.has(name)) {
        card.remove();
        this.cards.delete(name);
      }
    for (const model of models) if (!this.cards.has(model.name)) this.deal(model);
    if (this.x) this.show(this.x);
  }

  chip(name) {
    const label = document.createElement("label"),
      box = Object.assign(document.createElement("input"), { type: "checkbox" });
    label.append(box, name);
    box.onchange = () =>
      this.onChoose(
        this.names.filter((other) => {
          return other === name ? box.checked : this.models.some((model) => model.name === other);
        }),
      );
    return label;
  }

  deal(model) {
    const card = document.createElement("figure");
    card.dataset.model = model.name;
    card.style.setProperty("--form", model.shape[2] / model.shape[1]);
    card.innerHTML = `<canvas role="img" aria-label="Its reconstruction"></canvas><figcaption><b></b>
      <dl><dt data-term="likelihood">log-likelihood</dt><dd></dd><dt data-term="kl">− KL</dt><dd></dd>
        <dt>ELBO</dt><dd></dd></dl></figcaption>`;
    card.querySelector("b").textContent = model.name;
    this.deck.append(card);
    this.cards.set(model.name, {
      card,
      painter: new PictureCanvas(card.querySelector("canvas")),
      numbers: card.querySelectorAll("dd"),
    });
    this.epsilons.set(model.name, mirroredNormals(this.draws, model.latentDim, SEED));
  }

  /** The view came into sight. */
  open() {
    this.opened = true;
    if (!this.models.length && this.names?.length) this.onChoose(this.names.slice(0, AT_FIRST));
    if (this.x) this.show(this.x);
  }

  close() {
    this.opened = false;
  }

  /** @param {Float32Array} x (C * H * W,) read by each chosen model as soon as the worker comes to it */
  show(x) {
    this.x = x;
    if (!this.opened) return;
    for (const model of this.models)
      this.reader.request({ model, x, epsilon: this.epsilons.get(model.name), tag: "compare" });
  }

  /** @param {object} answer of the reader */
  receive({ name, mean, stddev, draws, picture }) {
    const card = this.cards.get(name),
      model = this.models.find((other) => other.name === name);
    if (!card || !model) return;
    const likelihood = pairedMean(draws).mean,
      kl = total(klPerDimension(mean, stddev));
    card.painter.paint(picture, model.shape);
    card.terms = { likelihood, kl, elbo: likelihood - kl };
    [likelihood, -kl, likelihood - kl].forEach((value, i) => {
      card.numbers[i].textContent = `${nats(value)} nats`;
    });
    const best = Math.max(...Array.from(this.cards.values(), ({ terms }) => terms?.elbo ?? -Infinity));
    for (const { card: figure, terms } of this.cards.values())
      figure.classList.toggle("best", terms?.elbo === best && this.cards.size > 1);
  }
}
