// log p(x) by importance sampling: thousands of decodes, which Python makes on demand and can be told to stop.
// A grey picture has no likelihood under Bernoulli pixels: it is estimated for one draw of zeros and ones.
import { nats } from "./nats.js";
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
    page.call("estimate", { picture: page.picture, model: page.model.name, x: base64(page.draw), samples });
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
   * @property {number} elbo of the same picture, from the same samples
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
    const { logMarginal, standardError, samples, effective } = estimate,
      drawn = page.draw.some((byte, p) => byte !== page.bytes[p]), // the terms above are of a grey picture
      elbo = drawn ? estimate.elbo : terms.elbo;
    page.panel.showMarginal({ value: logMarginal, standardError, elbo });
    this.line.innerHTML =
      (drawn ? `Of one binarised draw of this picture, whose ELBO is ${nats(elbo)}: ` : "") +
      `log p(x) − ELBO = <b>${nats(logMarginal - elbo)} nats</b>` +
      (drawn ? ". " : ": how far q(z|x) is from the true posterior. ") +
      `${samples} samples, worth ${figure(effective)} independent ones.`;
    this.line.title = drawn ? "A grey picture has no likelihood of its own: the step “binarise” shows the draw." : "";
  }
}
