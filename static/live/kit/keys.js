// The keys of the pages: each means the same on every page. A presenter's clicker steps what the page can step.
import { blank, unblank } from "./blank.js";
import { cardOn } from "./dialog.js";
import { inLecture, openPage, switchLecture } from "./frame.js";
import { escaped } from "./markup.js";

/** @type {Record<string, string>} what keys do, on the pages that have it */
const MEANINGS = {
  " ": "play or pause",
  Home: "to the start",
  End: "to the end",
  0: "z, or its slider, to the middle",
  n: "another picture",
  z: "a new z from the prior",
  p: "back to the pinned point",
  r: "draw again what is random",
  i: "the next step of what is computed",
  h: "another hole of this kind",
  t: "reveal or hide the truth",
  m: "one slider or one picture",
  w: "the next way between the pictures",
  o: "bring a picture",
  d: "draw a picture",
  x: "turn the order round",
  f: "other pictures of the same kinds",
  "+": "one more picture",
  "-": "take the selected picture out",
  c: "empty: a pad to draw on, or no hole",
  u: "take the last stroke back",
  e: "eraser or brush",
  "[": "a thinner brush",
  "]": "a broader brush",
  s: "smooth or crisp pixels",
  k: "copy the link to this place",
  q: "the link as a QR code",
  l: "lecture mode: bigger text, frame folded",
};
const ALWAYS = [
  ["Esc", "ends lecture mode"],
  ["b .", "blank screen; any key brings it back"],
  ["1 … 9", "the first, second … page"],
  ["?", "show or hide this list"],
];
/** @type {Record<string, number>} */
const STEPS = { PageUp: -1, ArrowLeft: -1, PageDown: 1, ArrowRight: 1 };
const WRITTEN_IN = "input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox]";
const MOVES = /^( |Arrow.*|Home|End)$/;

/**
 * Listen for the page's keys while its root is on the page, and answer `?` with the list of them.
 * @param {HTMLElement} root
 * @param {Record<string, () => void>} keys as the browser names them
 * @param {{what: string, by: (way: number) => void}} step what arrows and a clicker's buttons step, one on or back
 * @returns {() => void} shows or hides the list
 */
export function listenForKeys(root, keys, step) {
  const { card, body } = cardOn(root, "keys", "Keys of this page");
  body.innerHTML = tableOf(Object.keys(keys), step.what);
  const toggle = () => (card.open ? card.close() : card.showModal());
  const reached = reachedByTab();
  /** @param {string} key @returns {(() => void) | undefined} */
  const actionOf = (key) => {
    if (key === "?") return toggle;
    if (root.querySelector("dialog[open]")) return undefined;
    if (key === "b" || key === ".") return () => blank(root);
    if (key === "Escape") return inLecture() ? () => switchLecture(false) : undefined;
    if (/^[1-9]$/.test(key)) return () => openPage(Number(key));
    if (key in STEPS) return () => step.by(STEPS[key]);
    return Object.hasOwn(keys, key) ? keys[key] : undefined;
  };
  document.addEventListener(
    "keydown",
    (event) => {
      if (!root.isConnected) return;
      const other = root.querySelector("dialog[open]:not(.keys, .curtain)");
      const strange = other || event.ctrlKey || event.metaKey || event.altKey;
      const run = unblank() ? () => {} : strange || ownKey(root, event, reached()) ? undefined : actionOf(event.key);
      if (!run) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    },
    true,
  );
  return toggle;
}

/** @param {string[]} keys of the page @param {string} what it steps @returns {string} markup */
function tableOf(keys, what) {
  const known = Object.entries(MEANINGS).filter(([key]) => keys.includes(key));
  const rows = [["← → PgUp PgDn", `one ${what} back or on, as a clicker does`], ...known, ...ALWAYS];
  /** @param {string} key */
  const caps = (key) =>
    (key === " " ? ["space"] : key.split(" ")).map((name) => `<kbd>${escaped(name)}</kbd>`).join(" ");
  return `<table>${rows.map(([key, does]) => `<tr><td>${caps(key)}</td><td>${escaped(does)}</td></tr>`).join("")}</table>`;
}

/**
 * Whether a key belongs to what has the focus: all keys to what one writes in, those that move to a slider, to what one
 * draws on, and to what is not ours; space to a button that was reached by keyboard, not to one that was clicked.
 * @param {HTMLElement} root
 * @param {KeyboardEvent} event
 * @param {boolean} tabbed whether the focus was moved by Tab
 */
function ownKey(root, { target, key }, tabbed) {
  if (!(target instanceof Element) || target === document.body) return false;
  if (target.closest(WRITTEN_IN)) return !(key === "Escape" && target.matches("select"));
  if (target.matches("input[type=range]")) return (MOVES.test(key) && key !== " ") || key.startsWith("Page");
  if (key === " " && tabbed && target.matches("button, summary, [role=button], [role=tab]")) return true;
  if (!root.contains(target)) return MOVES.test(key);
  return target.closest("[data-keys]") !== null && (key === " " || key.startsWith("Arrow"));
}

/** @returns {() => boolean} whether the focus was last moved by Tab, and not by a click */
function reachedByTab() {
  let tabbed = false;
  document.addEventListener("pointerdown", () => void (tabbed = false), true);
  document.addEventListener("keydown", ({ key }) => void (tabbed ||= key === "Tab"), true);
  return () => tabbed;
}
