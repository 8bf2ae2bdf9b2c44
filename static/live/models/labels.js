// Semi-supervised: what q(y|x) says of a picture while it is drawn, and which test pictures the model gets wrong.
import { loadCodes } from "../engine/codes.js";
import { Newest } from "../engine/newest.js";
import { loadSession } from "../engine/runtime.js";
import { listenForActions } from "../kit/part.js";
import { buildBars, labelsLayout } from "./labels_layout.js";
import { paint, read } from "./labels_reading.js";
import { buildWrong } from "./labels_wrong.js";
import { ReadPicture } from "./picture.js";
import { commit } from "./state.js";

/** @typedef {import("./labels_state.js").SemiSupervised} SemiSupervised */
/** @typedef {import("./labels_state.js").LabelsData} LabelsData */

const LAST_OF_SEVERAL = 300; // ms without another change

/** @param {import("./state.js").Comparison} page @returns {import("./state.js").Section} */
export function semiSupervised(page) {
  const layout = labelsLayout();
  /** @type {import("./labels_state.js").Place} */
  const place = { row: 0, drawn: null };
  /** @type {SemiSupervised} */
  const section = {
    page,
    layout,
    place,
    network: null,
    labels: [],
    classes: 0,
    said: new Float32Array(0),
    source: new ReadPicture(page, place, layout, {
      onPicture: (bytes) => read(section, bytes),
      onFinish: () => finish(section),
    }),
    classifier: null,
    encoder: null,
    decoder: null,
    newest: new Newest(
      (x, time) => paint(section, x, time),
      () => section.decoder !== null,
    ),
    rows: [],
    seen: null,
    wrong: null,
    inputs: 0,
    pictures: 0,
    milliseconds: 0,
    settling: undefined,
  };
  listenForActions(layout.element, section.source.actions);
  layout.wrong.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("button");
    if (button) void take(section, Number(button.dataset.row));
  });
  return {
    element: layout.element,
    update: (data, attempt) => update(section, data, attempt),
    keys: section.source.keys,
    stepped: "test picture",
    step: (way) => section.source.step(way),
    live: readByTests(section),
  };
}

/** @param {SemiSupervised} section */
function readByTests(section) {
  const names = /** @type {const} */ (["inputs", "pictures", "milliseconds", "seen", "place"]);
  const ofTests = Object.fromEntries(names.map((name) => [name, { get: () => section[name] }]));
  return Object.defineProperties({}, { ...ofTests, pending: { get: () => section.newest.pending } });
}

/** A picture that the model gets wrong is read. @param {SemiSupervised} section @param {number} row of the codes */
async function take(section, row) {
  await section.page.persist("picture", () => section.source.showSample(row));
  finish(section);
}

/** @param {SemiSupervised} section @param {LabelsData} data @param {import("../kit/arrival.js").Attempt} attempt */
async function update(section, data, { again, arriving }) {
  const { layout, page, place, source } = section,
    { network, labels, classes } = data,
    other = network.decoder !== section.network?.decoder,
    sheet = section.wrong?.sheets[0];
  Object.assign(section, { network, labels, classes, wrong: data.wrong });
  if (arriving) Object.assign(place, data.place);
  const moved = source.follow(data, network.shape);
  if (other || again || sheet !== data.wrong?.sheets[0]) buildWrong(section, data.noWrong);
  if (!(other || again || arriving || moved)) return source.bring(data.brought);
  layout.element.style.setProperty("--form", String(network.shape[2] / network.shape[1]));
  if (other) {
    section.newest.drop();
    Object.assign(section, { classifier: null, encoder: null, decoder: null, seen: null });
  }
  if (other || again) section.rows = buildBars(layout, labels, data.palette, data);
  const [classifier, encoder, decoder, codes] = await Promise.all([
    loadSession(page.files, network.classifier),
    loadSession(page.files, network.encoder),
    loadSession(page.files, network.decoder),
    loadCodes(data.said),
  ]);
  if (section.network !== network) return;
  Object.assign(section, { classifier, encoder, decoder, said: codes.labels });
  await source.arrive();
  await source.bring(data.brought);
}

/** Tell where the section stands, once for a run of changes. @param {SemiSupervised} section */
function finish(section) {
  clearTimeout(section.settling);
  section.settling = setTimeout(() => commit(section.page, "labels", section.source.written()), LAST_OF_SEVERAL);
}
