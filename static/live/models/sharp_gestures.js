// What a visitor can do in Sharpness: every change ends in `makeAll` and in `finish`.
import { toggled } from "./chips.js";
import { makeAll } from "./sharp_reading.js";
import { commit } from "./state.js";

/** @typedef {import("./sharp_state.js").Sharp} Sharp */

const LAST_OF_SEVERAL = 300; // ms without another change

/** Other pictures: the next ones, or those before. @param {Sharp} sharp @param {number} way */
export function step(sharp, way) {
  sharp.place.row = sharp.pictures.after(sharp.place.row, way * sharp.limits.pictures);
  return changed(sharp);
}

/** @param {Sharp} sharp @param {import("./sharp_state.js").Place["show"]} show */
export function switchTo(sharp, show) {
  sharp.place.show = show;
  return changed(sharp);
}

/** Samples; where they are shown, others. @param {Sharp} sharp */
export function sample(sharp) {
  const { place, limits } = sharp;
  if (place.show === "samples") place.seed = (place.seed % limits.draws) + 1;
  return switchTo(sharp, "samples");
}

/** @param {Sharp} sharp @param {string} name of a model that comes or goes */
export function toggle(sharp, name) {
  const names = toggled(sharp, name);
  if (!names) return;
  sharp.place.models = names;
  finish(sharp, 0);
}

/** @param {Sharp} sharp */
async function changed(sharp) {
  finish(sharp);
  await sharp.page.persist("pictures", () => makeAll(sharp));
}

/** Tell where the section stands, once for a run of changes. @param {Sharp} sharp @param {number} [wait] ms */
function finish(sharp, wait = LAST_OF_SEVERAL) {
  clearTimeout(sharp.settling);
  sharp.settling = setTimeout(() => {
    const { models, row, show, seed } = sharp.place;
    commit(sharp.page, "sharp", { models: models.join(","), row: String(row), show, draw: String(seed) });
  }, wait);
}
