// Test pictures on a page that a picture is brought to, and what it says when one cannot be had.
import { Originals, standIn } from "../engine/codes.js";
import { say } from "../kit/markup.js";
import { sizeOf } from "../math/shape.js";

/** @typedef {import("../kit/paint.js").Shape} Shape */

/** @typedef {import("../engine/model.js").Model} Model */
/** @typedef {import("../engine/model.js").OriginalsSource | null} OriginalsSource */
/** @typedef {import("../engine/model.js").MissingOriginals} MissingOriginals */
/** @typedef {{number: number, sentence: string}} Problem what could not be taken; a new one has another number */

/**
 * What the state of a page has that pictures are brought to.
 * @typedef {object} TestPictures
 * @property {HTMLElement} root
 * @property {(name: string, value: any) => void} send a state of the component to Python
 * @property {(name: string, value: any) => void} call an event of the component
 * @property {import("../kit/bootstrap.js").Persist} persist tries what may fail until it succeeds
 * @property {Model | null} model
 * @property {Promise<void> | null} opening of the model's networks
 * @property {import("../engine/codes.js").Codes | null} codes
 * @property {Originals | null} originals the real pictures, where the data set is on this machine
 * @property {StandIns | null} standIns what there is in their place; null where they are here
 * @property {number} samplesAsked how many test pictures were asked for: the newest one is shown
 * @property {Place | null} wanted where Python sends the page, until its picture is on the screen or another one is
 * @property {{kind: string, index: number | null}} source where the picture that is shown is from
 * @property {number} sequence of what was sent to Python
 * @property {number | null} problem that was said last
 * @property {{error: HTMLElement}} parts `error` says what went wrong
 */
/** @typedef {{kind: string, index: number | null, sentence: string, x?: string}} Place `x` (C, H, W) in base64, unless a sample */

/** @typedef {"root" | "parts" | "model" | "source" | "wanted"} OfThePage */
/** @typedef {{model: null, wanted: null, source: {kind: "pen", index: null}}} OfNoPage */
/** @returns {Omit<TestPictures, OfThePage> & OfNoPage} before Python has said anything */
export function nothingYet() {
  return {
    send: () => {},
    call: () => {},
    persist: async () => {},
    model: null,
    opening: null,
    codes: null,
    originals: null,
    standIns: null,
    samplesAsked: 0,
    wanted: null,
    source: { kind: "pen", index: null },
    sequence: 0,
    problem: null,
  };
}

/** A picture is on the screen: no other one is on its way. @param {Pick<TestPictures, "wanted" | "samplesAsked">} page */
export function pictureShown(page) {
  page.wanted = null;
  page.samplesAsked += 1;
}

/**
 * What there is in place of a data set's pictures.
 * @typedef {object} StandIns
 * @property {string} title of the data set
 * @property {{pictures: Originals, labels: number[], names: string[]} | null} own pictures of our own
 */

/**
 * @param {Originals | null} before
 * @param {OriginalsSource} source
 * @param {Shape} shape
 * @param {import("../kit/bootstrap.js").Persist} persist
 * @returns {Originals | null} the real pictures; those that were loaded stay
 */
export function originalsFrom(before, source, shape, persist) {
  if (!source?.sheets) return null;
  return before ?? new Originals(source, shape, persist);
}

/**
 * @param {StandIns | null} before
 * @param {OriginalsSource} source
 * @param {Shape} shape
 * @param {import("../kit/bootstrap.js").Persist} persist
 * @returns {StandIns | null} what there is in place of the real pictures; what was loaded stays
 */
export function standInsFrom(before, source, shape, persist) {
  if (!source?.missing) return null;
  if (before?.title === source.title && Boolean(before.own) === Boolean(source.standIns)) return before;
  const { title, standIns } = source;
  return { title, own: standIns && { ...standIns, pictures: new Originals(standIns, shape, persist) } };
}

/**
 * @param {TestPictures} page
 * @param {number} number of the test picture
 * @returns {Promise<{bytes: Uint8Array, row: number, instead: string} | null>} it, its row of the codes, and what is
 *   there in its place ("" for the picture itself); null if there is none, which is said, or another one was asked for
 *   meanwhile
 */
export async function findSample(page, number) {
  if (!page.codes) return null;
  const row = page.codes.indices.indexOf(number),
    asked = ++page.samplesAsked;
  if (row < 0) {
    page.wanted = null;
    showError(page, `There is no code of test picture ${number}.`);
    return null;
  }
  const found = await pictureAt(page, row, number);
  return found && page.samplesAsked === asked ? { ...found, row } : null;
}

/**
 * The real picture behind a code; where it is not here one of our own, or a blank one. What a model decodes is no x.
 * @param {TestPictures} page
 * @param {number} row of the codes
 * @param {number} number of the test picture
 * @returns {Promise<{bytes: Uint8Array, instead: string} | null>} `bytes` (C, H, W); null before a model is there
 */
async function pictureAt({ originals, standIns, model, codes }, row, number) {
  if (originals) return { bytes: await originals.get(row), instead: "" };
  if (!model || !codes) return null;
  const own = standIns?.own;
  if (!own) {
    const instead = `Test picture ${number} is not here: draw or bring a picture`;
    return { bytes: new Uint8Array(sizeOf(model.shape)), instead };
  }
  const at = standIn(own.labels, codes.labels?.[row] ?? null, number);
  return { bytes: await own.pictures.get(at), instead: own.names[at] };
}

/**
 * Another test picture, at random; if there is none, that is said.
 * @template {TestPictures} Page
 * @param {Page} page
 * @param {number | null} label that it is to have; null for any
 * @param {(page: Page, number: number) => void} show
 */
export function showAnother(page, label, show) {
  if (!page.codes) return;
  const { indices, labels, count } = page.codes;
  const rows = Array.from({ length: count }, (_, row) => row).filter(
    (row) => label === null || labels?.[row] === label,
  );
  if (rows.length) show(page, indices[rows[Math.floor(Math.random() * rows.length)]]);
  else showError(page, "There is no test picture of this label.");
}

/**
 * The next test picture, or the one before, round and round.
 * @template {TestPictures} Page
 * @param {Page} page
 * @param {number} by how many to go on or back
 * @param {(page: Page, number: number) => void} show
 */
export function showBeside(page, by, show) {
  const { codes, source } = page;
  if (!codes) return;
  const row = source.index === null ? -1 : codes.indices.indexOf(source.index),
    start = row < 0 && by < 0 ? 0 : row;
  show(page, codes.indices[(start + by + codes.count) % codes.count]);
}

/** @param {{parts: {error: HTMLElement}}} page @param {string} sentence */
export function showError({ parts }, sentence) {
  say(parts.error, sentence);
}

/** @param {{parts: {error: HTMLElement}}} page */
export function hideError({ parts }) {
  parts.error.hidden = true;
}
