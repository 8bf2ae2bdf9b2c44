// Conditional: one style z in every label at once; z is drawn from the prior, dragged, or read from a picture.
import { loadCodes, loadMixture } from "../engine/codes.js";
import { LabelledDecoder } from "../engine/labelled.js";
import { loadSession } from "../engine/runtime.js";
import { listenForActions } from "../kit/part.js";
import { Sliders } from "../parts/sliders.js";
import { draw, finish, moveTo, readStyle, sayLabel, show, takePicture, toMiddle } from "./conditional_gestures.js";
import { buildLabels, conditionalLayout } from "./conditional_layout.js";
import { ReadPicture } from "./picture.js";

/** @typedef {import("./conditional_state.js").Conditional} Conditional */
/** @typedef {import("./conditional_state.js").ConditionalData} ConditionalData */

/** @param {import("./state.js").Comparison} page @returns {import("./state.js").Section} */
export function conditional(page) {
  const layout = conditionalLayout();
  /** @type {import("./conditional_state.js").Place} */
  const place = { z: null, seed: 1, row: 0, drawn: null, label: null };
  /** @type {Conditional} */
  const state = {
    page,
    layout,
    place,
    network: null,
    mixture: null,
    labels: [],
    classes: 0,
    seesLabel: true,
    said: new Float32Array(0),
    label: 0,
    source: new ReadPicture(page, place, layout, {
      onPicture: (_, stays) => takePicture(state, stays),
      onFinish: () => finish(state),
    }),
    decoder: new LabelledDecoder(),
    encoder: null,
    sliders: new Sliders(layout.sliders, {
      onInput: (z, time) => moveTo(state, z, time),
      onChange: () => finish(state),
    }),
    style: null,
    reading: 0,
    limits: { draws: 1, farthest: 20 },
    settling: undefined,
  };
  listenForActions(layout.element, { ...state.source.actions, draw: () => draw(state), read: () => readStyle(state) });
  layout.said.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("button");
    if (button) sayLabel(state, Number(button.dataset.label));
  });
  return {
    element: layout.element,
    update: (data, attempt) => update(state, data, attempt),
    keys: { ...state.source.keys, z: () => draw(state), 0: () => toMiddle(state) },
    stepped: "test picture",
    step: (way) => state.source.step(way),
    live: readByTests(state),
  };
}

/** @param {Conditional} state */
function readByTests(state) {
  const { decoder } = state;
  return Object.defineProperties(
    {},
    {
      inputs: { get: () => decoder.inputs },
      pictures: { get: () => decoder.pictures },
      milliseconds: { get: () => decoder.milliseconds },
      z: { get: () => decoder.z },
      lastPicture: { get: () => decoder.lastPicture },
      pending: { get: () => decoder.pending },
      style: { get: () => state.style },
      bytes: { get: () => state.source.bytes },
    },
  );
}

/** @param {Conditional} state @param {ConditionalData} data @param {import("../kit/arrival.js").Attempt} attempt */
async function update(state, data, { again, arriving }) {
  const { layout, page, place, source, decoder, sliders } = state,
    { network, labels, classes, seesLabel, limits } = data,
    other = network.decoder !== state.network?.decoder;
  Object.assign(state, { network, labels, classes, seesLabel, limits });
  if (arriving) Object.assign(place, data.place);
  const moved = source.follow(data, network.shape);
  if (!(other || again || arriving || moved)) return source.bring(data.brought);
  layout.element.style.setProperty("--form", String(network.shape[2] / network.shape[1]));
  if (other) Object.assign(state, { encoder: null, style: null });
  const [made, read, codes, mixture] = await Promise.all([
    loadSession(page.files, network.decoder),
    loadSession(page.files, network.encoder),
    loadCodes(data.said),
    loadMixture(network.mixture),
  ]);
  if (state.network !== network) return;
  if (other || again) {
    sliders.build(data.dimensions);
    decoder.use(made, network.shape, classes, buildLabels(layout, labels, data.palette, data.seesLabel));
  }
  Object.assign(state, { encoder: read, said: codes.labels, mixture });
  await source.arrive();
  await source.bring(data.brought);
  show(state);
  page.root.dataset.ready = "1";
}
