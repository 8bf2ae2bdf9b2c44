// What every page's root has to do with the window around it: its style, its height, its address.

/** @type {Map<string, Promise<void>>} */
const styled = new Map();

/**
 * Load a style sheet once.
 * @param {string} name its path among these modules
 * @returns {Promise<void>} when it is there; rejects if it cannot be fetched, and may then be asked for again
 */
export function stylesheet(name) {
  const href = new URL(`../${name}`, import.meta.url).href;
  const there = styled.get(href);
  if (there) return there;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  /** @type {Promise<void>} */
  const coming = new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      styled.delete(href);
      link.remove();
      reject(new Error("The page's style sheet could not be fetched: the connection failed."));
    };
  });
  styled.set(href, coming);
  document.head.append(link);
  return coming;
}

/**
 * Tell the style sheet how much of the window is left for a root: a page is as high as what the frame leaves.
 * @param {HTMLElement} root
 */
export function fitWindow(root) {
  const main = root.closest("section") ?? document.documentElement;
  const top = root.getBoundingClientRect().top + main.scrollTop;
  root.style.setProperty("--live-top", `${Math.round(top)}px`);
}

/**
 * Copy the address bar, which always holds the place; the button's symbol says so for a moment.
 * @param {HTMLElement} symbol
 */
export async function copyLink(symbol) {
  const copied = await navigator.clipboard?.writeText(location.href).then(
    () => true,
    () => false,
  );
  if (!copied) return window.prompt("The link to this place:", location.href); // only https copies
  symbol.textContent = "check";
  setTimeout(() => {
    symbol.textContent = "link";
  }, 1200);
}
