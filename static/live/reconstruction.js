// What a hand can do on the Reconstruct page: every way of changing x ends in `present`, every settled x in `commit`.
import { centredByMass, fittedToBox } from "./centring.js";
import { rowOf } from "./codes.js";
import { asPicture } from "./encoder.js";
import { base64 } from "./livereconstruction.js";
import { binarised } from "./noise.js";
import { Reading } from "./reading.js";

const BINARISE =
  "One draw of zeros and ones, pixels as probabilities, as in training: a grey picture has no likelihood of its own.";

export class Reconstruction extends Reading {
  constructor() {
    super();
    this.sequence = 0; // of what was sent to Python
    this.source = { kind: "pen", index: null };
    this.picture = 0; // grows with every picture
    this.before = []; // the steps that led to it
    this.binary = false; // whether the model gets a draw of zeros and ones, as in training
    this.switches = {}; // of the steps of what is drawn
    this.chosen = []; // names of the models to compare with
  }

  /** Something was drawn: prepare it as the data set's own pictures were. */
  drawn(bytes, time) {
    this.lower();
    if (this.source.kind !== "pen") this.source = { kind: "touched", index: null };
    if (this.source.kind === "pen") bytes = this.prepared(bytes);
    else if (this.before.length) this.before = [];
    this.present(bytes, time);
  }

  /** A stroke, an undo or a clear is finished. */
  settled(bytes) {
    this.drawn(bytes, performance.now());
    this.commit();
  }

  prepared(bytes) {
    const { pen, shape } = this.model,
      { fit, centre } = this.switches;
    const steps = [{ name: "drawn", title: "as drawn", bytes }];
    const add = (name, title, help, on, make) => {
      if (on) bytes = make(bytes);
      steps.push({ name, title, help, on, bytes });
    };
    if (pen?.box)
      add("fit", "fit", `Scaled so that the longer side fills ${pen.box} pixels.`, fit ?? pen.fit, (b) =>
        fittedToBox(b, shape, pen.box),
      );
    if (pen)
      add("centre", "centre", "Moved so that the centre of mass is in the middle.", centre ?? pen.centre, (b) =>
        centredByMass(b, shape),
      );
    this.before = steps;
    return bytes;
  }

  /** @param {Uint8Array} bytes (C, H, W): what the model sees from this moment on */
  present(bytes, time) {
    const binary = this.model.noise === null && this.binary;
    this.grey = bytes;
    this.draw = this.model.noise === null ? binarised(bytes) : bytes; // what has a likelihood
    this.bytes = binary ? this.draw : bytes;
    const last = { name: "binarise", title: "binarise", help: BINARISE, on: binary, bytes: this.draw };
    this.steps.show(this.model.noise === null ? [...this.before, last] : this.before, this.model.shape);
    bytes = this.bytes;
    this.picture += 1;
    this.decoder.request(asPicture(bytes, this.model.noise), time);
    this.marginal.forget();
  }

  /** A picture that is not drawn: on the pad, too, to be drawn over. */
  lay(bytes, source, caption, steps = []) {
    this.lower();
    this.pad.load(bytes);
    this.leave(source);
    this.caption(caption);
    this.before = steps;
    this.present(Uint8Array.from(bytes));
    this.sources.show(source.index);
  }

  blank() {
    this.lower();
    this.pad.remember();
    this.pad.blank();
    this.leave({ kind: "pen", index: null });
    this.caption("Draw with mouse, finger or pen");
    this.sources.show(null);
    this.settled(this.pad.picture());
  }

  /** Another picture is on the pad: an upload cannot be undone back into it, as what is drawn is in the link. */
  leave(source) {
    if (this.uploaded) this.pad.before = [];
    this.uploaded = source.kind === "file";
    this.source = source;
  }

  noise() {
    const bytes = Uint8Array.from({ length: this.grey.length }, () => Math.floor(256 * Math.random()));
    this.lay(bytes, { kind: "noise", index: null }, "Noise: every pixel at random");
    this.commit();
  }

  /** @param {number} number of the test picture @param {boolean} [tell] whether Python does not know yet */
  async sample(number, tell = true) {
    const row = this.codes.indices.indexOf(number),
      wanted = (this.wanted = {});
    if (row < 0) return this.problem(`There is no code of test picture ${number}.`);
    const bytes = await this.original(row);
    if (this.wanted !== wanted) return; // another one was asked for meanwhile
    const label = this.model.labels.length ? `, label ${this.model.labels[this.codes.labels[row]]}` : "";
    const made = this.originals ? "" : ", decoded from its code";
    this.lay(bytes, { kind: "sample", index: number }, `Test picture ${number}${label}${made}`);
    if (tell) this.commit();
  }

  /** The real picture behind a code; where its files are missing, what the model makes of the code. */
  async original(row) {
    if (this.originals) return this.originals.get(row);
    const { ort, session } = this.decoder.runtime,
      z = rowOf(this.codes.mean, this.model.latentDim, row);
    const { x } = await session.run({ z: new ort.Tensor("float32", z, [1, z.length]) });
    return Uint8Array.from(x.data, (value) => Math.round(255 * value));
  }

  /** @param {number | null} label */
  another(label) {
    const { indices, labels, count } = this.codes;
    const rows = Array.from({ length: count }, (_, row) => row).filter(
      (row) => label === null || labels[row] === label,
    );
    if (rows.length) this.sample(indices[rows[Math.floor(Math.random() * rows.length)]]);
    else this.problem("There is no test picture of this label.");
  }

  /** Click on the map: the test picture drawn there. */
  pick(x, y) {
    const [nearest] = this.projection?.index.nearest(x, y, 1) ?? [];
    if (nearest) this.sample(this.codes.indices[nearest.index]);
  }

  caption(text, passing = false) {
    if (!passing) this.kept = text;
    this.said.textContent = this.said.title = text;
  }

  problem(sentence) {
    this.alert.textContent = sentence;
    this.alert.hidden = false;
  }

  lower() {
    this.alert.hidden = true;
  }

  /** A file could not be taken: say why; the picture before it stays. */
  complain({ number, sentence }) {
    this.complained = number;
    this.caption(this.kept ?? "");
    this.problem(sentence);
  }

  /** Tell Python where we are, once the hand rests: it writes the link and can say more about x. */
  commit() {
    this.sequence += 1;
    const { kind, index } = this.source;
    this.send("place", {
      sequence: this.sequence,
      model: this.model.name,
      kind,
      index,
      x: base64(this.bytes),
      compared: this.chosen,
      ...this.view,
    });
  }
}
