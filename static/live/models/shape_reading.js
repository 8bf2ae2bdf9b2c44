// A picture's posterior: what the encoder says of it at once, and the true one once the worker has integrated it.
import { asPicture, encode } from "../engine/encoder.js";
import { base64 } from "../kit/bytes.js";
import { putSheet } from "../kit/paint.js";
import { bestGaussian, boundOn } from "../math/gaussian_fit.js";
import { boxOfBoth, boxOfMass, gridOver, squared, wider } from "../math/grid.js";
import { binarised } from "../math/noise.js";
import { judge, showNumbers, showWindow } from "./shape_numbers.js";
import { drawPlot } from "./shape_plot.js";

/** @typedef {import("./shape_state.js").PosteriorShape} PosteriorShape */
/** @typedef {import("../math/gaussian_fit.js").Gaussian} Gaussian */
/** @typedef {import("../math/grid.js").Box} Box */

const SIDE = 64; // cells of the last grid along a side
const ROOM = 1.5; // how much wider than the posterior it is, for Gaussians that reach beyond
const SHOWN = 4.5; // nats below the peak that the plot shows
const BESIDE = 2.5; // standard deviations of the encoder's q that it shows, too
const MARGIN = 0.06;
const MAP_SIDE = 14; // pictures along a side of the map

/** Read a picture: q is the encoder's again unless it is to stay. @param {PosteriorShape} shape @param {Uint8Array} bytes (C, H, W) @param {boolean} [stays] */
export async function read(shape, bytes, stays = false) {
  const { network, encoder, place } = shape;
  shape.bytes = bytes;
  if (!network || !encoder) return;
  shape.x = asPicture(network.noise === null ? binarised(bytes) : bytes, network.noise);
  const picture = ++shape.picture,
    { mean, stddev } = await encode(encoder, shape.x, network.shape);
  if (picture !== shape.picture || shape.encoder !== encoder) return;
  shape.encoded = { mean: [mean[0], mean[1]], stddev: [stddev[0], stddev[1]] };
  Object.assign(shape, { bent: null, better: null, refines: false });
  stopWaiting(shape);
  if (!stays) place.q = null;
  shape.q = place.q ? { mean: [place.q[0], place.q[1]], stddev: [place.q[2], place.q[3]] } : shape.encoded;
  shape.decoder.request(shape.q.mean);
  if (network.posterior) askForBent(shape);
  else askForTruth(shape);
}

/** @param {PosteriorShape} shape */
function askForBent({ network, mixture, x, jobs, picture }) {
  if (!network?.posterior || !x) return;
  const { decoder, posterior: encoder, noise, shape } = network;
  jobs.request("bent", { task: "bent", decoder, encoder, noise, mixture, x, shape }, picture);
}

/** @param {PosteriorShape} shape @param {import("../engine/jobs/bent.js").Bent} answer @param {number} picture */
export function bentCame(shape, answer, picture) {
  if (picture !== shape.picture) return;
  shape.bent = answer;
  takeBetter(shape);
  askForTruth(shape);
}

/** The picture as it is judged, as Python is told it. @param {PosteriorShape} shape */
export function told({ bytes, network }) {
  return bytes && network ? base64(network.noise === null ? binarised(bytes) : bytes) : "";
}

/**
 * A flow that was made better for this picture.
 * @param {PosteriorShape} shape
 * @returns {boolean} whether it is to be shown: who has asked for it has not moved q meanwhile
 */
export function takeBetter(shape) {
  const { told: better, asked, place } = shape;
  if (!better || !shape.bent || shape.better || better.x !== told(shape)) return false;
  shape.better = better;
  stopWaiting(shape);
  if (shape.truth?.picture === shape.picture) frameBetter(shape);
  return asked !== undefined && asked === place.q;
}

/** No better flow is waited for. @param {PosteriorShape} shape */
function stopWaiting(shape) {
  shape.asked = undefined;
  shape.layout.better.removeAttribute("aria-busy");
}

/** The plot holds the better flow, too. @param {PosteriorShape} shape */
function frameBetter(shape) {
  if (!shape.better) return;
  const rings = shape.better.rings,
    box = boxOfPlaces(Float32Array.from(rings[rings.length - 1]));
  shape.frame = squared(boxOfBoth(shape.frame, box));
}

