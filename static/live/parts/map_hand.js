// What a hand does over the map: hovers, clicks, steps with the arrow keys. Pans, zooms and lassos are Plotly's own.
import { tapFirst } from "../kit/tap_first.js";

/** @typedef {import("./map.js").PlotMap} PlotMap */
/**
 * @typedef {object} MapHandlers
 * @property {(x: number, y: number, time: number) => void} onHover in the map's units, as everywhere here
 * @property {() => void} onLeave
 * @property {(x: number, y: number, radius: number) => void} onClick what lies within the radius may be meant
 * @property {() => void} onReset a double click
 * @property {(points: any[] | null) => void} onSelect Plotly's points in a lasso, or null once it is gone
 * @property {(across: number, up: number) => void} [onStep] an arrow key
 */

const CLICK_PIXELS = 4; // a press that moves further than this is a pan
const NEAR_PIXELS = 6; // a click this close to a point means the point
const STEP_PIXELS = 8; // of an arrow key,
const BIG_STEP_PIXELS = 40; // and with Shift
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

/** @param {Event} event @returns {boolean} whether it is on the map's tools rather than on the map */
function beside({ target }) {
  return target instanceof Element && target.closest(".modebar, .legend") !== null;
}

/** @param {PlotMap} map @returns {() => void} lets a finger draw on it at once, as after a tap */
export function listenToHand(map) {
  const { host, handlers } = map,
    takeFingers = tapFirst(host, { beside });
  host.addEventListener("pointermove", (event) => {
    if (event.buttons && event.pointerType === "mouse") return; // a pan, a zoom or a lasso is going on
    const spot = beside(event) ? null : map.spot(event);
    if (spot) handlers.onHover(spot.x, spot.y, performance.now());
    else handlers.onLeave();
  });
  host.addEventListener("pointerleave", (event) => event.buttons || handlers.onLeave());
  host.addEventListener("pointerdown", (event) => event.button || beside(event) || pressed(map, event), true);
  if (handlers.onStep) host.dataset.keys = "arrows";
  host.addEventListener("keydown", (event) => {
    const way = WAYS[event.key],
      unit = map.unitsPerPixel();
    if (!way || !unit || event.target !== host) return;
    event.preventDefault();
    const step = (event.shiftKey ? BIG_STEP_PIXELS : STEP_PIXELS) * unit;
    handlers.onStep?.(way[0] * step, way[1] * step);
  });
  // After a tap a browser plays a mouse click, which Plotly would take for the second tap of two.
  host.addEventListener("touchend", (event) => beside(event) || !event.cancelable || event.preventDefault(), true);
  return takeFingers;
}

/**
 * A press that is let go where it began is a click. Plotly covers the page while a button is down, so what follows is
 * heard by the document.
 * @param {PlotMap} map
 * @param {PointerEvent} press
 */
function pressed(map, press) {
  let moved = false;
  /** @param {PointerEvent} event */
  const move = ({ clientX, clientY }) => {
    moved ||= Math.hypot(clientX - press.clientX, clientY - press.clientY) > CLICK_PIXELS;
  };
  /** @param {PointerEvent} event */
  const release = (event) => {
    document.removeEventListener("pointermove", move, true);
    const spot = moved ? null : map.spot(event);
    const reach = event.pointerType === "mouse" ? NEAR_PIXELS : 2 * NEAR_PIXELS;
    if (spot) map.handlers.onClick(spot.x, spot.y, reach * map.unitsPerPixel());
  };
  document.addEventListener("pointermove", move, true);
  document.addEventListener("pointerup", release, { once: true, capture: true });
}
