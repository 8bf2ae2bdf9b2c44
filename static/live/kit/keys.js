// The keys of a page, and the card that lists them.
import { escaped } from "./markup.js";

const WRITTEN_IN = "input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox]";

/**
 * @typedef {object} Key
 * @property {string} key as the browser names it
 * @property {string} does what it does, in a few words
 * @property {() => void} [run]
 */

/**
 * Listen for the page's keys while its root is on the page, and answer `?` with the list of them.
 * @param {HTMLElement} root
 * @param {Key[]} keys those without `run` are only listed
 * @returns {() => void} shows or hides the list
 */
export function listenForKeys(root, keys) {
  const card = document.createElement("dialog");
  card.className = "keys";
  /** @param {string} key */
  const caps = (key) =>
    (key === " " ? ["space"] : key.split(" ")).map((name) => `<kbd>${escaped(name)}</kbd>`).join(" ");
  const rows = keys.map(({ key, does }) => `<tr><td>${caps(key)}</td><td>${escaped(does)}</td></tr>`);
  card.innerHTML = `<h2>Keys of this page</h2><table>${rows.join("")}</table>
    <form method="dialog"><button>Close</button></form>`;
  card.addEventListener("click", (event) => {
    if (event.target === card) card.close();
  });
  root.append(card);
  const toggle = () => (card.open ? card.close() : card.showModal());
  document.addEventListener(
    "keydown",
    (event) => {
      const writing = event.target instanceof Element && event.target.closest(WRITTEN_IN),
        other = root.querySelector("dialog[open]:not(.keys)");
      if (ownKey(event)) return;
      if (writing || other || !root.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
      const run = event.key === "?" ? toggle : card.open ? null : keys.find(({ key }) => key === event.key)?.run;
      if (!run) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    },
    true,
  );
  return toggle;
}

/**
 * @param {KeyboardEvent} event
 * @returns {boolean} whether it belongs to what has the focus: something one draws on with arrow keys and space
 */
function ownKey({ target, key }) {
  return target instanceof Element && target.matches("[data-keys]") && (key === " " || key.startsWith("Arrow"));
}

/** Bigger text, the frame folded away: for the back row. */
export function toggleLecture() {
  document.documentElement.classList.toggle("lecture");
  window.dispatchEvent(new Event("resize"));
}
