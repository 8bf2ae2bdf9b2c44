// The Beta sweep: every model of a sweep side by side, all decoding at once from one slider or one picture.
import { Originals } from "../engine/codes.js";
import { mounting } from "../kit/mount.js";
import { Player } from "../kit/player.js";
import { OriginalsCard } from "../parts/originals.js";
import { DrawingPad } from "../parts/pad.js";
import { Card } from "./card.js";
import { commit } from "./commit.js";
import { bindControls } from "./controls.js";
import { decodeAll, epsilonOf, measureSoon, picturesOf } from "./decoding.js";
import { move, played } from "./gestures.js";
import { betaSweepPage } from "./layout.js";
import { chooseSample, fetchPicture, loadDrawing, padChanged, readsPicture } from "./picture.js";
import { Shelf } from "./shelf.js";
import { newSweep } from "./state.js";
import { show } from "./view.js";

/** @typedef {import("./state.js").Sweep} Sweep */

export const mount = mounting(["beta_sweep/beta_sweep.css"], (files) => {
  const layout = betaSweepPage();
  const pad = new DrawingPad(layout.pad, {
    onDraw: (bytes, time) => padChanged(sweep, bytes, time),
    onStroke: (bytes) => {
      padChanged(sweep, bytes, performance.now());
      commit(sweep);
    },
  });
  const shelf = new Shelf(layout.shelf, (row) => chooseSample(sweep, row));
  const card = new OriginalsCard(layout.originals, () => sweep.call("originals", true));
  const player = new Player({
    onStep: (share, time) => move(sweep, (2 * share - 1) * sweep.limits.farthest, time),
    onState: (playing) => played(sweep, playing),
  });
  const sweep = newSweep({ layout, files, pad, shelf, card, player });
  bindControls(sweep);
  Object.assign(layout.root, { __live: readByTests(sweep) });
  return Object.assign(sweep, {
    root: layout.root,
    /** @param {import("./state.js").Data} data @param {import("../kit/arrival.js").Attempt} attempt */
    update: (data, attempt) => update(sweep, data, attempt),
  });
});

/** @param {Sweep} sweep */
function readByTests(sweep) {
  return {
    cards: sweep.cards,
    get epsilon() {
      return epsilonOf(sweep);
    },
    get inputs() {
      return Math.max(0, ...Array.from(sweep.cards.values(), ({ inputs }) => inputs));
    },
    get pictures() {
      return picturesOf(sweep);
    },
  };
}

/**
 * @param {Sweep} sweep
 * @param {import("./state.js").Data} data
 * @param {import("../kit/arrival.js").Attempt} attempt
 */
async function update(sweep, data, { arriving }) {
  const { models, chosen, place } = data;
  useLimits(sweep, data.limits);
  useShape(sweep, models[0].shape);
  useOriginals(sweep, data);
  dealCards(sweep, models);
  for (const card of sweep.cards.values()) card.mark(chosen);
  if (arriving) {
    const { row, drawn, ...choice } = place;
    sweep.player.pause();
    Object.assign(sweep, choice);
    sweep.wanted = row;
    if (drawn) loadDrawing(sweep, drawn);
  }
  show(sweep);
  await Promise.all(Array.from(sweep.cards.values(), (card) => card.open(sweep.files)));
  if (readsPicture(sweep)) await fetchPicture(sweep);
  decodeAll(sweep, performance.now());
  whenPainted(sweep, () => {
    sweep.layout.root.dataset.ready = "1";
  });
}

/** @param {Sweep} sweep @param {import("./state.js").Limits} limits */
function useLimits(sweep, limits) {
  const { slider, noise } = sweep.layout;
  sweep.limits = limits;
  Object.assign(slider, { min: String(-limits.farthest), max: String(limits.farthest) });
  noise.max = String(limits.noisiest);
}

/** @param {Sweep} sweep @param {import("../kit/paint.js").Shape} shape of the pictures from now on */
function useShape(sweep, shape) {
  if (String(shape) === String(sweep.shape)) return;
  sweep.shape = shape;
  sweep.bytes = sweep.row = null;
  sweep.layout.root.style.setProperty("--form", String(shape[2] / shape[1]));
  sweep.pad.build(shape);
}

/** The test pictures that are here from now on. @param {Sweep} sweep @param {import("./state.js").Data} data */
function useOriginals(sweep, { originals, samples, pen }) {
  const own = (originals?.missing && originals.standIns) || null,
    sheets = originals?.sheets ? originals : own,
    source = sheets?.sheets[0];
  if (source !== sweep.source) {
    sweep.originals = sheets ? new Originals(sheets, sweep.shape, sweep.persist) : null;
    sweep.row = null; // the same number is another picture now
  }
  sweep.source = source;
  sweep.own = own?.names ?? null;
  sweep.missing = originals?.missing;
  sweep.samples = own?.names.length ?? samples;
  sweep.pen = pen;
  sweep.layout.index.max = String(sweep.samples - 1);
  sweep.card.show(originals);
}

/**
 * One card a model, in the order of beta; those that stay keep their networks.
 * @param {Sweep} sweep
 * @param {import("./card.js").CardModel[]} models
 */
function dealCards(sweep, models) {
  const { cards, layout } = sweep,
    kept = new Map(cards);
  cards.clear();
  for (const model of models) {
    const card = kept.get(model.name) ?? new Card(model, () => sweep.call("choose", card.model.name));
    card.describe(model);
    card.decoder.onPainted = () => measureSoon(sweep);
    cards.set(model.name, card);
  }
  const elements = Array.from(cards.values(), ({ element }) => element),
    host = layout.cards;
  if (elements.some((element, i) => element !== host.children[i]) || host.children.length !== elements.length)
    host.replaceChildren(...elements);
  layout.root.style.setProperty("--count", String(models.length));
  sweep.most = Math.min(...models.map(({ order }) => order.length));
}

/** Once every card has its first picture. @param {Sweep} sweep @param {() => void} then */
function whenPainted(sweep, then) {
  if (picturesOf(sweep) > 0) then();
  else requestAnimationFrame(() => whenPainted(sweep, then));
}
