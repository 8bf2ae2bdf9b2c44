// One model of those side by side: what it makes of every picture, what it samples, and where the walk has come.
import { LiveDecoder } from "../engine/decoder.js";
import { escaped } from "../kit/markup.js";
import { significant } from "../kit/numbers.js";
import { putSheet, sheetOf } from "../kit/paint.js";
import { partOf } from "../kit/part.js";
import { clocked, timeOf } from "../kit/stopwatch.js";
import { laplacianVariance } from "../math/sharpness.js";
import { shortName } from "./chips.js";
import { Networks } from "./networks.js";

/** @typedef {import("./networks.js").ReadNetwork & {numbers: Record<string, string | null>, note: string}} RowModel */

const SAMPLES = 6;
const NUMBERS = ["nll", "reconstruction", "kl", "elbo"]; // of the test set, as Python writes them
const SURPRISE = "−log p(x) of a test picture, less is better: ± one standard error, or ≤ where it is only bounded";
const TIME = "How long this browser takes to decode one picture: many one after another, measured once";
const BESIDE =
  "By how much −log p(x) is more than that of the app's model, in its unit, over the same test pictures, ± one standard " +
  "error of this difference; below 0 is better";
const SHARP =
  "Variance of the Laplacian of these reconstructions, % of that of the pictures: below 100 they are blurred, above it rough";
const BOUND = "Mean over the test set, nats: what z explains of x, less what q costs beside p(z), is the ELBO";

export class Row {
  /** @type {RowModel} */
  model;
  /** @type {Float32Array} */
  codes = new Float32Array(0); // (count, width): where each picture lies
  timed = false; // whether it is known how long a picture takes
  reading = 0; // how often pictures were read: what is late is not taken
  drawn = ""; // of which networks and seed the samples are

  /** @param {RowModel} model */
  constructor(model) {
    this.element = document.createElement("div");
    this.element.className = "row";
    this.element.setAttribute("role", "row");
    this.element.innerHTML = `
      <div class="who" role="rowheader"><b></b><small></small></div>
      <div class="walked" role="cell"><canvas class="skeleton" data-role="decoded" role="img"></canvas></div>
      <div class="read" role="cell"><canvas class="skeleton" data-role="reconstructions" role="img"></canvas></div>
      <div class="drawn" role="cell"><canvas class="skeleton" data-role="samples" role="img"></canvas></div>
      <div class="numbers" role="cell">
        <p><b data-number="nll" title="${SURPRISE}"></b> <span data-number="time" title="${TIME}"></span>
          <span data-number="sharpness" title="${SHARP}"></span></p>
        <p data-number="beside" title="${BESIDE}"></p>
        <p title="${BOUND}"><span data-number="reconstruction" data-term="reconstruction"></span> −
          <span data-number="kl" data-term="kl"></span> = <b data-number="elbo"></b></p>
      </div>`;
    this.decoder = new LiveDecoder(partOf(this.element, "[data-role=decoded]", HTMLCanvasElement));
    this.networks = new Networks(model);
    this.model = model;
    this.describe(model, "");
  }

  /** @param {RowModel} model @param {string} prefix of the names, which goes without saying */
  describe(model, prefix) {
    this.model = this.networks.model = model;
    const { name, note, numbers } = model,
      title = shortName(name, prefix);
    this.element.dataset.model = name;
    partOf(this.element, ".who", HTMLElement).innerHTML =
      `<b title="${escaped(name)}">${escaped(title)}</b><small>${escaped(note)}</small>`;
    for (const key of NUMBERS) this.number(key).textContent = numbers[key] ?? "–";
    this.number("beside").textContent = numbers.beside;
    const called = [
      ["decoded", `The walk through ${name}`],
      ["reconstructions", `Reconstructions by ${name}`],
      ["samples", `Samples of ${name}`],
    ];
    for (const [role, label] of called) this.canvas(role).setAttribute("aria-label", label);
  }

  /** @param {string} role */
  canvas(role) {
    return partOf(this.element, `[data-role=${role}]`, HTMLCanvasElement);
  }

  /** @param {string} name */
  number(name) {
    return partOf(this.element, `[data-number=${name}]`, HTMLElement);
  }

  /** Its networks, fetched once. @param {{ort: string, wasm: string}} files */
  async open(files) {
    const { networks } = this;
    if (!(await networks.open(files)) || !networks.decoder) return;
    this.decoder.stop(); // codes of another network are none of this one's
    this.decoder.use(networks.decoder, this.model.shape, networks.coding.feeds);
    Object.assign(this, { codes: new Float32Array(0), drawn: "", timed: false });
    this.decoder.z = null;
  }

  /**
   * Read pictures, and show what comes back.
   * @param {Uint8Array[] | null} pictures (C, H, W) each; null for stored codes
   * @param {number[]} labels of the pictures
   */
  async read(pictures, labels) {
    const reading = ++this.reading,
      codes = await this.networks.codesOf(pictures, labels);
    if (!codes || reading !== this.reading) return;
    this.codes = codes;
    this.element.toggleAttribute("data-unread", !codes.length);
    const x = await this.show("reconstructions", this.codes),
      { shape } = this.model,
      real = pictures
        ? laplacianVariance(
            pictures.flatMap((bytes) => Array.from(bytes)),
            shape,
          ) /
          255 ** 2
        : NaN,
      share = x ? (100 * laplacianVariance(x, shape)) / real : NaN;
    this.number("sharpness").textContent = Number.isFinite(share) ? `sharp ${significant(share, 2)} %` : "";
  }

  /** Samples of the prior. @param {number} seed */
  async sample(seed) {
    const drawn = `${this.networks.opened} ${seed}`,
      late = () => drawn !== this.drawn;
    if (!late()) return;
    this.drawn = drawn;
    try {
      const codes = await this.networks.fromPrior(SAMPLES, seed, late);
      if (!late()) await this.show("samples", codes);
    } catch (error) {
      if (!late()) this.drawn = ""; // it is tried again
      throw error;
    }
  }

  /** @param {string} role of the canvas @param {Float32Array} codes (count, width) @returns {Promise<Float32Array | null>} the pictures */
  async show(role, codes) {
    const { shape } = this.model,
      count = codes.length / this.networks.coding.width,
      x = await this.networks.decode(codes);
    if (x) putSheet(this.canvas(role), sheetOf(x, count, shape, count));
    return x;
  }

  /**
   * Go so far from one picture's code to another's.
   * @param {[number, number]} ends @param {number} t 0 to 1 @param {number} time when the hand moved
   */
  move([from, to], t, time) {
    const { codes, networks } = this,
      { width } = networks.coding;
    if (!this.decoder.runtime || codes.length < (Math.max(from, to) + 1) * width) return;
    /** @param {number} i */
    const at = (i) => codes.subarray(i * width, (i + 1) * width);
    this.decoder.request(networks.coding.between(at(from), at(to), t), time);
  }

  /** Measure how long a picture takes here, once a network. */
  async showTime() {
    const { runtime } = this.decoder,
      { coding, opened } = this.networks,
      code = this.decoder.z ?? this.codes.slice(0, coding.width);
    if (this.timed || !runtime || code.length !== coding.width) return;
    this.timed = true;
    const { ort, session } = runtime,
      time = await timeOf(() => session.run(coding.feeds(ort, code, 1), ["x"]));
    if (opened === this.networks.opened) this.number("time").textContent = clocked(time);
  }
}