/** @param {PosteriorShape} shape */
function askForTruth({ network, mixture, x, encoded, region, jobs, picture }) {
  if (!network || !x || !encoded) return;
  const { decoder, noise } = network,
    [mean, stddev] = [Float32Array.from(encoded.mean), Float32Array.from(encoded.stddev)];
  jobs.request(
    "posterior",
    { task: "posterior", decoder, noise, mixture, x, mean, stddev, region, side: SIDE, room: ROOM },
    picture,
  );
}

/** @param {PosteriorShape} shape @param {import("../engine/jobs/posterior.js").TruePosterior} answer @param {number} picture */
export function truthCame(shape, answer, picture) {
  const { encoded, bent, page } = shape;
  if (picture !== shape.picture || !encoded || !shape.q) return;
  const grid = gridOver(answer.box, answer.side),
    own = boundOn(answer.logJoint, grid, encoded),
    straight = own > -Infinity ? own : answer.elbo,
    { mean, covariance } = answer;
  /** @type {Gaussian} */
  const moments = { mean, stddev: [Math.sqrt(covariance[0]), Math.sqrt(covariance[2])] };
  const found = bestGaussian(answer.logJoint, grid, [moments, encoded]),
    best = found.elbo > straight ? found : { ...encoded, elbo: straight };
  shape.truth = { ...answer, grid, encoder: bent ? bent.elbo : straight, best, picture };
  shape.shading = null;
  const held = [encoded, ...(shape.place.q ? [shape.q] : [])].map(boxOf);
  if (bent) held.push(boxOfPlaces(bent.rings[bent.rings.length - 1]));
  shape.frame = wider(squared(held.reduce(boxOfBoth, boxOfMass(grid, answer.logJoint, SHOWN))), 1 + 2 * MARGIN);
  frameBetter(shape);
  judge(shape);
  showNumbers(shape);
  showWindow(shape);
  drawPlot(shape);
  page.root.dataset.judged = String(picture);
  page.root.dataset.ready = "1";
}

/** @param {PosteriorShape} shape @param {{elbo: number}} answer @param {{q: Gaussian, picture: number}} asked */
export function boundCame(shape, { elbo }, { q, picture }) {
  if (picture !== shape.picture || q !== shape.q) return;
  shape.elbo = elbo;
  showNumbers(shape);
}

/** @param {Gaussian} q @returns {Box} */
function boxOf({ mean, stddev }) {
  return {
    low: [mean[0] - BESIDE * stddev[0], mean[1] - BESIDE * stddev[1]],
    high: [mean[0] + BESIDE * stddev[0], mean[1] + BESIDE * stddev[1]],
  };
}

/** @param {Float32Array} z (count, 2) @returns {Box} */
function boxOfPlaces(z) {
  const [across, up] = [0, 1].map((d) => z.filter((_, i) => i % 2 === d));
  return { low: [Math.min(...across), Math.min(...up)], high: [Math.max(...across), Math.max(...up)] };
}

/** The whole space as pictures. @param {PosteriorShape} shape */
export function askForMap({ network, region: { low, high }, jobs }) {
  if (!network) return;
  const { name, decoder, shape } = network,
    z = new Float32Array(2 * MAP_SIDE * MAP_SIDE);
  for (let i = 0; i < MAP_SIDE * MAP_SIDE; i++) {
    z[2 * i] = low[0] + (((i % MAP_SIDE) + 0.5) / MAP_SIDE) * (high[0] - low[0]);
    z[2 * i + 1] = high[1] - ((Math.floor(i / MAP_SIDE) + 0.5) / MAP_SIDE) * (high[1] - low[1]);
  }
  jobs.request("map", { task: "sheet", decoder, shape, z, count: MAP_SIDE * MAP_SIDE, columns: MAP_SIDE }, name);
}

/** @param {PosteriorShape} shape @param {{sheet: import("../engine/sheets.js").Sheet}} answer @param {string} name */
export function mapCame({ layout, network }, { sheet }, name) {
  if (name === network?.name) putSheet(layout.map, sheet);
}
