// How a page comes onto the screen: made once, moved to wherever Streamlit mounts it, updated on every rerun.
import { arrivals } from "./arrival.js";
import { follow } from "./frame.js";
import { server } from "./server.js";
import { stylesheet } from "./window.js";

/**
 * What a page is to the mount. `update` may reject: what failed is said, and `update` is called again with the same
 * data.
 * @typedef {object} Page
 * @property {HTMLElement} root
 * @property {(data: any, attempt: import("./arrival.js").Attempt) => Promise<void> | void} update
 * @property {() => void} [measure] called before each update, once the root is on the page, and when the window changes
 * @property {(name: string, value: any) => void} [send] set by the mount: a state of the component
 * @property {(name: string, value: any) => void} [call] set by the mount: an event of the component
 * @property {import("./bootstrap.js").Persist} [persist] set by the mount: tries what may fail until it succeeds
 */

/**
 *     export const mount = mounting(["inpaint/inpaint.css"], inpaint);
 *
 * @param {string[]} styles of the page, beside the kit's
 * @param {(files: any) => Page} create
 */
export function mounting(styles, create) {
  /** @type {Page | null} */
  let page = null; // outlives Streamlit's reruns and changes of page
  const isArriving = arrivals();
  const sheets = ["kit/kit.css", "kit/in_class.css", ...styles];
  for (const sheet of sheets) stylesheet(sheet).catch(() => {}); // said once the page is mounted
  addEventListener("resize", () => {
    if (page?.root.isConnected) page.measure?.();
  });

  /**
   * Called on every rerun that brought something new.
   * @param {import("./bootstrap.js").Component} component
   * @param {import("./bootstrap.js").Persist} persist
   * @param {boolean} again whether the last attempt failed
   */
  return async function mount({ parentElement, data, setStateValue, setTriggerValue }, persist, again) {
    await Promise.all(sheets.map(stylesheet));
    const place = parentElement.querySelector(".live-mount");
    if (!place?.isConnected) return; // the page was left meanwhile
    page ??= create(data.files);
    Object.assign(page, { send: server.through(page, setStateValue), call: setTriggerValue, persist });
    if (page.root.parentElement !== place) {
      for (const other of Array.from(place.children)) if (!other.matches(".live-failed")) other.remove();
      place.append(page.root);
    }
    follow(data, setTriggerValue);
    page.measure?.();
    const read = server.read(data);
    await page.update(read, { again, arriving: isArriving(read) });
  };
}
