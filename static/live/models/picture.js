// The picture that a section reads: a test picture, or what is drawn over it.
import { bytesOf } from "../kit/bytes.js";
import { centredByMass } from "../math/centring.js";
import { sizeOf } from "../math/shape.js";
import { say } from "../kit/markup.js";
import { Brought } from "../parts/brought.js";
import { packed, unpacked } from "../parts/drawing.js";
import { OriginalsCard } from "../parts/originals.js";
import { DrawingPad } from "../parts/pad.js";
import { TestPictures } from "./pictures.js";

/**
 * @typedef {object} PicturePlace the part of a section's place that says which picture it is
 * @property {number | null} row of the test picture; null for one that was drawn
 * @property {string | null} drawn that one, in base64
 */
/**
 * @typedef {object} Handlers
 * @property {(bytes: Uint8Array, stays: boolean) => Promise<void> | void} onPicture there is another one, (C, H, W);
 *   `stays` where everything else is to stay as it is
 * @property {(caption: string) => string} [captioned] what is said of the picture, from what it is called: "" where it
 *   is not here
 * @property {boolean} [stored] whether the section has something else to show of test pictures that are not here
 * @property {() => void} onFinish a hand has come to the end of what it did with it
 */

const BRUSH_STEP = 0.4; // in the model's pixels

export class ReadPicture {
  /** @type {import("../math/shape.js").Shape | null} */
  shape = null; // none before the first model
  pen = false; // whether drawings are centred as the data set's own digits were
  /** @type {Uint8Array | null} */
  bytes = null; // (C, H, W) of the picture
  tests = new TestPictures();
  uploaded = false; // what is on the pad came as a file, which no link says
  /** @type {number | null} */
  answered = null; // number of the last file that Python made a picture of

  /**
   * @param {import("./state.js").Comparison} page
   * @param {PicturePlace} place the section's, which is written here
   * @param {{element: HTMLElement, pad: HTMLCanvasElement, caption: HTMLElement, eraser: HTMLElement, originals: HTMLElement, alert: HTMLElement}} parts
   * @param {Handlers} handlers
   */
  constructor(page, place, parts, handlers) {
    this.page = page;
    this.place = place;
    this.parts = parts;
    this.handlers = handlers;
    this.card = new OriginalsCard(parts.originals, () => page.call("originals", true));
    this.files = new Brought(parts.element, {
      onFile: (name, base64) => page.call("file", { name, base64 }),
      onProblem: (sentence) => say(parts.alert, sentence),
    });
    parts.element.append(this.files.input);
    this.pad = new DrawingPad(parts.pad, {
      onDraw: (bytes) => this.drawn(bytes),
      onStroke: (bytes) => {
        this.drawn(bytes);
        handlers.onFinish();
      },
    });
  }

  /** What `data-do` of the tools' buttons does. @returns {Record<string, () => void>} */
  get actions() {
    return {
      another: () => void this.step(1),
      upload: () => this.files.choose(),
      blank: () => this.leave(() => this.pad.clear()),
      undo: () => void this.pad.undo(),
      eraser: () => {
        this.pad.erasing = !this.pad.erasing;
        this.parts.eraser.setAttribute("aria-pressed", String(this.pad.erasing));
      },
    };
  }

  /** @returns {Record<string, () => void>} what keys do */
  get keys() {
    const { another: n, blank: c, undo: u, eraser: e, upload: o } = this.actions;
    return {
      n,
      c,
      u,
      e,
      o,
      "[": () => void (this.pad.brush -= BRUSH_STEP),
      "]": () => void (this.pad.brush += BRUSH_STEP),
    };
  }

  /**
   * @param {import("./state.js").Data & {pen: boolean}} data whose file, if a new one was brought, is shown
   * @param {import("../math/shape.js").Shape} shape of the model's pictures
   * @returns {boolean} whether the same row is another picture now
   */
  follow(data, shape) {
    if (String(shape) !== String(this.shape)) this.pad.build(shape);
    this.shape = shape;
    this.pen = data.pen;
    this.files.most = data.mostBytes;
    this.card.show(data.originals);
    return this.tests.follow(data.originals, data.samples, shape, this.page.persist);
  }

  /** A file that was brought, once it is a picture of this form. @param {import("./state.js").BroughtFile | null} file */
  async bring(file) {
    if (!file || !this.shape || file.number === this.answered) return;
    this.answered = file.number;
    if (file.problem) return say(this.parts.alert, file.problem);
    const bytes = bytesOf(file.x);
    if (bytes.length !== sizeOf(this.shape)) return;
    this.parts.alert.hidden = true;
    Object.assign(this.place, { row: null, drawn: null });
    this.uploaded = true;
    this.pad.load(bytes);
    await this.take(bytes, file.name, false);
    this.handlers.onFinish();
  }

  /** Another picture takes the place of an upload, which cannot be undone back into: what is drawn is in the link. @param {() => void} put */
  leave(put) {
    const { uploaded } = this;
    this.uploaded = false;
    put();
    if (uploaded) this.pad.before = [];
  }

  /** Show what the place says; everything else stays. */
  async arrive() {
    const { row, drawn } = this.place;
    if (row !== null) await this.showSample(row, true);
    else if (drawn) await this.showDrawing(drawn);
    else if (this.bytes) await this.handlers.onPicture(this.bytes, true);
  }

  /** Something was drawn. @param {Uint8Array} bytes (C, H, W) */
  drawn(bytes) {
    if (!this.shape) return;
    this.place.row = null;
    const centred = this.pen ? centredByMass(bytes, this.shape) : bytes;
    this.take(unpacked(packed(centred), centred.length), "drawn", false); // as a link has it: who opens it sees the same
  }

  /** The drawing of a link. @param {string} text */
  async showDrawing(text) {
    if (!this.shape) return;
    const bytes = unpacked(text, sizeOf(this.shape));
    this.leave(() => this.pad.load(bytes));
    await this.take(bytes, "drawn", true);
  }

  /** A test picture. @param {number} row of the codes @param {boolean} [stays] */
  async showSample(row, stays = false) {
    const { place, tests, shape } = this;
    Object.assign(place, { row, drawn: null });
    const bytes = await tests.get(row);
    if (place.row !== row || !shape) return;
    if (!bytes && !this.handlers.stored) say(this.parts.alert, "The test pictures are not here: draw one.");
    const x = bytes ?? new Uint8Array(sizeOf(shape));
    this.leave(() => this.pad.load(x));
    await this.take(x, bytes ? tests.name(row).toLowerCase() : "", stays);
  }

  /** @param {Uint8Array} bytes (C, H, W) @param {string} caption @param {boolean} stays */
  async take(bytes, caption, stays) {
    this.bytes = bytes;
    this.parts.caption.textContent = this.handlers.captioned?.(caption) ?? caption;
    await this.handlers.onPicture(bytes, stays);
  }

  /** The next test picture, or the one before. @param {number} way */
  async step(way) {
    const { tests, place, page } = this,
      count = tests.own?.length ?? tests.count;
    if (!count) return;
    const row = ((place.row ?? -1) + way + count) % count;
    await page.persist("picture", () => this.showSample(row));
    this.handlers.onFinish();
  }

  /** What a link says of it. @returns {{row: string | null, drawn: string | null}} */
  written() {
    const { place, bytes } = this;
    if (this.uploaded) return { row: null, drawn: null };
    if (place.row === null && bytes) place.drawn = packed(bytes);
    return place.row === null ? { row: null, drawn: place.drawn } : { row: String(place.row), drawn: null };
  }
}
