// What a hand takes hold of: the humps, where p is zero, and q.

/** @typedef {import("../../section.js").Handle} Handle */
/** @typedef {import("../../state.js").Values} Values */

const LARGEST = 0.98, // share of one hump
  ROOT_TURN = Math.sqrt(2 * Math.PI);

/** @param {Values} values @param {import("./fitted.js").Fitted} fitted @param {import("../../plot.js").Axes} axes @returns {Handle[]} */
export function handlesOf(values, { shares, q }, axes) {
  return [...humpHandles(values, shares, axes), ...gapHandles(values, axes), ...gaussianHandles(q, axes)];
}

/** @param {Values} values @param {number[]} shares @param {import("../../plot.js").Axes} axes @returns {Handle[]} */
function humpHandles({ positions, widths, weights }, shares, axes) {
  return positions.flatMap((position, k) => {
    const top = shares[k] / (widths[k] * ROOT_TURN);
    /** @param {number[]} numbers @param {number} value */
    const changed = (numbers, value) => numbers.map((number, i) => (i === k ? value : number));
    /** @type {Handle} */
    const peak = {
      name: `hump${k + 1}`,
      label: `Hump ${k + 1}: across its position, up its weight`,
      symbol: "p",
      at: [axes.x(position), axes.y(top)],
      move: (x, y) => {
        const share = Math.min(LARGEST, Math.max(0, axes.atY(y) * widths[k] * ROOT_TURN)),
          rest = weights.reduce((sum, weight, i) => sum + (i === k ? 0 : weight), 0);
        return {
          positions: changed(positions, axes.atX(x)),
          weights: weights.map((weight, i) => (i === k ? share : ((1 - share) * weight) / rest)),
        };
      },
    };
    if (shares[k] < 0.01) return [peak];
    /** @type {Handle} */
    const side = {
      name: `width${k + 1}`,
      label: `Hump ${k + 1}: its width`,
      symbol: "p",
      at: [axes.x(position + widths[k]), axes.y(top * Math.exp(-0.5))],
      move: (x) => ({ widths: changed(widths, Math.abs(axes.atX(x) - position)) }),
    };
    return [peak, side];
  });
}

/** @param {Values} values @param {import("../../plot.js").Axes} axes @returns {Handle[]} */
function gapHandles({ zero, gap: [middle, half] }, { x, atX, box }) {
  if (!zero[0]) return [];
  const y = box.bottom - 12;
  return [
    {
      name: "gap",
      label: "Where p is zero",
      symbol: "p",
      at: [x(middle), y],
      move: (at) => ({ gap: [atX(at), half] }),
    },
    {
      name: "gapwidth",
      label: "How wide p is zero",
      symbol: "p",
      at: [x(middle + half), y],
      move: (at) => ({ gap: [middle, Math.abs(atX(at) - middle)] }),
    },
  ];
}

/** @param {{mu: number, sigma: number}} q @param {import("../../plot.js").Axes} axes @returns {Handle[]} */
function gaussianHandles({ mu, sigma }, { x, y, atX }) {
  const top = 1 / (sigma * ROOT_TURN);
  return [
    {
      name: "mu",
      label: "q's mean: takes q into your hand",
      symbol: "q",
      at: [x(mu), y(top)],
      move: (at) => ({ hand: [1], mu: [atX(at)], sigma: [sigma] }),
    },
    {
      name: "sigma",
      label: "q's standard deviation: takes q into your hand",
      symbol: "q",
      at: [x(mu + sigma), y(top * Math.exp(-0.5))],
      move: (at) => ({ hand: [1], mu: [mu], sigma: [Math.abs(atX(at) - mu)] }),
    },
  ];
}
