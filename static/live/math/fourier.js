// The discrete Fourier transform of any length, by its prime factors (Cooley & Tukey 1965).

/**
 * @param {Float64Array} re (N,) real parts
 * @param {Float64Array} im (N,) imaginary parts
 * @returns {[Float64Array, Float64Array]} sums over n of (re + i im)[n] exp(-2 pi i k n / N), (N,) each
 */
export function transformed(re, im) {
  const count = re.length,
    factor = smallestFactor(count),
    part = count / factor,
    outRe = new Float64Array(count),
    outIm = new Float64Array(count);
  if (count === 1) return [re.slice(), im.slice()];
  for (let offset = 0; offset < factor; offset++) {
    const [partRe, partIm] = transformed(every(re, factor, offset), every(im, factor, offset));
    for (let k = 0; k < count; k++) {
      const angle = (-2 * Math.PI * ((k * offset) % count)) / count,
        cosine = Math.cos(angle),
        sine = Math.sin(angle),
        at = k % part;
      outRe[k] += cosine * partRe[at] - sine * partIm[at];
      outIm[k] += cosine * partIm[at] + sine * partRe[at];
    }
  }
  return [outRe, outIm];
}

/** @param {Float64Array} values @param {number} step @param {number} offset */
function every(values, step, offset) {
  return Float64Array.from({ length: values.length / step }, (_, i) => values[i * step + offset]);
}

/** @param {number} count @returns {number} its smallest divisor above 1; itself for a prime, and 1 for 1 */
function smallestFactor(count) {
  for (let factor = 2; factor * factor <= count; factor++) if (count % factor === 0) return factor;
  return count;
}
