// The map of codes: Plotly draws the points once; the cursor and the pin live on a canvas of their own above them,
// so that following the hand never redraws a point.
import { cross, ring } from "./marks.js";
import { listenToHand } from "./map_hand.js";
import { reachable } from "./map_keys.js";
import { codesFigure } from "./codes_figure.js";
import { RANGE, configFor, plain, themed, zoomOf } from "./map_figure.js";
import { projectionFor } from "../math/projection.js";
import { emptied } from "../kit/canvas.js";
import { partOf } from "../kit/part.js";

export class PlotMap {
  /** @type {any} */
  Plotly = null; // once it is there
  /** @type {import("./codes_figure.js").Figure | null} */
  figure = null; // what is drawn
  /** @type {Record<string, any> | null} */
  colours = null; // of the theme
  sameAs = { axes: "", labels: "" }; // while they stay the same, the zoom and what the legend hides do, too
  /** @type {import("./map_figure.js").Zoom | null} */
  zoom = null; // what a hand made of the axes
  /** @type {import("../math/projection.js").Projection | null} */
  projection = null; // of the codes that are drawn
  /** @type {{codes: object, place: string, colour: string} | null} */
  drawn = null; // the codes, where they lie, and what their colours mean
  /** @type {{shown: number[] | null, pinned: number[] | null}} */
  marks = { shown: null, pinned: null }; // spots in the map's own units
  /** @type {Set<string>} */
  hidden = new Set(); // labels switched off in the legend
  /** @type {(context: CanvasRenderingContext2D, pixel: (spot: number[]) => [number, number]) => void} */
  underlay = () => {}; // a page's own drawing under the marks

  /** @param {HTMLElement} host @param {import("./map_hand.js").MapHandlers} handlers */
  constructor(host, handlers) {
    this.host = host;
    this.handlers = handlers;
    host.innerHTML = '<div class="plot"></div><canvas class="overlay"></canvas>';
    /** @type {any} */
    this.plot = partOf(host, ".plot", HTMLElement); // Plotly writes what it drew into it
    this.overlay = partOf(host, ".overlay", HTMLCanvasElement);
    new ResizeObserver(() => this.resize()).observe(host);
    Object.assign(host, { tabIndex: 0, role: "application", ariaLabel: "The map: arrow keys move z over it" });
    this.takeFingers = listenToHand(this);
  }

  /**
   * Draw the codes as `view` asks for them; what is drawn so already stays as it is. `projection` is the new one at once.
   * @param {any} Plotly
   * @param {import("../engine/codes.js").Codes} codes
   * @param {import("./codes_figure.js").MappedModel} model
   * @param {Pick<import("./toolbar.js").View, "projection" | "axes" | "colour">} view
   * @param {Record<string, any>} colours of the theme
   * @param {boolean} [legend] whether there is room for one
   * @returns {Promise<boolean>} whether there was anything to draw
   */
  async drawCodes(Plotly, codes, model, view, colours, legend = true) {
    const { drawn } = this,
      { projection, axes, colour } = view;
    const place = projection === "latent" ? `latent ${axes}` : projection;
    if (drawn?.codes === codes && drawn.place === place && drawn.colour === colour) return false;
    const there = drawn?.codes === codes && drawn.place === place ? this.projection : null;
    this.projection = there ?? projectionFor(codes, model, view);
    this.drawn = { codes, place, colour };
    const figure = codesFigure(codes, model, view, this.projection.points, legend);
    try {
      await this.draw(Plotly, figure, colours, { axes: `${model.name} ${place}`, labels: model.name });
      return true;
    } catch (error) {
      this.drawn = null;
      throw error;
    }
  }

  /**
   * @param {any} Plotly
   * @param {import("./codes_figure.js").Figure} figure
   * @param {Record<string, any>} colours of the theme
   * @param {{axes: string, labels: string}} [sameAs] while `axes` stays the same the zoom is kept, while `labels` does
   *   what the legend switched off is
   */
  async draw(Plotly, figure, colours, sameAs = this.sameAs) {
    if (sameAs.axes !== this.sameAs.axes) this.zoom = null;
    Object.assign(this, { Plotly, figure, colours, sameAs });
    const first = !this.plot._fullLayout;
    const layout = themed(figure.layout, colours);
    Object.assign(layout, { width: this.host.clientWidth, height: this.host.clientHeight, uirevision: sameAs.axes });
    layout.legend = { ...layout.legend, uirevision: sameAs.labels };
    for (const [axis, range] of Object.entries(this.zoom ?? {})) layout[axis] = { ...layout[axis], range };
    if (matchMedia("(pointer: coarse)").matches) layout.dragmode = false; // a finger decodes what is under it
    const data = figure.data.map(plain);
    await Plotly.react(this.plot, data, layout, configFor(sameAs.labels));
    this.host.classList.remove("skeleton");
    if (first) this.listenToPlotly();
    reachable(this.plot, Plotly);
    this.legendChanged();
    this.drawOverlay();
  }

