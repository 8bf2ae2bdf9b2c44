// The markup of Posterior shape: the picture, its posterior with q over it, and the three numbers that add up.
import { partOf } from "../kit/part.js";
import { picturePad, pictureParts } from "./picture_layout.js";

/** @typedef {ReturnType<typeof shapeLayout>} Layout */

/** @param {string} name @param {string} letter @param {string} help @param {string} [range] */
const slider = (name, letter, help, range = "") =>
  `<label class="slide" title="${help}"><span>${letter}</span><input type="range" step="any" data-q="${name}" aria-label="${help}" ${range}>
    <output data-value="${name}"></output></label>`;

/** The section's elements, by what they are for. */
export function shapeLayout() {
  const element = document.createElement("section");
  element.className = "shape";
  element.setAttribute("aria-label", "The posterior's shape");
  element.innerHTML = `
    <div class="picture">${picturePad("Draw on x")}
      <h2>q's middle, decoded</h2>
      <canvas class="skeleton" data-role="decoded" role="img" aria-label="What the middle of q decodes to"></canvas>
      <div class="originals"></div>
    </div>
    <div class="plane">
      <h2>Drag q over the true posterior <small>shaded: p(z|x), by quadrature</small></h2>
      <canvas data-role="plot" data-keys tabindex="0" role="application"
        aria-label="The true posterior, and q over it: drag its middle or its two handles; arrow keys move its middle"></canvas>
    </div>
    <div class="verdict">
      <div class="sum" role="group" aria-label="log p(x) = ELBO + KL">
        <p title="E_q[log p(x, z)] + H(q): never above log p(x)"><small>ELBO of q</small><b data-number="elbo">–</b></p><i>+</i>
        <p title="How far q is from the true posterior; never below 0"><small>KL(q ‖ p(z|x))</small><b data-number="kl" data-term="kl">–</b></p><i>=</i>
        <p title="By quadrature over a grid of z: the same for every q"><small>log p(x), nats</small><b data-number="evidence">–</b></p>
      </div>
      <div class="choices">
        <button type="button" data-do="encoder" aria-pressed="true" title="What the encoder says of this picture">Encoder's q</button>
        <button type="button" data-do="refine" aria-pressed="false" title="The encoder's flow made better for this picture alone, by gradient ascent">Better flow</button>
        <button type="button" data-do="best" aria-pressed="false" title="The Gaussian without correlation that has the highest ELBO">Best Gaussian</button>
      </div>
      ${slider("mean0", "μ₁", "Middle of q along z1")}${slider("mean1", "μ₂", "Middle of q along z2")}
      ${slider("stddev0", "σ₁", "Standard deviation of q along z1")}${slider("stddev1", "σ₂", "Standard deviation of q along z2")}
      <div class="gap">
        <h2>What the encoder's q misses: <output data-number="gap">–</output></h2>
        <div class="bar"><i data-part="amortisation"></i><i data-part="shape"></i></div>
        <p class="parts"><span data-part="amortisation">amortisation <b data-number="amortisation">–</b></span>
          <span data-part="shape">shape <b data-number="shape">–</b></span></p>
        <p class="beside" title="Without correlation; it cannot bend as a flow does">the best Gaussian misses <b data-number="gaussian">–</b></p>
      </div>
      <figure class="whole"><div><canvas class="skeleton" data-role="map" role="img" aria-label="The whole latent space, decoded"></canvas><i></i></div>
        <figcaption></figcaption></figure>
      <p class="problem" role="alert" hidden></p>
    </div>`;
  /** @param {string} selector */
  const part = (selector) => partOf(element, selector, HTMLElement);
  return {
    element,
    ...pictureParts(element),
    decoded: partOf(element, "[data-role=decoded]", HTMLCanvasElement),
    plot: partOf(element, "[data-role=plot]", HTMLCanvasElement),
    encoder: part("[data-do=encoder]"),
    better: part("[data-do=refine]"),
    best: part("[data-do=best]"),
    parts: part(".parts"),
    bar: part(".bar"),
    map: partOf(element, "[data-role=map]", HTMLCanvasElement),
    window: part(".whole i"),
    scale: part(".whole figcaption"),
    /** @param {string} name */
    number: (name) => part(`[data-number=${name}]`),
    /** @param {string} name */
    slider: (name) => partOf(element, `[data-q=${name}]`, HTMLInputElement),
    /** @param {string} name */
    value: (name) => part(`[data-value=${name}]`),
  };
}
