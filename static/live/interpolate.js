// The Interpolate page: pictures at the ends, paths between them, and one t that the picture, the strip, the curves and
// the map all follow.
import { centredByMass } from "./centring.js";
import { Originals, loadCodes } from "./codes.js";
import { Curves } from "./curves.js";
import { LiveDecoder } from "./decoder.js";
import { asPicture, encode } from "./encoder.js";
import { Ends } from "./ends.js";
import { stylesheet } from "./frame.js";
import { Groups } from "./groups.js";
import { base64 } from "./livereconstruction.js";
import { PadBox } from "./padbox.js";
import { PictureCanvas } from "./paint.js";
import { Player } from "./player.js";
import { PlotMap } from "./plotmap.js";
import { Readout } from "./readout.js";
import { loadSession } from "./runtime.js";
import { Strip } from "./strip.js";
import { WalkBatch } from "./walkbatch.js";
import { bindControls } from "./walkcontrols.js";
import { WalkView } from "./walkview.js";
import { MEASURES, interpolatePage } from "./walklayout.js";

const styled = stylesheet("walk.css");
let page = null; // outlives Streamlit's reruns and changes of page: it is moved to wherever it is mounted next

/** Streamlit calls this on every rerun that brought something new. */
export async function mount({ parentElement, data, setStateValue, setTriggerValue }) {
  await styled;
  page ??= new Interpolate(data.files);
  const place = parentElement.querySelector(".live-mount");
  if (page.root.parentElement !== place) place.replaceChildren(page.root);
  page.measure();
  page.send = (value) => setStateValue("place", value);
  page.bring = (file) => setTriggerValue("file", { ...file, ringed: page.ringed });
  page.update(data).catch((error) => page.say(`The picture could not be made: ${error.message}`));
}

class Interpolate extends WalkView {
  constructor(files) {
    super();
    const parts = interpolatePage();
    Object.assign(this, { files, parts, root: parts.root, slider: parts.slider, output: parts.output, changes: 0 });
    this.decoder = new LiveDecoder(parts.hero.querySelector("canvas"));
    this.decoder.onPainted = () => {
      this.root.dataset.ready = "1";
      this.readout.encode(this.decoder.z, this.decoder.lastPicture);
    };
    this.mixedCanvas = new PictureCanvas(parts.mixed.querySelector("canvas"));
    this.readout = new Readout();
    this.readout.onCycle = (cycle, z) => this.cycleCame(cycle, z);
    this.batch = new WalkBatch(files);
    this.batch.on("strip", (pictures, _, tag) => this.stripCame(pictures, tag));
    this.batch.on("evidence", (pictures, means, tag) => this.evidenceCame(pictures, means, tag));
    this.batch.on("ends", (pictures, _, tag) => this.endsDecoded(pictures, tag));
    const pick = (share) => { this.goTo(share); this.commit(); };
    this.curves = new Curves(parts.evidence, MEASURES, { onPick: pick });
    this.strip = new Strip(parts.strip, { onChoose: (name) => this.choosePath(name), onPick: pick });
    this.endsView = new Ends(parts.ends, { onRing: (index) => { this.ringed = index; this.showEnds(); } });
    this.groups = new Groups(parts.groups, { onChange: () => this.endsChanged(), onDraw: () => this.drawLassos() });
    this.padBox = new PadBox(this.root, { onUse: (bytes) => this.drawn(bytes) });
    this.player = new Player({
      onStep: (share, time) => this.move(this.range[0] + share * (this.range[1] - this.range[0]), time),
      onState: (playing) => this.playing(playing),
    });
    this.map = new PlotMap(parts.map, {
      onHover: () => {}, onLeave: () => {}, onReset: () => {},
      onClick: (x, y, radius) => this.pick(x, y, radius),
      onSelect: (points) => this.lassoed(points),
    });
    this.map.underlay = (context, pixel) => this.paintPaths(context, pixel);
    bindControls(this, parts);
    window.addEventListener("resize", () => this.root.isConnected && this.measure());
    const state = this;
    this.root.__live = { // what tests read
      get z() { return state.z; }, get t() { return state.t; }, get path() { return state.chosen; }, get ends() { return state.ends; },
      get lastPicture() { return state.decoder.lastPicture; }, get decodedZ() { return state.decoder.z; },
      get inputs() { return state.decoder.inputs; }, get pictures() { return state.decoder.pictures; },
      get evidence() { return state.evidence; }, get direction() { return state.direction; }, get along() { return state.along; },
      get lines() { return state.lines; }, get model() { return state.model; },
    };
  }

