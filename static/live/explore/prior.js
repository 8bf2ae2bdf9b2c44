// A prior that was learned, on the map of two dimensions: an ellipse for each of its Gaussians.

const TURN = 2 * Math.PI,
  EVEN = 2, // pixels of the line of a Gaussian with an even share of the weight,
  WIDEST = 4, // of any at most,
  THINNEST = 0.5; // and at least

export const ELLIPSES =
  "Ellipses: the Gaussians that p(z) is made of, at one standard deviation; the bolder, the likelier";

/**
 * The Gaussians that the map shows; null where p(z) is N(0, I), or they have no place there.
 * @param {import("./state.js").Exploration} state
 */
export function drawnPrior({ prior, view }) {
  return view.projection === "latent" ? (prior?.mixture ?? null) : null;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../math/mixture_prior.js").Mixture} mixture over D latents
 * @param {[number, number]} axes of the map
 * @param {(spot: number[]) => [number, number]} pixel of a spot of the map
 * @param {string} colour
 */
export function drawPrior(context, { count, weight, mean, stddev }, [across, up], pixel, colour) {
  const dim = mean.length / count;
  Object.assign(context, { strokeStyle: colour });
  for (let k = 0; k < count; k++) {
    const at = [mean[k * dim + across], mean[k * dim + up]],
      [x, y] = pixel(at),
      [right, top] = pixel([at[0] + stddev[k * dim + across], at[1] + stddev[k * dim + up]]);
    context.beginPath();
    context.ellipse(x, y, Math.abs(right - x), Math.abs(top - y), 0, 0, TURN);
    context.lineWidth = Math.max(THINNEST, Math.min(WIDEST, EVEN * count * weight[k]));
    context.stroke();
  }
}
