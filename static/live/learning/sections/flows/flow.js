// A flow at one place: what becomes of a small piece of z there, the density, and what a VAE with the same f can say.
import { forward, logDensity, planeForward, planeLogDensity } from "../../../math/change_of_variables.js";
import { lineJudged, planeJudged } from "../../../math/noisy_flow.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../../math/change_of_variables.js").Point} Point */
/** @typedef {import("../../../math/change_of_variables.js").Coupling} Coupling */
/** @typedef {ReturnType<typeof onLine>} OnLine */
/** @typedef {ReturnType<typeof inPlane>} InPlane */
/** @typedef {{mass: Float64Array, lines: Point[][], whole: number}} Ground of a plane: its density, and the grid's image */

export const SEEN_Z = 3, // of the plane, to each side
  SEEN_X = 5,
  CELLS = 64; // along a side of the density's picture
const FAR = 5, // standard deviations of z that hold all of it
  PIECES = 600,
  GRID = 0.5, // between the lines of z
  ALONG = 0.15, // between the points of one
  ROOT_TURN = Math.sqrt(2 * Math.PI),
  CORNERS = 12; // points on one side of the square's image

/** @param {Values} values @returns {OnLine | InPlane} */
export function flowAt(values) {
  return values.plane[0] ? inPlane(values) : onLine(values);
}

/** @param {Values} values */
function onLine({
  z: [z],
  side: [side],
  scale: [scale],
  height: [height],
  steepness: [steepness],
  bend,
  noise: [noise],
}) {
  const flow = { shift: bend[1], scale, bends: [{ height, steepness, at: bend[0] }] },
    { x, logSlope } = forward(flow, z),
    ends = [z - side / 2, z + side / 2].map((end) => forward(flow, end).x),
    places = Array.from({ length: PIECES + 1 }, (_, i) => FAR * ((2 * i) / PIECES - 1)),
    images = places.map((each) => forward(flow, each)),
    xs = images.map((image) => image.x),
    density = places.map((each, i) => Math.exp(-0.5 * each * each - images[i].logSlope) / ROOT_TURN);
  return {
    plane: /** @type {const} */ (false),
    flow,
    z,
    x,
    side,
    ends,
    xs,
    density,
    determinant: Math.exp(logSlope),
    ratio: (ends[1] - ends[0]) / side,
    exact: logDensity(flow, x),
    whole: density.reduce((sum, value, i) => sum + (i ? ((value + density[i - 1]) / 2) * (xs[i] - xs[i - 1]) : 0), 0),
    vae: lineJudged(flow, x, noise),
  };
}

/** @param {Values} values */
function inPlane({ place, side: [side], layers: numbers, noise: [noise] }) {
  const layers = [0, 1].map((k) => ({ stretch: numbers[2 * k], bend: numbers[2 * k + 1] })),
    z = /** @type {Point} */ ([place[0], place[1]]),
    { x, jacobian, logDet } = planeForward(layers, z),
    square = squareAround(z, side),
    image = square.map((corner) => planeForward(layers, corner).x);
  return {
    plane: /** @type {const} */ (true),
    layers,
    z,
    x,
    side,
    jacobian,
    image,
    determinant: Math.exp(logDet),
    ratio: areaOf(image) / side ** 2,
    exact: planeLogDensity(layers, x),
    vae: planeJudged(layers, x, noise),
    ...groundOf(layers),
  };
}

/** @param {Point} middle @param {number} side @returns {Point[]} along its four sides */
function squareAround([x, y], side) {
  const half = side / 2,
    ways = [
      [-half, -half, 1, 0],
      [half, -half, 0, 1],
      [half, half, -1, 0],
      [-half, half, 0, -1],
    ];
  return ways.flatMap(([across, up, right, rise]) =>
    Array.from({ length: CORNERS }, (_, i) => {
      const along = (i / CORNERS) * side;
      return /** @type {Point} */ ([x + across + along * right, y + up + along * rise]);
    }),
  );
}

/** @param {Point[]} corners in turn @returns {number} */
function areaOf(corners) {
  const doubled = corners.reduce((sum, [x, y], i) => {
    const [next, above] = corners[(i + 1) % corners.length];
    return sum + x * above - next * y;
  }, 0);
  return Math.abs(doubled) / 2;
}

/** @type {{key: string, ground: Ground | null}} of the layers that were asked about last: it moves with them alone */
const kept = { key: "", ground: null };

/** @param {Coupling[]} layers @returns {Ground} */
function groundOf(layers) {
  const key = JSON.stringify(layers);
  if (kept.ground && kept.key === key) return kept.ground;
  const cell = (2 * SEEN_X) / CELLS,
    mass = new Float64Array(CELLS * CELLS);
  for (let i = 0; i < mass.length; i++) {
    const [x, y] = [i % CELLS, Math.floor(i / CELLS)].map((at) => (at + 0.5) * cell - SEEN_X);
    mass[i] = Math.exp(planeLogDensity(layers, [x, y])) * cell * cell;
  }
  const ground = { mass, lines: gridLines(layers), whole: mass.reduce((a, b) => a + b) };
  Object.assign(kept, { key, ground });
  return ground;
}

/** @param {Coupling[]} layers @returns {Point[][]} the images of the lines of z */
function gridLines(layers) {
  const lines = [];
  for (let at = -SEEN_Z; at <= SEEN_Z; at += GRID)
    for (const upright of [true, false]) {
      const line = [];
      for (let along = -SEEN_Z; along <= SEEN_Z + 1e-9; along += ALONG)
        line.push(planeForward(layers, upright ? [at, along] : [along, at]).x);
      lines.push(line);
    }
  return lines;
}
