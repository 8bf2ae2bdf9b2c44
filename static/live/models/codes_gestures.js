// What a visitor can do in Discrete latents: look at a cell, give it another code, draw cells from the prior.
import { say } from "../kit/markup.js";
import { motionReduced } from "../kit/player.js";
import { refreshBook } from "./codes_book.js";
import { cellsOf, firstOf, isThere, spotOf } from "./codes_grid.js";
import { codesNow, drawAll, pause, show } from "./codes_reading.js";
import { showAll } from "./codes_view.js";
import { commit } from "./state.js";

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */

const LAST_OF_SEVERAL = 300; // ms without another change
const WHOLE_DRAW = 6000; // ms that the cells of a draw take one after another, at most
const ONE_CELL = 500; // ms between two cells, at most

/** Look at a cell; one that the prior has not drawn yet is drawn now, with those before it. @param {DiscreteLatents} section @param {number} cell */
export function lookAt(section, cell) {
  pause(section);
  section.place.cell = cell;
  if (section.place.step !== null && !isThere(section, cell)) return stepTo(section, cell + 1);
  showAll(section);
  refreshBook(section);
  finish(section);
}

/** @param {DiscreteLatents} section @param {number} right cells @param {number} down */
export function moveLook(section, right, down) {
  const { grids, place } = section,
    { row, column, first, grid } = spotOf(grids, place.cell),
    [to, at] = [row + down, column + right];
  if (to >= 0 && to < grid[0] && at >= 0 && at < grid[1]) lookAt(section, first + to * grid[1] + at);
}

/** Another grid's cells. @param {DiscreteLatents} section @param {number} level */
export function lookAtGrid(section, level) {
  const first = firstOf(section.grids, level);
  if (isThere(section, first)) lookAt(section, first);
  else say(section.layout.alert, "The prior draws the coarser grid first.");
}

/** Give the cell that is looked at another code. @param {DiscreteLatents} section @param {number} code @param {number} [time] when the hand moved */
export function choose(section, code, time = performance.now()) {
  const { place, own, layout } = section,
    { cell } = place;
  pause(section);
  layout.alert.hidden = true;
  if (!isThere(section, cell)) return say(layout.alert, "This cell is not drawn yet: step to it first.");
  const others = place.changed.filter(([each]) => each !== cell),
    itsOwn = place.step === null && own?.[cell] === code;
  /** @type {[number, number][]} */
  const given = itsOwn ? others : [...others, [cell, code]];
  place.changed = given.sort(([a], [b]) => a - b);
  if (section.sample && place.step !== null) section.sample = section.sample.with(cell, code);
  show(section, time); // at once, before later cells of a draw are drawn again
  if (place.step !== null) drawAll(section, cell + 1, time);
  finish(section);
}

/** The next code, or the one before. @param {DiscreteLatents} section @param {number} way */
export function chooseNext(section, way) {
  const code = codesNow(section)?.[section.place.cell];
  if (code !== undefined) choose(section, (code + way + section.size) % section.size);
}

/** Every cell has the code that the encoder gave it. @param {DiscreteLatents} section */
export function toOwn(section) {
  pause(section);
  Object.assign(section.place, { changed: [], step: null });
  section.layout.alert.hidden = true;
  show(section);
  finish(section);
}

/** No cell has a code by hand any more. @param {DiscreteLatents} section */
export function restore(section) {
  const { place } = section;
  pause(section);
  place.changed = [];
  if (place.step === null) show(section);
  else drawAll(section);
  finish(section);
}

/** Another draw from the prior, cell by cell. @param {DiscreteLatents} section */
export async function draw(section) {
  const { place, limits } = section;
  pause(section);
  if (place.step !== null) place.seed = (place.seed % limits.draws) + 1;
  Object.assign(place, { changed: [], step: 0, cell: 0 });
  await drawAll(section);
  play(section);
}

/** So many cells are drawn. @param {DiscreteLatents} section @param {number} count */
export function stepTo(section, count) {
  const { place, grids } = section;
  place.step = Math.min(cellsOf(grids), Math.max(0, count));
  place.cell = Math.max(0, place.step - 1);
  show(section);
  finish(section);
}

/** @param {DiscreteLatents} section */
export function toggle(section) {
  const { place, grids } = section;
  if (section.playing !== undefined) return pause(section);
  if (place.step === null) return void draw(section);
  if (place.step === cellsOf(grids)) place.step = 0;
  play(section);
}

/** One cell after another. @param {DiscreteLatents} section */
function play(section) {
  const { place, grids } = section,
    cells = cellsOf(grids);
  if (motionReduced()) return stepTo(section, cells);
  const next = () => {
    const at = (place.step ?? 0) + 1;
    section.playing = at < cells ? setTimeout(next, Math.min(ONE_CELL, WHOLE_DRAW / cells)) : undefined;
    stepTo(section, at);
  };
  section.playing = setTimeout(next);
}

/** The next test picture, or the next cell of a draw. @param {DiscreteLatents} section @param {number} way */
export function step(section, way) {
  pause(section);
  if (section.place.step === null) section.source.step(way);
  else stepTo(section, section.place.step + way);
}

/** Tell where the section stands, once for a run of changes. @param {DiscreteLatents} section */
export function finish(section) {
  clearTimeout(section.settling);
  section.settling = setTimeout(() => {
    const { place, source, page } = section,
      { cell, step: drawn, seed } = place,
      changed = source.uploaded && drawn === null ? Array.from((codesNow(section) ?? []).entries()) : place.changed;
    commit(page, "codes", {
      ...source.written(),
      codes: changed.length ? changed.map((pair) => pair.join("~")).join(",") : null,
      cell: String(cell),
      cells: drawn === null ? null : String(drawn),
      draw: String(seed),
    });
  }, LAST_OF_SEVERAL);
}
