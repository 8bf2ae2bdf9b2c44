// The Explore page: one state, the present z, which the map, the sliders, the traversals and the grids show and move.
import { bindActions } from "./actions.js";
import { BatchDecoder } from "./batch.js";
import { Originals, loadCodes, rowOf } from "./codes.js";
import { Exploration } from "./exploration.js";
import { fitWindow } from "./frame.js";
import { explorePage } from "./layout.js";
import { Manifold } from "./manifold.js";
import { PlotMap } from "./plotmap.js";
import { projectionFor } from "./projection.js";
import { Readout, firstRest } from "./readout.js";
import { fetchJSON, loadPlotly, loadSession } from "./runtime.js";
import { PriorSamples } from "./samples.js";
import { Sliders } from "./sliders.js";
import { Stage } from "./stage.js";
import { themeColours } from "./theme.js";
import { Toolbar } from "./toolbar.js";
import { Traversals } from "./traversals.js";

let page = null; // outlives Streamlit's reruns and changes of page: it is moved to wherever it is mounted next

/** Streamlit calls this on every rerun that brought something new. */
export function mount({ parentElement, data, setStateValue }) {
  page ??= new Explore(data.files);
  const place = parentElement.querySelector(".live-mount");
  if (page.root.parentElement !== place) place.replaceChildren(page.root);
  page.measure();
  page.send = (value) => setStateValue("place", value);
  page.update(data).catch((error) => {
    page.stage.fail(`The picture could not be made: ${error.message}`);
    page.failed = true; // the next rerun tries again
  });
}

class Explore extends Exploration {
  constructor(files) {
    super();
    const parts = explorePage();
    Object.assign(this, { files, root: parts.root, where: parts.where, selection: parts.selection, note: parts.note });
    this.stage = new Stage(parts.stage);
    this.decoder = this.stage.decoder;
    this.readout = new Readout(parts.readout);
    this.readout.wanted = firstRest(); // one number needs the encoder: whoever only looks need not fetch it
    this.decoder.onPainted = () => this.readout.follow(this.decoder.z, this.decoder.lastPicture);
    this.batch = new BatchDecoder(files);
    const handlers = { onInput: (z, time) => this.move(z, time), onChange: () => this.commit() };
    this.sliders = new Sliders(parts.sliders, handlers);
    this.traversals = new Traversals(parts.traversals, this.batch, (z) => this.go(z));
    this.manifold = new Manifold(parts.manifold, this.batch, (z) => this.go(z));
    this.samples = new PriorSamples(parts.samples, this.batch, (z) => this.go(z));
    this.toolbar = new Toolbar(parts.toolbar, (view) => { this.view = view; this.commit(); });
    this.map = new PlotMap(parts.map, {
      onHover: (x, y, time) => this.hover(x, y, time),
      onLeave: () => this.leave(),
      onClick: (x, y, radius) => this.click(x, y, radius),
      onReset: () => this.undoClick(),
      onStep: (across, up) => this.step(across, up),
      onSelect: (points) => this.selected(points),
    });
    bindActions(this, parts.buttons);
    window.addEventListener("resize", () => this.root.isConnected && this.measure());
    this.root.__live = this.decoder; // tests read lastPicture, z, inputs and pictures here
  }

  /** @param {object} data what Python says: model, view, place, figure, originals */
  async update({ model, view, place, figure, originals }) {
    const opened = this.failed || model.decoder !== this.model?.decoder;
    this.failed = false;
    if (opened) this.prepare(model);
    this.view = view;
    this.toolbar.show(view);
    if (opened || place.visit !== this.visit) this.arrive(place, opened);
    this.missing = Boolean(originals?.missing);
    this.showNote(originals?.missing ?? "");
    if (originals?.sheets && !this.originals) this.originals = new Originals(originals, model.shape);
    if (opened) this.opening = this.open(model);
    await this.opening;
    if (model.decoder !== this.model.decoder) return; // another one was chosen meanwhile
    if (figure !== this.drawn) await this.drawMap(model, figure);
    const point = this.arrived;
    this.arrived = undefined;
    if (point === undefined) this.showOriginal();
    else this.setPin(point === null ? null : { index: point, z: this.codeOf(point) });
    this.follow();
  }

