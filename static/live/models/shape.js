// Posterior shape: the true p(z|x) of one picture over two latent dimensions, and a Gaussian q that a hand moves over it.
import { loadMixture } from "../engine/codes.js";
import { LiveDecoder } from "../engine/decoder.js";
import { Jobs } from "../engine/jobs.js";
import { loadSession } from "../engine/runtime.js";
import { listenForActions } from "../kit/part.js";
import { ReadPicture } from "./picture.js";
import * as gestures from "./shape_gestures.js";
import { shapeLayout } from "./shape_layout.js";
import { drawPlot } from "./shape_plot.js";
import { askForMap, bentCame, boundCame, mapCame, read, takeBetter, truthCame } from "./shape_reading.js";

/** @typedef {import("./shape_state.js").PosteriorShape} PosteriorShape */
/** @typedef {import("./shape_state.js").ShapeData} ShapeData */

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @param {import("./state.js").Comparison} page @returns {import("./state.js").Section} */
export function posteriorShape(page) {
  const layout = shapeLayout(),
    jobs = new Jobs(page.files);
  /** @type {import("./shape_state.js").Place} */
  const place = { row: 0, drawn: null, q: null };
  /** @type {PosteriorShape} */
  const shape = {
    page,
    layout,
    place,
    source: new ReadPicture(page, place, layout, {
      onPicture: (bytes, stays) => read(shape, bytes, stays),
      captioned: (text) => (text && shape.network?.noise === null ? `${text}, as zeros and ones` : text),
      onFinish: () => gestures.finish(shape),
    }),
    network: null,
    mixture: null,
    region: { low: [-4.5, -4.5], high: [4.5, 4.5] },
    limits: { farthest: 20, thinnest: 1e-4, broadest: 20 },
    decoder: new LiveDecoder(layout.decoded),
    jobs,
    encoder: null,
    bytes: null,
    x: null,
    picture: 0,
    encoded: null,
    bent: null,
    better: null,
    told: null,
    asked: undefined,
    refines: false,
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
  jobs.on("bent", (answer, picture) => bentCame(shape, answer, picture));
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
    keys: { ...shape.source.keys, 0: actions.encoder },
    stepped: "test picture",
    step: (way) => shape.source.step(way),
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
      bent: { get: () => shape.bent },
      better: { get: () => shape.better },
      truth: { get: () => shape.truth },
      x: { get: () => shape.x },
      z: { get: () => shape.decoder.z },
      lastPicture: { get: () => shape.decoder.lastPicture },
    },
  );
}

/** @param {PosteriorShape} shape */
function bind(shape) {
  const { layout, source } = shape,
    { plot } = layout;
  const actions = {
    ...source.actions,
    encoder: () => gestures.toEncoder(shape),
    refine: () => gestures.toBetter(shape),
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
  const { layout, page, place, source, jobs } = shape,
    { network } = data,
    other = network.decoder !== shape.network?.decoder;
  layout.element.style.setProperty("--form", String(network.shape[2] / network.shape[1]));
  Object.assign(shape, { network, region: data.region, limits: data.limits });
  layout.element.toggleAttribute("data-bent", Boolean(network.posterior));
  if (other) Object.assign(shape, { encoder: null, truth: null, shading: null, q: null, encoded: null, bent: null });
  shape.told = data.better;
  if (takeBetter(shape)) gestures.toBetter(shape);
  if (arriving) Object.assign(place, data.place);
  const moved = source.follow(data, network.shape);
  if (!(other || again || arriving || moved)) return source.bring(data.brought);
  const [decoder, encoder, mixture] = await Promise.all([
    loadSession(page.files, network.decoder),
    loadSession(page.files, network.encoder),
    loadMixture(network.mixture),
    jobs.keep([network.decoder, ...(network.posterior ? [network.posterior] : [])]),
  ]);
  if (shape.network !== network) return;
  shape.decoder.use(decoder, network.shape);
  Object.assign(shape, { encoder, mixture });
  if (other || again) askForMap(shape);
  await source.arrive();
  await source.bring(data.brought);
}
