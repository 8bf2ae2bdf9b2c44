// What a hand can do on the Inpaint page: every change of picture or hole ends in `present`, every settled one in `commit`.
import { rowOf } from "./codes.js";
import { MixtureNoise } from "./inpaintmixture.js";
import { packed, unpacked } from "./inpainthole.js";
import { base64, bytesOf } from "./livereconstruction.js";
import { PictureCanvas } from "./paint.js";

export const DRAWS = 24;
export const PAINTED = "painted";

export class Inpainting {
  constructor() {
    this.sequence = 0; // of what was sent to Python
    this.source = { kind: "pen", index: null };
    this.drawn = { kind: "half", step: 10, seed: 0 }; // the mask as drawn: `step` twentieths are missing
    this.painted = false; // whether the hole was painted on since
    this.seed = 1; // of the completions' noise
  }

  /** The picture or its hole changed: everything follows. */
  present(time) {
    if (!this.bytes || !this.hole.mask) return;
    this.hole.show(this.bytes, this.colours?.accent ?? "#0b7285");
    const missing = this.hole.missing,
      all = this.hole.mask.length;
    this.share.textContent = `${Math.round((100 * missing) / all)} %`;
    this.share.title = `${missing} of ${all} pixels are hidden`;
    if (this.painted) this.fraction.value = Math.round((20 * missing) / all);
    this.decoder.complete(this.bytes, this.hole.mask, time);
    this.showTruth();
  }

  /** The mask that Python drew for this kind, seed and share. */
  layDrawn() {
    const { masks } = this,
      size = this.model.shape[1] * this.model.shape[2];
    if (masks?.kind !== this.drawn.kind || masks.seed !== this.drawn.seed) return; // it is on its way
    this.painted = false;
    this.hole.lay(unpacked(masks.bits, this.drawn.step * Math.ceil(size / 8), size));
    this.kind.value = this.drawn.kind;
    this.fraction.value = this.drawn.step;
    this.present(performance.now());
  }

  hideShare(step) {
    this.drawn = { ...this.drawn, step };
    this.layDrawn();
  }

  chooseKind(kind) {
    if (kind === PAINTED) return this.hole.pad.clear(); // nothing is hidden yet; ends in `paintedOn` and `commit`
    this.drawn = { ...this.drawn, kind };
    this.painted = false;
    this.layDrawn();
    this.commit();
  }

  anotherHole() {
    this.drawn = { ...this.drawn, seed: (this.drawn.seed + 1) % 10_000 };
    this.painted = false;
    this.commit(); // Python answers with its masks
  }

  /** The hole was painted on. */
  paintedOn(time) {
    this.painted = true;
    this.kind.value = PAINTED;
    this.lower();
    this.present(time);
  }

  redraw() {
    this.seed += 1;
    this.makeNoise();
    this.present(performance.now());
  }

  makeNoise() {
    this.decoder.noise = new MixtureNoise(DRAWS, this.model.latentDim, this.seed);
    this.decoder.chosen = 0;
  }

  /** One of the answers becomes the completion. */
  pick(draw) {
    this.decoder.chosen = draw;
    this.present(performance.now());
  }

  reveal(on) {
    this.truth = on;
    this.switch.checked = on;
    this.showTruth();
  }

  showTruth() {
    const canvas = this.root.querySelector("[data-role=truth]");
    canvas.hidden = !this.truth;
    canvas.nextElementSibling.hidden = this.truth;
    if (!this.truth) return;
    this.truthPicture ??= new PictureCanvas(canvas);
    this.truthPicture.paint(this.bytes, this.model.shape, 1);
  }

  /** A picture that is not drawn: on the pad, too, to be drawn over. */
  lay(bytes, source, caption) {
    this.lower();
    Object.assign(this, { source, bytes: Uint8Array.from(bytes) });
    this.picturePad.load(this.bytes);
    this.said.textContent = this.said.title = caption;
    this.sources.show(source.index);
    this.switchMode(false);
    this.present(performance.now());
  }

  drew(bytes, time) {
    this.lower();
    this.bytes = bytes;
    this.source = { kind: "pen", index: null };
    this.said.textContent = "drawn";
    this.sources.show(null);
    this.present(time);
  }

  blank() {
    this.switchMode(true);
    this.picturePad.clear(); // ends in `drew`
  }

  /** @param {number} number of the test picture @param {boolean} [tell] whether Python does not know yet */
  async sample(number, tell = true) {
    const row = this.codes.indices.indexOf(number),
      wanted = (this.wanted = {});
    if (row < 0) return this.problem(`There is no code of test picture ${number}.`);
    const bytes = await this.original(row);
    if (this.wanted !== wanted) return; // another one was asked for meanwhile
    const made = this.originals ? "" : ", decoded from its code";
    this.lay(bytes, { kind: "sample", index: number }, `Test picture ${number}${made}`);
    if (tell) this.commit();
  }

  /** The real picture behind a code; where its files are missing, what the model makes of the code. */
  async original(row) {
    if (this.originals) return this.originals.get(row);
    const { ort, session } = this.decoder.runtime,
      z = rowOf(this.codes.mean, this.model.latentDim, row);
    const { x } = await session.run({ z: new ort.Tensor("float32", z, [1, z.length]) }, ["x"]);
    return Uint8Array.from(x.data, (value) => Math.round(255 * value));
  }

  /** @param {number | null} label */
  another(label) {
    const { indices, labels, count } = this.codes;
    const rows = Array.from({ length: count }, (_, row) => row).filter((row) => label === null || labels[row] === label);
    if (rows.length) this.sample(indices[rows[Math.floor(Math.random() * rows.length)]]);
    else this.problem("There is no test picture of this label.");
  }

  problem(sentence) {
    this.alert.textContent = sentence;
    this.alert.hidden = false;
  }

  lower() {
    this.alert.hidden = true;
  }

  /** Tell Python where we are, once the hand rests: it writes the link and can say more about this hole. */
  commit() {
    this.sequence += 1;
    const { kind, index } = this.source;
    this.send("place", {
      sequence: this.sequence,
      model: this.model.name,
      kind,
      index,
      x: kind === "sample" ? null : base64(this.bytes),
      mask: this.drawn.kind,
      fraction: this.drawn.step / 20,
      seed: this.drawn.seed,
      hole: this.painted ? base64(packed(this.hole.mask)) : null,
      truth: this.truth,
    });
  }

  /** Python sends us somewhere: a link, a file, the first visit. */
  async arrive({ visit, place, hole, truth }) {
    this.visit = visit;
    this.drawn = { kind: hole.kind, step: Math.round(20 * hole.fraction), seed: hole.seed };
    this.painted = hole.painted !== null;
    this.fraction.value = this.drawn.step;
    if (this.painted) {
      this.hole.lay(unpacked(bytesOf(hole.painted), 0, this.hole.mask.length));
      this.kind.value = PAINTED;
    } else this.layDrawn();
    this.reveal(truth);
    if (place.kind === "sample") await this.sample(place.index, false);
    else this.lay(bytesOf(place.x), { kind: place.kind, index: null }, place.sentence);
  }
}
