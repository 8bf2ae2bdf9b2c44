// Paths through a latent space: every function maps t to a latent z. The same mathematics as vae_core.analysis.traversal.

/** @typedef {(t: number) => Float32Array} Path */

const PARALLEL = 1e-3; // sine of the angle below which a great circle is a straight line, or has no plane

/**
 * Which leg of a path of so many legs t belongs to, and how far along that leg it is.
 * @param {number} t from 0 to 1
 * @param {number} legs
 * @returns {[number, number]}
 */
export function legOf(t, legs) {
  const at = Math.min(Math.max(t, 0), 1) * legs,
    leg = Math.min(Math.floor(at), legs - 1);
  return [leg, at - leg];
}

/**
 * A path through the stops, each leg an equal share of t.
 * @param {ArrayLike<number>[]} stops
 * @param {(from: ArrayLike<number>, to: ArrayLike<number>, share: number) => Float32Array} [between] one leg
 * @returns {Path}
 */
export function walk(stops, between = linear) {
  if (!stops.length) throw new Error("a walk needs at least 1 stop, got none");
  if (stops.length === 1) return () => Float32Array.from(stops[0]);
  return (t) => {
    const [leg, share] = legOf(t, stops.length - 1);
    return between(stops[leg], stops[leg + 1], share);
  };
}

/**
 * Along the straight line between two latents.
 * @param {ArrayLike<number>} from
 * @param {ArrayLike<number>} to
 * @param {number} share 0 to 1
 * @returns {Float32Array}
 */
export function linear(from, to, share) {
  return Float32Array.from(from, (value, d) => (1 - share) * value + share * to[d]);
}

/**
 * Along the great circle between two latents: angle and norm grow evenly. Where there is none (same way, opposite ways,
 * or no way at all) the straight line.
 * @param {ArrayLike<number>} from
 * @param {ArrayLike<number>} to
 * @param {number} share 0 to 1
 * @returns {Float32Array}
 */
export function spherical(from, to, share) {
  const first = normOf(from),
    second = normOf(to);
  if (!first || !second) return linear(from, to, share);
  let apart = 0,
    together = 0;
  for (let d = 0; d < from.length; d++) {
    apart += (from[d] / first - to[d] / second) ** 2;
    together += (from[d] / first + to[d] / second) ** 2;
  }
  const angle = 2 * Math.atan2(Math.sqrt(apart), Math.sqrt(together)),
    sine = Math.sin(angle);
  if (sine < PARALLEL) return linear(from, to, share);
  const norm = ((1 - share) * first + share * second) / sine;
  const [a, b] = [(norm * Math.sin((1 - share) * angle)) / first, (norm * Math.sin(share * angle)) / second];
  return Float32Array.from(from, (value, d) => a * value + b * to[d]);
}

/**
 * A direction from a base: t times the direction is added.
 * @param {ArrayLike<number>} base
 * @param {ArrayLike<number>} direction
 * @returns {Path}
 */
export function ray(base, direction) {
  return (t) => Float32Array.from(base, (value, d) => value + t * direction[d]);
}

/** @param {ArrayLike<number>} z @returns {number} its Euclidean norm */
export function normOf(z) {
  let square = 0;
  for (let d = 0; d < z.length; d++) square += z[d] * z[d];
  return Math.sqrt(square);
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b @returns {number} */
export function distance(a, b) {
  let square = 0;
  for (let d = 0; d < a.length; d++) square += (a[d] - b[d]) ** 2;
  return Math.sqrt(square);
}

/**
 * Evenly spaced values of t.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 * @returns {number[]}
 */
export function steps(low, high, count) {
  return Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
}

/**
 * The latents of a path as one block.
 * @param {Path} path
 * @param {number[]} times
 * @param {number} dim
 * @returns {Float32Array} (times, D)
 */
export function sampled(path, times, dim) {
  const block = new Float32Array(times.length * dim);
  times.forEach((t, i) => block.set(path(t), i * dim));
  return block;
}
