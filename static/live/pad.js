// A pad to draw on with mouse, finger or pen. It is finer than the model's pictures; what the model gets is each of
// its pixels' mean over the pad. Any picture can be laid on it and drawn over.
import { writePicture } from "./paint.js";

const SIDE = 320; // pixels of the pad's longer side, about
const REMEMBERED = 40; // strokes that can be taken back
const UNTOUCHED = [Infinity, -Infinity, Infinity, -Infinity]; // left, right, top, bottom
const ALL = [0, Infinity, 0, Infinity];

/**
 *     const pad = new DrawingPad(canvas, { onDraw: (x, time) => show(x), onStroke: (x) => settle(x) });
 *     pad.build([1, 28, 28]);      // the model's picture: the pad becomes blank
 *     pad.load(bytes);             // a picture to draw over, or pad.clear()
 *     pad.brush = 2.5;             // in the model's pixels
 *     pad.erasing = true;          // a pen's own eraser works without it
 */
export class DrawingPad {
  /**
   * @param {HTMLCanvasElement} canvas it gets `data-role="pad"`, and Ctrl+Z while it has the focus
   * @param {{onDraw?: (x: Uint8Array, time: number) => void, onStroke?: (x: Uint8Array) => void}} handlers `onDraw`
   *   at most once a frame while the pen moves, with the picture (C, H, W) and when the hand moved; `onStroke` once
   *   when something was finished: a stroke, `undo`, `clear` (not `load`)
   */
  constructor(canvas, { onDraw = () => {}, onStroke = () => {} }) {
    Object.assign(this, { canvas, onDraw, onStroke, brush: 2.2, colour: "#fff", paper: "#000", erasing: false });
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.before = []; // the pad as it was before each stroke
    this.pen = null; // {id, x, y} while a stroke is being drawn
    canvas.dataset.role = "pad";
    canvas.tabIndex = 0;
    canvas.style.touchAction = "none"; // the finger draws, it does not scroll
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
      canvas.addEventListener(name, (event) => this.up(event));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press is a dot
    canvas.addEventListener("keydown", (event) => {
      if (event.key !== "z" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.undo();
    });
  }

  /** @param {import("./paint.js").Shape} shape of the model's pictures; the pad becomes blank */
  build(shape) {
    this.shape = shape;
    this.fine = Math.max(1, Math.round(SIDE / Math.max(shape[1], shape[2]))); // pad pixels in one of the model's
    Object.assign(this.canvas, { width: shape[2] * this.fine, height: shape[1] * this.fine });
    this.pixels = new Uint8Array(shape[0] * shape[1] * shape[2]); // the picture, as far as it was asked for
    this.before = [];
    this.blank();
  }

  /** @param {ArrayLike<number>} bytes (C, H, W): the pad shows it, and `picture` gives it back exactly */
  load(bytes) {
    const [, height, width] = this.shape,
      small = new ImageData(width, height);
    writePicture(bytes, 0, this.shape, 1, small.data, width, 0, 0);
    this.small ??= document.createElement("canvas");
    Object.assign(this.small, { width, height });
    this.small.getContext("2d").putImageData(small, 0, 0);
    this.remember();
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(this.small, 0, 0, this.canvas.width, this.canvas.height);
    this.touched = ALL;
  }

  /** @returns {Uint8Array} (C, H, W): what the model sees */
  picture() {
    const [channels, height, width] = this.shape,
      fine = this.fine,
      plane = height * width;
    const inside = (at, most, round) => Math.min(most, Math.max(0, round(at / fine)));
    const left = inside(this.touched[0], width, Math.floor), right = inside(this.touched[1], width, Math.ceil);
    const top = inside(this.touched[2], height, Math.floor), bottom = inside(this.touched[3], height, Math.ceil);
    this.touched = UNTOUCHED;
    if (right <= left || bottom <= top) return this.pixels.slice();
    const across = (right - left) * fine;
    const { data } = this.context.getImageData(left * fine, top * fine, across, (bottom - top) * fine);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let y = (row - top) * fine; y < (row - top + 1) * fine; y++) {
            for (let at = 4 * (y * across + (column - left) * fine) + c, x = 0; x < fine; x++, at += 4) sum += data[at];
          }
          this.pixels[c * plane + row * width + column] = Math.round(sum / (fine * fine));
        }
      }
    }
    return this.pixels.slice();
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

  down(event) {
    if (this.pen || (event.button > 0 && event.button !== 5)) return; // one hand at a time; button 5 is a pen's eraser
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    this.pen = { id: event.pointerId, ...this.spot(event) };
    this.line(event);
    this.changed(performance.now());
  }

  move(event) {
    if (event.pointerId !== this.pen?.id) return;
    const time = performance.now(),
      parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.line(part);
    this.changed(time);
  }

  up(event) {
    if (event.pointerId !== this.pen?.id) return;
    this.pen = null;
    this.finished();
  }

  /** From where the pen was to where it is; a pen that feels pressure draws broader under it. */
  line(event) {
    const { x, y } = this.spot(event),
      context = this.context;
    const pressed = event.pointerType === "pen" && event.pressure ? 0.5 + event.pressure : 1;
    const erasing = this.erasing || (event.buttons & 32) !== 0;
    Object.assign(context, { lineCap: "round", lineJoin: "round", lineWidth: this.brush * this.fine * pressed });
    context.strokeStyle = erasing ? this.paper : this.colour;
    context.beginPath();
    context.moveTo(this.pen.x, this.pen.y);
    context.lineTo(x, y + (x === this.pen.x && y === this.pen.y ? 0.01 : 0)); // a line of no length draws nothing
    context.stroke();
    const reach = context.lineWidth / 2 + 2,
      [left, right, top, bottom] = this.touched;
    this.touched = [
      Math.min(left, x - reach, this.pen.x - reach),
      Math.max(right, x + reach, this.pen.x + reach),
      Math.min(top, y - reach, this.pen.y - reach),
      Math.max(bottom, y + reach, this.pen.y + reach),
    ];
    Object.assign(this.pen, { x, y });
  }

  spot(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * this.canvas.width;
    return { x, y: ((event.clientY - box.top) / box.height) * this.canvas.height };
  }

  /** Something was drawn: told at once if this frame has had none yet, else in the next. */
  changed(time) {
    this.moved ??= time;
    if (this.waiting) return;
    this.tell();
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.moved !== undefined) this.changed(this.moved);
    });
  }

  tell() {
    const time = this.moved;
    this.moved = undefined;
    this.onDraw(this.picture(), time);
  }

  finished() {
    this.moved = undefined;
    this.onStroke(this.picture());
  }
}
