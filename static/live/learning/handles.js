// What a hand takes hold of in the picture: buttons over the canvas that mouse, finger and arrow keys move.
import { commit, commitSoon } from "./commit.js";
import { move } from "./gestures.js";

/** @typedef {import("./state.js").Learning} Learning */
/** @typedef {import("./section.js").Handle} Handle */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 8, // pixels that an arrow key moves; one with shift
  APART = 26; // pixels from a handle at an edge to any other, so that none is hidden

/** @type {WeakMap<Element, Handle>} */
const handleOf = new WeakMap();

/**
 * Where each is seen. One whose place is beyond its room stands at the edge, beside what is there; a hand that takes it
 * there moves its place by as much as the hand itself moves.
 * @param {Handle[]} handles
 * @param {import("./plot.js").Box} picture
 * @returns {{seen: [number, number], beyond: boolean}[]}
 */
function standing(handles, picture) {
  const places = handles.map(({ at: [x, y], size, room = picture }) => {
    const seen = /** @type {[number, number]} */ ([
        Math.min(room.right, Math.max(room.left, x)),
        Math.min(room.bottom, Math.max(room.top, y)),
      ]),
      [aside, above] = [seen[0] !== x, seen[1] !== y];
    return { seen, size, room, aside, beyond: !size && (aside || above) };
  });
  /** @param {typeof places[0]} own */
  const free = (own) =>
    places.every(({ seen: [x, y], size }, i) => {
      return own === places[i] || size || Math.hypot(x - own.seen[0], y - own.seen[1]) >= APART;
    });
  for (const place of places.filter(({ beyond }) => beyond)) {
    const { seen, room, aside } = place,
      [along, low, high] = aside ? [1, room.top, room.bottom] : [0, room.left, room.right],
      start = seen[along],
      inwards = start > (low + high) / 2 ? -1 : 1;
    for (let i = 1; i <= 2 * places.length && !(free(place) && seen[along] >= low && seen[along] <= high); i++)
      seen[along] = start + (i % 2 ? inwards : -inwards) * Math.ceil(i / 2) * APART;
  }
  return places;
}

/**
 * Put the handles where the picture has them; those that stay keep their hand.
 * @param {HTMLElement} host
 * @param {Handle[]} handles
 */
export function placeHandles(host, handles) {
  const before = new Map(Array.from(host.children, (child) => [child.getAttribute("data-handle"), child])),
    places = standing(handles, { left: 0, right: host.clientWidth, top: 0, bottom: host.clientHeight });
  handles.forEach((handle, i) => {
    const { seen, beyond } = places[i],
      label = beyond ? `${handle.label} (beyond the picture)` : handle.label,
      there = before.get(handle.name),
      element = there instanceof HTMLElement ? there : document.createElement("div");
    before.delete(handle.name);
    if (!there) {
      Object.assign(element, { tabIndex: 0, role: "button" });
      Object.assign(element.dataset, { handle: handle.name, symbol: handle.symbol, keys: "" });
      element.classList.toggle("ground", handle.size !== undefined);
      host.append(element);
    }
    if (element.ariaLabel !== label) element.ariaLabel = element.title = label;
    element.classList.toggle("beyond", beyond);
    if (handle.size) Object.assign(element.style, { width: `${handle.size[0]}px`, height: `${handle.size[1]}px` });
    element.style.translate = `${seen[0].toFixed(1)}px ${seen[1].toFixed(1)}px`;
    handleOf.set(element, handle);
  });
  for (const gone of before.values()) gone.remove();
}

/** @param {Learning} state */
export function bindHandles(state) {
  const { handles: host } = state.layout;
  /** @type {{element: HTMLElement, across: number, up: number} | null} */
  let held = null; // and how far from its middle
  host.addEventListener("pointerdown", (event) => {
    const element = event.target instanceof HTMLElement ? event.target : null,
      handle = element && handleOf.get(element);
    if (!element || !handle?.move || event.button) return;
    event.preventDefault();
    element.focus();
    element.setPointerCapture(event.pointerId);
    const [x, y] = within(host, event);
    held = { element, across: handle.at[0] - x, up: handle.at[1] - y };
  });
  host.addEventListener("pointermove", (event) => {
    const handle = held && handleOf.get(held.element);
    if (!held || !handle?.move) return;
    const [x, y] = within(host, event);
    move(state, handle.move(x + held.across, y + held.up), event.timeStamp);
  });
  for (const type of ["pointerup", "pointercancel"])
    host.addEventListener(type, () => {
      if (held) commit(state);
      held = null;
    });
  host.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key],
      handle = event.target instanceof Element ? handleOf.get(event.target) : undefined;
    if (!way || !handle?.move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 1 : STEP;
    move(state, handle.move(handle.at[0] + step * way[0], handle.at[1] + step * way[1]));
    commitSoon(state);
  });
  bindClicks(state);
}

/** What a click puts somewhere, and what a double click or a key takes away. @param {Learning} state */
function bindClicks(state) {
  const { handles: host } = state.layout;
  /** @param {Event} event @returns {Handle | undefined} */
  const handleAt = ({ target }) => (target instanceof Element ? handleOf.get(target) : undefined);
  /** @param {import("./state.js").Values} [changed] */
  const become = (changed) => {
    if (!changed) return;
    move(state, changed);
    commitSoon(state);
  };
  /** @type {EventTarget | null} */
  let first = null; // what the first of several clicks hit: it may have put a point under the second one
  host.addEventListener("click", (event) => {
    if (event.detail <= 1) first = event.target;
    become(handleAt(event)?.click?.(...within(host, event)));
  });
  host.addEventListener("dblclick", (event) => {
    if (event.target === first) become(handleAt(event)?.remove?.());
  });
  host.addEventListener("keydown", (event) => {
    const handle = handleAt(event);
    if (event.key === "Delete" || event.key === "Backspace") become(handle?.remove?.());
    if (event.key === "Enter" && handle?.click && handle.size)
      become(handle.click(handle.at[0] + handle.size[0] / 2, handle.at[1] + handle.size[1] / 2));
  });
}

/** @param {HTMLElement} host @param {MouseEvent} event @returns {[number, number]} pixels from its corner */
function within(host, { clientX, clientY }) {
  const { left, top } = host.getBoundingClientRect();
  return [clientX - left, clientY - top];
}
