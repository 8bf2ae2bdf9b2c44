// What every page has in its upper right corner, in the same order: pixels, link, QR code, lecture mode, keys, fresh page.
import { freshPage, switchLecture } from "../kit/frame.js";
import { listenForKeys } from "../kit/keys.js";
import { escaped, symbol } from "../kit/markup.js";
import { listenForActions, partOf } from "../kit/part.js";
import { copyLink } from "../kit/window.js";
import { qrCard } from "./qr.js";

/** @type {[string, string, string, string][]} what `data-do` says, symbol, name, help */
const TOOLS = [
  ["smooth", "blur_on", "Smooth", "Smooth or crisp pixels (key s)"],
  ["link", "link", "Copy link", "Copy the link to this place; it leaves out pictures that were uploaded (key k)"],
  ["qr", "qr_code_2", "QR code", "The link as a QR code, for phones (key q)"],
  ["lecture", "co_present", "Lecture mode", "Bigger text, the frame folded away (key l)"],
  ["keys", "keyboard", "Keys", "The keys of this page (key ?)"],
  ["reset", "restart_alt", "Fresh page", "This page as it opens; the browser's Back leads to what was"],
];

/**
 * The corner with its buttons, and the page's keys.
 * @param {HTMLElement} root of the page
 * @param {Record<string, () => void>} keys of this page alone
 * @param {{what: string, by: (way: number) => void}} step what arrows and a clicker's buttons step
 */
export function bindPageTools(root, keys, step) {
  const tools = document.createElement("div");
  tools.className = "page-tools";
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", "This page");
  tools.innerHTML = TOOLS.map(button).join("");
  const link = partOf(tools, "[data-do=link] .symbol", HTMLElement);
  const actions = {
    smooth: () => void root.classList.toggle("smooth"),
    link: () => void copyLink(link),
    qr: qrCard(root),
    lecture: () => switchLecture(),
    reset: freshPage,
  };
  const { smooth: s, link: k, qr: q, lecture: l } = actions;
  listenForActions(tools, { ...actions, keys: listenForKeys(root, { ...keys, s, k, q, l }, step) });
  root.prepend(tools);
}

/** @param {[string, string, string, string]} tool */
function button([name, icon, word, help]) {
  return `<button type="button" data-do="${name}" title="${escaped(help)}" aria-label="${word}">${symbol(icon)}<span>${word}</span></button>`;
}
