// Several answers, not one: completions side by side, their mean and spread, and which labels they look like.
import { nearestCodes } from "./nearest.js";
import { PictureCanvas, putSheet } from "./paint.js";

const NEIGHBOURS = 10;
const AT_ONCE = 3; // draws whose neighbours are looked for before the browser gets its turn
const VIRIDIS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]]; // prettier-ignore

export class Gallery {
  /**
   * @param {HTMLElement} root of the page
   * @param {import("./batch.js").BatchDecoder} batch
   * @param {{count: number, columns: number, onPick: (draw: number) => void}} options
   */
  constructor(root, batch, { count, columns, onPick }) {
    const part = (role) => root.querySelector(`[data-role=${role}]`);
    Object.assign(this, { root, batch, count, columns, sheet: part("gallery"), frame: root.querySelector(".frame") });
    this.step = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -this.columns, ArrowDown: () => this.columns };
    this.mean = new PictureCanvas(part("mean"));
    this.spread = new PictureCanvas(part("spread"));
    this.bars = root.querySelector(".labels");
    this.sheet.addEventListener("click", ({ clientX, clientY }) => {
      const { left, top, width, height } = this.sheet.getBoundingClientRect();
      const row = Math.floor(((clientY - top) / height) * (count / this.columns));
      onPick(row * this.columns + Math.floor(((clientX - left) / width) * this.columns));
    });
    this.sheet.addEventListener("keydown", ({ key }) => {
      const step = this.step[key]?.();
      if (step) onPick((this.chosen + step + count) % count);
    });
    batch.on("gallery", (sheet, asked) => this.receive(sheet, asked));
  }

  /** @param {object} model @param {object} codes @param {string[]} colours of labels */
  build(model, codes, colours) {
    Object.assign(this, { model, codes, votes: null });
    this.arrange(this.columns);
    this.bars.parentElement.hidden = !model.labels.length;
    this.bars.innerHTML = model.labels
      .map((name, i) => `<span title="${name}"><i style="--colour:${colours[i % colours.length]}"></i><b></b>${name}</span>`)
      .join("");
  }

  /** @param {number} columns in which the answers stand from now on @returns {boolean} whether that is new */
  arrange(columns) {
    const { model, count } = this,
      changed = columns !== this.columns;
    this.columns = columns;
    if (model) {
      const [, height, width] = model.shape;
      this.root.style.setProperty("--sheet", (columns * columns * width) / (count * height));
    }
    return changed;
  }

  /** @param {import("./inpaintcompletion.js").LiveCompletion} completion what is on the screen now */
  ask({ draws, bytes, mask, chosen }) {
    this.pick(chosen);
    const { count, columns } = this;
    this.batch.request("gallery", draws, count, columns, { draws, bytes, mask, columns });
  }

  pick(chosen) {
    this.chosen = chosen;
    const rows = this.count / this.columns;
    Object.assign(this.frame.style, { width: `${100 / this.columns}%`, height: `${100 / rows}%` });
    this.frame.style.translate = `${(chosen % this.columns) * 100}% ${Math.floor(chosen / this.columns) * 100}%`;
  }

  receive(sheet, { draws, bytes, mask, columns }) {
    const { count } = this,
      [channels, height, width] = this.model.shape,
      plane = height * width;
    const mean = new Float32Array(bytes.length),
      square = new Float64Array(bytes.length);
    for (let picture = 0; picture < count; picture++) {
      const left = (picture % columns) * width,
        top = Math.floor(picture / columns) * height;
      for (let i = 0; i < bytes.length; i++) {
        const pixel = i % plane,
          at = 4 * ((top + Math.floor(pixel / width)) * sheet.width + left + (pixel % width));
        for (let c = (i - pixel) / plane; c < (channels === 1 ? 3 : (i - pixel) / plane + 1); c++) {
          if (mask[pixel]) sheet.pixels[at + c] = bytes[i];
        }
        const value = sheet.pixels[at + (i - pixel) / plane];
        mean[i] += value / count;
        square[i] += (value * value) / count;
      }
    }
    putSheet(this.sheet, sheet);
    this.mean.paint(mean, this.model.shape, 1);
    const deviation = square.map((sum, i) => Math.sqrt(Math.max(0, sum - mean[i] * mean[i])) / 255);
    this.spread.paint(inColour(deviation, channels, plane, this.model.mostSpread), [3, height, width], 1);
    this.vote(draws);
  }

  /** What each draw's nearest codes say, a few at a time; a newer set of draws takes over. */
  vote(draws) {
    if (!this.model.labels.length || !this.codes) return;
    const votes = new Uint16Array(this.model.labels.length),
      dim = this.model.latentDim;
    this.counted = draws;
    const some = (from) => {
      if (this.counted !== draws) return;
      for (let i = from; i < Math.min(from + AT_ONCE, this.count); i++) {
        votes[labelOf(this.codes, draws.subarray(i * dim, (i + 1) * dim), votes.length)] += 1;
      }
      if (from + AT_ONCE < this.count) return setTimeout(some, 0, from + AT_ONCE);
      this.show(votes);
    };
    clearTimeout(this.soon);
    this.soon = setTimeout(some, 60, 0); // while the hand moves, each new hole puts it off
  }

  show(votes) {
    this.votes = Array.from(votes);
    this.bars.querySelectorAll("span").forEach((bar, i) => {
      bar.firstElementChild.style.setProperty("--share", votes[i] / this.count);
      bar.children[1].textContent = votes[i] || "";
    });
    const said = this.votes.map((vote, i) => [vote, this.model.labels[i]]).filter(([vote]) => vote);
    this.bars.setAttribute("aria-label", said.map(([vote, name]) => `${vote} look like ${name}`).join(", "));
  }
}

/** The label that most of the codes nearest to z have. */
function labelOf(codes, z, labels) {
  const counts = new Uint8Array(labels);
  for (const { index } of nearestCodes(codes.mean, z, NEIGHBOURS)) counts[codes.labels[index]] += 1;
  return counts.indexOf(Math.max(...counts));
}

/** Deviations (C, H, W), averaged over channels, as colours (3, H, W) of bytes. */
function inColour(deviation, channels, plane, most) {
  const colours = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    let value = 0;
    for (let c = 0; c < channels; c++) value += deviation[c * plane + pixel] / channels;
    const place = Math.min(1, value / most) * (VIRIDIS.length - 1),
      below = Math.min(VIRIDIS.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) {
      const low = VIRIDIS[below][c];
      colours[c * plane + pixel] = low + (place - below) * (VIRIDIS[below + 1][c] - low);
    }
  }
  return colours;
}
