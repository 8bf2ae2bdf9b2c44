// Networks that are given a label beside what they are given anyway: one style z in every label at once.
import { PictureCanvas } from "../kit/paint.js";
import { Newest } from "./newest.js";
import { sizeOf } from "../math/shape.js";

/** @typedef {import("./runtime.js").Runtime} Runtime */
/** @typedef {import("../math/shape.js").Shape} Shape */

/** p(x|y, z) for every label y. The newest z wins, and there is at most one set of pictures in an animation frame. */
export class LabelledDecoder {
  /** @type {Runtime | null} */
  runtime = null;
  /** @type {Shape} */
  shape = [1, 1, 1];
  /** @type {PictureCanvas[]} */
  canvases = []; // one a label that is shown, from the first on
  labels = new Float32Array(0); // (count, classes), one-hot
  classes = 0;
  inputs = 0;
  pictures = 0; // sets of them
  milliseconds = 0; // of the last decode alone
  /** @type {Float32Array | null} */
  lastPicture = null; // the tensor on the screen, (count, C, H, W)
  /** @type {Float32Array | null} */
  z = null; // the z it was decoded from
  onPainted = () => {};

  constructor() {
    /** @type {Newest<Float32Array>} */
    this.newest = new Newest(
      (z, time) => this.paint(z, time),
      () => this.runtime !== null,
    );
  }

  /**
   * Decode with another network from now on.
   * @param {Runtime} runtime
   * @param {Shape} shape
   * @param {number} classes of the model
   * @param {HTMLCanvasElement[]} canvases one a label that is shown
   */
  use(runtime, shape, classes, canvases) {
    this.canvases = canvases.map((canvas) => new PictureCanvas(canvas));
    this.labels = oneHot(Array.from(canvases.keys()), classes);
    Object.assign(this, { runtime, shape, classes });
  }

  /** The newest input that is not on the screen yet. */
  get pending() {
    return this.newest.pending;
  }

  /** @param {ArrayLike<number>} z @param {number} [time] when the hand moved */
  request(z, time = performance.now()) {
    this.inputs += 1;
    this.newest.request(Float32Array.from(z), time);
  }

  /** @param {Float32Array} z (D,) @param {number} time */
  async paint(z, time) {
    if (!this.runtime) return;
    const { ort, session } = this.runtime,
      { canvases, classes, labels, shape } = this,
      count = canvases.length,
      repeated = new Float32Array(count * z.length),
      begun = performance.now();
    for (let y = 0; y < count; y++) repeated.set(z, y * z.length);
    const { x } = await session.run(
      {
        z: new ort.Tensor("float32", repeated, [count, z.length]),
        y: new ort.Tensor("float32", labels, [count, classes]),
      },
      ["x"],
    );
    this.milliseconds = performance.now() - begun;
    if (this.runtime?.session !== session) return; // another model was chosen meanwhile
    const values = /** @type {Float32Array} */ (x.data),
      size = sizeOf(shape);
    for (let y = 0; y < count; y++) canvases[y].paint(values.subarray(y * size, (y + 1) * size), shape);
    Object.assign(this, { lastPicture: values, z, pictures: this.pictures + 1 });
    performance.measure("live:decode", { start: time, end: performance.now() });
    this.onPainted();
  }
}

/**
 * q(z|x, y) of pictures; of an encoder that does not see labels q(z|x).
 * @param {Runtime} runtime of an encoder.onnx
 * @param {Float32Array} x (count, C, H, W) in [0, 1]
 * @param {Shape} shape
 * @param {number[]} labels y of each, (count,)
 * @param {number} classes
 * @returns {Promise<{mean: Float32Array, stddev: Float32Array}>} each (count, D)
 */
export async function encodeWith({ ort, session }, x, shape, labels, classes) {
  const count = labels.length;
  /** @type {Record<string, import("onnxruntime-web").Tensor>} */
  const given = { x: new ort.Tensor("float32", x, [count, ...shape]) };
  if (session.inputNames.includes("y")) given.y = new ort.Tensor("float32", oneHot(labels, classes), [count, classes]);
  const { mean, stddev } = await session.run(given);
  return { mean: /** @type {Float32Array} */ (mean.data), stddev: /** @type {Float32Array} */ (stddev.data) };
}

/**
 * q(z|x, y) of one picture with every label: its means.
 * @param {Runtime} runtime of an encoder.onnx
 * @param {Float32Array} x (C, H, W) in [0, 1]
 * @param {Shape} shape
 * @param {number} classes
 * @returns {Promise<Float32Array>} (classes, D)
 */
export async function meansWithEach({ ort, session }, x, shape, classes) {
  const sees = session.inputNames.includes("y"),
    count = sees ? classes : 1; // where the encoder does not see labels they are all the same
  /** @type {Record<string, import("onnxruntime-web").Tensor>} */
  const given = { x: new ort.Tensor("float32", repeated(x, count), [count, ...shape]) };
  if (sees) given.y = new ort.Tensor("float32", everyLabel(classes), [classes, classes]);
  const { mean } = await session.run(given, ["mean"]);
  return repeated(/** @type {Float32Array} */ (mean.data), classes / count);
}

/**
 * p(x|y, z) of every label y with a z of its own: its means.
 * @param {Runtime} runtime of a decoder.onnx
 * @param {Float32Array} z (classes, D)
 * @param {number} classes
 * @returns {Promise<Float32Array>} (classes, C, H, W) in [0, 1]
 */
export async function decodeWithEach({ ort, session }, z, classes) {
  const { x } = await session.run(
    {
      z: new ort.Tensor("float32", z, [classes, z.length / classes]),
      y: new ort.Tensor("float32", everyLabel(classes), [classes, classes]),
    },
    ["x"],
  );
  return /** @type {Float32Array} */ (x.data);
}

/**
 * q(y|x) of one picture, or of several.
 * @param {Runtime} runtime of a classifier.onnx
 * @param {Float32Array} x (count, C, H, W) in [0, 1]
 * @param {Shape} shape
 * @param {number} [count]
 * @returns {Promise<Float32Array>} (count, classes)
 */
export async function classify({ ort, session }, x, shape, count = 1) {
  const { probabilities } = await session.run({ x: new ort.Tensor("float32", x, [count, ...shape]) });
  return /** @type {Float32Array} */ (probabilities.data);
}

/** @param {ArrayLike<number>} labels (count,) @param {number} classes @returns (count, classes) */
export function oneHot(labels, classes) {
  const y = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) y[i * classes + labels[i]] = 1;
  return y;
}

/** @param {number} classes @returns {Float32Array} (classes, classes) */
function everyLabel(classes) {
  return oneHot(
    Array.from({ length: classes }).map((_, y) => y),
    classes,
  );
}

/** @param {Float32Array} values @param {number} count @returns {Float32Array} so many copies, one after another */
function repeated(values, count) {
  const copies = new Float32Array(count * values.length);
  for (let i = 0; i < count; i++) copies.set(values, i * values.length);
  return copies;
}
