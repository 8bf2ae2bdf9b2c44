// Two chains side by side, played step by step: the picture as filled in, the path over the codes, the bound.
import { ChainMap, Traces } from "./inpaintchainplots.js";
import { stylesheet } from "./frame.js";
import { bytesOf } from "./livereconstruction.js";
import { PictureCanvas } from "./paint.js";
import { themeColours } from "./theme.js";

const PACE = 120; // milliseconds a step while playing
const styled = stylesheet("inpaintchain.css");
const shown = new WeakMap(); // where it is mounted -> the chains there

/** Streamlit calls this on every rerun that brought something new. */
export async function mount({ parentElement, data }) {
  await styled;
  const place = parentElement.querySelector(".live-mount");
  if (!place) return; // the section was left meanwhile
  if (!shown.has(place)) shown.set(place, new Chains(place));
  shown.get(place).show(data);
}

class Chains {
  constructor(place) {
    const root = (this.root = document.createElement("div")),
      button = (does, icon, help) =>
        `<button type="button" data-do="${does}" title="${help}" aria-label="${help}"><span class="symbol"
          aria-hidden="true">${icon}</span></button>`;
    Object.assign(root, { className: "live chains" });
    root.dataset.live = "inpaint-chain";
    root.innerHTML = `
      <header>
        ${button("play", "play_arrow", "Play")}
        ${button("back", "skip_previous", "One step back")}
        ${button("next", "skip_next", "One step on")}
        <input type="range" min="0" step="1" aria-label="Step of the chains"><output></output></header>
      <div class="pair"></div>
      <h2>Bound <small>log p(x filled in, z) − log q(z | x filled in), nats</small></h2>
      <canvas data-role="traces" role="img" aria-label="The bound of both chains over their steps"></canvas>`;
    const part = (selector) => root.querySelector(selector);
    Object.assign(this, { slider: part("input"), said: part("output"), button: part("[data-do=play]"), step: 0 });
    this.traces = new Traces(part("[data-role=traces]"), (step) => this.hold(step));
    this.slider.oninput = () => this.hold(this.slider.valueAsNumber);
    this.button.onclick = () => (this.playing ? this.pause() : this.play());
    part("[data-do=back]").onclick = () => this.hold(this.step - 1);
    part("[data-do=next]").onclick = () => this.hold(this.step + 1);
    new ResizeObserver(() => this.chains && this.draw()).observe(root);
    place.replaceChildren(root);
    root.__chains = this; // tests read step and chains here
  }

  /** @param {object} data what Python says: chains, the codes behind them, the pictures' shape */
  show({ chains, codes, shape, titles }) {
    const key = JSON.stringify(chains.map(({ bounds }) => bounds));
    if (key === this.key) return this.draw(); // a rerun brought nothing new
    this.pause();
    Object.assign(this, { key, shape, chains: chains.map((chain) => ({ ...chain, bytes: bytesOf(chain.pictures) })) });
    this.root.style.setProperty("--form", shape[1] / shape[0]);
    this.root.querySelector(".pair").innerHTML = chains
      .map(
        ({ name, colour }) => `<section style="--colour:${colour}"><h2><i></i>${name}</h2>
          <canvas class="picture" role="img" aria-label="${name}: the picture as filled in"></canvas>
          <canvas class="map" role="img" aria-label="${name}: its path over the codes"></canvas></section>`,
      )
      .join("");
    this.pictures = Array.from(this.root.querySelectorAll(".picture"), (canvas) => new PictureCanvas(canvas));
    this.maps = Array.from(this.root.querySelectorAll(".map"), (canvas) => new ChainMap(canvas, codes, titles));
    this.slider.max = chains[0].bounds.length - 1;
    this.go(0);
  }

  /** A step that someone asked for: playing stops there. */
  hold(step) {
    this.pause();
    this.go(step);
  }

  go(step) {
    this.step = Math.max(0, Math.min(step, Number(this.slider.max)));
    this.slider.value = this.step;
    this.said.textContent = `step ${this.step + 1} of ${Number(this.slider.max) + 1}`;
    this.draw();
  }

  draw() {
    const colours = themeColours(this.root),
      size = this.shape[0] * this.shape[1];
    this.chains.forEach(({ bytes, path, colour }, i) => {
      this.pictures[i].paint(bytes.subarray(this.step * size, (this.step + 1) * size), [1, ...this.shape], 1);
      this.maps[i].draw(path, this.step, colour, colours);
    });
    this.traces.draw(this.chains, this.step, colours);
    this.root.dataset.ready = "1";
  }

  play() {
    if (this.step >= Number(this.slider.max)) this.go(0);
    let before = performance.now();
    const next = (now) => {
      if (!this.root.isConnected) return this.pause();
      if (now - before >= PACE) {
        before = now;
        this.go(this.step + 1);
        if (this.step >= Number(this.slider.max)) return this.pause();
      }
      this.playing = requestAnimationFrame(next);
    };
    this.playing = requestAnimationFrame(next);
    this.say("pause", "Pause");
  }

  pause() {
    cancelAnimationFrame(this.playing);
    this.playing = null;
    this.say("play_arrow", "Play");
  }

  say(icon, label) {
    this.button.firstElementChild.textContent = icon;
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
  }
}