  /** One line below the page; `commands` in backticks are set as such. */
  showNote(sentence) {
    this.note.hidden = !sentence;
    this.note.title = sentence.replaceAll("`", "");
    const code = (textContent) => Object.assign(document.createElement("code"), { textContent });
    this.note.replaceChildren(...sentence.split("`").map((text, i) => (i % 2 ? code(text) : text)));
  }

  /** What needs nothing fetched: sliders, names, frames of the right form. */
  prepare(model) {
    Object.assign(this, { model, pin: null, codes: null, projection: null, originals: null, drawn: null });
    for (const part of [this.decoder, this.batch, this.readout]) part.stop();
    this.root.style.setProperty("--form", model.shape[2] / model.shape[1]);
    this.stage.build(model.shape);
    this.sliders.build(model.dimensions);
    this.toolbar.build(model.latentDim, model, model.dimensions);
    this.traversals.build(model.dimensions, model.shape);
    this.root.dataset.flat = model.latentDim === 2 ? "1" : "0";
    this.root.dataset.few = model.latentDim <= 4 ? "1" : "0";
  }

  /** Python sends us somewhere: a link, the browser's back button, another model. */
  arrive({ visit, z, point }, opened) {
    Object.assign(this, { visit, z: Float32Array.from(z), shown: Float32Array.from(z), arrived: point });
    Object.assign(this, { hovering: false, back: undefined, roundTrip: undefined, sampleShown: null });
    this.sliders.show(this.z);
    if (!opened) this.present(this.z);
  }

  /** The first picture, then what stands around it. */
  async open(model) {
    const runtime = await loadSession(this.files, model.decoder);
    const around = Promise.all([loadCodes(model.codes), loadPlotly(this.files.plotly)]);
    if (this.model !== model) return;
    this.decoder.use(runtime, model.shape);
    await this.decoder.paint(this.shown);
    this.root.dataset.ready = "1";
    this.batch.use(model.decoder, model.shape);
    if (model.latentDim === 2) this.manifold.build();
    else this.samples.draw(model.latentDim);
    this.follow();
    const [codes] = await around;
    if (this.model !== model) return;
    this.codes = codes;
    const measured = this.readout.use(this.files, model, codes.mean);
    this.decoder.onPainted(); // with the codes nearby
    measured.then(() => this.model === model && this.decoder.onPainted());
  }

  async drawMap(model, url) {
    this.drawn = url;
    const [figure, Plotly] = await Promise.all([fetchJSON(url), loadPlotly(this.files.plotly)]);
    if (this.drawn !== url) return;
    const { projection, axes } = this.view;
    this.projection = projectionFor(this.codes, model, this.view);
    this.back = this.roundTrip = undefined;
    const zoomed = [model.name, projection, ...(projection === "latent" ? axes : [])].join();
    const sameAs = { labels: model.name, axes: zoomed };
    if (sameAs.axes !== this.map.sameAs?.axes) this.selected(null);
    await this.map.draw(Plotly, figure, themeColours(this.root), sameAs);
    if (this.pin) this.setPin(this.pin);
  }

  /** How much of the window is left for us: the page is as high as what the frame leaves. */
  measure() {
    fitWindow(this.root);
    this.recolour(); // lecture mode changes the size of letters, too
  }

  recolour() {
    const colours = themeColours(this.root), same = JSON.stringify(colours) === JSON.stringify(this.colours);
    if (same) return;
    this.colours = colours;
    this.map.recolour(colours);
  }

  codeOf(index) {
    return rowOf(this.codes.mean, this.model.latentDim, index);
  }
}
