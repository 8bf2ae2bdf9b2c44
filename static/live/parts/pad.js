// A pad to draw on with mouse, finger or pen. It is finer than the model's pictures; what the model gets is each of
// its pixels' mean over the pad. Any picture can be laid on it and drawn over.
import { contextOf } from "../kit/canvas.js";
import { writePicture } from "../kit/paint.js";
import { listenToKeys } from "./pad_keys.js";
import { ALL, UNTOUCHED, coarse, writeMeans } from "./pad_means.js";
import { stroke, widened } from "./pad_stroke.js";
/** @typedef {import("./pad_stroke.js").PadSpot} Spot */

const SIDE = 320; // pixels of the pad's longer side, about
const REMEMBERED = 40; // strokes that can be taken back

/**
 *     const pad = new DrawingPad(canvas, { onDraw: (x, time) => show(x), onStroke: (x) => settle(x) });
 *     pad.build([1, 28, 28]);      // the model's picture: the pad becomes blank
 *     pad.load(bytes);             // a picture to draw over, or pad.clear()
 *     pad.brush = 2.5;             // in the model's pixels
 *     pad.erasing = true;          // a pen's own eraser works without it
 */
export class DrawingPad {
  brush = 2.2; // in the model's pixels
  colour = "#fff";
  paper = "#000";
  erasing = false;
  /** @type {import("../kit/paint.js").Shape} */
  shape = [0, 0, 0]; // of the model's pictures, none until `build`
  fine = 1; // pad pixels in one of the model's
  pixels = new Uint8Array(0); // the picture (C, H, W), as far as it was asked for
  touched = UNTOUCHED; // since then, pad pixels
  small = document.createElement("canvas"); // a picture that is laid on the pad
  /** @type {ImageData[]} */
  before = []; // the pad as it was before each stroke
  /** @type {{id: number, x: number, y: number} | null} */
  pen = null; // where it is while a stroke is being drawn
  /** @type {number | undefined} */
  moved; // when the hand did what was not told yet
  waiting = false; // this frame has told

  /**
   * @param {HTMLCanvasElement} canvas it gets `data-role="pad"`, and keys while it has the focus
   * @param {{onDraw?: (x: Uint8Array, time: number) => void, onStroke?: (x: Uint8Array) => void}} handlers `onDraw`
   *   at most once a frame while the pen moves, with the picture (C, H, W) and when the hand moved; `onStroke` once
   *   when something was finished: a stroke, `undo`, `clear` (not `load`)
   */
  constructor(canvas, { onDraw = () => {}, onStroke = () => {} }) {
    this.canvas = canvas;
    this.onDraw = onDraw;
    this.onStroke = onStroke;
    this.context = contextOf(canvas, { willReadFrequently: true });
    canvas.dataset.role = "pad";
    Object.assign(canvas, { tabIndex: 0, role: "application" });
    canvas.style.touchAction = "none"; // the finger draws, it does not scroll
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]))
      canvas.addEventListener(name, (event) => this.up(event));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is a dot
    listenToKeys(this);
  }

  /** @param {import("../kit/paint.js").Shape} shape of the model's pictures; the pad becomes blank */
  build(shape) {
    this.shape = shape;
    this.fine = Math.max(1, Math.round(SIDE / Math.max(shape[1], shape[2])));
    Object.assign(this.canvas, { width: shape[2] * this.fine, height: shape[1] * this.fine });
    this.pixels = new Uint8Array(shape[0] * shape[1] * shape[2]);
    this.before = [];
    this.blank();
  }

  /** @param {ArrayLike<number>} bytes (C, H, W): the pad shows it, and `picture` gives it back exactly */
  load(bytes) {
    const [, height, width] = this.shape,
      small = new ImageData(width, height);
    writePicture(bytes, 0, this.shape, 1, small.data, width, 0, 0);
    Object.assign(this.small, { width, height });
    contextOf(this.small).putImageData(small, 0, 0);
    this.remember();
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(this.small, 0, 0, this.canvas.width, this.canvas.height);
    this.touched = ALL;
  }

  /** @returns {Uint8Array} (C, H, W): what the model sees */
  picture() {
    const { shape, fine, pixels } = this,
      part = coarse(this.touched, fine, shape);
    const [left, right, top, bottom] = part;
    this.touched = UNTOUCHED;
    if (right <= left || bottom <= top) return pixels.slice();
    const { data } = this.context.getImageData(left * fine, top * fine, (right - left) * fine, (bottom - top) * fine);
    writeMeans(pixels, shape, part, data, fine);
    return pixels.slice();
  }

  /** Take the last stroke, clear or loaded picture back. @returns {boolean} whether there was one */
  undo() {
    const last = this.before.pop();
    if (!last) return false;
    this.context.putImageData(last, 0, 0);
    this.touched = ALL;
    this.finished();
    return true;
  }

  clear() {
    this.remember();
    this.blank();
    this.finished();
  }

  blank() {
    this.context.fillStyle = this.paper;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.touched = ALL;
  }

  remember() {
    this.before.push(this.context.getImageData(0, 0, this.canvas.width, this.canvas.height));
    if (this.before.length > REMEMBERED) this.before.shift();
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (this.pen || (event.button > 0 && event.button !== 5)) return; // one hand at a time; button 5 is a pen's eraser
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    this.pen = { id: event.pointerId, ...this.spot(event) };
    this.line(event, this.pen);
    this.changed(performance.now());
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { pen } = this;
    if (!pen || event.pointerId !== pen.id) return;
    const time = performance.now(),
      parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.line(part, pen);
    this.changed(time);
  }

  /** @param {PointerEvent} event */
  up(event) {
    if (event.pointerId !== this.pen?.id) return;
    this.pen = null;
    this.finished();
  }

  /**
   * From where the pen was to where it is; a pen that feels pressure draws broader under it.
   * @param {PointerEvent} event
   * @param {import("./pad_stroke.js").PadSpot} pen
   */
  line(event, pen) {
    const to = this.spot(event),
      erasing = this.erasing || (event.buttons & 32) !== 0;
    this.stroke(pen, to, event.pointerType === "pen" && event.pressure ? 0.5 + event.pressure : 1, erasing);
    Object.assign(pen, to);
  }

  /** @param {Spot} from @param {Spot} to @param {number} [pressed] 1 for the brush as it is @param {boolean} [erasing] */
  stroke(from, to, pressed = 1, erasing = this.erasing) {
    const width = this.brush * this.fine * pressed;
    stroke(this.context, from, to, width, erasing ? this.paper : this.colour);
    this.touched = widened(this.touched, from, to, width);
  }

  /** @param {PointerEvent} event @returns {{x: number, y: number}} pad pixels */
  spot(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.canvas.width;
    return { x, y: ((event.clientY - box.top) / box.height) * this.canvas.height };
  }

  /** Something was drawn: told at once if this frame has had none yet, else in the next. @param {number} time */
  changed(time) {
    this.moved ??= time;
    if (this.waiting) return;
    this.notify(this.moved);
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.moved !== undefined) this.changed(this.moved);
    });
  }

  /** @param {number} time */
  notify(time) {
    this.moved = undefined;
    this.onDraw(this.picture(), time);
  }

  finished() {
    this.moved = undefined;
    this.onStroke(this.picture());
  }
}
