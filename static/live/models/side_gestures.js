// What a visitor can do in Side by side: every change ends in `decodeAll`, every finished one in `finish`.
import { toggled } from "./chips.js";
import { decodeAll, fetchPictures, readAll } from "./side_reading.js";
import { showInputs, showTimes, showValue } from "./side_view.js";
import { commit } from "./state.js";

/** @typedef {import("./side_state.js").SideBySide} SideBySide */

const LAST_OF_SEVERAL = 300; // ms without another change

/** @param {SideBySide} side @param {number} t @param {number} time when the hand moved */
export function move(side, t, time) {
  side.inputs += 1;
  side.place.t = t;
  showValue(side);
  decodeAll(side, time);
}

/** @param {SideBySide} side @param {number} t */
export function jump(side, t) {
  side.player.pause();
  move(side, Math.min(1, Math.max(0, t)), performance.now());
  finish(side);
}

/** Other pictures: the next ones, or those before. @param {SideBySide} side @param {number} way */
export async function step(side, way) {
  const { place, pictures, limits, page } = side;
  place.row = pictures.after(place.row, way * limits.pictures);
  await page.persist("pictures", async () => {
    await fetchPictures(side);
    const failures = side.bytes ? await readAll(side, Array.from(side.rows.values())) : [];
    decodeAll(side, performance.now());
    if (failures.length) throw failures[0];
  });
  finish(side);
}

/** @param {SideBySide} side */
export function resample(side) {
  side.place.seed = (side.place.seed % side.limits.draws) + 1;
  const { page, rows, place } = side;
  page.persist("samples", async () => {
    await Promise.all(Array.from(rows.values(), (row) => row.sample(place.seed)));
  });
  finish(side);
}

/** @param {SideBySide} side @param {number} picture that becomes an end of the walk */
export function chooseEnd(side, picture) {
  side.place.ends[side.end] = picture;
  side.end = 1 - side.end;
  showInputs(side);
  decodeAll(side, performance.now());
  finish(side);
}

/** @param {SideBySide} side @param {string} name of a model that comes or goes */
export function toggle(side, name) {
  const names = toggled(side, name);
  if (!names) return;
  side.place.models = names;
  finish(side, 0);
}

/** Measure the models that were not, once their first pictures stand. @param {SideBySide} side */
export function timeNew(side) {
  clearTimeout(side.timing);
  side.timing = setTimeout(() => showTimes(side.rows.values()), LAST_OF_SEVERAL);
}

/** Tell where the section stands, once for a run of changes. @param {SideBySide} side @param {number} [wait] ms */
export function finish(side, wait = LAST_OF_SEVERAL) {
  clearTimeout(side.settling);
  side.settling = setTimeout(() => {
    const { models, row, ends, t, seed } = side.place;
    timeNew(side);
    const query = { models: models.join(","), row: String(row), ends: ends.join("~") };
    commit(side.page, "side", { ...query, t: String(Number(t.toFixed(4))), draw: String(seed) });
  }, wait);
}
