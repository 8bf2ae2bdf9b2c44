// What a z is called in words, for those who do not see its picture.
import { significant } from "../kit/numbers.js";
import { nearestCodes } from "../math/nearest.js";
import { dimensionName } from "./sliders.js";

const MOST = 4; // dimensions that are told, those that are used most

/**
 * @param {ArrayLike<number>} z (D,)
 * @param {number[]} order latent indices, the most used first
 * @param {import("../engine/codes.js").Codes | null} codes
 * @param {string[]} labels names; none where the codes have none
 * @returns {string} the label of the nearest code, and where z is
 */
export function placeName(z, order, codes, labels) {
  const told = order.slice(0, MOST).map((index) => `${dimensionName(index)} ${significant(z[index])}`),
    rest = order.length > MOST ? ` and ${order.length - MOST} more` : "";
  const place = `at ${told.join(", ")}${rest}`;
  if (!codes?.labels || !labels.length) return place;
  const [nearest] = nearestCodes(codes.mean, z, 1);
  return `the nearest code is of label ${labels[codes.labels[nearest.index]]}, ${place}`;
}
