// The rail: every model of a sweep side by side, all decoding at once from one slider or one picture.
import { Originals } from "./codes.js";
import { stylesheet } from "./frame.js";
import { DrawingPad } from "./pad.js";
import { Player } from "./player.js";
import { RailCard } from "./railcard.js";
import { bindRail } from "./railcontrols.js";
import { RailHand } from "./railhand.js";
import { railPage } from "./raillayout.js";
import { RailShelf } from "./railshelf.js";
import { figure } from "./sliders.js";

const FARTHEST = 3; // standard deviations that the slider reaches
const RANKS = ["", "most", "second most", "third most"];
let page = null; // outlives Streamlit's reruns and changes of page: it is moved to wherever it is mounted next
const styled = stylesheet("rail.css");

/** Streamlit calls this on every rerun that brought something new. */
export async function mount({ parentElement, data, setStateValue, setTriggerValue }) {
  await styled;
  page ??= new Rail(data.files);
  const place = parentElement.querySelector(".live-mount");
  if (!place) return; // the page was left meanwhile
  if (page.root.parentElement !== place) place.replaceChildren(page.root);
  Object.assign(page, { send: setStateValue, call: setTriggerValue });
  page.update(data).catch((error) => {
    console.error(error);
    page.problem(`The rail could not be shown: ${error.message}`);
  });
}

class Rail extends RailHand {
  constructor(files) {
    super();
    const parts = railPage();
    Object.assign(this, { files, root: parts.root, parts });
    this.pad = new DrawingPad(parts.pad, {
      onDraw: (bytes, time) => this.drawn(bytes, time),
      onStroke: (bytes) => { this.drawn(bytes, performance.now()); this.commit(); },
    });
    this.shelf = new RailShelf(parts.shelf, (row) => this.sample(row));
    this.player = new Player({
      onStep: (share, time) => this.move((2 * share - 1) * FARTHEST, time),
      onState: (playing) => {
        this.root.querySelector("[data-do=play] .symbol").textContent = playing ? "pause" : "play_arrow";
        if (playing) this.player.share = (this.u / FARTHEST + 1) / 2;
        else this.commit();
      },
    });
    bindRail(this, parts);
    const hand = this,
      each = (value) => Array.from(this.cards.values(), ({ decoder }) => value(decoder));
    this.root.__live = { // what tests read
      cards: this.cards,
      get epsilon() { return hand.epsilon(); },
      get inputs() { return Math.max(0, ...each(({ inputs }) => inputs)); },
      get pictures() { return Math.min(...each(({ pictures }) => pictures)); },
    };
  }

  /** @param {object} data what Python says */
  async update(data) {
    const { models, chosen, place, visit, originals, samples } = data, shape = models[0].shape;
    if (String(shape) !== String(this.shape)) {
      this.shape = shape;
      this.bytes = this.row = null;
      this.root.style.setProperty("--form", shape[2] / shape[1]);
      this.pad.build(shape);
    }
    const source = originals?.sheets?.[0];
    if (source !== this.source) this.originals = source ? new Originals(originals, shape) : null;
    Object.assign(this, { source, samples, pen: data.pen, missing: originals?.missing });
    this.parts.index.max = samples - 1;
    this.deal(models);
    for (const card of this.cards.values()) card.mark(chosen);
    this.most = Math.min(...models.map(({ order }) => order.length));
    if (visit !== this.visit) {
      const { row, drawn, ...where } = place;
      Object.assign(this, { visit, ...where, wanted: row });
      if (drawn) this.layDrawn(drawn);
    }
    this.show();
    await Promise.all(Array.from(this.cards.values(), (card) => card.open(this.files)));
    if (this.readsPicture()) await this.bring();
    this.again(performance.now());
    this.whenPainted(() => { this.root.dataset.ready = "1"; });
  }

  /** One card a model, in the order of beta; those that stay keep their networks. */
  deal(models) {
    const kept = new Map(models.map(({ name }) => [name, this.cards.get(name)]));
    this.cards.clear();
    for (const model of models) {
      const card = kept.get(model.name) ?? new RailCard(model, () => this.call("choose", card.model.name));
      card.describe(model);
      card.decoder.onPainted = () => this.painted();
      this.cards.set(model.name, card);
    }
    const figures = Array.from(this.cards.values(), (card) => card.figure), host = this.parts.cards;
    if (figures.some((figure, i) => figure !== host.children[i]) || host.children.length !== figures.length)
      host.replaceChildren(...figures);
    this.root.style.setProperty("--count", models.length);
  }

  /** Once every card has its first picture. */
  whenPainted(then) {
    if (this.root.__live.pictures > 0) then();
    else requestAnimationFrame(() => this.whenPainted(then));
  }

  /** What stands beside the pictures. */
  show() {
    const { parts, root, mode } = this, k = Math.min(this.k, this.most);
    root.dataset.mode = mode;
    for (const button of root.querySelectorAll("[data-mode]"))
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
    parts.slider.dataset.dim = k - 1;
    parts.rank.textContent = RANKS[k] ? `${RANKS[k]} informative` : `${k}th most informative`;
    parts.rank.title = "In each model the dimension with this rank by KL";
    parts.around.value = this.around;
    root.dataset.around = this.around;
    parts.source.textContent = this.row === null ? "drawn" : `test picture ${this.row}`;
    if (document.activeElement !== parts.index) parts.index.value = this.row ?? "";
    this.shelf.mark(this.row);
    if (mode === "slider") for (const card of this.cards.values()) card.sayDimension(k);
    this.showValue();
  }

  showValue() {
    const { slider, value, noise, noiseValue } = this.parts;
    if (noise.valueAsNumber !== this.noise) noise.value = this.noise;
    noiseValue.textContent = this.noise.toFixed(2);
    if (slider.valueAsNumber !== this.u) slider.value = this.u;
    value.textContent = `${this.u > 0 ? "+" : ""}${figure(this.u)} σ`;
  }
}
