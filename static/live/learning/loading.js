// What a section needs that takes its time, a model's posterior say: it is brought while the page stays at hand.
import { fetchBytes } from "../engine/files.js";
import { say } from "../kit/markup.js";
import { registry } from "./registry.js";
import { Trained } from "./trained.js";

/** @typedef {import("./state.js").Learning} Learning */
/** @typedef {{key: string | null, value: any, busy: boolean}} Slot what one load brought last, and of which numbers; null before it */

/**
 * What the open section's loads have brought: of the numbers as they are, or until that is here of those before.
 * @param {Learning} state
 * @param {() => void} draw called whenever more of it is here
 * @returns {Record<string, any> | null} by the loads' names; null before each has brought something
 */
export function loadedOf(state, draw) {
  const { section, values, layout, told } = state,
    loads = Object.entries(registry[section].loads ?? {}),
    missing = loads.some(([, { file }]) => !file) && told?.missing;
  if (missing) say(layout.alert, missing);
  else layout.alert.hidden = true;
  const slots = (state.loaded[section] ??= {});
  for (const [name, { of }] of loads) {
    slots[name] ??= { key: null, value: undefined, busy: false };
    if (!missing && slots[name].key !== keyOf(of(values[section]))) bring(state, section, name, draw);
  }
  if (loads.some(([name]) => slots[name].value === undefined)) return null;
  return Object.fromEntries(loads.map(([name]) => [name, slots[name].value]));
}

/** @param {Learning} state @returns {boolean} whether what is shown is of numbers before, because that of the present ones is not here yet */
export function isBehind({ section, values, loaded }) {
  return Object.entries(registry[section].loads ?? {}).some(
    ([name, { of }]) => loaded[section]?.[name]?.key !== keyOf(of(values[section])),
  );
}

/** @param {number[]} numbers */
const keyOf = (numbers) => numbers.join(" ");

/**
 * One at a time: whoever asked meanwhile is drawn what came, and asks again for the newest.
 * @param {Learning} state
 * @param {string} section
 * @param {string} name of a load
 * @param {() => void} draw
 */
async function bring(state, section, name, draw) {
  const slots = state.loaded[section],
    slot = slots[name],
    { loads = {} } = registry[section];
  if (slot.busy) return;
  slot.busy = true;
  await state.persist(`${section} ${name}`, async () => {
    const values = structuredClone(state.values[section]);
    try {
      const { file, bring } = loads[name],
        value = await bring(values, file ? await contentOf(state, section, file) : await trainedOf(state));
      if (state.loaded[section] !== slots) return; // another model was chosen meanwhile
      Object.assign(slot, { value, key: keyOf(loads[name].of(values)) });
    } finally {
      slot.busy = false;
    }
    if (state.section === section) draw();
  });
}

/** @param {Learning} state @param {string} section @param {string} name @returns {Promise<any>} what a file of the section holds */
async function contentOf({ sections }, section, name) {
  const address = sections.find((one) => one.name === section)?.files[name];
  if (!address) throw new Error(`The page has not been told of the file ${name} of ${section}.`);
  const bytes = await fetchBytes(address);
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** @param {Learning} state @returns {Promise<Trained>} opened once; a failure is forgotten, to be tried again */
function trainedOf(state) {
  const { told, files, persist } = state;
  if (!told) throw new Error("The page has not been told of a model.");
  state.trained ??= Trained.open(told, files, persist).catch((error) => {
    state.trained = null;
    throw error;
  });
  return state.trained;
}

/** Python's model, which may be another than before. @param {Learning} state @param {import("./trained.js").Told} told */
export function follow(state, told) {
  if (told.network?.decoder === state.told?.network?.decoder && told.missing === state.told?.missing) return false;
  Object.assign(state, { told, trained: null, loaded: {} });
  return true;
}
