// The Inpaint page: a picture, its hole, and what a model that was trained on holes makes of it.
import { mounting } from "../kit/mount.js";
import { partOf } from "../kit/part.js";
import { PictureCanvas } from "../kit/paint.js";
import { tapFirst } from "../kit/tap_first.js";
import { Jobs } from "../engine/jobs.js";
import { Sheets } from "../engine/sheets.js";
import { OriginalsCard } from "../parts/originals.js";
import { DrawingPad } from "../parts/pad.js";
import { Sources } from "../parts/sources.js";
import { showAnother, showError } from "../parts/test_pictures.js";
import { LiveCompletion } from "./completion.js";
import { bindTools } from "./controls.js";
import { Gallery } from "./gallery.js";
import { emptyPad, pictureDrawn, showSample } from "./gestures.js";
import { HolePad } from "./hole.js";
import { inpaintPage } from "./layout.js";
import { maskPainted } from "./mask.js";
import { report } from "./report.js";
import { inpainting } from "./state.js";
import { measure, update } from "./update.js";
import { nameCompletion, pickAnswer } from "./view.js";

export const mount = mounting(["inpaint/inpaint.css"], inpaint);

/** @param {import("../engine/jobs.js").Files} files @returns {import("../kit/mount.js").Page} */
function inpaint(files) {
  const root = inpaintPage();
  /** @param {string} selector */
  const canvas = (selector) => partOf(root, selector, HTMLCanvasElement);
  tapFirst(partOf(root, ".stack", HTMLElement), { hint: "Tap to paint" });
  const sheets = new Sheets(new Jobs(files));
  const gallery = new Gallery(root, sheets, (answer) => pickAnswer(state, answer));
  const decoder = new LiveCompletion(canvas("[data-role=decoded]"), () => {
    gallery.ask(decoder);
    nameCompletion(state);
    root.dataset.ready = "1";
  });
  const hole = new HolePad(canvas("[data-role=observed]"), canvas(".hole-pad"), {
    onChange: (time) => maskPainted(state, time),
    onStroke: () => report(state),
  });
  const pad = new DrawingPad(canvas(".picture-pad"), {
    onDraw: (bytes, time) => pictureDrawn(state, bytes, time),
    onStroke: (bytes) => {
      pictureDrawn(state, bytes, performance.now());
      report(state);
    },
  });
  const sources = new Sources(partOf(root, ".sources", HTMLElement), root, {
    onBlank: () => emptyPad(state),
    onSample: (number) => showSample(state, number),
    onAnother: (label) => showAnother(state, label, showSample),
    onFile: (name, base64) => state.call("file", { name, base64 }),
    onProblem: (sentence) => showError(state, sentence),
    onCamera() {},
    onNoise() {},
  });
  for (const name of ["camera", "noise"]) partOf(root, `[data-source=${name}]`, HTMLElement).remove();
  const state = inpainting({
    root,
    files,
    parts: {
      error: partOf(root, ".problem", HTMLElement),
      caption: partOf(root, ".observed .caption", HTMLElement),
      share: partOf(root, "[data-role=share]", HTMLElement),
      kind: partOf(root, "[data-tool=kind]", HTMLSelectElement),
      fraction: partOf(root, "[data-tool=fraction]", HTMLInputElement),
      truth: partOf(root, "[data-tool=truth]", HTMLInputElement),
      hidden: partOf(root, ".hidden-truth", HTMLElement),
      truthPicture: new PictureCanvas(canvas("[data-role=truth]")),
      hole,
      pad,
      decoder,
      sheets,
      gallery,
      sources,
      originals: new OriginalsCard(partOf(root, ".sources", HTMLElement), () => state.call("originals", true)),
    },
  });
  bindTools(state);
  const __live = Object.create(decoder, { gallery: { value: gallery } });
  Object.assign(root, { __live }); // tests read bytes, mask, completed, z, lastPicture, inputs, pictures and votes here
  return Object.assign(state, {
    /** @param {import("./state.js").Data} data @param {import("../kit/arrival.js").Attempt} attempt */
    update: (data, attempt) => update(state, data, attempt),
    measure: () => measure(state),
  });
}
