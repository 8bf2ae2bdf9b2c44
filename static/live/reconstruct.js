// The Reconstruct page: one state, the present picture x, and everything that a model says about it.
import { PosteriorBars } from "./bars.js";
import { Originals, loadCodes } from "./codes.js";
import { Compare } from "./compare.js";
import { isDark } from "./difference.js";
import { ElboPanel } from "./elbo.js";
import { fitWindow, stylesheet } from "./frame.js";
import { Spread } from "./likelihood.js";
import { LiveReconstruction, bytesOf } from "./livereconstruction.js";
import { Marginal } from "./marginal.js";
import { mirroredNormals } from "./noise.js";
import { DrawingPad } from "./pad.js";
import { PosteriorMap } from "./posteriormap.js";
import { Reader } from "./reader.js";
import { DRAWS } from "./reading.js";
import { Reconstruction } from "./reconstruction.js";
import { reconstructPage } from "./reconstructlayout.js";
import { bindTools } from "./reconstructtools.js";
import { loadSession } from "./runtime.js";
import { Sources } from "./sources.js";
import { Steps } from "./steps.js";
import { themeColours } from "./theme.js";
import { Toolbar } from "./toolbar.js";

const SEED = 11;
const LOW = 50; // letters: a window less high has a denser layout,
const NARROW = 1150; // pixels: one less wide another
let page = null; // outlives Streamlit's reruns and changes of page: it is moved to wherever it is mounted next
const styled = stylesheet("reconstruct.css");

/** Streamlit calls this on every rerun that brought something new. */
export async function mount({ parentElement, data, setStateValue, setTriggerValue }) {
  await styled;
  page ??= new Reconstruct(data.files);
  const place = parentElement.querySelector(".live-mount");
  if (!place) return; // the page was left meanwhile
  if (page.root.parentElement !== place) place.replaceChildren(page.root);
  page.measure();
  page.send = setStateValue;
  page.call = setTriggerValue;
  page.update(data).catch((error) => {
    console.error(error);
    page.problem(`The picture could not be read: ${error.message}`);
  });
}

class Reconstruct extends Reconstruction {
  constructor(files) {
    super();
    const root = (this.root = reconstructPage()),
      part = (selector) => root.querySelector(selector);
    Object.assign(this, {
      files,
      alert: part(".problem"),
      said: part(".picture .caption"),
      error: part("[data-role=error]"),
      samples: part("[data-role=samples]"),
    });
    this.unusual = part(".unusual");
    this.pad = new DrawingPad(part(".picture canvas"), {
      onDraw: (x, time) => this.drawn(x, time),
      onStroke: (x) => this.settled(x),
    });
    this.decoder = new LiveReconstruction(part("[data-role=decoded]"));
    this.decoder.onPainted = () => this.painted();
    this.reader = new Reader(files, (answer) => this.answered(answer));
    this.bars = new PosteriorBars(part(".bars"));
    this.panel = new ElboPanel(part(".elbo"));
    this.marginal = new Marginal(part(".marginal"), this);
    this.steps = new Steps(part(".steps"), (name, on) => this.switched(name, on));
    this.compare = new Compare(part(".compare"), this.reader, (names) => {
      this.chosen = names;
      this.commit();
    });
    this.toolbar = new Toolbar(part(".toolbar"), (view) => {
      this.view = view;
      this.commit();
    });
    this.map = new PosteriorMap(part(".map"), {
      onHover() {},
      onLeave() {},
      onReset() {},
      onSelect() {},
      onClick: (x, y) => this.pick(x, y),
    });
    this.sources = new Sources(part(".sources"), root, {
      onBlank: () => this.blank(),
      onNoise: () => this.noise(),
      onCamera: () => this.call("camera", true),
      onSample: (index) => this.sample(index),
      onAnother: (label) => this.another(label),
      onFile: (name, base64) => {
        this.caption(`Preparing ${name} …`, true);
        this.call("file", { name, base64 });
      },
      onProblem: (sentence) => this.problem(sentence),
    });
    bindTools(this);
    window.addEventListener("resize", () => this.root.isConnected && this.measure());
    this.root.__live = this.decoder; // tests read x, mean, stddev, z, lastPicture, terms, inputs and pictures here
  }

