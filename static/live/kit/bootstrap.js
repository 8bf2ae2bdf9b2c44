// What Streamlit runs of a component: it fetches the component's module and mounts it. Whatever fails is said in one
// sentence and tried again, by itself and on a button. It stands alone, because it must work where no module came.

/**
 * @typedef {object} Component what Streamlit passes
 * @property {HTMLElement} parentElement
 * @property {{modules: string, files: any, lecture: boolean, lan: string | null} & Record<string, any>} data
 * @property {(name: string, value: any) => void} setStateValue
 * @property {(name: string, value: any) => void} setTriggerValue
 */
/** @typedef {(key: string, attempt: (again: boolean) => Promise<void>) => Promise<void>} Persist */
/** @typedef {{attempt: (again: boolean) => Promise<void>, tries: number, sentence: string, timer?: number}} Try */

const NAME = "MODULE"; // the component's own takes its place
const FIRST = 1000; // milliseconds until a second try; each further one waits twice as long
const LONGEST = 30_000;
const LACKS = {
  WebAssembly:
    "This browser has WebAssembly switched off (Lockdown Mode does that), and models run in it: allow it for this site, or open the page in another browser.",
  DecompressionStream:
    "This browser cannot unpack compressed files (DecompressionStream): Chrome and Edge can from 80 on, Firefox from 113, Safari from 16.4.",
};
/** @type {Map<string, Try>} */
const failing = new Map(); // key -> what failed last
/** @type {HTMLElement | null} */
let place = null; // where the component is mounted
/** @type {Map<string, number>} */
const refused = new Map(); // folder of modules -> how often one of it could not be fetched

/** @type {Persist} */
async function persist(key, attempt) {
  const before = failing.get(key);
  clearTimeout(before?.timer);
  if (before) before.attempt = attempt; // so that a hand that is quicker than this one does not try an older
  try {
    await attempt(before !== undefined);
    if (failing.get(key) === before) failing.delete(key);
  } catch (error) {
    if (failing.get(key) !== before) return; // a newer attempt with this key has taken over
    console.warn(error);
    const tries = (before?.tries ?? 0) + 1;
    const sentence = error instanceof Error && error.message ? error.message : String(error);
    const timer = setTimeout(() => again(key), Math.min(LONGEST, FIRST * 2 ** (tries - 1)));
    failing.set(key, { attempt, tries, sentence, timer });
  }
  show();
}

/** @param {string} key */
function again(key) {
  const last = failing.get(key);
  if (last && place?.isConnected) persist(key, last.attempt);
}

/** What fails now, above the component; nothing if nothing does. */
function show() {
  const before = place?.querySelector(":scope > .live-failed");
  if (!failing.size) return before?.remove();
  const sentences = Array.from(new Set(Array.from(failing.values(), ({ sentence }) => sentence)));
  const box = before ?? notice("");
  if (!before) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Try again" });
    button.onclick = () => Array.from(failing.keys()).forEach(again);
    box.append(button);
    place?.prepend(box);
  }
  const text = `${sentences.join(" ")} It is tried again by itself.`;
  const shown = box.firstElementChild;
  if (shown && shown.textContent !== text) shown.textContent = text;
}

/** @param {string} sentence */
function notice(sentence) {
  const box = Object.assign(document.createElement("div"), { className: "live-failed", role: "alert" });
  box.append(Object.assign(document.createElement("p"), { textContent: sentence }));
  return box;
}

/**
 * The address of a folder of modules. Browsers remember a module that could not be fetched for as long as the page
 * lives, also one that another module imports: after a failure the folder's name is written with another letter escaped.
 * @param {string} modules relative to the app's root
 */
function folder(modules) {
  const root = document.baseURI.replace(/[?#].*$/, "").replace(/[^/]*$/, ""),
    failures = refused.get(modules) ?? 0;
  if (!failures) return root + modules;
  const name = modules.replace(/^.*\//, ""),
    at = (failures - 1) % name.length;
  const escaped = `%${name.charCodeAt(at).toString(16)}`;
  return root + modules.slice(0, modules.length - name.length) + name.slice(0, at) + escaped + name.slice(at + 1);
}

/** @param {string} modules */
async function fetched(modules) {
  try {
    return await import(`${folder(modules)}/${NAME}.js`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    refused.set(modules, (refused.get(modules) ?? 0) + 1);
    throw new Error("The page's program could not be fetched: the connection failed.", { cause: error });
  }
}

/** What every page needs before it can show anything live is fetched while its program comes. @param {Component["data"]} data */
async function fetchAhead({ modules, files, model }) {
  const { fetchAhead: begin } = await import(`${folder(modules)}/engine/files.js`);
  begin([...(model ? [model.opening.url] : []), files.wasm, ...(model ? [model.decoder] : [])]);
}

/** @param {Component} component */
export default async function (component) {
  const first = !place;
  place = component.parentElement.querySelector(".live-mount");
  const lacking = Object.entries(LACKS).find(([name]) => !(name in globalThis));
  if (lacking) return place?.replaceChildren(notice(lacking[1]));
  if (first) fetchAhead(component.data).catch(() => {}); // said by the page, which needs that module, too
  await persist("page", async (isAgain) => {
    const { mount } = await fetched(component.data.modules);
    await mount(component, persist, isAgain);
  });
}

addEventListener("online", () => Array.from(failing.keys()).forEach(again));
