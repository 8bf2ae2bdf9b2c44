// Where the cells of the grids lie: in the order of the codes, and on the picture.

/** @typedef {import("./codes_state.js").DiscreteLatents} DiscreteLatents */
/** @typedef {{level: number, row: number, column: number, first: number, grid: [number, number]}} Spot */
/** @typedef {[number, number, number, number]} Box left, top, width, height in the model's pixels */

/** @param {[number, number][]} grids @returns {number} cells of all grids */
export const cellsOf = (grids) => grids.reduce((sum, [height, width]) => sum + height * width, 0);

/** @param {[number, number][]} grids @param {number} cell @returns {Spot} its grid, its place there, and the grid's first cell */
export function spotOf(grids, cell) {
  let first = 0,
    level = 0;
  while (level < grids.length - 1 && cell >= first + grids[level][0] * grids[level][1]) {
    first += grids[level][0] * grids[level][1];
    level += 1;
  }
  const grid = grids[level];
  return { level, row: Math.floor((cell - first) / grid[1]), column: (cell - first) % grid[1], first, grid };
}

/** @param {[number, number][]} grids @param {number} level @returns {number} the first cell of a grid */
export const firstOf = (grids, level) => cellsOf(grids.slice(0, level));

/** The part of the picture that a cell stands for. @param {DiscreteLatents} section @param {number} cell @returns {Box} */
export function boxOf({ grids, network }, cell) {
  const { row, column, grid } = spotOf(grids, cell),
    [, height, width] = network?.shape ?? [1, 1, 1],
    [high, wide] = [height / grid[0], width / grid[1]];
  return [column * wide, row * high, wide, high];
}

/** Whether a cell has its code: those that the prior has not drawn yet have none. @param {DiscreteLatents} section @param {number} cell */
export const isThere = ({ place }, cell) => place.step === null || cell < place.step;
