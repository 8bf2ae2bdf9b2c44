// A card over the page that closes with Esc, on its button, and when something beside it is clicked.
import { escaped } from "./markup.js";

/**
 * @param {HTMLElement} root of the page
 * @param {string} name its class
 * @param {string} title
 * @returns {{card: HTMLDialogElement, body: HTMLElement}}
 */
export function cardOn(root, name, title) {
  const card = document.createElement("dialog"),
    body = document.createElement("div");
  card.className = `popup ${name}`;
  card.innerHTML = `<h2>${escaped(title)}</h2><form method="dialog"><button>Close</button></form>`;
  card.firstElementChild?.after(body);
  card.addEventListener("click", ({ target }) => {
    if (target === card) card.close();
  });
  root.append(card);
  return { card, body };
}
