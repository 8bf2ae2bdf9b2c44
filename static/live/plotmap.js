// The map of codes: Plotly draws the points once; the cursor and the pin live on a canvas of their own above them,
// so that following the hand never redraws a point.

import { cross, ring } from "./marks.js";
import { reachable } from "./plotkeys.js";
import { emptied } from "./surface.js";

const CLICK_PIXELS = 4; // a press that moves further than this is a pan
const NEAR_PIXELS = 6; // a click this close to a point means the point

export class PlotMap {
  /**
   * @param {HTMLElement} host
   * @param {{onHover: (x: number, y: number, time: number) => void, onLeave: () => void,
   *   onClick: (x: number, y: number, radius: number) => void, onReset: () => void,
   *   onStep?: (across: number, up: number) => void,
   *   onSelect: (points: object[] | null) => void}} handlers
   */
  constructor(host, handlers) {
    this.host = host;
    this.handlers = handlers;
    host.innerHTML = '<div class="plot"></div><canvas class="overlay"></canvas>';
    [this.plot, this.overlay] = host.children;
    this.marks = { shown: null, pinned: null }; // spots in the map's own units
    this.hidden = new Set(); // labels switched off in the legend
    this.underlay = (context, pixel) => {}; // a page's own drawing under the marks; pixel: spot -> [x, y]
    new ResizeObserver(() => this.resize()).observe(host);
    Object.assign(host, { tabIndex: 0, role: "application", ariaLabel: "The map: arrow keys move z over it" });
    this.listen();
  }

  /**
   * @param {any} Plotly
   * @param {{data: object[], layout: object}} figure as Python built it
   * @param {Record<string, any>} colours of the theme
   * @param {{axes: string, labels: string}} [sameAs] while `axes` stays the same the zoom is kept, while `labels` does
   *   what the legend switched off is
   */
  async draw(Plotly, figure, colours, sameAs = this.sameAs) {
    Object.assign(this, { Plotly, figure, colours, sameAs });
    const config = {
      responsive: false, displaylogo: false, scrollZoom: true, doubleClick: "reset", showTips: false,
      modeBarButtons: [["pan2d", "zoom2d", "lasso2d", "resetScale2d", "toImage"]],
      toImageButtonOptions: { format: "png", scale: 2, filename: `map-${sameAs.labels}` },
    };
    const first = !this.plot._fullLayout, touch = matchMedia("(pointer: coarse)").matches;
    const layout = themed(figure.layout, colours);
    Object.assign(layout, { width: this.host.clientWidth, height: this.host.clientHeight, uirevision: sameAs.axes });
    layout.legend = { ...layout.legend, uirevision: sameAs.labels };
    if (touch) layout.dragmode = false; // a finger decodes what is under it
    const data = hasWebGL() ? figure.data : figure.data.map((trace) => ({ ...trace, type: "scatter" }));
    await Plotly.react(this.plot, data, layout, config);
    if (first) this.listenToPlotly();
    reachable(this.plot, Plotly);
    this.legendChanged();
    this.drawOverlay();
  }

  /** The theme changed: the same figure in other colours. */
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

  /** The spot under a pointer, in the map's units; null outside the axes. */
  spot(event) {
    const layout = this.plot._fullLayout;
    if (!layout) return null;
    const box = this.plot.getBoundingClientRect(), { xaxis, yaxis } = layout;
    const left = event.clientX - box.left - xaxis._offset, top = event.clientY - box.top - yaxis._offset;
    if (left < 0 || top < 0 || left > xaxis._length || top > yaxis._length) return null;
    return { x: xaxis.p2d(left), y: yaxis.p2d(top), unitsPerPixel: Math.abs(xaxis.p2d(1) - xaxis.p2d(0)) };
  }

