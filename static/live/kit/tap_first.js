// A finger that begins on a picture scrolls the page, until a tap says that the picture is meant.

const TAP_PIXELS = 10; // a touch that moves further than this is a swipe
const HINT = "Tap to explore";

/**
 * Let swipes pass over a host until it is tapped; a tap outside of its section, or scrolling it away, lets them pass
 * again. What a finger does until then reaches nothing inside. Mouse and keyboard notice nothing. To be called before
 * anything else listens to the host.
 * @param {HTMLElement} host
 * @param {{hint?: string, beside?: (event: Event) => boolean}} [choice] what is said where fingers point, and what of
 *   the host takes a finger at once
 * @returns {() => void} takes fingers from now on, as a tap would
 */
export function tapFirst(host, { hint = HINT, beside = () => false } = {}) {
  const home = () => host.closest("section") ?? host;
  /** @param {"waiting" | "taken"} touch */
  const set = (touch) => Object.assign(host.dataset, { touch });
  set("waiting");
  host.dataset.hint = hint;
  /** @type {PointerEvent | null} */
  let press = null;
  /** @param {PointerEvent} event */
  const pointer = (event) => {
    if (event.pointerType !== "touch" || host.dataset.touch === "taken" || beside(event)) return;
    event.stopImmediatePropagation();
    if (event.type === "pointerdown") press = event;
    if (event.type === "pointerup" && press && distance(press, event) <= TAP_PIXELS) set("taken");
    if (event.type !== "pointerdown" && event.type !== "pointermove") press = null;
  };
  for (const name of /** @type {const} */ (["pointerdown", "pointermove", "pointerup", "pointercancel"]))
    host.addEventListener(name, pointer, true);
  /** Of the tap that takes it nothing is heard inside either. @param {Event} event */
  const touch = (event) => {
    if (event.type === "touchstart") passing = host.dataset.touch === "waiting" && !beside(event);
    if (!passing) return;
    event.stopImmediatePropagation();
    if (event.type === "touchend" && event.cancelable) event.preventDefault(); // no mouse click is played after it
  };
  let passing = false;
  for (const name of ["touchstart", "touchmove", "touchend"])
    host.addEventListener(name, touch, { capture: true, passive: false });
  document.addEventListener(
    "pointerdown",
    ({ pointerType, target }) => {
      if (pointerType === "touch" && !(target instanceof Node && home().contains(target))) set("waiting");
    },
    true,
  );
  new IntersectionObserver((entries) => entries.at(-1)?.isIntersecting || set("waiting")).observe(host);
  return () => set("taken");
}

/** @param {PointerEvent} from @param {PointerEvent} to @returns {number} pixels */
function distance(from, to) {
  return Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY);
}
