// How far completions differ, pixel by pixel, and as colours.

const VIRIDIS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]]; // prettier-ignore

/** @typedef {import("../kit/paint.js").Shape} Shape */

/**
 * Put the observed pixels into every picture of a sheet.
 * @param {import("../engine/sheets.js").Sheet} sheet of decoded pictures; it is changed
 * @param {number} count of pictures
 * @param {number} columns in which they stand
 * @param {Shape} shape
 * @param {Uint8Array} bytes (C, H, W) of what is observed
 * @param {Uint8Array} mask (H, W), 1 = observed
 * @returns {{mean: Float32Array, deviation: Float64Array}} over the pictures, (C, H, W): grey levels, 0 to 255 and 0 to 1
 */
export function completedSheet(sheet, count, columns, [channels, height, width], bytes, mask) {
  const plane = height * width,
    mean = new Float32Array(bytes.length),
    square = new Float64Array(bytes.length);
  for (let picture = 0; picture < count; picture++) {
    const left = (picture % columns) * width,
      top = Math.floor(picture / columns) * height;
    for (let i = 0; i < bytes.length; i++) {
      const pixel = i % plane,
        channel = (i - pixel) / plane,
        at = 4 * ((top + Math.floor(pixel / width)) * sheet.width + left + (pixel % width));
      for (let c = channel; c < (channels === 1 ? 3 : channel + 1); c++) {
        if (mask[pixel]) sheet.pixels[at + c] = bytes[i];
      }
      const value = sheet.pixels[at + channel];
      mean[i] += value / count;
      square[i] += (value * value) / count;
    }
  }
  const deviation = square.map((sum, i) => Math.sqrt(Math.max(0, sum - mean[i] * mean[i])) / 255);
  return { mean, deviation };
}

/**
 * @param {ArrayLike<number>} deviation (C, H, W), averaged over channels
 * @param {number} channels
 * @param {number} plane pixels of a picture
 * @param {number} most where the scale ends
 * @returns {Float32Array} (3, H, W) of bytes
 */
export function inColour(deviation, channels, plane, most) {
  const colours = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    let value = 0;
    for (let c = 0; c < channels; c++) value += deviation[c * plane + pixel] / channels;
    const place = Math.min(1, value / most) * (VIRIDIS.length - 1),
      below = Math.min(VIRIDIS.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) {
      const low = VIRIDIS[below][c];
      colours[c * plane + pixel] = low + (place - below) * (VIRIDIS[below + 1][c] - low);
    }
  }
  return colours;
}
