// What the Interpolate page shows of the present way of walking: tabs, ends, captions, and the paths on the map.
import { rowOf } from "./codes.js";
import { fitWindow } from "./frame.js";
import { sampled, steps } from "./path.js";
import { latentProjection, neighbourProjection, pcaProjection } from "./projection.js";
import { fetchJSON, loadPlotly } from "./runtime.js";
import { Choosing } from "./choosing.js";
import { themeColours } from "./theme.js";
import { ROWS } from "./walk.js";
import { MAPS, MODES, PATHS } from "./walklayout.js";

const DRAWN = 33; // points of a path on the map

export class WalkView extends Choosing {
  /** What there is to choose from with this model. */
  offer(model) {
    const { kinds, maps } = this.parts;
    kinds.replaceChildren(new Option("A sample of …", ""), ...model.labels.map((name, label) => new Option(`a ${name}`, label)));
    kinds.hidden = !model.labels.length;
    const title = (name) => (name === "latent" && model.latentDim === 2 ? "z₁ and z₂" : MAPS[name]);
    maps.replaceChildren(...["latent", ...model.projections].map((name) => new Option(title(name), name)));
  }

  /** The tabs, the slider's range and the strip's rows of the present way of walking. */
  modeChanged() {
    const { root, slider, frames } = this.parts;
    root.dataset.mode = this.mode;
    for (const tab of root.querySelectorAll("[role=tab]")) tab.setAttribute("aria-selected", tab.dataset.mode === this.mode);
    [slider.min, slider.max] = this.range;
    frames.value = this.frames;
    this.film = null;
    this.buildStrip();
    this.groups.say(this.direction?.key === this.groupsKey ? this.direction : null);
    this.showEnds();
  }

  buildStrip() {
    const rows = ROWS[this.mode].map((name) => ({ name, ...PATHS[name] }));
    this.strip.build(rows, this.frames, this.model.shape);
    this.root.style.setProperty("--rows", rows.length);
  }

  showEnds() {
    this.endsView.show(this.mode, this.ends, this.ringed, this.model.shape);
    const label = this.labelOf(this.ends[this.ringed]);
    this.root.querySelector("[data-do=another]").textContent = label === undefined ? "Another" : `Another ${this.model.labels[label]}`;
    this.parts.kinds.value = "";
    this.parts.hint.textContent = this.originalsMissing
      ? `Ends are the stored codes, decoded. ${this.originalsMissing}` : MODES.find(([name]) => name === this.mode)[2] + ". Click the map to set the ringed picture.";
    const captions = { walk: "Cross-fade of the pixels", arithmetic: "The same sum of pixels", direction: "" };
    this.parts.mixed.hidden = this.mode === "direction";
    this.parts.mixed.querySelector("figcaption").textContent = captions[this.mode];
    this.caption();
  }

  caption() {
    const waiting = this.mode === "walk" && this.path === "data" && !this.paths?.data;
    this.say(waiting ? "Looking for the way along the data" : this.mode === "walk" ? `Decoded, ${PATHS[this.path].title.toLowerCase()} path`
      : this.mode === "arithmetic" ? "c + t (a − b), decoded" : "The picture + t times the direction, decoded");
  }

  say(text) {
    this.parts.hero.querySelector("figcaption").textContent = text;
  }

  chooseMode(mode) {
    if (mode === this.mode) return;
    this.player.pause();
    this.mode = mode;
    this.fillEnds();
    this.t = mode === "direction" ? 0 : mode === "arithmetic" ? 1 : 0;
    this.modeChanged();
    this.endsChanged();
  }

  choosePath(name) {
    if (this.mode !== "walk" || name === this.path) return;
    this.path = name;
    this.caption();
    this.drawCurves();
    this.map.drawOverlay();
    this.present();
    this.commit();
  }

  goTo(share) {
    this.player.pause();
    this.move(this.range[0] + share * (this.range[1] - this.range[0]), performance.now());
  }

