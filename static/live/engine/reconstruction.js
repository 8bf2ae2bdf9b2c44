// The reconstruction that follows the pen.
import { LiveDecoder } from "./decoder.js";
import { encode } from "./encoder.js";
import { reparametrised } from "../math/noise.js";

/** @typedef {import("./runtime.js").Runtime} Runtime */

/** The newest x wins, encoded and decoded from the posterior's mean or a sample of it, painted at most once a frame. */
export class LiveReconstruction extends LiveDecoder {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    super(canvas);
    /** @type {Runtime | null} */
    this.encoder = null;
    /** @type {Float32Array | null} */
    this.x = null; // what was read last
    /** @type {Float32Array | null} */
    this.mean = null; // of its posterior, as `stddev`
    /** @type {Float32Array | null} */
    this.stddev = null;
    /** @type {Float32Array | null} */
    this.epsilonOfZ = null; // (D,): without it z is the mean
  }

  /**
   * Encode and decode with these networks from now on.
   * @param {Runtime} decoder
   * @param {import("../kit/paint.js").Shape} shape
   * @param {Runtime} encoder
   */
  open(decoder, shape, encoder) {
    this.use(decoder, shape);
    this.encoder = encoder;
  }

  /** @param {Float32Array} x (C * H * W,) */
  async paint(x, time = performance.now()) {
    const { encoder } = this;
    if (!encoder) return;
    const posterior = await encode(encoder, x, this.shape);
    if (this.encoder !== encoder) return; // another model was chosen meanwhile
    Object.assign(this, { x, ...posterior });
    const { mean, stddev } = posterior,
      { epsilonOfZ: epsilon } = this;
    await super.paint(epsilon?.length === mean.length ? reparametrised(mean, stddev, epsilon) : mean, time);
  }
}
