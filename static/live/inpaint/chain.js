// Two chains side by side, played step by step: the picture as filled in, the path over the codes, the bound.
import { mounting } from "../kit/mount.js";
import { iconButton } from "../kit/markup.js";
import { partOf } from "../kit/part.js";
import { motionReduced } from "../kit/player.js";
import { ChainMap, Traces } from "./chain_plots.js";
import { bytesOf } from "../kit/bytes.js";
import { PictureCanvas } from "../kit/paint.js";
import { themeColours } from "../kit/theme.js";

const PACE = 120; // milliseconds a step while playing

/** @typedef {import("./chain_plots.js").Place} Place */
/**
 * One chain, as Python sends it.
 * @typedef {object} Chain
 * @property {string} name
 * @property {string} colour
 * @property {string} pictures (steps, H, W) bytes in base64: the picture as filled in
 * @property {Place[]} path (steps, 2): where its z lies on the map
 * @property {number[]} bounds (steps,) nats
 */
/**
 * What Python sends.
 * @typedef {object} Data
 * @property {Chain[]} chains
 * @property {{places: Place[], colours: string[]}} codes behind the paths
 * @property {[number, number]} shape height and width of the pictures
 * @property {[string, string]} titles of the map's axes
 */
/** @typedef {Chain & {bytes: Uint8Array, picture: PictureCanvas, map: ChainMap}} Shown a chain that is on the screen */

/**
 * @typedef {object} Playback
 * @property {HTMLElement} root
 * @property {HTMLInputElement} slider
 * @property {HTMLOutputElement} output says the step
 * @property {HTMLButtonElement} button plays and pauses
 * @property {Traces} traces
 * @property {string} key of what is shown: a rerun of the script may bring nothing new
 * @property {[number, number]} shape height and width of the pictures
 * @property {Shown[]} chains
 * @property {number} step that is shown, from 0
 * @property {number | null} frame that is asked for while they play
 */

export const mount = mounting(["inpaint/chain.css"], () => {
  const root = chainsMarkup();
  /** @type {Playback} */
  const state = {
    root,
    slider: partOf(root, "input", HTMLInputElement),
    output: partOf(root, "output", HTMLOutputElement),
    button: partOf(root, "[data-do=play]", HTMLButtonElement),
    traces: new Traces(partOf(root, "[data-role=traces]", HTMLCanvasElement), (step) => hold(state, step)),
    key: "",
    shape: [1, 1],
    chains: [],
    step: 0,
    frame: null,
  };
  state.slider.oninput = () => hold(state, state.slider.valueAsNumber);
  state.button.onclick = () => (state.frame === null ? play(state) : pause(state));
  partOf(root, "[data-do=back]", HTMLButtonElement).onclick = () => hold(state, state.step - 1);
  partOf(root, "[data-do=next]", HTMLButtonElement).onclick = () => hold(state, state.step + 1);
  new ResizeObserver(() => show(state)).observe(root);
  Object.assign(root, { __chains: state }); // tests read step here
  return { root, update: (/** @type {Data} */ data) => update(state, data) };
});

function chainsMarkup() {
  const root = Object.assign(document.createElement("div"), { className: "live chains" });
  root.dataset.live = "inpaint-chain";
  root.innerHTML = `
    <header>
      ${iconButton("play", "play_arrow", "Play")}
      ${iconButton("back", "skip_previous", "One step back")}
      ${iconButton("next", "skip_next", "One step on")}
      <input type="range" min="0" step="1" aria-label="Step of the chains"><output></output></header>
    <div class="pair"></div>
    <h2>Bound <small>log p(x filled in, z) − log q(z | x filled in), nats</small></h2>
    <canvas data-role="traces" role="img" aria-label="The bound of both chains over their steps"></canvas>`;
  return root;
}

/** @param {Playback} state @param {Data} data */
function update(state, { chains, codes, shape, titles }) {
  const key = JSON.stringify(chains.map(({ bounds }) => bounds));
  if (key === state.key) return show(state);
  pause(state);
  state.key = key;
  state.shape = shape;
  state.root.style.setProperty("--form", String(shape[1] / shape[0]));
  const sections = chains.map(sectionOf);
  state.chains = chains.map((chain, i) => ({
    ...chain,
    bytes: bytesOf(chain.pictures),
    picture: new PictureCanvas(partOf(sections[i], ".picture", HTMLCanvasElement)),
    map: new ChainMap(partOf(sections[i], ".map", HTMLCanvasElement), codes, titles),
  }));
  partOf(state.root, ".pair", HTMLElement).replaceChildren(...sections);
  state.slider.max = String(chains[0].bounds.length - 1);
  go(state, 0);
}

/** A step that someone asked for: playing stops there. @param {Playback} state @param {number} step */
function hold(state, step) {
  pause(state);
  go(state, step);
}

/** @param {Playback} state @param {number} step */
function go(state, step) {
  const last = Number(state.slider.max);
  state.step = Math.max(0, Math.min(step, last));
  state.slider.value = String(state.step);
  state.output.textContent = `step ${state.step + 1} of ${last + 1}`;
  show(state);
}

/** @param {Playback} state */
function show({ root, shape, chains, step, traces }) {
  if (!chains.length) return;
  const colours = themeColours(root),
    size = shape[0] * shape[1];
  for (const { bytes, path, colour, picture, map } of chains) {
    picture.paint(bytes.subarray(step * size, (step + 1) * size), [1, ...shape], 1);
    map.show(path, step, colour, colours);
  }
  traces.show(chains, step, colours);
  root.dataset.ready = "1";
}

/** @param {Playback} state */
function play(state) {
  const last = Number(state.slider.max);
  if (state.step >= last) go(state, 0);
  if (motionReduced()) return go(state, state.step + 1);
  let before = performance.now();
  /** @param {number} now */
  const next = (now) => {
    if (!state.root.isConnected) return pause(state);
    if (now - before >= PACE) {
      before = now;
      go(state, state.step + 1);
      if (state.step >= last) return pause(state);
    }
    state.frame = requestAnimationFrame(next);
  };
  state.frame = requestAnimationFrame(next);
  nameButton(state.button, "pause", "Pause");
}

/** @param {Playback} state */
function pause(state) {
  if (state.frame !== null) cancelAnimationFrame(state.frame);
  state.frame = null;
  nameButton(state.button, "play_arrow", "Play");
}

/** @param {HTMLButtonElement} button @param {string} icon @param {string} label */
function nameButton(button, icon, label) {
  partOf(button, ".symbol", HTMLElement).textContent = icon;
  button.setAttribute("aria-label", label);
  button.title = label;
}

/** A chain's name, its picture and its map. @param {Chain} chain */
function sectionOf({ name, colour }) {
  const section = document.createElement("section");
  section.style.setProperty("--colour", colour);
  section.innerHTML = `<h2><i></i></h2><canvas class="picture" role="img"></canvas><canvas class="map" role="img"></canvas>`;
  const [title, picture, map] = section.children;
  title.append(name);
  picture.setAttribute("aria-label", `${name}: the picture as filled in`);
  map.setAttribute("aria-label", `${name}: its path over the codes`);
  return section;
}
