// The axis of the ELBO's terms, in nats: where it ends, its numbers, and the test set's outline on it.

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10]; // where an axis may end, times a power of ten

/** @typedef {{low: number, high: number, parts: number}} Reach from low to high, with so many numbers, about */

/** @param {number} value @returns {number} the next round number from it on; 0 below that */
export function stepAbove(value) {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return (STEPS.find((step) => step * power >= value) ?? STEPS[STEPS.length - 1]) * power;
}

/** @param {Reach} reach @returns {HTMLElement[]} the numbers below an axis */
export function axisNumbers({ low, high, parts }) {
  const step = stepAbove((high - low) / parts),
    first = Math.ceil(low / step),
    count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => {
    const number = document.createElement("span");
    number.textContent = String(Number(((first + i) * step).toPrecision(6))).replace("-", "−");
    number.style.left = `${(100 * ((first + i) * step - low)) / (high - low)}%`;
    return number;
  });
}

/**
 * A histogram's outline in a square of side 1, so that it is one fill however often it is drawn.
 * @param {ArrayLike<number>} heights 0 to 1
 */
export function outlineOf(heights) {
  const path = new Path2D("M 0 1");
  Array.from(heights).forEach((share, i) => {
    path.lineTo(i / heights.length, 1 - share);
    path.lineTo((i + 1) / heights.length, 1 - share);
  });
  path.lineTo(1, 1);
  return path;
}
