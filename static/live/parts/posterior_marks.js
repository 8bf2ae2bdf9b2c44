// What stands for a Gaussian on a map, in pixels: its ellipses and draws, and a lens for one that is too small.

/** @typedef {[number, number]} Place in the map's units */
/** @typedef {[number, number, number]} Covariance xx, xy, yy */
/** @typedef {{left: number, top: number, width: number, height: number}} Frame of the axes, in pixels */
/** @typedef {(scale: number, middle: Place) => void} Inside draws it all, so much larger, around there */

const TURN = 2 * Math.PI;

export const WIDTHS = [2.5, 1.25]; // pixels of the lines at one and at two standard deviations

/**
 * One and two standard deviations over the draws, everything in pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} mean
 * @param {Covariance} covariance
 * @param {Place[]} draws
 * @param {Record<string, any>} colours
 * @param {number} halo around the lines, in their widths
 */
export function ellipses(context, mean, covariance, draws, { ink, ground, accent }, halo) {
  for (const draw of draws) dot(context, draw, 3.2, accent, ground);
  for (const times of [2, 1]) {
    const width = WIDTHS[times - 1];
    outline(context, mean, covariance, times);
    Object.assign(context, { strokeStyle: ground, lineWidth: (1 + halo) * width });
    if (halo) context.stroke();
    Object.assign(context, { strokeStyle: ink, lineWidth: width });
    context.stroke();
  }
}

/**
 * A posterior that is a point on the map, enlarged in the corner away from it.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Place} spot of the mean
 * @param {number} radius
 * @param {number} scale how much larger
 * @param {Inside} inside draws what is in it
 * @param {Record<string, any>} colours
 */
export function lens(context, { left, top, width, height }, spot, radius, scale, inside, colours) {
  const { ink, ground, faint, font, tiny } = colours;
  /** @param {number} at @param {number} from @param {number} length */
  const away = (at, from, length) => (at > from + length / 2 ? from + radius + 6 : from + length - radius - 6);
  /** @type {Place} */
  const middle = [away(spot[0], left, width), away(spot[1], top, height)];
  Object.assign(context, { strokeStyle: faint, fillStyle: ground, lineWidth: 1.5 });
  context.beginPath();
  context.moveTo(...spot);
  context.lineTo(...middle);
  context.stroke();
  context.beginPath();
  context.arc(...middle, radius, 0, TURN);
  context.fill();
  context.stroke();
  context.save();
  context.clip();
  inside(scale, middle);
  context.restore();
  const text = `× ${scale}`,
    below = middle[1] + radius - 4;
  Object.assign(context, { font: `600 ${tiny}px ${font}`, textAlign: "center", textBaseline: "alphabetic" });
  Object.assign(context, { fillStyle: ink, strokeStyle: ground, lineWidth: 4, lineJoin: "round" });
  context.strokeText(text, middle[0], below);
  context.fillText(text, middle[0], below);
}

/**
 * Half the axes of an ellipse of so many standard deviations, the longer first, and how it is turned.
 * @param {Covariance} covariance
 * @param {number} times
 */
export function axesOf([xx, xy, yy], times) {
  const middle = (xx + yy) / 2,
    reach = Math.hypot((xx - yy) / 2, xy);
  return [
    times * Math.sqrt(middle + reach),
    times * Math.sqrt(Math.max(0, middle - reach)),
    Math.atan2(2 * xy, xx - yy) / 2,
  ];
}

/**
 * The path of that ellipse.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} middle
 * @param {Covariance} covariance
 * @param {number} times
 */
function outline(context, [x, y], covariance, times) {
  const [long, short, angle] = axesOf(covariance, times);
  context.beginPath();
  context.ellipse(x, y, Math.max(2, long), Math.max(2, short), angle, 0, TURN);
}

/** @param {CanvasRenderingContext2D} context @param {Place} middle @param {number} radius @param {string} colour @param {string} halo */
export function dot(context, [x, y], radius, colour, halo) {
  context.beginPath();
  context.arc(x, y, radius, 0, TURN);
  Object.assign(context, { fillStyle: colour, strokeStyle: halo, lineWidth: 1.5 });
  context.fill();
  context.stroke();
}