  /** @param {object} data what Python says: model, walk, figure, originals, along, direction */
  async update({ model, walk, figure, originals, along, direction }) {
    const opened = model.decoder !== this.model?.decoder;
    if (opened) this.prepare(model);
    this.originalsMissing = originals?.missing;
    if (originals?.sheets && !this.originals) this.originals = new Originals(originals, model.shape);
    const arriving = opened || walk.visit !== this.visit;
    this.visit = walk.visit;
    if (opened) this.opening = this.open(this.model);
    await this.opening;
    if (model.decoder !== this.model.decoder) return; // another one was chosen meanwhile
    if (arriving) this.arrive(walk);
    if (along?.key === this.endsKey && along.key !== this.along?.key) { this.along = along; this.rebuild(); this.caption(); }
    if (direction?.key === this.groupsKey && direction.key !== this.direction?.key) { this.direction = direction; this.rebuild(); this.groups.say(direction); }
    if (figure !== this.drawnMap) await this.drawMap(this.model, figure, walk.map);
  }

  prepare(model) {
    Object.assign(this, { model, codes: null, projection: null, originals: null, drawnMap: null, along: null, direction: null, paths: null });
    this.root.style.setProperty("--form", model.shape[2] / model.shape[1]);
    this.lists = { walk: [], direction: [], arithmetic: [] };
    this.groups.build(model.labels);
    this.offer(model);
  }

  async open(model) {
    const [runtime, codes] = await Promise.all([loadSession(this.files, model.decoder), loadCodes(model.codes)]);
    if (this.model !== model) return;
    this.codes = codes;
    this.decoder.use(runtime, model.shape);
    this.readout.codes = codes.mean;
    this.readout.use(this.files, model, codes.mean).then(() => this.z && this.decoder.request(this.z));
    this.batch.use(model);
  }

  /** Python sends us somewhere: a link, an upload, the browser's back button, another model. */
  arrive({ visit, mode, ends, path, t, frames, groups, ringed }) {
    this.player.pause();
    Object.assign(this, { mode, path, frames, ringed });
    this.lists[mode] = ends.map((end) => this.endFrom(end));
    this.endsKey = this.groupsKey = `visit ${visit}`;
    this.groups.show(groups);
    this.t = t;
    this.modeChanged();
    this.fetchPictures();
    this.rebuild();
  }

  /** An end or a group is another one. */
  endsChanged() {
    this.changes += 1;
    this.endsKey = this.groupsKey = `hand ${this.changes}`;
    const kept = this.direction; // shown until Python has the new one
    this.direction = this.mode === "direction" ? null : kept;
    this.showEnds();
    this.groups.say(null);
    this.fetchPictures();
    this.rebuild();
    this.commit();
  }

  playing(on) {
    const { play } = this.parts;
    play.querySelector(".symbol").textContent = on ? "pause" : "play_arrow";
    play.setAttribute("aria-label", on ? "Pause" : "Play");
    this.root.dataset.playing = on ? "1" : "0";
    if (on) { this.player.share = this.share; this.player.seconds = 3.5 * (this.mode === "walk" ? this.ends.length - 1 : 1); } else this.commit();
  }

  /** What was drawn on the pad, moved to the middle if the data set's pictures were. */
  async drawn(bytes) {
    const { shape, encoder, pen, noise } = this.model;
    if (pen?.centre) bytes = centredByMass(bytes, shape);
    const picture = asPicture(bytes, noise), { mean } = await encode(await loadSession(this.files, encoder), picture, shape);
    this.replace({ row: null, z: Float32Array.from(mean), text: "drawn", picture, drawn: base64(bytes) });
  }

  /** Tell Python where we are, once a move has ended: it writes the link and finds what needs all codes. */
  commit() {
    if (!this.paths || this.player.playing) return;
    this.sequence += 1;
    const rounded = (z) => Array.from(z, (value) => Number(value.toFixed(6)));
    const words = ({ row, z, text, drawn }) => (row === null ? { z: rounded(z), text, ...(drawn && { drawn }) } : { row });
    const { mode, path, frames, ringed, mapName, endsKey } = this;
    this.send({
      sequence: this.sequence, model: this.model.name, key: endsKey, mode, path, frames, ringed, map: mapName ?? null,
      t: Number(this.t.toFixed(4)), ends: this.ends.map(words), groups: this.groups.groups,
    });
  }
}
