// The Interpolate page: pictures at the ends, paths between them, and one t that the picture, the strip, the curves and
// the map all follow.
import { LiveDecoder } from "../engine/decoder.js";
import { Jobs } from "../engine/jobs.js";
import { partOf } from "../kit/part.js";
import { mounting } from "../kit/mount.js";
import { PictureCanvas } from "../kit/paint.js";
import { Player } from "../kit/player.js";
import { OriginalsCard } from "../parts/originals.js";
import { PlotMap } from "../parts/map.js";
import { PadBox } from "../parts/pad_dialog.js";
import { Readout } from "../parts/readout.js";
import { endsChanged, pickSpot, replace } from "./choices.js";
import { Curves } from "./curves.js";
import { Ends } from "./ends.js";
import { cycleCame } from "./evidence.js";
import { choosePath, moveToShare, pickShare, showPlaying } from "./gestures.js";
import { GroupChoice } from "./groups.js";
import { MEASURES, interpolatePage } from "./layout.js";
import { lassoed, paintPaths, toggleLasso } from "./map.js";
import { update } from "./opening.js";
import { evidenceCame, stripCame } from "./paths.js";
import { endDrawn, endsDecoded } from "./pictures.js";
import { chosenPath, endsOf, interpolation } from "./state.js";
import { Strip } from "./strip.js";
import { measure, showEnds } from "./view.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */

export const mount = mounting(["interpolate/interpolate.css"], interpolate);

/** @param {import("../engine/model.js").Files} files @returns {import("../kit/mount.js").Page} */
function interpolate(files) {
  const hosts = interpolatePage(),
    { root } = hosts;
  /** @param {number} share */
  const onPick = (share) => pickShare(state, share);
  /** @type {Interpolation} */
  const state = interpolation(files, hosts, {
    decoder: new LiveDecoder(partOf(hosts.hero, "canvas", HTMLCanvasElement)),
    mixed: new PictureCanvas(partOf(hosts.mixed, "canvas", HTMLCanvasElement)),
    readout: new Readout(),
    jobs: new Jobs(files),
    curves: new Curves(hosts.evidence, MEASURES, { onPick }),
    strip: new Strip(hosts.strip, { onChoose: (name) => choosePath(state, name), onPick }),
    ends: new Ends(hosts.ends, {
      onRing: (index) => {
        state.ringed = index;
        showEnds(state);
      },
    }),
    groups: new GroupChoice(hosts.groups, { onChange: () => endsChanged(state), onLasso: () => toggleLasso(state) }),
    originals: new OriginalsCard(hosts.originals, () => state.call("originals", true)),
    pad: new PadBox(root, { onUse: async (drawn) => replace(state, await endDrawn(state, drawn)) }),
    player: new Player({
      onStep: (share, time) => moveToShare(state, share, time),
      onState: (playing) => showPlaying(state, playing),
    }),
    map: new PlotMap(hosts.map, {
      onHover: () => {},
      onLeave: () => {},
      onReset: () => {},
      onClick: (x, y, radius) => pickSpot(state, x, y, radius),
      onSelect: (points) => lassoed(state, /** @type {{curveNumber: number, pointIndex: number}[] | null} */ (points)),
    }),
  });
  listen(state);
  Object.assign(root, { __live: shownBy(state) });
  return Object.assign(state, {
    /** @param {import("./state.js").Arriving} data @param {import("../kit/arrival.js").Attempt} attempt */
    update: (data, attempt) => update(state, data, attempt),
    measure: () => measure(state),
  });
}

/** What comes back from the parts. @param {Interpolation} state */
function listen(state) {
  const { decoder, readout, jobs, map } = state.parts;
  decoder.onPainted = () => {
    state.root.dataset.ready = "1";
    if (decoder.z && decoder.lastPicture) readout.encode(decoder.z, decoder.lastPicture);
  };
  readout.onCycle = (cycle, z) => cycleCame(state, cycle, z);
  jobs.on("strip", ({ pictures }, asked) => stripCame(state, pictures, asked));
  jobs.on("evidence", ({ pictures, means }, asked) => evidenceCame(state, pictures, means, asked));
  jobs.on("ends", ({ pictures }, ends) => endsDecoded(state, pictures, ends));
  map.underlay = (context, pixel) => paintPaths(state, context, pixel);
}

/** What tests read. @param {Interpolation} state */
function shownBy(state) {
  const { decoder } = state.parts;
  return {
    get z() {
      return state.z;
    },
    get t() {
      return state.t;
    },
    get path() {
      return chosenPath(state);
    },
    get ends() {
      return endsOf(state);
    },
    get lastPicture() {
      return decoder.lastPicture;
    },
    get decodedZ() {
      return decoder.z;
    },
    get inputs() {
      return decoder.inputs;
    },
    get pictures() {
      return decoder.pictures;
    },
    get evidence() {
      return state.evidence;
    },
    get direction() {
      return state.direction;
    },
    get along() {
      return state.along;
    },
    get lines() {
      return state.lines;
    },
    get model() {
      return state.model;
    },
  };
}