  /** One frame of the strip on or back: what a clicker does. */
  step(by) {
    const at = Math.round(this.share * (this.frames - 1)) + by;
    this.goTo(Math.min(1, Math.max(0, at / (this.frames - 1))));
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.commit(), 300); // one message for a run of key presses
  }

  nudge(share) {
    this.goTo(Math.min(1, Math.max(0, this.share + share)));
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.commit(), 300);
  }

  chooseFrames(count) {
    this.frames = count;
    this.film = null;
    this.buildStrip();
    this.requestStrip();
    this.follow();
    this.commit();
  }

  async drawMap(model, url, name) {
    this.drawnMap = url;
    const [figure, Plotly] = await Promise.all([fetchJSON(url), loadPlotly(this.files.plotly)]);
    if (this.drawnMap !== url) return;
    const { mean, pca, umap } = this.codes, dim = model.latentDim;
    const order = model.dimensions.map(({ index }) => index), axes = dim === 2 ? [0, 1] : order.slice(0, 2);
    this.parts.maps.value = this.mapName = name;
    this.projection = name === "latent" ? latentProjection(mean, dim, axes)
      : name === "pca" ? pcaProjection(pca, model.pca.components, model.pca.mean) : neighbourProjection(umap, mean, dim);
    await this.map.draw(Plotly, figure, themeColours(this.root), { axes: `${model.name} ${name}`, labels: model.name });
    this.drawPaths();
    this.follow();
  }

  /** Find the places of the paths and their ends on the map. */
  drawPaths() {
    if (!this.projection || !this.paths) return;
    const place = (z) => this.projection.place(z), times = steps(...this.range, DRAWN), dim = this.model.latentDim;
    this.traces = Object.fromEntries(Object.entries(this.paths).filter(([, path]) => path).map(([name, path]) => {
      const block = sampled(path, times, dim);
      return [name, times.map((_, i) => place(rowOf(block, dim, i)))];
    }));
    this.spots = this.ends.map(({ z, row }) => (row === null ? place(z) : Array.from(rowOf(this.projection.points, 2, row))));
    this.map.drawOverlay();
  }

  /** Below the cursor of the map: every path in its colour, the walked one broad, the ends in order. */
  paintPaths(context, pixel) {
    if (!this.traces) return;
    const style = getComputedStyle(this.root), ground = this.colours.ground;
    const names = Object.keys(this.traces).sort((a, b) => (a === this.chosen) - (b === this.chosen));
    for (const name of names) {
      const chosen = name === this.chosen;
      for (const [colour, width] of [[ground, chosen ? 6 : 4], [style.getPropertyValue(`--path-${name}`), chosen ? 3 : 1.5]]) {
        context.beginPath();
        for (const spot of this.traces[name]) context.lineTo(...pixel(spot));
        Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round" });
        context.stroke();
      }
    }
    this.spots.forEach((spot, i) => {
      const [x, y] = pixel(spot), name = this.mode === "arithmetic" ? "abc"[i] : `${i + 1}`;
      context.beginPath();
      context.arc(x, y, 9, 0, 2 * Math.PI);
      Object.assign(context, { fillStyle: ground, strokeStyle: this.colours.ink, lineWidth: 2 });
      context.fill();
      context.stroke();
      Object.assign(context, { fillStyle: this.colours.ink, font: `600 11px ${this.colours.font}`, textAlign: "center", textBaseline: "middle" });
      context.fillText(name, x, y);
    });
  }

  /** A drag draws a lasso on the map, or no longer. @returns {boolean} whether it does */
  drawLassos() {
    const { plot, Plotly } = this.map, on = plot._fullLayout?.dragmode !== "lasso";
    this.dragged ??= plot._fullLayout?.dragmode;
    Plotly?.relayout(plot, { dragmode: on ? "lasso" : this.dragged });
    return on;
  }

  /** Codes inside a lasso: a group of the direction. */
  lassoed(points) {
    const { labels } = this.codes, byLabel = labels && this.model.labels.length;
    const rowsOf = new Map(); // trace -> rows of the codes, in the figure's order
    const rows = (points ?? []).map(({ curveNumber, pointIndex }) => {
      if (!byLabel) return pointIndex;
      if (!rowsOf.has(curveNumber)) rowsOf.set(curveNumber, Array.from(labels.keys()).filter((row) => labels[row] === curveNumber));
      return rowsOf.get(curveNumber)[pointIndex];
    });
    this.groups.lasso(rows.length ? rows : null);
    this.parts.where.textContent = rows.length ? `${rows.length} codes lassoed${this.mode === "direction" ? "" : ": groups for a direction"}` : "";
  }

  /** How much of the window is left for us: the page is as high as what the frame leaves. */
  measure() {
    fitWindow(this.root);
    const colours = themeColours(this.root), same = JSON.stringify(colours) === JSON.stringify(this.colours);
    if (same) return;
    this.colours = colours;
    this.map.recolour(colours);
  }
}
