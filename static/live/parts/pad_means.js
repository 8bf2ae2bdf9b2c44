// From the fine pixels of a pad to those of the model's pictures, each of which is the mean of a square of them.

/** @typedef {import("../kit/paint.js").Shape} Shape */
/** @typedef {[number, number, number, number]} Rectangle left, right, top, bottom */

/** @type {Rectangle} */
export const UNTOUCHED = [Infinity, -Infinity, Infinity, -Infinity];
/** @type {Rectangle} */
export const ALL = [0, Infinity, 0, Infinity];

/**
 * @param {Rectangle} touched pixels of the pad
 * @param {number} fine pixels of the pad in one of the model's
 * @param {Shape} shape of the model's pictures
 * @returns {Rectangle} all pixels of the model's that it touches
 */
export function coarse(touched, fine, [, height, width]) {
  /** @param {number} at @param {number} most @param {(value: number) => number} round */
  const inside = (at, most, round) => Math.min(most, Math.max(0, round(at / fine)));
  return [
    inside(touched[0], width, Math.floor),
    inside(touched[1], width, Math.ceil),
    inside(touched[2], height, Math.floor),
    inside(touched[3], height, Math.ceil),
  ];
}

/**
 * Write the means of a part of the pad where they belong.
 * @param {Uint8Array} pixels (C, H, W): the picture
 * @param {Shape} shape
 * @param {Rectangle} part pixels of the picture
 * @param {Uint8ClampedArray} data RGBA pixels of the pad in that part
 * @param {number} fine
 */
export function writeMeans(pixels, [channels, height, width], [left, right, top, bottom], data, fine) {
  const plane = height * width,
    across = (right - left) * fine;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let y = (row - top) * fine; y < (row - top + 1) * fine; y++) {
          for (let at = 4 * (y * across + (column - left) * fine) + c, x = 0; x < fine; x++, at += 4) sum += data[at];
        }
        pixels[c * plane + row * width + column] = Math.round(sum / (fine * fine));
      }
    }
  }
}