  /** @param {object} data what Python says */
  async update(data) {
    const { model, view, figure, originals, visit } = data,
      opened = model.decoder !== this.model?.decoder;
    Object.assign(this, { view, data });
    if (opened) this.prepare(model);
    this.toolbar.show(view);
    this.originals = originals?.sheets ? (this.originals ?? new Originals(originals, model.shape)) : null;
    if (opened) this.opening = this.open(model);
    await this.opening;
    if (model.decoder !== this.model.decoder) return; // another one was chosen meanwhile
    this.marginal.show(data.estimate);
    if (data.problem && data.problem.number !== this.complained) this.complain(data.problem);
    this.chosen = data.compared.map(({ name }) => name);
    this.compare.update(data.siblings, data.compared, DRAWS);
    this.reader.keep([this.readable, ...data.compared]);
    if (visit !== this.visit) await this.arrive(data);
    if (figure !== this.drawnFigure) await this.drawMap(model, figure);
  }

  /** What needs nothing fetched: names, frames of the right form. */
  prepare(model) {
    const same = this.model && String(this.model.shape) === String(model.shape);
    Object.assign(this, {
      model,
      codes: null,
      projection: null,
      originals: null,
      drawnFigure: null,
      drawing: null,
      spreads: {},
    });
    this.readable = model;
    this.epsilon = mirroredNormals(DRAWS, model.latentDim, SEED);
    this.decoder.epsilon = this.epsilon;
    this.decoder.terms = null;
    this.root.style.setProperty("--form", model.shape[2] / model.shape[1]);
    this.root.querySelector("[data-tool=colour]").hidden = model.shape[0] === 1;
    if (!same) this.pad.build(model.shape);
    if (!same) this.grey = null;
    this.bars.build(model.dimensions);
    this.panel.build(model.shape, model.noise !== null, {});
    this.toolbar.build(model.latentDim, model, model.dimensions);
    this.toolbar.selects.show.parentElement.hidden = true; // the cursor fetches nothing here
    this.map.show(null);
  }

  /** Networks and codes; a picture that is on the pad already is read by the new model. */
  async open(model) {
    const [decoder, encoder, codes] = await Promise.all([
      loadSession(this.files, model.decoder),
      loadSession(this.files, model.encoder),
      loadCodes(model.codes),
    ]);
    if (this.model !== model) return;
    this.decoder.use(decoder, model.shape, encoder);
    this.codes = codes;
    const { kl, log_likelihood: likelihood } = codes;
    this.spreads = { kl: new Spread(kl) };
    if (likelihood)
      Object.assign(this.spreads, {
        likelihood: new Spread(likelihood),
        elbo: new Spread(likelihood.map((value, i) => value - kl[i])),
      });
    this.panel.build(model.shape, model.noise !== null, this.spreads);
    this.sources.build(model.labels, Math.max(...codes.indices) + 1, this.data.mostBytes);
    if (this.grey) this.present(this.grey);
  }

  /** Python sends us somewhere: a link, a file that was prepared, the first visit. */
  async arrive({ visit, place, steps }) {
    this.visit = visit;
    if (place.sentence) this.caption(place.sentence);
    if (place.kind === "sample") await this.sample(place.index, false);
    else if (place.x) this.lay(bytesOf(place.x), { kind: place.kind, index: null }, place.sentence, steps);
    else if (place.kind === "pen") this.pad.blank();
    if (place.kind === "pen" && !place.x) this.drawn(this.pad.picture(), performance.now());
  }

  /** How much of the window is left for us: the page is as high as what the frame leaves. */
  measure() {
    const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.root.classList.toggle("compact", innerWidth > NARROW && innerHeight < LOW * letter);
    fitWindow(this.root);
    const style = getComputedStyle(this.root),
      value = (name) => style.getPropertyValue(name).trim();
    const colours = { ...themeColours(this.root), likelihood: value("--live-reconstruction"), kl: value("--live-kl") };
    colours.ghost = colours.line;
    if (JSON.stringify(colours) === JSON.stringify(this.colours)) return;
    this.colours = colours;
    this.dark = isDark(colours.ground);
    for (const part of [this.map, this.bars, this.panel]) part.recolour(colours);
    if (this.decoder.lastPicture) this.painted();
  }
}
