// The parts of a page's markup, each of the kind that its layout gave it.

/**
 *     const canvas = partOf(root, "[data-role=decoded]", HTMLCanvasElement);
 *
 * @template {Element} Kind
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{new (): Kind}} kind
 * @returns {Kind} the first element that fits; throws if there is none of this kind
 */
export function partOf(root, selector, kind) {
  const part = root.querySelector(selector);
  if (!(part instanceof kind)) throw new Error(`The page should have a ${kind.name} at ${selector}.`);
  return part;
}

/**
 * Call what stands in `data-do` of a button that is clicked on.
 * @param {HTMLElement} root
 * @param {Record<string, () => void>} actions by `data-do`
 */
export function listenForActions(root, actions) {
  root.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-do]") : null;
    if (button instanceof HTMLElement) actions[button.dataset.do ?? ""]?.();
  });
}

/**
 * The elements that have an attribute `data-NAME`, by what it says.
 * @param {HTMLElement} root
 * @param {string} name
 * @returns {Record<string, HTMLElement>}
 */
export function byName(root, name) {
  /** @type {NodeListOf<HTMLElement>} */
  const found = root.querySelectorAll(`[data-${name}]`);
  return Object.fromEntries(Array.from(found, (element) => [element.dataset[name], element]));
}
