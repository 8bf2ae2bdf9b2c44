// Side by side: models of one data set on the same pictures; one slider walks all of them between two of these.
import { loadCodes } from "../engine/codes.js";
import { listenForActions } from "../kit/part.js";
import { Player } from "../kit/player.js";
import { OriginalsCard } from "../parts/originals.js";
import { listenToChips, showChips } from "./chips.js";
import { TestPictures } from "./pictures.js";
import { chooseEnd, finish, jump, move, resample, step, timeNew, toggle } from "./side_gestures.js";
import { sideLayout } from "./side_layout.js";
import { decodeAll, fetchPictures, readAll } from "./side_reading.js";
import { Row } from "./side_row.js";
import { showValue } from "./side_view.js";

/** @typedef {import("./state.js").Comparison} Comparison */
/** @typedef {import("./side_state.js").SideBySide} SideBySide */
/** @typedef {import("./side_state.js").SideData} SideData */

const STEP = 0.05; // of the way, by a key

/** @param {Comparison} page @returns {import("./state.js").Section} */
export function sideBySide(page) {
  const layout = sideLayout();
  /** @type {SideBySide} */
  const side = {
    page,
    layout,
    place: { models: [], row: 0, ends: [0, 1], t: 0.5, seed: 1 },
    rows: new Map(),
    pictures: new TestPictures(),
    bytes: null,
    own: [],
    given: null,
    said: null,
    player: new Player({
      onStep: (share, time) => move(side, share, time),
      onState: (playing) => {
        layout.play.textContent = playing ? "pause" : "play_arrow";
        if (playing) side.player.share = side.place.t;
        else finish(side);
      },
    }),
    card: new OriginalsCard(layout.originals, () => page.call("originals", true)),
    siblings: [],
    prefix: "",
    limits: { most: 1, pictures: 1, draws: 1 },
    inputs: 0,
    end: 1,
    settling: undefined,
    timing: undefined,
  };
  const actions = { play: () => side.player.toggle(), another: () => step(side, 1), sample: () => resample(side) };
  listenForActions(layout.element, actions);
  bind(side);
  return {
    element: layout.element,
    update: (data, attempt) => update(side, data, attempt),
    keys: { " ": actions.play, n: actions.another, z: actions.sample, 0: () => jump(side, 0.5) },
    stepped: "row of test pictures",
    step: (way) => step(side, way),
    live: {
      rows: side.rows,
      get inputs() {
        return side.inputs;
      },
      get pictures() {
        return Math.min(...Array.from(side.rows.values(), ({ decoder }) => decoder.pictures));
      },
      get t() {
        return side.place.t;
      },
    },
  };
}

/** @param {SideBySide} side */
function bind(side) {
  const { slider, chips, inputs } = side.layout;
  slider.addEventListener("input", () => {
    side.player.pause();
    move(side, slider.valueAsNumber, performance.now());
  });
  slider.addEventListener("change", () => finish(side));
  slider.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    jump(side, side.place.t + way * STEP);
  });
  listenToChips(chips, (name) => toggle(side, name));
  inputs.addEventListener("click", ({ target }) => {
    const picture = target instanceof Element && target.closest("button");
    if (picture) chooseEnd(side, Number(picture.dataset.picture));
  });
}

/** @param {SideBySide} side @param {SideData} data @param {import("../kit/arrival.js").Attempt} attempt */
async function update(side, data, { again, arriving }) {
  const { layout, page, place } = side,
    { models } = data,
    before = place.row;
  Object.assign(side, { given: data, siblings: data.siblings, prefix: data.prefix, limits: data.limits });
  if (arriving) {
    Object.assign(place, data.place);
    layout.alert.hidden = true;
  } else place.models = data.place.models;
  if (!models.length) return;
  const other = side.pictures.follow(data.originals, data.samples, models[0].shape, page.persist);
  side.card.show(data.originals);
  layout.element.style.setProperty("--form", String(models[0].shape[2] / models[0].shape[1]));
  deal(side, models);
  showChips(side);
  showValue(side);
  const [said, ...opened] = await Promise.allSettled([
    data.said && loadCodes(data.said),
    ...Array.from(side.rows.values(), (row) => row.open(page.files)),
  ]);
  if (side.given === data) side.said = (said.status === "fulfilled" && said.value?.labels) || null;
  if (other || again || arriving || before !== place.row || !side.bytes) await fetchPictures(side);
  const failures = await readAll(side, Array.from(side.rows.values()));
  decodeAll(side, performance.now());
  timeNew(side);
  page.root.dataset.ready = "1";
  for (const each of [said, ...opened]) if (each.status === "rejected") failures.push(each.reason);
  if (failures.length) throw failures[0]; // the others are there, and it is tried again
}

/** A row a model; those that stay keep their networks. @param {SideBySide} side @param {SideData["models"]} models */
function deal(side, models) {
  const { rows, layout } = side,
    kept = new Map(rows);
  rows.clear();
  for (const model of models) {
    const row = kept.get(model.name) ?? new Row(model);
    row.describe(model, side.prefix);
    rows.set(model.name, row);
  }
  layout.rows.replaceChildren(layout.rows.children[0], ...Array.from(rows.values(), ({ element }) => element));
  layout.element.style.setProperty("--count", String(models.length));
}
