// Sharpness: what models lose of fine details, beside the real pictures, with both numbers and the spectrum.
import { listenForActions } from "../kit/part.js";
import { OriginalsCard } from "../parts/originals.js";
import { listenToChips, showChips } from "./chips.js";
import { TestPictures } from "./pictures.js";
import { drawSpectrum } from "./sharp_chart.js";
import { sample, step, switchTo, toggle } from "./sharp_gestures.js";
import { sharpLayout } from "./sharp_layout.js";
import { makeAll, sourceOf } from "./sharp_reading.js";
import { SharpRow } from "./sharp_row.js";

/** @typedef {import("./sharp_state.js").Sharp} Sharp */
/** @typedef {import("./sharp_state.js").SharpData} SharpData */

/** @param {import("./state.js").Comparison} page @returns {import("./state.js").Section} */
export function sharpness(page) {
  const layout = sharpLayout();
  /** @type {Sharp} */
  const sharp = {
    page,
    layout,
    place: { models: [], row: 0, show: "reconstructions", seed: 1 },
    rows: new Map(),
    pictures: new TestPictures(),
    real: null,
    card: new OriginalsCard(layout.originals, () => page.call("originals", true)),
    siblings: [],
    prefix: "",
    colours: {},
    limits: { most: 1, pictures: 1, draws: 1 },
    made: "",
    making: 0,
    settling: undefined,
  };
  const another = () => void step(sharp, 1),
    draw = () => void sample(sharp);
  listenForActions(layout.element, { another, sample: draw });
  listenToChips(layout.chips, (name) => toggle(sharp, name));
  for (const button of layout.shows)
    button.addEventListener("click", () =>
      switchTo(sharp, button.getAttribute("data-show") === "samples" ? "samples" : "reconstructions"),
    );
  return {
    element: layout.element,
    update: (data, attempt) => update(sharp, data, attempt),
    measure: () => drawSpectrum(sharp),
    keys: { n: another, z: draw, "[": () => void step(sharp, -1), "]": another },
    stepped: "row of test pictures",
    step: (way) => void step(sharp, way),
    live: readByTests(sharp),
  };
}

/** @param {Sharp} sharp */
function readByTests(sharp) {
  return Object.defineProperties(
    { rows: sharp.rows, place: sharp.place },
    { real: { get: () => sharp.real }, pending: { get: () => sharp.made !== sourceOf(sharp) } },
  );
}

/** @param {Sharp} sharp @param {SharpData} data @param {import("../kit/arrival.js").Attempt} attempt */
async function update(sharp, data, { again, arriving }) {
  const { layout, page, place } = sharp,
    { models, siblings, prefix, colours, limits } = data;
  Object.assign(sharp, { siblings, prefix, colours, limits });
  if (arriving) {
    Object.assign(place, data.place);
    layout.alert.hidden = true;
  } else place.models = data.place.models;
  if (!models.length) return;
  sharp.pictures.follow(data.originals, data.samples, models[0].shape, page.persist);
  sharp.card.show(data.originals);
  layout.element.style.setProperty("--form", String(models[0].shape[2] / models[0].shape[1]));
  deal(sharp, models);
  showChips(sharp);
  await Promise.all(Array.from(sharp.rows.values(), ({ networks }) => networks.open(page.files)));
  if (again || sharp.made !== sourceOf(sharp)) await makeAll(sharp);
  page.root.dataset.ready = "1";
}

/** A row a model; those that stay keep their networks. @param {Sharp} sharp @param {SharpData["models"]} models */
function deal({ rows, layout, prefix, colours }, models) {
  const kept = new Map(rows);
  rows.clear();
  for (const model of models) {
    const row = kept.get(model.name) ?? new SharpRow(model);
    row.describe(model, prefix, colours[model.name]);
    rows.set(model.name, row);
  }
  const [head, real] = layout.rows.children;
  layout.rows.replaceChildren(head, real, ...Array.from(rows.values(), ({ element }) => element));
  layout.element.style.setProperty("--count", String(models.length));
}
