// What is known at the middles of a grid's cells, anywhere in the plane; beyond the outermost middles it is as it is there.

/** @typedef {import("./grid.js").Grid} Grid */

/**
 * Bilinear between four middles.
 * @param {ArrayLike<number>} values (side * side,), z1 fastest
 * @param {Pick<Grid, "box" | "side">} grid
 * @returns {(a: number, b: number) => number} the value at z = (a, b)
 */
export function interpolated(values, { box: { low, high }, side }) {
  const [across, up] = [side / (high[0] - low[0]), side / (high[1] - low[1])],
    [left, bottom] = low,
    last = side - 1;
  return (a, b) => {
    const x = Math.min(last, Math.max(0, (a - left) * across - 0.5)),
      y = Math.min(last, Math.max(0, (b - bottom) * up - 0.5)),
      column = Math.min(last - 1, Math.floor(x)),
      row = Math.min(last - 1, Math.floor(y)),
      at = row * side + column,
      [s, t] = [x - column, y - row];
    return (
      (1 - t) * ((1 - s) * values[at] + s * values[at + 1]) +
      t * ((1 - s) * values[at + side] + s * values[at + side + 1])
    );
  };
}

/**
 * The same on a finer grid over the same box, by cubic convolution: Keys 1981, equation 4 with a = -1/2
 * (https://doi.org/10.1109/TASSP.1981.1163711), which is exact for what is quadratic.
 * @param {ArrayLike<number>} values (side * side,)
 * @param {number} side
 * @param {number} times as many cells along a side
 * @returns {Float64Array} (side * side * times^2,)
 */
export function finer(values, side, times) {
  return alongColumns(alongColumns(Float64Array.from(values), side, side, times), side, times * side, times);
}

/**
 * Finer from row to row, and transposed: twice that is finer both ways.
 * @param {Float64Array} values (rows, columns)
 * @param {number} rows
 * @param {number} columns
 * @param {number} times
 * @returns {Float64Array} (columns, rows * times)
 */
function alongColumns(values, rows, columns, times) {
  const found = new Float64Array(values.length * times),
    width = rows * times;
  for (let at = 0; at < width; at++) {
    const y = (at + 0.5) / times - 0.5,
      from = Math.floor(y) - 1;
    for (let tap = from; tap < from + 4; tap++) {
      const share = keys(Math.abs(y - tap)),
        row = Math.min(rows - 1, Math.max(0, tap)) * columns;
      for (let i = 0; i < columns; i++) found[i * width + at] += share * values[row + i];
    }
  }
  return found;
}

/** @param {number} away from a middle, in cells @returns {number} its share */
function keys(away) {
  if (away >= 2) return 0;
  return away < 1 ? (1.5 * away - 2.5) * away * away + 1 : ((2.5 - 0.5 * away) * away - 4) * away + 2;
}
