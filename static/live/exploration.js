// What a hand can do on the Explore page: every way of moving z ends in `present`, every settled place in `commit`.
import { rowOf } from "./codes.js";
import { dimensionName, figure } from "./sliders.js";

export class Exploration {
  constructor() {
    this.sequence = 0; // of the places sent to Python
    this.z = null; // where the sliders stand
    this.shown = null; // what is on the screen: z, or the spot under the cursor
    this.pin = null; // {index, z}: the point pinned last; index is null for a spot between the points
    this.hovering = false;
    this.following = false;
  }

  /** Show the picture at z in this frame; all that stands around it follows once a frame. */
  present(z, time) {
    this.shown = this.traversals.z = z;
    this.sampleShown = null;
    this.decoder.request(z, time);
    this.follow();
  }

  follow() {
    if (this.following) return;
    this.following = true;
    requestAnimationFrame(() => {
      this.following = false;
      if (!this.hovering || !this.projection) this.roundTrip = undefined;
      this.sliders.show(this.shown);
      this.traversals.update(this.shown);
      (this.model.latentDim === 2 ? this.manifold : this.samples).update(this.shown);
      if (this.projection) this.map.mark("shown", this.back ?? this.projection.place(this.shown));
      this.describe();
    });
  }

  /** The sliders moved. */
  move(z, time) {
    this.hovering = false;
    this.back = undefined;
    this.z = Float32Array.from(z);
    this.present(this.z, time);
  }

  /** A button, a cell or a key chose a place. */
  go(z) {
    this.move(z);
    this.commit();
  }

  hover(x, y, time) {
    if (!this.projection) return;
    this.hovering = this.touched = true;
    if (this.view.show === "sample") {
      const [nearest] = this.projection.index.nearest(x, y, 1, (index) => this.visible(index));
      if (nearest) this.showSample(nearest.index, time);
      return;
    }
    const { z, roundTrip, back } = this.projection.inverse(x, y, this.z);
    Object.assign(this, { roundTrip, back });
    this.present(z, time);
  }

  leave() {
    if (!this.hovering) return;
    this.hovering = false;
    this.back = undefined;
    this.present(this.z);
  }

  /** The real picture nearest to the cursor; where there are no originals, what the model makes of its code. */
  showSample(index, time) {
    const code = this.codeOf(index), bytes = this.originals?.at(index);
    this.back = this.roundTrip = undefined;
    if (bytes) {
      Object.assign(this, { shown: code, sampleShown: index });
      this.decoder.showSample(bytes, time);
      this.follow();
    } else {
      this.present(code, time);
      this.sampleShown = index;
      this.originals?.get(index).then(() => {
        if (this.hovering && this.sampleShown === index) this.showSample(index, performance.now());
      });
    }
  }

  click(x, y, radius) {
    if (!this.projection) return;
    const time = performance.now(), { before } = this;
    const twice = before && time - before.time < 500 && Math.hypot(x - before.x, y - before.y) <= radius;
    this.before = twice ? { ...before, twice } : { z: this.z, pin: this.pin, time, x, y, twice };
    const [nearest] = this.projection.index.nearest(x, y, 1, (index) => this.visible(index));
    const point = nearest && (nearest.distance <= radius || this.view.show === "sample") ? nearest.index : null;
    const z = point === null ? this.projection.inverse(x, y, this.z).z : this.codeOf(point);
    this.setPin({ index: point, z });
    this.go(z);
  }

  /** A double click resets the axes; the two clicks it is made of were not meant (Plotly takes any two quick ones). */
  undoClick() {
    if (!this.before?.twice) return;
    this.setPin(this.before.pin);
    this.go(this.before.z);
  }

  setPin(pin) {
    this.pin = pin;
    this.root.dataset.pinned = pin ? (pin.index ?? "spot") : "";
    if (this.projection) {
      const { points, place } = this.projection, drawn = pin && pin.index !== null;
      this.map.mark("pinned", drawn ? Array.from(rowOf(points, 2, pin.index)) : pin && place(pin.z));
    }
    this.showOriginal();
  }

  async showOriginal() {
    const { pin, originals, stage } = this, index = pin?.index ?? null;
    if (index === null) return stage.clearOriginal("Click a point of the map to see its original here.");
    const text = this.pointText(index);
    if (!originals) return stage.clearOriginal(this.missing ? `${text}: its original is not on this machine.` : text);
    const bytes = originals.at(index) ?? (await originals.get(index));
    if (this.pin === pin && this.originals === originals) stage.showOriginal(bytes, text);
  }

  pointText(index) {
    const { labels, indices } = this.codes, names = this.model.labels;
    const label = labels && names.length ? names[labels[index]] : null;
    return `Test picture ${indices[index]}` + (label === null ? "" : `, label ${label}`);
  }

  visible(index) {
    const { labels } = this.codes, hidden = this.map.hidden;
    return !hidden.size || !labels || !hidden.has(this.model.labels[labels[index]]);
  }

  /** Arrow keys on the map. */
  step(across, up) {
    if (!this.projection) return;
    const [x, y] = this.projection.place(this.z);
    this.move(this.projection.inverse(x + across, y + up, this.z).z);
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.commit(), 300); // one message for a run of key presses
  }

  selected(points) {
    const counts = new Map();
    for (const { data } of points ?? []) counts.set(data.name, (counts.get(data.name) ?? 0) + 1);
    const most = Array.from(counts).sort((a, b) => b[1] - a[1]).slice(0, 3);
    const named = most.length && most[0][0] ? `: ${most.map(([name, count]) => `${name} (${count})`).join(", ")}` : "";
    this.selection.textContent = points ? `${points.length} points selected${named}` : "";
  }

  /** The caption of the picture and the line under the map. */
  describe() {
    const { hovering, pin, sampleShown, originals } = this;
    const atPin = pin && pin.index !== null && pin.z.every((value, d) => Math.abs(value - this.shown[d]) < 1e-4);
    const nearest = sampleShown !== null && sampleShown !== undefined;
    this.stage.caption(nearest ? (originals?.at(sampleShown) ? this.pointText(sampleShown)
      : `${this.pointText(sampleShown)}, decoded from its code`)
      : hovering ? "Decoded under the cursor" : atPin ? "Reconstruction of the pinned point" : "Decoded from z");
    const trip = this.roundTrip === undefined ? "" : `Round trip ${figure(this.roundTrip)} map units`;
    const values = Array.from(this.shown, (value, d) => `${dimensionName(d)} ${figure(value)}`);
    const spot = values.length > 3 ? "" : values.join("  ");
    this.where.textContent = trip || (this.touched ? spot : "Move over the map to decode the spot, click to pin it.");
    this.where.title = trip && "How far the approximate inverse misses the cursor: the codes drawn nearest to it are "
      + "averaged, and drawn again.";
  }

  /** Tell Python where we are, once a move has ended: it writes the link and finds the original. */
  commit() {
    this.sequence += 1;
    const z = Array.from(this.z, (value) => Number(value.toFixed(4)));
    this.send({ sequence: this.sequence, model: this.model.name, z, point: this.pin?.index ?? null, ...this.view });
  }
}
