// Discrete latents: the codes of one picture, cell by cell, changed by hand or drawn from their prior.
import { loadCodes } from "../engine/codes.js";
import { Jobs } from "../engine/jobs.js";
import { Newest } from "../engine/newest.js";
import { loadSession } from "../engine/runtime.js";
import { PictureCanvas } from "../kit/paint.js";
import { listenForActions } from "../kit/part.js";
import { bookCame, codeUnder, newBook } from "./codes_book.js";
import * as gestures from "./codes_gestures.js";
import { buildLevels, codesLayout } from "./codes_layout.js";
import { cellAt } from "./codes_map.js";
import { paint, pause, read } from "./codes_reading.js";
import { captioned, showAll } from "./codes_view.js";
import { ReadPicture } from "./picture.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */
/** @typedef {import("./codes_state.js").CodesData} CodesData */

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {import("./state.js").Comparison} page @returns {import("./state.js").Section} */
export function discreteLatents(page) {
  const layout = codesLayout();
  /** @type {import("./codes_state.js").Place} */
  const place = { row: 0, drawn: null, changed: [], cell: 0, step: null, seed: 1 };
  /** @type {DiscreteLatents} */
  const section = {
    page,
    layout,
    place,
    source: new ReadPicture(page, place, layout, {
      onPicture: (bytes, stays) => read(section, bytes, stays),
      captioned: (text) => captioned(section, text),
      stored: true,
      onFinish: () => gestures.finish(section),
    }),
    network: null,
    grids: [[1, 1]],
    size: 0,
    usage: [],
    limits: { draws: 1 },
    stored: null,
    decoder: null,
    encoder: null,
    prior: null,
    x: null,
    own: null,
    sample: null,
    reading: 0,
    newest: new Newest(
      (codes, time) => paint(section, codes, time),
      () => section.decoder !== null,
    ),
    canvas: new PictureCanvas(layout.decoded),
    seen: null,
    jobs: new Jobs(page.files),
    book: newBook(),
    playing: undefined,
    inputs: 0,
    pictures: 0,
    milliseconds: 0,
    settling: undefined,
  };
  section.jobs.on("book", (answer, asked) => bookCame(section, answer, asked));
  const actions = bind(section);
  return {
    element: layout.element,
    update: (data, attempt) => update(section, data, attempt),
    measure: () => section.seen && showAll(section),
    keys: { ...section.source.keys, 0: actions.own, z: actions.draw, " ": actions.play },
    stepped: "test picture",
    step: (way) => gestures.step(section, way),
    live: readByTests(section),
  };
}

/** @param {DiscreteLatents} section */
function readByTests(section) {
  const names = /** @type {const} */ (["inputs", "pictures", "milliseconds", "seen", "own", "x", "place", "grids"]);
  const ofTests = Object.fromEntries(names.map((name) => [name, { get: () => section[name] }]));
  return Object.defineProperties({ pending: null }, ofTests);
}

/** @param {DiscreteLatents} section */
function bind(section) {
  const { layout, source } = section;
  const actions = {
    ...source.actions,
    own: () => gestures.toOwn(section),
    draw: () => void gestures.draw(section),
    play: () => gestures.toggle(section),
    restore: () => gestures.restore(section),
  };
  listenForActions(layout.element, actions);
  layout.map.addEventListener("click", ({ offsetX, offsetY }) =>
    gestures.lookAt(section, cellAt(section, offsetX, offsetY)),
  );
  layout.book.addEventListener("click", ({ offsetX, offsetY, timeStamp }) => {
    const code = codeUnder(section, offsetX, offsetY);
    if (code !== null) gestures.choose(section, code, timeStamp);
  });
  layout.levels.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("button");
    if (button) gestures.lookAtGrid(section, Number(button.dataset.level));
  });
  layout.map.addEventListener("keydown", (event) => onMapKey(section, event));
  layout.book.addEventListener("keydown", (event) => {
    const way = MOVES[event.key];
    if (way) act(event, () => gestures.chooseNext(section, way[0] + way[1]));
  });
  return actions;
}

/** @param {KeyboardEvent} event @param {() => void} does */
function act(event, does) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  does();
}

/** @param {DiscreteLatents} section @param {KeyboardEvent} event */
function onMapKey(section, event) {
  const way = MOVES[event.key];
  if (way) act(event, () => gestures.moveLook(section, ...way));
  if (event.key === "+") act(event, () => gestures.chooseNext(section, 1));
  if (event.key === "-") act(event, () => gestures.chooseNext(section, -1));
  if (event.key === " ") act(event, () => gestures.toggle(section));
}

/** @param {DiscreteLatents} section @param {CodesData} data @param {import("../kit/arrival.js").Attempt} attempt */
async function update(section, data, { again, arriving }) {
  const { layout, page, place, source } = section,
    { network, grids, size, usage, limits } = data,
    other = network.decoder !== section.network?.decoder;
  layout.element.style.setProperty("--form", String(network.shape[2] / network.shape[1]));
  Object.assign(section, { network, grids, size, usage, limits });
  if (other) {
    pause(section);
    section.newest.drop();
    Object.assign(section, { decoder: null, encoder: null, prior: null, seen: null, own: null, sample: null });
    buildLevels(layout, grids.length);
  }
  if (arriving) Object.assign(place, data.place);
  const moved = source.follow(data, network.shape);
  if (!(other || again || arriving || moved)) return source.bring(data.brought);
  const blind = Boolean(data.originals.missing) && !source.tests.originals;
  const [decoder, encoder, prior, stored] = await Promise.all([
    loadSession(page.files, network.decoder),
    loadSession(page.files, network.encoder),
    loadSession(page.files, network.prior),
    blind ? loadCodes(data.stored) : null,
    section.jobs.keep([network.decoder]),
  ]);
  if (section.network !== network) return;
  const codes = /** @type {{codes: Float32Array} | null} */ (/** @type {unknown} */ (stored));
  Object.assign(section, { decoder, encoder, prior, stored: codes?.codes ?? null });
  await source.arrive();
  await source.bring(data.brought);
}
