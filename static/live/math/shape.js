// The form of one picture.

/** @typedef {[number, number, number]} Shape channels, height, width of one picture */

/** @param {Shape} shape @returns {number} its values: channels, rows and columns */
export function sizeOf([channels, height, width]) {
  return channels * height * width;
}
