// What a hand can do on the rail: every way of changing it ends in `again`, every settled one in `commit`.
import { centredByMass } from "./centring.js";
import { base64, bytesOf } from "./livereconstruction.js";
import { normals } from "./noise.js";

const MOST_DIMENSIONS = 512; // of a latent space
const TELL = 90; // ms between two readings of the terms

export class RailHand {
  constructor() {
    this.cards = new Map();
    this.sequence = 0; // of what was sent to Python
    this.mode = "slider";
    this.k = 1; // rank by KL of the dimension that is walked
    this.u = 0; // standard deviations from the middle
    this.around = "middle"; // where the other dimensions are; else "picture" or "prior"
    this.noise = 0; // how far z is drawn away from the posterior's mean, in its standard deviations
    this.seed = 1; // of that draw, and of the prior's
    this.row = null; // of the test picture that is read; null for one that was drawn
    this.bytes = null; // the picture (C, H, W)
  }

  readsPicture() {
    return this.mode === "picture" || this.around === "picture";
  }

  /** The picture that is read, and the encoders to read it with; both are fetched when they are first needed. */
  async bring() {
    const row = this.wanted, cards = Array.from(this.cards.values());
    await Promise.all(cards.map((card) => card.decoder.encoder ?? card.openEncoder(this.files)));
    if (row !== undefined && row !== null && row !== this.row) {
      if (this.originals) this.lay(await this.originals.get(row), row);
      else if (!this.bytes) this.problem(this.missing ?? "There are no test pictures here: draw one.");
    }
    if (this.mode === "picture") this.shelf.fill(this.originals, this.shape, this.samples).catch(console.error);
    this.bytes ??= this.pad.picture();
    if (this.around === "picture") await Promise.all(cards.map((card) => card.place(this.bytes)));
  }

  lay(bytes, row) {
    Object.assign(this, { row, bytes: Uint8Array.from(bytes) });
    this.pad.load(bytes);
    this.show();
  }

  /** Something was drawn: as the data set's own digits, it is centred by its mass. */
  drawn(bytes, time) {
    this.row = this.wanted = null;
    this.bytes = this.pen ? centredByMass(bytes, this.shape) : bytes;
    this.show();
    this.again(time);
  }

  /** A link's drawing. */
  layDrawn(text) {
    const pairs = bytesOf(text), pixels = this.shape.reduce((a, b) => a * b);
    this.wanted = null;
    this.lay(Array.from({ length: pixels }, (_, i) => 17 * (i % 2 ? pairs[i >> 1] & 15 : pairs[i >> 1] >> 4)), null);
  }

  blank() {
    this.pad.clear(); // ends in `drawn`
  }

  async sample(row) {
    if (!Number.isInteger(row) || row < 0 || row >= this.samples)
      return this.problem(`There are test pictures 0 to ${this.samples - 1}.`);
    this.wanted = row;
    await this.bring();
    this.again(performance.now());
    this.commit();
  }

  another() {
    return this.sample(Math.floor(Math.random() * this.samples));
  }

  async choose(mode) {
    this.player.pause();
    this.mode = mode;
    this.show();
    if (this.readsPicture()) await this.bring();
    this.again(performance.now());
    this.commit();
  }

  async startFrom(what) {
    this.around = what;
    this.show();
    if (this.readsPicture()) await this.bring();
    this.again(performance.now());
    this.commit();
  }

  /** @param {number} seed of the next draw of epsilon */
  draw(seed) {
    this.seed = seed;
    this.again(performance.now());
    this.commitSoon();
  }

  /** @param {number} scale @param {number} time */
  disturb(scale, time) {
    this.noise = scale;
    this.showValue();
    this.again(time);
  }

  rank(k) {
    if (k < 1 || k > this.most || this.mode !== "slider") return;
    this.k = k;
    this.show();
    this.again(performance.now());
    this.commitSoon();
  }

  move(u, time) {
    this.u = u;
    this.showValue();
    this.again(time);
  }

  settle(u) {
    this.player.pause();
    this.move(u, performance.now());
    this.commit();
  }

  /** Every model's picture, from where we are. */
  again(time) {
    const epsilon = this.epsilon();
    for (const card of this.cards.values()) {
      if (!card.opened) continue;
      if (this.mode === "slider") card.walk(Math.min(this.k, this.most), this.u, this.around, epsilon, time);
      else if (this.bytes && card.decoder.encoder) card.read(this.bytes, epsilon, this.noise, time);
    }
  }

  /** The same draw for every model; a seed's numbers are kept while it is the seed. */
  epsilon() {
    if (this.drawnFrom !== this.seed) this.draws = normals(MOST_DIMENSIONS, (this.drawnFrom = this.seed));
    return this.draws;
  }

  painted() {
    if (this.mode !== "picture" || this.telling) return;
    this.telling = setTimeout(async () => {
      const shown = this.bytes, readers = Array.from(this.cards.values()).filter(({ decoder }) => decoder.mean && decoder.reading);
      await Promise.all(readers.map((card) => card.sayTerms())).catch(console.error);
      this.telling = null;
      if (shown !== this.bytes) this.painted();
      else if (this.mode === "picture") this.root.dataset.judged = String(this.root.__live.pictures);
    }, TELL);
  }

  problem(sentence) {
    this.parts.alert.textContent = sentence;
    this.parts.alert.hidden = false;
    setTimeout(() => { this.parts.alert.hidden = true; }, 8000);
  }

  commitSoon() {
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.commit(), 300);
  }

  /** Tell Python where we are, once the hand rests: it writes the link. */
  commit() {
    this.sequence += 1;
    const { mode, k, u, row, around, noise, seed } = this;
    const drawn = row === null && this.bytes ? base64(inGreys(this.bytes)) : null;
    this.send("place", { sequence: this.sequence, mode, k, u, row, drawn, around, noise, seed });
  }
}

/** Two pixels of 16 greys in a byte: a drawing that a link can hold. */
function inGreys(bytes) {
  const greys = Array.from(bytes, (byte) => Math.round(byte / 17));
  return Uint8Array.from({ length: Math.ceil(greys.length / 2) }, (_, i) => (greys[2 * i] << 4) | (greys[2 * i + 1] ?? 0));
}
