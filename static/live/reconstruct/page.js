// The Reconstruct page: one state, the present picture x, and everything that a model says about it.
import { mounting } from "../kit/mount.js";
import { partOf } from "../kit/part.js";
import { Jobs } from "../engine/jobs.js";
import { LiveReconstruction } from "../engine/reconstruction.js";
import { OriginalsCard } from "../parts/originals.js";
import { DrawingPad } from "../parts/pad.js";
import { Sources } from "../parts/sources.js";
import { showAnother, showError } from "../parts/test_pictures.js";
import { Toolbar } from "../parts/toolbar.js";
import { PosteriorBars } from "./bars.js";
import { Compare } from "./compare.js";
import { bindTools } from "./controls.js";
import { ElboPanel } from "./elbo.js";
import * as gestures from "./gestures.js";
import { reconstructPage } from "./layout.js";
import { ModelView } from "./model_view.js";
import { PosteriorMap } from "./posterior_map.js";
import { showMap } from "./map.js";
import { DRAWS, picturePainted, readingCame } from "./reading.js";
import { report } from "./report.js";
import { reconstruction } from "./state.js";
import { Steps } from "./steps.js";
import { truthCame } from "./truth.js";
import { measure, update } from "./update.js";

export const mount = mounting(["reconstruct/reconstruct.css"], reconstruct);

/** @param {import("./state.js").Reconstruction["files"]} files @returns {import("../kit/mount.js").Page} */
function reconstruct(files) {
  const root = reconstructPage();
  /** @param {string} selector */
  const element = (selector) => partOf(root, selector, HTMLElement);
  /** @param {string} selector */
  const canvas = (selector) => partOf(root, selector, HTMLCanvasElement);
  const pad = new DrawingPad(canvas(".picture canvas"), {
    onDraw: (bytes, time) => gestures.pictureDrawn(state, bytes, time),
    onStroke: (bytes) => gestures.pictureSettled(state, bytes),
  });
  const decoder = new LiveReconstruction(canvas("[data-role=decoded]"));
  decoder.onPainted = () => picturePainted(state);
  const jobs = new Jobs(files);
  jobs.on("page", (answer, asked) => readingCame(state, answer, asked));
  jobs.on("posterior", (answer, asked) => truthCame(state, answer, asked));
  const compare = new Compare(element(".compare"), jobs, DRAWS, (names) => {
    state.chosen = names;
    report(state);
  });
  const toolbar = new Toolbar(element(".toolbar"), (view) => {
    state.view = view;
    state.persist("map", () => showMap(state));
    report(state);
  });
  const sources = new Sources(element(".sources"), root, {
    onBlank: () => gestures.emptyPad(state),
    onNoise: () => gestures.showNoise(state),
    onCamera: () => state.call("camera", true),
    onSample: (number) => gestures.showSample(state, number),
    onAnother: (label) => showAnother(state, label, gestures.showSample),
    onFile: (name, base64) => {
      gestures.showCaption(state, `Preparing ${name} …`, true);
      state.call("file", { name, base64 });
    },
    onProblem: (sentence) => showError(state, sentence),
  });
  const panel = new ElboPanel(element(".elbo"));
  const state = reconstruction({
    root,
    files,
    parts: {
      error: element(".problem"),
      caption: element(".picture .caption"),
      unusual: element(".unusual"),
      truth: element(".truth"),
      bound: element(".bound"),
      difference: canvas("[data-role=error]"),
      samples: canvas("[data-role=samples]"),
      count: partOf(root, "[data-tool=k]", HTMLSelectElement),
      proposal: partOf(root, "[data-tool=proposal]", HTMLSelectElement),
      estimate: partOf(root, "[data-do=estimate]", HTMLButtonElement),
      gap: element(".gap"),
      pad,
      decoder,
      jobs,
      view: new ModelView(element(".flow")),
      from: element(".made .caption"),
      mean: partOf(root, "[data-do=mean]", HTMLButtonElement),
      bars: new PosteriorBars(element(".bars")),
      panel,
      steps: new Steps(element(".steps"), (name, on) => gestures.switchStep(state, name, on)),
      compare,
      toolbar,
      map: new PosteriorMap(element(".map"), (x, y) => gestures.pickOnMap(state, x, y)),
      sources,
      originals: new OriginalsCard(element(".sources"), () => state.call("originals", true)),
    },
  });
  bindTools(state);
  // Tests read x, mean, stddev, z, lastPicture, inputs, pictures, epsilon, terms and truth here.
  const __live = Object.create(decoder, {
    epsilon: { get: () => state.epsilon },
    terms: { get: () => state.terms },
    truth: { get: () => state.truth },
  });
  Object.assign(root, { __live });
  return Object.assign(state, {
    /** @param {import("./state.js").Data} data @param {import("../kit/arrival.js").Attempt} attempt */
    update: (data, attempt) => update(state, data, attempt),
    measure: () => measure(state),
  });
}
