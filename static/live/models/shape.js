// Posterior shape: the true p(z|x) of one picture over two latent dimensions, and a Gaussian q that a hand moves over it.
import { LiveDecoder } from "../engine/decoder.js";
import { Jobs } from "../engine/jobs.js";
import { loadSession } from "../engine/runtime.js";
import { listenForActions } from "../kit/part.js";
import { OriginalsCard } from "../parts/originals.js";
import { DrawingPad } from "../parts/pad.js";
import { TestPictures } from "./pictures.js";
import * as gestures from "./shape_gestures.js";
import { shapeLayout } from "./shape_layout.js";
import { drawPlot } from "./shape_plot.js";
import { askForMap, boundCame, mapCame, read, truthCame } from "./shape_reading.js";

/** @typedef {import("./shape_state.js").PosteriorShape} PosteriorShape */
/** @typedef {import("./shape_state.js").ShapeData} ShapeData */

const BRUSH_STEP = 0.4; // in the model's pixels
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @param {import("./state.js").Comparison} page @returns {import("./state.js").Section} */
export function posteriorShape(page) {
  const layout = shapeLayout(),
    jobs = new Jobs(page.files);
  const pad = new DrawingPad(layout.pad, {
    onDraw: (bytes) => gestures.drawn(shape, bytes),
    onStroke: (bytes) => {
      gestures.drawn(shape, bytes);
      gestures.finish(shape);
    },
  });
  /** @type {PosteriorShape} */
  const shape = {
    page,
    layout,
    place: { row: 0, drawn: null, q: null },
    network: null,
    region: { low: [-4.5, -4.5], high: [4.5, 4.5] },
    pen: false,
    limits: { farthest: 20, thinnest: 1e-4, broadest: 20 },
    pictures: new TestPictures(),
    card: new OriginalsCard(layout.originals, () => page.call("originals", true)),
    pad,
    decoder: new LiveDecoder(layout.decoded),
    jobs,
    encoder: null,
    bytes: null,
    x: null,
    picture: 0,
    encoded: null,
    q: null,
    elbo: null,
    truth: null,
    frame: { low: [-4.5, -4.5], high: [4.5, 4.5] },
    shading: null,
    held: null,
    inputs: 0,
    drawings: 0,
    settling: undefined,
  };
  jobs.on("posterior", (answer, picture) => truthCame(shape, answer, picture));
  jobs.on("bound", (answer, asked) => boundCame(shape, answer, asked));
  jobs.on("map", (answer, name) => mapCame(shape, answer, name));
  const actions = bind(shape);
  return {
    element: layout.element,
    update: (data, attempt) => update(shape, data, attempt),
    measure: () => {
      shape.shading = null; // the theme may be another
      drawPlot(shape);
    },
    keys: {
      n: actions.another,
      c: actions.blank,
      u: actions.undo,
      e: actions.eraser,
      0: actions.encoder,
      "[": () => void (pad.brush -= BRUSH_STEP),
      "]": () => void (pad.brush += BRUSH_STEP),
    },
    stepped: "test picture",
    step: (way) => gestures.step(shape, way),
    live: readByTests(shape),
  };
}

/** @param {PosteriorShape} shape */
function readByTests(shape) {
  return Object.defineProperties(
    {},
    {
      inputs: { get: () => shape.inputs },
      pictures: { get: () => shape.decoder.pictures },
      drawings: { get: () => shape.drawings },
      q: { get: () => shape.q },
      elbo: { get: () => shape.elbo },
      truth: { get: () => shape.truth },
      x: { get: () => shape.x },
      z: { get: () => shape.decoder.z },
      lastPicture: { get: () => shape.decoder.lastPicture },
    },
  );
}

/** @param {PosteriorShape} shape */
function bind(shape) {
  const { layout, pad } = shape,
    { plot } = layout;
  const actions = {
    another: () => void gestures.step(shape, 1),
    blank: () => pad.clear(),
    undo: () => void pad.undo(),
    eraser: () => {
      pad.erasing = !pad.erasing;
      layout.eraser.setAttribute("aria-pressed", String(pad.erasing));
    },
    encoder: () => gestures.toEncoder(shape),
    best: () => gestures.toBest(shape),
  };
  listenForActions(layout.element, actions);
  plot.addEventListener("pointerdown", (event) => gestures.take(shape, event));
  plot.addEventListener("pointermove", (event) => gestures.drag(shape, event));
  for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]))
    plot.addEventListener(name, () => gestures.letGo(shape));
  plot.addEventListener("keydown", (event) => {
    const way = MOVES[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    gestures.nudge(shape, ...way);
  });
  for (const name of ["mean0", "mean1", "stddev0", "stddev1"]) {
    const slider = layout.slider(name);
    slider.addEventListener("input", () => slide(shape, name, slider.valueAsNumber));
    slider.addEventListener("change", () => gestures.finish(shape));
  }
  return actions;
}

/** @param {PosteriorShape} shape @param {string} name of a slider @param {number} value of it */
function slide(shape, name, value) {
  if (!shape.q) return;
  const { mean, stddev } = shape.q,
    d = Number(name.slice(-1));
  /** @param {import("../math/grid.js").Pair} pair @param {number} to @returns {import("../math/grid.js").Pair} */
  const changed = ([a, b], to) => (d ? [a, to] : [to, b]);
  gestures.moveTo(
    shape,
    name.startsWith("mean")
      ? { mean: changed(mean, value), stddev }
      : { mean, stddev: changed(stddev, Math.exp(value)) },
  );
}

/** @param {PosteriorShape} shape @param {ShapeData} data @param {import("../kit/arrival.js").Attempt} attempt */
async function update(shape, data, { again, arriving }) {
  const { layout, page, place, pad, jobs } = shape,
    { network } = data,
    other = network.decoder !== shape.network?.decoder;
  if (other && String(network.shape) !== String(shape.network?.shape)) {
    pad.build(network.shape);
    layout.element.style.setProperty("--form", String(network.shape[2] / network.shape[1]));
  }
  Object.assign(shape, { network, region: data.region, pen: data.pen, limits: data.limits });
  if (other) Object.assign(shape, { encoder: null, truth: null, shading: null, q: null, encoded: null });
  if (arriving) Object.assign(place, data.place);
  const moved = shape.pictures.follow(data.originals, data.samples, network.shape, page.persist);
  shape.card.show(data.originals);
  if (!(other || again || arriving || moved)) return;
  const [decoder, encoder] = await Promise.all([
    loadSession(page.files, network.decoder),
    loadSession(page.files, network.encoder),
    jobs.keep([network.decoder]),
  ]);
  if (shape.network !== network) return;
  shape.decoder.use(decoder, network.shape);
  shape.encoder = encoder;
  if (other || again) askForMap(shape);
  if (place.row !== null) await gestures.showSample(shape, place.row, true);
  else if (place.drawn) await gestures.showDrawing(shape, place.drawn, true);
  else if (shape.bytes) await read(shape, shape.bytes, true);
}
