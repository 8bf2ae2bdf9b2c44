// What every page's root has to do with the window around it: its style, its height, its address.

/** Load a style sheet that stands beside these modules; settles when it is there, or cannot be. */
export function stylesheet(name) {
  const href = new URL(name, import.meta.url).href;
  return new Promise((resolve) => {
    document.head.append(
      Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: resolve }),
    );
  });
}

/** Tell the style sheet how much of the window is left for a root: a page is as high as what the frame leaves. */
export function fitWindow(root) {
  const main = root.closest("section") ?? document.documentElement;
  const top = root.getBoundingClientRect().top + main.scrollTop;
  root.style.setProperty("--live-top", `${Math.round(top)}px`);
}

/**
 * Copy the address bar, which always holds the place; the button's symbol says so for a moment.
 * @param {HTMLElement} symbol
 * @param {string} what the link leads to, for browsers that copy only with https
 */
export async function copyLink(symbol, what) {
  const copied = await navigator.clipboard?.writeText(location.href).then(
    () => true,
    () => false,
  );
  if (!copied) return window.prompt(`The link to this ${what}:`, location.href);
  symbol.textContent = "check";
  setTimeout(() => {
    symbol.textContent = "link";
  }, 1200);
}