  /** The theme changed: the same figure in other colours. @param {Record<string, any>} colours */
  recolour(colours) {
    if (this.figure) this.draw(this.Plotly, this.figure, colours);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.plot._fullLayout || !width || !height) return;
    const now = this.plot._fullLayout;
    if (now.width === width && now.height === height) return;
    this.Plotly.relayout(this.plot, { width, height }).then(() => this.drawOverlay());
  }

  /**
   * The spot under a pointer, in the map's units; null outside the axes.
   * @param {PointerEvent} event
   * @returns {{x: number, y: number} | null}
   */
  spot(event) {
    const layout = this.plot._fullLayout;
    if (!layout) return null;
    const box = this.plot.getBoundingClientRect(),
      { xaxis, yaxis } = layout;
    const left = event.clientX - box.left - xaxis._offset,
      top = event.clientY - box.top - yaxis._offset;
    if (left < 0 || top < 0 || left > xaxis._length || top > yaxis._length) return null;
    return { x: xaxis.p2d(left), y: yaxis.p2d(top) };
  }

  /** @returns {number} the map's units in a pixel of the window; 0 before the first drawing */
  unitsPerPixel() {
    const axis = this.plot._fullLayout?.xaxis;
    return axis ? Math.abs(axis.p2d(1) - axis.p2d(0)) : 0;
  }

  listenToPlotly() {
    for (const name of ["plotly_relayout", "plotly_relayouting", "plotly_redraw"]) {
      this.plot.on(name, () => this.drawOverlay());
    }
    this.plot.on("plotly_relayout", (/** @type {Record<string, any>} */ changes) => {
      if (changes.dragmode === "lasso") this.takeFingers();
      if (Object.keys(changes).some((name) => RANGE.test(name))) this.zoom = zoomOf(this.plot._fullLayout);
    });
    this.plot.on("plotly_afterplot", () => reachable(this.plot, this.Plotly));
    this.plot.on("plotly_doubleclick", () => {
      this.deselect();
      this.handlers.onReset();
    });
    this.plot.on("plotly_restyle", () => this.legendChanged());
    this.plot.on("plotly_selected", (/** @type {any} */ event) =>
      this.handlers.onSelect(event?.points?.length ? event.points : null),
    );
    this.plot.on("plotly_deselect", () => this.handlers.onSelect(null));
  }

  /** The lasso lets go of what it caught. */
  deselect() {
    if (!this.plot.layout.selections?.length) return;
    this.Plotly.update(this.plot, { selectedpoints: null }, { selections: [] });
    this.handlers.onSelect(null);
  }

  /** Labels that are switched off lose their name on the map, too. */
  legendChanged() {
    /** @type {Record<string, any>[]} */
    const traces = this.plot._fullData,
      before = /** @type {Record<string, any>[]} */ (this.plot.layout.annotations ?? []);
    const off = traces.filter(({ visible }) => visible === "legendonly");
    this.hidden = new Set(off.map(({ meta, name }) => meta ?? name));
    const annotations = before.map((name) => ({ ...name, visible: !this.hidden.has(name.name) }));
    if (annotations.some(({ visible }, i) => visible !== (before[i].visible ?? true))) {
      this.Plotly.relayout(this.plot, { annotations });
    }
  }

  /**
   * @param {"shown" | "pinned"} which
   * @param {number[] | null} spot in the map's units
   */
  mark(which, spot) {
    this.marks[which] = spot;
    this.drawOverlay();
  }

  drawOverlay() {
    const layout = this.plot._fullLayout;
    if (!layout) return;
    const { context } = emptied(this.overlay, layout.width, layout.height),
      { xaxis, yaxis } = layout;
    context.beginPath();
    context.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    context.save();
    context.clip();
    /** @param {number[]} spot @returns {[number, number]} */
    const pixel = ([x, y]) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
    const { ink, ground, accent } = this.colours ?? {};
    this.underlay(context, pixel);
    if (this.marks.pinned) ring(context, pixel(this.marks.pinned), 7, accent, ground);
    if (this.marks.shown) cross(context, pixel(this.marks.shown), ink, ground);
    context.restore();
  }
}
