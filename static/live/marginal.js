// log p(x) by importance sampling: thousands of decodes, which Python makes on demand and can be told to stop.
import { nats } from "./elbo.js";
import { base64 } from "./livereconstruction.js";
import { figure } from "./sliders.js";

const ASK = "Estimate log p(x)";
const KS = [100, 1000, 5000];

export class Marginal {
  /** @param {HTMLElement} host @param {import("./reconstruction.js").Reconstruction} page */
  constructor(host, page) {
    host.innerHTML = `<button type="button" data-do="estimate"></button>
      <label>K <select data-tool="k" aria-label="Importance samples">
      ${KS.map((k) => `<option>${k}</option>`).join("")}</select></label><span class="gap" aria-live="polite"></span>`;
    const part = (selector) => host.querySelector(selector);
    Object.assign(this, {
      page,
      samples: part("[data-tool=k]"),
      button: part("[data-do=estimate]"),
      line: part(".gap"),
      running: null,
    });
    this.button.textContent = ASK;
    this.button.onclick = () => (this.running === null ? this.start() : page.call("stop", true));
  }

  start() {
    const { page } = this,
      samples = Number(this.samples.value);
    this.forget();
    this.running = page.picture;
    this.button.textContent = "Stop";
    this.line.textContent = `Drawing ${samples} samples in Python …`;
    page.call("estimate", { picture: page.picture, model: page.model.name, x: base64(page.bytes), samples });
  }

  /** The picture changed: what was estimated is of another one. */
  forget() {
    if (this.running === null && !this.page.panel.marginal) return;
    this.running = null;
    this.button.textContent = ASK;
    this.line.textContent = "";
    this.page.panel.showMarginal(null);
  }

  /**
   * @typedef {object} Estimate
   * @property {number} picture of which picture @property {string} model
   * @property {number | null} logMarginal null where it was stopped before the first samples
   * @property {number} standardError
   * @property {number} samples
   * @property {number} effective how many independent samples of the posterior they are worth
   * @param {Estimate | null} estimate
   */
  show(estimate) {
    const { page } = this,
      { terms } = page.decoder;
    if (!estimate || estimate.picture !== page.picture || estimate.model !== page.model.name || !terms) return;
    this.forget();
    if (estimate.logMarginal === null) return;
    page.panel.showMarginal({ value: estimate.logMarginal, standardError: estimate.standardError });
    const gap = estimate.logMarginal - terms.elbo,
      grey = page.model.noise === null && page.bytes.some((byte) => byte > 0 && byte < 255);
    this.line.innerHTML =
      `log p(x) − ELBO = <b>${nats(gap)} nats</b>: how far q(z|x) is from the true posterior. ` +
      `${estimate.samples} samples, worth ${figure(estimate.effective)} independent ones.` +
      (grey ? " x is grey: switch binarise on for a true likelihood." : "");
  }
}
