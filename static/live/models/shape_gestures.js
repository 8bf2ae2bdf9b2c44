// What a visitor can do in Posterior shape: move q.
import { judge, showNumbers } from "./shape_numbers.js";
import { drawPlot, handlesOf, scalesOf } from "./shape_plot.js";
import { told } from "./shape_reading.js";
import { commit } from "./state.js";

/** @typedef {import("./shape_state.js").PosteriorShape} PosteriorShape */
/** @typedef {import("../math/gaussian_fit.js").Gaussian} Gaussian */

const LAST_OF_SEVERAL = 300; // ms without another change
const NEAR = 24; // pixels from a handle: beyond, the middle comes to the hand
const STEP = 0.02; // of the window, by a key

/** Another q by hand. @param {PosteriorShape} shape @param {Gaussian} q @param {number} [time] when the hand moved */
export function moveTo(shape, q, time = performance.now()) {
  const { farthest, thinnest, broadest } = shape.limits;
  /** @param {number} value @param {number} low @param {number} high */
  const within = (value, low, high) => Math.min(high, Math.max(low, value));
  /** @type {Gaussian} */
  const next = {
    mean: [within(q.mean[0], -farthest, farthest), within(q.mean[1], -farthest, farthest)],
    stddev: [within(q.stddev[0], thinnest, broadest), within(q.stddev[1], thinnest, broadest)],
  };
  shape.place.q = [...next.mean, ...next.stddev];
  shape.refines = false;
  put(shape, next, time);
}

/** Everything that follows q. @param {PosteriorShape} shape @param {Gaussian} q @param {number} time when the hand moved */
function put(shape, q, time) {
  shape.inputs += 1;
  shape.q = q;
  judge(shape);
  showNumbers(shape);
  drawPlot(shape);
  shape.decoder.request(q.mean, time);
}

/** The hand takes q. @param {PosteriorShape} shape @param {PointerEvent} event */
export function take(shape, event) {
  const { q, layout } = shape;
  if (!q || event.button > 0) return;
  event.preventDefault();
  layout.plot.focus({ preventScroll: true });
  layout.plot.setPointerCapture(event.pointerId);
  const { pixel } = scalesOf(shape),
    handles = handlesOf(q);
  /** @param {"middle" | "first" | "second"} name */
  const away = (name) => {
    const [x, y] = pixel(handles[name]);
    return Math.hypot(x - event.offsetX, y - event.offsetY);
  };
  const nearest = /** @type {const} */ (["first", "second", "middle"]).reduce((a, b) => (away(b) < away(a) ? b : a));
  shape.held = away(nearest) <= NEAR ? nearest : "middle";
  drag(shape, event);
}

/** The hand moves it. @param {PosteriorShape} shape @param {PointerEvent} event */
export function drag(shape, event) {
  const { q, held, layout } = shape;
  if (!q || !held) return;
  const { z, width, height } = scalesOf(shape),
    box = layout.plot.getBoundingClientRect(),
    [a, b] = z([
      Math.min(width, Math.max(0, event.clientX - box.left)),
      Math.min(height, Math.max(0, event.clientY - box.top)),
    ]);
  const { mean, stddev } = q;
  if (held === "middle") moveTo(shape, { mean: [a, b], stddev });
  if (held === "first") moveTo(shape, { mean, stddev: [Math.abs(a - mean[0]), stddev[1]] });
  if (held === "second") moveTo(shape, { mean, stddev: [stddev[0], Math.abs(b - mean[1])] });
}

/** @param {PosteriorShape} shape */
export function letGo(shape) {
  if (!shape.held) return;
  shape.held = null;
  finish(shape);
}

/** @param {PosteriorShape} shape @param {number} right steps @param {number} up */
export function nudge(shape, right, up) {
  const { q, frame } = shape;
  if (!q) return;
  const step = STEP * (frame.high[0] - frame.low[0]);
  moveTo(shape, { ...q, mean: [q.mean[0] + right * step, q.mean[1] + up * step] });
  finish(shape);
}

/** @param {PosteriorShape} shape */
export function toEncoder(shape) {
  if (!shape.encoded) return;
  shape.place.q = null;
  shape.refines = false;
  put(shape, shape.encoded, performance.now());
  finish(shape);
}

/** The flow that is made better for this picture: Python is asked, once a picture. @param {PosteriorShape} shape */
export function toBetter(shape) {
  const { bent, better, network, layout, page, place } = shape;
  if (!bent || !network || layout.better.hasAttribute("aria-busy")) return;
  if (better) {
    shape.place.q = null;
    shape.refines = true;
    put(shape, { mean: better.mean, stddev: better.stddev }, performance.now());
    return finish(shape);
  }
  shape.asked = place.q;
  layout.better.setAttribute("aria-busy", "true");
  page.call("refine", { model: network.name, x: told(shape) });
}

/** @param {PosteriorShape} shape */
export function toBest(shape) {
  if (!shape.truth) return;
  moveTo(shape, shape.truth.best);
  finish(shape);
}

/** Tell where the section stands, once for a run of changes. @param {PosteriorShape} shape */
export function finish(shape) {
  clearTimeout(shape.settling);
  shape.settling = setTimeout(() => {
    const { place, source, page } = shape,
      { q } = place;
    const written = q && q.map((value) => String(Number(value.toFixed(6)))).join(",");
    commit(page, "shape", { ...source.written(), q: written });
  }, LAST_OF_SEVERAL);
}
