// The Inpaint page: a picture, its hole, and what a model that was trained on holes makes of it.
import { BatchDecoder } from "./batch.js";
import { Originals, loadCodes } from "./codes.js";
import { fitWindow, stylesheet } from "./frame.js";
import { LiveCompletion } from "./inpaintcompletion.js";
import { Gallery } from "./inpaintgallery.js";
import { HolePad } from "./inpainthole.js";
import { DRAWS, Inpainting, PAINTED } from "./inpainting.js";
import { inpaintPage } from "./inpaintlayout.js";
import { bindTools } from "./inpainttools.js";
import { bytesOf } from "./livereconstruction.js";
import { DrawingPad } from "./pad.js";
import { loadSession } from "./runtime.js";
import { Sources } from "./sources.js";
import { themeColours } from "./theme.js";

const LOW = "(min-width: 1101px) and (max-height: 800px)"; // as in the style sheet
const COLUMNS = [["(max-width: 760px)", 6], [LOW, 24], ["all", 12]]; // of the answers, by window
const BRUSH = 0.14; // of the picture's longer side
let page = null; // outlives Streamlit's reruns and changes of page: it is moved to wherever it is mounted next
const styled = stylesheet("inpaint.css");

/** Streamlit calls this on every rerun that brought something new. */
export async function mount({ parentElement, data, setStateValue, setTriggerValue }) {
  await styled;
  page ??= new Inpaint(data.files);
  const place = parentElement.querySelector(".live-mount");
  if (!place) return; // the page was left meanwhile
  if (page.root.parentElement !== place) place.replaceChildren(page.root);
  page.measure();
  page.send = setStateValue;
  page.call = setTriggerValue;
  page.update(data).catch((error) => {
    console.error(error);
    page.problem(`The picture could not be completed: ${error.message}`);
  });
}

class Inpaint extends Inpainting {
  constructor(files) {
    super();
    const root = (this.root = inpaintPage()),
      part = (selector) => root.querySelector(selector);
    Object.assign(this, {
      files,
      alert: part(".problem"),
      said: part(".observed .caption"),
      share: part("[data-role=share]"),
      kind: part("[data-tool=kind]"),
      fraction: part("[data-tool=fraction]"),
      switch: part("[data-tool=truth]"),
    });
    this.hole = new HolePad(part("[data-role=observed]"), part(".hole-pad"), {
      onChange: (time) => this.paintedOn(time),
      onStroke: () => this.commit(),
    });
    this.picturePad = new DrawingPad(part(".picture-pad"), {
      onDraw: (bytes, time) => this.drew(bytes, time),
      onStroke: (bytes) => {
        this.drew(bytes, performance.now());
        this.commit();
      },
    });
    this.decoder = new LiveCompletion(part("[data-role=decoded]"));
    this.decoder.onPainted = () => {
      this.gallery.ask(this.decoder);
      root.dataset.ready = "1";
    };
    this.batch = new BatchDecoder(files);
    this.gallery = new Gallery(root, this.batch, { count: DRAWS, columns: 12, onPick: (draw) => this.pick(draw) });
    this.sources = new Sources(part(".sources"), root, {
      onBlank: () => this.blank(),
      onSample: (index) => this.sample(index),
      onAnother: (label) => this.another(label),
      onFile: (name, base64) => this.call("file", { name, base64 }),
      onProblem: (sentence) => this.problem(sentence),
    });
    for (const name of ["camera", "noise"]) part(`[data-source=${name}]`).remove();
    bindTools(this);
    part(".hidden-truth").onclick = () => this.switch.click();
    window.addEventListener("resize", () => this.root.isConnected && this.measure());
    root.__live = this.decoder; // tests read bytes, mask, completed, z, lastPicture, inputs and pictures here
    this.decoder.gallery = this.gallery; // and votes
  }

  /** @param {object} data what Python says */
  async update(data) {
    const { model, originals, masks, visit, problem } = data,
      opened = model.completer !== this.model?.completer;
    if (opened) this.prepare(model, data);
    this.originals = originals?.sheets ? (this.originals ?? new Originals(originals, model.shape)) : null;
    if (opened) this.opening = this.open(model, data);
    await this.opening;
    if (model.completer !== this.model.completer) return; // another one was chosen meanwhile
    const before = this.masks;
    this.masks = { ...masks, bits: bytesOf(masks.bits) };
    if (visit !== this.visit) await this.arrive(data);
    else if (!this.painted && (before?.kind !== masks.kind || before?.seed !== masks.seed)) this.layDrawn();
    if (problem && problem.number !== this.complained) {
      this.complained = problem.number;
      this.problem(problem.sentence);
    }
  }

  /** What needs nothing fetched: names, frames of the right form. */
  prepare(model, { kinds, mostBytes }) {
    const same = this.model && String(this.model.shape) === String(model.shape);
    Object.assign(this, { model, codes: null, originals: null, masks: null });
    this.root.style.setProperty("--form", model.shape[2] / model.shape[1]);
    this.root.querySelector(".most").textContent = model.mostSpread;
    this.kind.replaceChildren(...kinds.map(([kind, name]) => new Option(name, kind)), new Option("what I paint", PAINTED));
    if (!same) {
      this.bytes = null;
      this.hole.build(model.shape);
      this.picturePad.build(model.shape);
      this.hole.pad.brush = Math.max(1, BRUSH * Math.max(model.shape[1], model.shape[2]));
      this.switchMode(false);
    }
    this.decoder.stop();
    this.makeNoise();
    this.mostBytes = mostBytes;
  }

  /** Networks and codes; a picture that is there already is completed by the new model. */
  async open(model, { colours }) {
    const [decoder, completer, codes] = await Promise.all([
      loadSession(this.files, model.decoder),
      loadSession(this.files, model.completer),
      loadCodes(model.codes),
      this.batch.use(model.decoder, model.shape),
    ]);
    if (this.model !== model) return;
    this.decoder.open(model, decoder, completer);
    this.codes = codes;
    this.gallery.build(model, codes, colours);
    this.sources.build(model.labels, Math.max(...codes.indices) + 1, this.mostBytes);
    this.present(performance.now());
  }

  /** How much of the window is left for us: the page is as high as what the frame leaves. */
  measure() {
    fitWindow(this.root);
    this.colours = themeColours(this.root);
    const [, columns] = COLUMNS.find(([window]) => matchMedia(window).matches);
    if (this.gallery.arrange(columns) && this.decoder.draws) this.gallery.ask(this.decoder);
    if (this.bytes) this.hole.show(this.bytes, this.colours.accent);
  }
}