  listen() {
    const beside = (event) => event.target.closest?.(".modebar, .legend");
    this.host.addEventListener("pointermove", (event) => {
      if (event.buttons && event.pointerType === "mouse") return; // a pan, a zoom or a lasso is going on
      const spot = beside(event) ? null : this.spot(event);
      if (spot) this.handlers.onHover(spot.x, spot.y, performance.now());
      else this.handlers.onLeave();
    });
    this.host.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      const layout = this.plot._fullLayout;
      if (!way || !layout || event.target !== this.host) return;
      event.preventDefault();
      const step = (event.shiftKey ? 40 : 8) * Math.abs(layout.xaxis.p2d(1) - layout.xaxis.p2d(0));
      this.handlers.onStep?.(way[0] * step, way[1] * step);
    });
    // After a tap a browser plays a mouse click, which Plotly would take for the second tap of two.
    this.host.addEventListener("touchend", (event) => beside(event) || !event.cancelable || event.preventDefault(), true);
    this.host.addEventListener("pointerleave", (event) => event.buttons || this.handlers.onLeave());
    this.host.addEventListener("pointerdown", (press) => {
      if (press.button || beside(press)) return;
      // Plotly covers the page while a button is down, so what follows is heard by the document.
      let moved = false;
      const move = ({ clientX, clientY }) => {
        moved ||= Math.hypot(clientX - press.clientX, clientY - press.clientY) > CLICK_PIXELS;
      };
      document.addEventListener("pointermove", move, true);
      document.addEventListener("pointerup", (release) => {
        document.removeEventListener("pointermove", move, true);
        const spot = moved ? null : this.spot(release);
        const reach = release.pointerType === "mouse" ? NEAR_PIXELS : 2 * NEAR_PIXELS;
        if (spot) this.handlers.onClick(spot.x, spot.y, reach * spot.unitsPerPixel);
      }, { once: true, capture: true });
    }, true);
  }

  listenToPlotly() {
    for (const name of ["plotly_relayout", "plotly_relayouting", "plotly_redraw"]) {
      this.plot.on(name, () => this.drawOverlay());
    }
    this.plot.on("plotly_afterplot", () => reachable(this.plot, this.Plotly));
    this.plot.on("plotly_doubleclick", () => {
      this.deselect();
      this.handlers.onReset();
    });
    this.plot.on("plotly_restyle", () => this.legendChanged());
    this.plot.on("plotly_selected", (event) => this.handlers.onSelect(event?.points?.length ? event.points : null));
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
    const off = this.plot._fullData.filter(({ visible }) => visible === "legendonly");
    this.hidden = new Set(off.map(({ name }) => name));
    const before = this.plot.layout.annotations ?? [];
    const annotations = before.map((name) => ({ ...name, visible: !this.hidden.has(name.name) }));
    if (annotations.some(({ visible }, i) => visible !== (before[i].visible ?? true))) {
      this.Plotly.relayout(this.plot, { annotations });
    }
  }

  /**
   * @param {"shown" | "pinned"} which
   * @param {[number, number] | null} spot in the map's units
   */
  mark(which, spot) {
    this.marks[which] = spot;
    this.drawOverlay();
  }

  drawOverlay() {
    const layout = this.plot._fullLayout;
    if (!layout) return;
    const { context } = emptied(this.overlay, layout.width, layout.height), { xaxis, yaxis } = layout;
    context.beginPath();
    context.rect(xaxis._offset, yaxis._offset, xaxis._length, yaxis._length);
    context.save();
    context.clip();
    const pixel = ([x, y]) => [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
    const { ink, ground, accent } = this.colours ?? {};
    this.underlay(context, pixel);
    if (this.marks.pinned) ring(context, pixel(this.marks.pinned), 7, accent, ground);
    if (this.marks.shown) cross(context, pixel(this.marks.shown), ink, ground);
    context.restore();
  }
}

function hasWebGL() {
  return Boolean(document.createElement("canvas").getContext("webgl"));
}

/** Python's figures carry no colours of the page: they get those of the theme that is on. */
function themed(layout, { ink, faint, ground, line, font, size }) {
  const axis = (own) => ({ ...own, color: faint, gridcolor: line, zerolinecolor: line });
  return {
    ...layout, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: ink, family: font, size },
    xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis),
    modebar: { color: faint, activecolor: ink, bgcolor: "rgba(0,0,0,0)", orientation: "v" },
    annotations: (layout.annotations ?? []).map((a) => ({ ...a, bgcolor: ground, font: { ...a.font, color: ink } })),
  };
}
