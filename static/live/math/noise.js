// Random numbers that a seed fixes: the same draws of z for every picture, so that numbers move with the picture alone.

/** @param {number} seed @returns {() => number} uniform numbers in [0, 1): mulberry32, public domain, T. Ettinger */
export function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {() => number} [uniform] in [0, 1) @returns {number} a draw of a standard normal (Box and Muller) */
export function normal(uniform = Math.random) {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** @param {number} count @param {number} seed @returns {Float32Array} draws of a standard normal */
export function normals(count, seed) {
  const uniform = uniforms(seed);
  return Float32Array.from({ length: count }, () => normal(uniform));
}

/**
 * Draws of epsilon in mirrored pairs: what is odd in epsilon cancels, so that a mean over few draws errs little.
 * @param {number} count of draws, even
 * @param {number} dim D
 * @param {number} seed
 * @returns {Float32Array} (count, D): draw 2 i + 1 is the negative of draw 2 i
 */
export function mirroredNormals(count, dim, seed) {
  const half = normals((count / 2) * dim, seed),
    values = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dim; d++) values[i * dim + d] = (i % 2 ? -1 : 1) * half[(i >> 1) * dim + d];
  }
  return values;
}

/**
 * z = mean + scale * stddev * epsilon
 * @param {Float32Array} mean (D,)
 * @param {Float32Array} stddev (D,)
 * @param {Float32Array} epsilon (count, D)
 * @param {number} [scale]
 * @returns {Float32Array} (count, D)
 */
export function reparametrised(mean, stddev, epsilon, scale = 1) {
  const dim = mean.length;
  return epsilon.map((value, i) => mean[i % dim] + scale * stddev[i % dim] * value);
}

/** @param {Uint8Array} bytes @returns {Uint8Array} 255 with probability byte / 255, else 0: the same draw every time */
export function binarised(bytes) {
  const uniform = uniforms(7);
  return bytes.map((byte) => (255 * uniform() < byte ? 255 : 0));
}
