// Evidence along a path: small curves with one cursor at the present t, and the present number beside each.
import { figure } from "./sliders.js";

const WIDTH = 100, HEIGHT = 40; // of a curve's own coordinates; it is stretched to its place

/**
 * @typedef {object} Measure
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {string} help one sentence
 */

export class Curves {
  /**
   * @param {HTMLElement} host
   * @param {Measure[]} measures
   * @param {{onPick: (share: number) => void}} handlers a click on a curve goes to that t
   */
  constructor(host, measures, handlers) {
    this.rows = new Map();
    host.replaceChildren(...measures.map((measure) => {
      const row = document.createElement("div");
      row.className = "curve";
      row.dataset.measure = measure.name;
      row.innerHTML = `
        <details><summary>${measure.title}<output></output></summary><p>${measure.help}</p></details>
        <div class="plot-area"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img"></svg><i hidden></i>
          <small class="top"></small><small class="bottom"></small></div>`;
      const area = row.querySelector(".plot-area");
      row.querySelector("svg").setAttribute("aria-label", `${measure.title} along t`);
      area.addEventListener("pointerdown", (event) => this.follow(event, area, handlers));
      area.addEventListener("pointermove", (event) => event.buttons && this.follow(event, area, handlers));
      this.rows.set(measure.name, {
        measure, output: row.querySelector("output"), svg: row.querySelector("svg"), cursor: row.querySelector("i"),
        top: row.querySelector(".top"), bottom: row.querySelector(".bottom"), shown: "",
      });
      return row;
    }));
  }

  follow(event, area, { onPick }) {
    const box = area.getBoundingClientRect();
    onPick(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  }

  /**
   * @param {string} name of the measure
   * @param {{values: ArrayLike<number>, path: string, chosen: boolean}[]} lines evenly spaced in t
   * @param {[number, number]} [band] a range to shade, in the measure's unit
   */
  draw(name, lines, band) {
    const { svg, top, bottom } = this.rows.get(name);
    let high = 0, low = Infinity;
    for (const { values } of lines) for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    if (band) [low, high] = [Math.min(low, band[0]), Math.max(high, band[1])];
    low = band ? low : 0;
    const ends = [figure(low), name === "within" ? String(high) : figure(high)];
    high = high > low ? high + 0.06 * (high - low) : low + 1;
    if (band) low -= 0.06 * (high - low);
    const y = (value) => (HEIGHT * (high - value)) / (high - low);
    const shade = band ? `<rect class="band" x="0" width="${WIDTH}" y="${y(band[1])}" height="${y(band[0]) - y(band[1])}"/>` : "";
    svg.innerHTML = shade + lines.map(({ values, path, chosen }) => {
      const points = Array.from(values, (value, i) => `${((WIDTH * i) / (values.length - 1)).toFixed(2)},${y(value).toFixed(2)}`);
      return `<polyline class="${chosen ? "chosen" : ""}" data-path="${path}" points="${points.join(" ")}"/>`;
    }).join("");
    [bottom.textContent, top.textContent] = ends;
  }

  /** Nothing is known of the path yet. */
  clear() {
    for (const { svg } of this.rows.values()) svg.innerHTML = "";
  }

  /**
   * @param {number} share where on the path, 0 to 1
   * @param {Record<string, string>} numbers the present value of each measure, in words
   */
  show(share, numbers) {
    for (const [name, row] of this.rows) {
      row.cursor.hidden = false;
      row.cursor.style.left = `${(100 * share).toFixed(2)}%`;
      const text = numbers[name] ?? "–";
      if (row.shown !== text) row.output.textContent = row.shown = text;
    }
  }
}
