// The picture that every model reads: a test picture, one that is drawn, or a link's drawing.
import { centredByMass } from "../math/centring.js";
import { sizeOf } from "../math/shape.js";
import { commit } from "./commit.js";
import { decodeAll } from "./decoding.js";
import { unpacked } from "../parts/drawing.js";
import { show, showProblem } from "./view.js";

/** @typedef {import("./state.js").Sweep} Sweep */

/** @param {Sweep} sweep @returns {boolean} whether what is decoded depends on a picture */
export function readsPicture({ mode, around }) {
  return mode === "picture" || around === "picture";
}

/**
 * The picture that is wanted, and the encoders to read it with; both are fetched when they are first needed.
 * @param {Sweep} sweep
 */
export async function fetchPicture(sweep) {
  const { wanted } = sweep,
    cards = Array.from(sweep.cards.values());
  await Promise.all(cards.map(({ reader }) => reader.encoder ?? reader.open(sweep.files)));
  if (wanted !== null && wanted === sweep.wanted && wanted !== sweep.row) {
    const { originals } = sweep,
      bytes = await originals?.get(wanted % sweep.samples);
    if (sweep.wanted !== wanted || sweep.originals !== originals) return; // something else is wanted meanwhile
    if (bytes) load(sweep, bytes, wanted);
    else if (!sweep.bytes) showProblem(sweep, sweep.missing ?? "There are no test pictures here: draw one.");
  }
  if (sweep.mode === "picture")
    sweep.shelf.fill(sweep.originals, sweep.shape, sweep.samples, sweep.own).catch(console.error);
  const bytes = (sweep.bytes ??= sweep.pad.picture());
  if (sweep.around === "picture") await Promise.all(cards.map(({ reader }) => reader.startFrom(bytes)));
}

/** Decode where the page stands now. @param {Sweep} sweep */
export async function arrive(sweep) {
  if (readsPicture(sweep)) return arriveWithPicture(sweep);
  decodeAll(sweep, performance.now());
  commit(sweep);
}

/** The same with the picture that is wanted: fetching it is tried until it succeeds. @param {Sweep} sweep */
async function arriveWithPicture(sweep) {
  await sweep.persist("picture", async () => {
    await fetchPicture(sweep);
    decodeAll(sweep, performance.now());
    commit(sweep);
  });
}

/**
 * Put a picture on the pad, to be read and drawn over.
 * @param {Sweep} sweep
 * @param {Uint8Array} bytes (C, H, W)
 * @param {number | null} row of the test set; null for a drawing
 */
function load(sweep, bytes, row) {
  sweep.row = row;
  sweep.bytes = bytes.slice();
  sweep.pad.load(bytes);
  show(sweep);
}

/** A link's drawing. @param {Sweep} sweep @param {string} text */
export function loadDrawing(sweep, text) {
  sweep.wanted = null;
  load(sweep, unpacked(text, sizeOf(sweep.shape)), null);
}

/**
 * Something was drawn: as the data set's own digits, it is centred by its mass.
 * @param {Sweep} sweep
 * @param {Uint8Array} bytes (C, H, W)
 * @param {number} time when the event came
 */
export function padChanged(sweep, bytes, time) {
  sweep.row = sweep.wanted = null;
  sweep.bytes = sweep.pen ? centredByMass(bytes, sweep.shape) : bytes;
  show(sweep);
  decodeAll(sweep, time);
}

/** @param {Sweep} sweep @param {number} row of the test picture that every model is to read */
export async function chooseSample(sweep, row) {
  if (!Number.isInteger(row) || row < 0 || row >= sweep.samples)
    return showProblem(
      sweep,
      `There are ${sweep.own ? "digits of our own" : "test pictures"} 0 to ${sweep.samples - 1}.`,
    );
  sweep.wanted = row;
  await arriveWithPicture(sweep);
}

/** @param {Sweep} sweep */
export function anotherSample(sweep) {
  return chooseSample(sweep, Math.floor(Math.random() * sweep.samples));
}

/** The next test picture, or the one before. @param {Sweep} sweep @param {number} by */
export function sampleBeside(sweep, by) {
  const start = sweep.wanted ?? (by > 0 ? -1 : 0);
  return chooseSample(sweep, (start + by + sweep.samples) % sweep.samples);
}
