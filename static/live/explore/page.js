// The Explore page: one state, the present z, which the map, the sliders, the traversals and the grids show and move.
import { Jobs } from "../engine/jobs.js";
import { Sheets } from "../engine/sheets.js";
import { mounting } from "../kit/mount.js";
import { PlotMap } from "../parts/map.js";
import { Readout } from "../parts/readout.js";
import { firstRest } from "../kit/rest.js";
import { Sliders } from "../parts/sliders.js";
import { Toolbar } from "../parts/toolbar.js";
import { bindActions } from "./controls.js";
import { click, commit, go, hover, leave, move, step, undoClick } from "./gestures.js";
import { explorePage } from "./layout.js";
import { Manifold } from "./manifold.js";
import { drawPrior, drawnPrior } from "./prior.js";
import { drawMap, update } from "./opening.js";
import { PriorSamples } from "./samples.js";
import { Stage } from "./stage.js";
import { exploration } from "./state.js";
import { Traversals } from "./traversals.js";
import { measure, showSelected } from "./view.js";

export const mount = mounting([], explore);

/** @param {import("../engine/model.js").Files} files @returns {import("../kit/mount.js").Page} */
function explore(files) {
  const { root, hosts } = explorePage();
  const stage = new Stage(hosts.stage, () => state.call("originals", true)),
    sheets = new Sheets(new Jobs(files)),
    readout = new Readout(hosts.readout),
    { decoder } = stage;
  /** @param {Float32Array} z */
  const pick = (z) => go(state, z);
  /** @type {import("./state.js").Exploration} */
  const state = exploration(files, root, hosts, {
    stage,
    decoder,
    readout,
    sheets,
    sliders: new Sliders(hosts.sliders, { onInput: (z, time) => move(state, z, time), onChange: () => commit(state) }),
    traversals: new Traversals(hosts.traversals, sheets, pick),
    manifold: new Manifold(hosts.manifold, sheets, pick),
    samples: new PriorSamples(hosts.samples, sheets, pick),
    toolbar: new Toolbar(hosts.toolbar, (view) => {
      state.view = view;
      state.persist("map", () => drawMap(state));
      commit(state);
    }),
    map: new PlotMap(hosts.map, {
      onHover: (x, y, time) => hover(state, x, y, time),
      onLeave: () => leave(state),
      onClick: (x, y, radius) => click(state, x, y, radius),
      onReset: () => undoClick(state),
      onStep: (across, up) => step(state, across, up),
      onSelect: (points) => showSelected(state, /** @type {{data: {name?: string}}[] | null} */ (points)),
    }),
  });
  state.parts.map.underlay = (context, pixel) => {
    const mixture = drawnPrior(state);
    if (mixture) drawPrior(context, mixture, state.view.axes, pixel, state.parts.map.colours?.ink);
  };
  readout.wanted = firstRest(); // one number needs the encoder: whoever only looks need not fetch it
  decoder.onPainted = () => {
    if (decoder.z && decoder.lastPicture) readout.follow(decoder.z, decoder.lastPicture);
  };
  bindActions(state);
  Object.assign(root, { __live: decoder }); // tests read lastPicture, z, inputs and pictures here
  return Object.assign(state, {
    /** @param {import("./state.js").Arriving} data @param {import("../kit/arrival.js").Attempt} attempt */
    update: (data, attempt) => update(state, data, attempt),
    measure: () => measure(state),
  });
}
