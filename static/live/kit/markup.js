// Markup that several pages share, and the way of text that comes from outside into it.

const MOST = 40; // letters of a name
const ANEW = 100; // ms without a sentence that is said again
/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

/** @param {string} name of a Material Symbol @returns {string} markup */
export function symbol(name) {
  return `<span class="symbol" aria-hidden="true">${name}</span>`;
}

/**
 * @param {string} does what `data-do` says
 * @param {string} name of a Material Symbol
 * @param {string} help
 * @returns {string} markup of a button that shows a symbol alone
 */
export function iconButton(does, name, help) {
  const text = escaped(help);
  return `<button type="button" data-do="${does}" title="${text}" aria-label="${text}">${symbol(name)}</button>`;
}

/**
 * Text that stays text, in markup as in Plotly's texts, which read some tags, too.
 * @param {string} text from a folder's, a file's or a model's name
 * @returns {string}
 */
export function escaped(text) {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]);
}

/** @param {string} text @returns {string} at most 40 letters of it, with a sign for those that are left out */
export function shortened(text) {
  const letters = Array.from(text);
  return letters.length > MOST ? `${letters.slice(0, MOST - 1).join("")}…` : text;
}

/**
 * Say a sentence; one that stands there already is taken away for a moment, so that it is heard again.
 * @param {HTMLElement} alert
 * @param {string} sentence in which commands stand between backticks
 */
export function say(alert, sentence) {
  const again = !alert.hidden && alert.textContent === sentence.replaceAll("`", "");
  alert.replaceChildren(...(again ? [] : withCode(sentence)));
  alert.hidden = false;
  if (again) setTimeout(() => alert.replaceChildren(...withCode(sentence)), ANEW);
}

/**
 * @param {string} sentence in which commands stand between backticks
 * @returns {(string | HTMLElement)[]} its parts, the commands set as code
 */
export function withCode(sentence) {
  /** @param {string} textContent */
  const code = (textContent) => Object.assign(document.createElement("code"), { textContent });
  return sentence.split("`").map((text, i) => (i % 2 ? code(text) : text));
}
