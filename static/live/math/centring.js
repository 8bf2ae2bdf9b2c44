// What MNIST did to its digits, for those that are drawn here: fitted into a box, and centred by mass.

/**
 * @param {Uint8Array} bytes (C, H, W), white on black
 * @param {import("./shape.js").Shape} shape
 * @returns {Uint8Array} the same picture, moved by whole pixels so that its centre of mass is in the middle (as in
 *   MNIST on the pixel right below it: row 14 and column 14 of 28)
 */
export function centredByMass(bytes, shape) {
  const [channels, height, width] = shape,
    plane = height * width;
  let mass = 0,
    across = 0,
    down = 0;
  for (let i = 0; i < bytes.length; i++) {
    const at = i % plane;
    mass += bytes[i];
    across += bytes[i] * (at % width);
    down += bytes[i] * Math.floor(at / width);
  }
  if (!mass) return bytes;
  const right = Math.round(width / 2 - across / mass),
    lower = Math.round(height / 2 - down / mass);
  if (!right && !lower) return bytes;
  const moved = new Uint8Array(bytes.length);
  for (let c = 0; c < channels; c++) {
    for (let row = Math.max(0, lower); row < Math.min(height, height + lower); row++) {
      for (let column = Math.max(0, right); column < Math.min(width, width + right); column++) {
        moved[c * plane + row * width + column] = bytes[c * plane + (row - lower) * width + column - right];
      }
    }
  }
  return moved;
}

/**
 * @param {Uint8Array} bytes (C, H, W), white on black
 * @param {import("./shape.js").Shape} shape
 * @param {number} box pixels of the box's side, as MNIST's 20 in 28
 * @returns {Uint8Array} what is drawn, scaled so that its longer side fills the box, in the middle
 */
export function fittedToBox(bytes, shape, box) {
  const [channels, height, width] = shape,
    plane = height * width;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] < 32) continue;
    const column = i % width,
      row = Math.floor((i % plane) / width);
    [left, right, top, bottom] = [
      Math.min(left, column),
      Math.max(right, column),
      Math.min(top, row),
      Math.max(bottom, row),
    ];
  }
  if (right < 0) return bytes;
  const scale = Math.max(right - left + 1, bottom - top + 1) / box;
  const middleX = (left + right) / 2,
    middleY = (top + bottom) / 2,
    fitted = new Uint8Array(bytes.length);
  const spread = Math.max(1, scale); // shrinking takes means over as much as one new pixel covers
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const x = middleX + (column - (width - 1) / 2) * scale,
          y = middleY + (row - (height - 1) / 2) * scale;
        fitted[c * plane + row * width + column] = weighted(bytes, c * plane, width, height, x, y, spread);
      }
    }
  }
  return fitted;
}

/**
 * The mean around a spot under a tent of that half width: bilinear where it is 1.
 * @param {Uint8Array} bytes
 * @param {number} start of the channel
 * @param {number} width
 * @param {number} height
 * @param {number} x
 * @param {number} y
 * @param {number} spread
 */
function weighted(bytes, start, width, height, x, y, spread) {
  let sum = 0,
    weights = 0;
  for (let row = Math.ceil(y - spread); row <= y + spread; row++) {
    for (let column = Math.ceil(x - spread); column <= x + spread; column++) {
      const weight = (1 - Math.abs(column - x) / spread) * (1 - Math.abs(row - y) / spread);
      weights += weight;
      if (row >= 0 && column >= 0 && row < height && column < width)
        sum += weight * bytes[start + row * width + column];
    }
  }
  return Math.round(sum / (weights || 1));
}
