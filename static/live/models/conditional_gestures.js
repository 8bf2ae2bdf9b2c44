// What a visitor can do in Conditional: move z, draw it again, or read it from a picture and a label.
import { asPicture } from "../engine/encoder.js";
import { encodeWith } from "../engine/labelled.js";
import { priorDraws } from "../math/mixture_prior.js";
import { commit } from "./state.js";

/** @typedef {import("./conditional_state.js").Conditional} Conditional */

const LAST_OF_SEVERAL = 300; // ms without another change
const START = 0; // the row that a link without a picture opens

/** The picture's label: what was said, or what the data set says. @param {Conditional} conditional */
export function labelOf(conditional) {
  const { label, row } = conditional.place;
  return label ?? ownLabel(conditional, row);
}

/** @param {Conditional} conditional @param {number | null} row null for a picture of which the data set says nothing */
function ownLabel({ source, said, labels }, row) {
  const own = row === null ? 0 : (source.tests.ownLabel(row) ?? said[row] ?? 0);
  return own < labels.length ? own : 0;
}

/** Another z by hand. @param {Conditional} conditional @param {Float32Array} z @param {number} time when the hand moved */
export function moveTo(conditional, z, time) {
  conditional.place.z = Array.from(z);
  show(conditional, time);
}

/** z in the middle of the prior. @param {Conditional} conditional */
export function toMiddle(conditional) {
  if (!conditional.network) return;
  moveTo(conditional, new Float32Array(conditional.network.latentDim), performance.now());
  finish(conditional);
}

/** z from the prior, again. @param {Conditional} conditional */
export function draw(conditional) {
  const { place, limits } = conditional;
  if (place.z === null) place.seed = (place.seed % limits.draws) + 1;
  place.z = null;
  show(conditional);
  finish(conditional);
}

/** z is the picture's style. @param {Conditional} conditional */
export function readStyle(conditional) {
  if (!conditional.style) return;
  conditional.place.z = "picture";
  show(conditional);
  finish(conditional);
}

/** The picture is said to be another label. @param {Conditional} conditional @param {number} label */
export async function sayLabel(conditional, label) {
  conditional.place.label = label;
  await read(conditional);
  finish(conditional);
}

/**
 * Another picture: z is its style, unless everything is to stay. One that a hand has brought is read as the one before.
 * @param {Conditional} conditional @param {boolean} stays
 */
export async function takePicture(conditional, stays) {
  const { place } = conditional;
  if (!stays) place.label = place.row === null ? (place.label ?? conditional.label) : null;
  conditional.label = labelOf(conditional);
  await read(conditional, stays);
}

/** The style of the picture with its label. @param {Conditional} conditional @param {boolean} [stays] whether z does */
export async function read(conditional, stays = false) {
  const { network, encoder, source, classes, place } = conditional;
  if (!network || !encoder || !source.bytes) return;
  const reading = ++conditional.reading,
    x = asPicture(source.bytes, network.noise),
    { mean } = await encodeWith(encoder, x, network.shape, [labelOf(conditional)], classes);
  if (reading !== conditional.reading || encoder !== conditional.encoder) return;
  conditional.style = mean.slice();
  if (!stays) place.z = "picture";
  show(conditional);
}

/** @param {Conditional} conditional @returns {Float32Array} the z that is shown */
export function zOf({ place, style, network, mixture }) {
  const { latentDim } = /** @type {NonNullable<typeof network>} */ (network);
  if (Array.isArray(place.z)) return Float32Array.from(place.z);
  return place.z === "picture" && style ? style : priorDraws(mixture, 1, latentDim, place.seed);
}

/** Everything that follows z. @param {Conditional} conditional @param {number} [time] when the hand moved */
export function show(conditional, time = performance.now()) {
  const { place, layout, sliders, decoder, labels } = conditional,
    label = labelOf(conditional),
    isRead = place.z === "picture",
    z = zOf(conditional);
  sliders.show(z);
  decoder.request(z, time);
  layout.read.setAttribute("aria-pressed", String(isRead));
  layout.draw.setAttribute("aria-pressed", String(place.z === null));
  layout.what.textContent = isRead
    ? `z is the style of x${conditional.seesLabel ? `, read as ${labels[label]}` : ""}`
    : place.z === null
      ? `z drawn from ${conditional.mixture ? "the learned prior" : "N(0, I)"}: draw ${place.seed}`
      : "z by hand";
  for (const button of layout.said.querySelectorAll("button"))
    button.setAttribute("aria-pressed", String(Number(button.dataset.label) === label));
  for (const cell of layout.cells.querySelectorAll("figure"))
    cell.toggleAttribute("data-read", isRead && Number(cell.dataset.label) === label);
}

/** Tell where the section stands, once for a run of changes. @param {Conditional} conditional */
export function finish(conditional) {
  clearTimeout(conditional.settling);
  conditional.settling = setTimeout(() => {
    const { place, page, source, labels } = conditional,
      { seed, row } = place,
      label = labelOf(conditional),
      opened = source.uploaded ? START : row,
      z = place.z === "picture" && source.uploaded ? Array.from(zOf(conditional)) : place.z; // no link says an upload
    commit(page, "conditional", {
      ...source.written(),
      z: Array.isArray(z) ? z.map((value) => String(Number(value.toFixed(4)))).join(",") : z,
      draw: String(seed),
      label: label === ownLabel(conditional, opened) ? null : labels[label],
    });
  }, LAST_OF_SEVERAL);
}
