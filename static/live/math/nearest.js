// Which codes lie nearest to a spot: a grid of cells in the plane, and a plain scan in the latent space.

/** @typedef {{index: number, distance: number}} Neighbour */

/** Points of a plane sorted into square cells, so that the nearest are found without looking at all of them. */
export class PlaneIndex {
  /** @param {Float32Array} points (N, 2), row by row */
  constructor(points) {
    this.points = points;
    const count = points.length / 2;
    const low = [Infinity, Infinity],
      high = [-Infinity, -Infinity];
    for (let i = 0; i < points.length; i++) {
      low[i & 1] = Math.min(low[i & 1], points[i]);
      high[i & 1] = Math.max(high[i & 1], points[i]);
    }
    const span = Math.max(high[0] - low[0], high[1] - low[1], 1e-6);
    this.cell = span / Math.max(1, Math.round(Math.sqrt(count / 2)));
    this.low = low;
    this.columns = Math.floor((high[0] - low[0]) / this.cell) + 1;
    this.rows = Math.floor((high[1] - low[1]) / this.cell) + 1;
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    const cells = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      cells[i] = this.row(points[2 * i + 1]) * this.columns + this.column(points[2 * i]);
      this.starts[cells[i] + 1] += 1;
    }
    for (let c = 0; c < this.columns * this.rows; c++) this.starts[c + 1] += this.starts[c];
    this.order = new Uint32Array(count);
    const fill = this.starts.slice();
    for (let i = 0; i < count; i++) this.order[fill[cells[i]]++] = i;
  }

  /** @param {number} x */
  column(x) {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.low[0]) / this.cell)));
  }

  /** @param {number} y */
  row(y) {
    return Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.low[1]) / this.cell)));
  }

  /**
   * The k nearest points, nearest first.
   * @param {number} x
   * @param {number} y
   * @param {number} k
   * @param {(index: number) => boolean} [accept] leaves points out
   * @returns {Neighbour[]}
   */
  nearest(x, y, k, accept = () => true) {
    /** @type {Neighbour[]} */
    const best = [];
    const column = this.column(x),
      row = this.row(y),
      rings = Math.max(this.columns, this.rows);
    for (let ring = 0; ring <= rings; ring++) {
      if (best.length === k && best[k - 1].distance <= (ring - 1) * this.cell) break; // further rings are further away
      for (let r = row - ring; r <= row + ring; r++) {
        if (r < 0 || r >= this.rows) continue;
        const step = Math.abs(r - row) === ring ? 1 : 2 * ring || 1;
        for (let c = column - ring; c <= column + ring; c += step) {
          if (c >= 0 && c < this.columns) this.scan(r * this.columns + c, x, y, k, accept, best);
        }
      }
    }
    return best;
  }

  /**
   * @param {number} cell
   * @param {number} x
   * @param {number} y
   * @param {number} k
   * @param {(index: number) => boolean} accept
   * @param {Neighbour[]} best grows by what is near enough
   */
  scan(cell, x, y, k, accept, best) {
    for (let at = this.starts[cell]; at < this.starts[cell + 1]; at++) {
      const index = this.order[at];
      const distance = Math.hypot(this.points[2 * index] - x, this.points[2 * index + 1] - y);
      if ((best.length < k || distance < best[k - 1].distance) && accept(index)) insert(best, { index, distance }, k);
    }
  }
}

/**
 * The k codes nearest to z, nearest first, by looking at all of them.
 * @param {Float32Array} codes (N, D)
 * @param {ArrayLike<number>} z (D,)
 * @param {number} k
 * @returns {Neighbour[]}
 */
export function nearestCodes(codes, z, k) {
  /** @type {Neighbour[]} */
  const best = [],
    dim = z.length;
  let bound = Infinity;
  for (let i = 0, at = 0; at < codes.length; i++, at += dim) {
    let square = 0;
    for (let d = 0; d < dim && square < bound; d++) square += (codes[at + d] - z[d]) ** 2;
    if (square >= bound) continue;
    insert(best, { index: i, distance: square }, k);
    if (best.length === k) bound = best[k - 1].distance;
  }
  return best.map(({ index, distance }) => ({ index, distance: Math.sqrt(distance) }));
}

/**
 * The mean of rows, each weighted by one over its distance.
 * @param {Float32Array} rows (N, D)
 * @param {number} dim D
 * @param {Neighbour[]} neighbours
 * @returns {Float32Array} (D,)
 */
export function weightedMean(rows, dim, neighbours) {
  const mean = new Float64Array(dim);
  let total = 0;
  for (const { index, distance } of neighbours) {
    const weight = 1 / Math.max(distance, 1e-9);
    total += weight;
    for (let d = 0; d < dim; d++) mean[d] += weight * rows[index * dim + d];
  }
  return Float32Array.from(mean, (sum) => sum / total);
}

/** @param {Neighbour[]} best @param {Neighbour} item @param {number} k */
function insert(best, item, k) {
  let at = best.length;
  while (at > 0 && best[at - 1].distance > item.distance) at--;
  best.splice(at, 0, item);
  if (best.length > k) best.pop();
}
