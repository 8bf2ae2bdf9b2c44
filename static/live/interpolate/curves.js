// Evidence along a path: small curves with one cursor at the present t, and the present number beside each.
import { partOf } from "../kit/part.js";
import { significant } from "../kit/numbers.js";

const WIDTH = 100,
  HEIGHT = 40; // of a curve's own coordinates; it is stretched to its place

/**
 * @typedef {object} Measure
 * @property {string} name
 * @property {string} title
 * @property {string} help one sentence
 */
/** @typedef {{values: ArrayLike<number>, path: string, chosen: boolean}} Line values evenly spaced in t */

export class Curves {
  /** @type {Map<string, Curve>} by the name of their measure */
  curves = new Map();

  /**
   * @param {HTMLElement} host
   * @param {Measure[]} measures
   * @param {{onPick: (share: number) => void}} handlers a click on a curve goes to that t
   */
  constructor(host, measures, { onPick }) {
    for (const measure of measures) this.curves.set(measure.name, new Curve(measure, onPick));
    host.replaceChildren(...Array.from(this.curves.values(), ({ row }) => row));
  }

  /**
   * @param {string} name of the measure
   * @param {Line[]} lines the last one above the others
   * @param {[number, number]} [band] a range to shade, in the measure's unit
   */
  plot(name, lines, band) {
    this.curves.get(name)?.plot(lines, band);
  }

  /**
   * @param {number} share where on the path, 0 to 1
   * @param {Record<string, string>} numbers the present value of each measure, in words
   */
  show(share, numbers) {
    for (const [name, curve] of this.curves) curve.show(share, numbers[name]);
  }
}

class Curve {
  /** @param {Measure} measure @param {(share: number) => void} onPick */
  constructor({ name, title, help }, onPick) {
    this.row = document.createElement("div");
    this.row.className = "curve";
    this.row.dataset.measure = name;
    this.row.innerHTML = `
      <details><summary>${title}<output></output></summary><p>${help}</p></details>
      <div class="plot-area skeleton"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img"></svg><i hidden></i>
        <small class="top"></small><small class="bottom"></small></div>`;
    this.output = partOf(this.row, "output", HTMLElement);
    this.svg = partOf(this.row, "svg", SVGSVGElement);
    this.cursor = partOf(this.row, "i", HTMLElement);
    this.top = partOf(this.row, ".top", HTMLElement);
    this.bottom = partOf(this.row, ".bottom", HTMLElement);
    this.svg.setAttribute("aria-label", `${title} along t`);
    const area = (this.area = partOf(this.row, ".plot-area", HTMLElement));
    /** @param {MouseEvent} event */
    const pick = ({ clientX }) => {
      const box = area.getBoundingClientRect();
      onPick(Math.min(1, Math.max(0, (clientX - box.left) / box.width)));
    };
    area.addEventListener("pointerdown", (event) => event.pointerType !== "touch" && pick(event));
    area.addEventListener("click", pick); // what a finger presses may become a swipe of the page
    area.addEventListener("pointermove", (event) => event.buttons && pick(event));
  }

  /** @param {Line[]} lines @param {[number, number]} [band] */
  plot(lines, band) {
    let [low, high] = band ?? [0, 0];
    this.area.classList.remove("skeleton");
    for (const { values } of lines) {
      for (let i = 0; i < values.length; i++) {
        if (band) low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
      }
    }
    this.bottom.textContent = significant(low);
    this.top.textContent = significant(high);
    high = high > low ? high + 0.06 * (high - low) : low + 1;
    if (band) low -= 0.06 * (high - low);
    /** @param {number} value */
    const y = (value) => (HEIGHT * (high - value)) / (high - low);
    const shade = band
      ? `<rect class="band" x="0" width="${WIDTH}" y="${y(band[1])}" height="${y(band[0]) - y(band[1])}"/>`
      : "";
    const polylines = lines.map(({ values, path, chosen }) => {
      const points = Array.from(
        values,
        (value, i) => `${((WIDTH * i) / (values.length - 1)).toFixed(2)},${y(value).toFixed(2)}`,
      );
      return `<polyline class="${chosen ? "chosen" : ""}" data-path="${path}" points="${points.join(" ")}"/>`;
    });
    this.svg.innerHTML = shade + polylines.join("");
  }

  /** @param {number} share @param {string} [text] */
  show(share, text = "–") {
    this.cursor.hidden = false;
    this.cursor.style.left = `${(100 * share).toFixed(2)}%`;
    if (this.output.textContent !== text) this.output.textContent = text;
  }
}
