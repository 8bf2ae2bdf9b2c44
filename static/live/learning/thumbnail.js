// A model's picture within a section's picture.
import { contextOf } from "../kit/canvas.js";
import { writePicture } from "../kit/paint.js";

const sheet = typeof document === "undefined" ? null : document.createElement("canvas");

/**
 * @param {Pick<import("./section.js").Picture, "context" | "colours">} picture
 * @param {ArrayLike<number>} values (C, H, W)
 * @param {import("../math/shape.js").Shape} shape
 * @param {number} scale 255 for values in [0, 1], 1 for bytes
 * @param {{left: number, top: number, width: number}} place in pixels; the height follows the picture's form
 */
export function thumbnail({ context, colours }, values, shape, scale, { left, top, width }) {
  if (!sheet) return;
  const [, high, wide] = shape,
    height = (width * high) / wide;
  if (sheet.width !== wide || sheet.height !== high) Object.assign(sheet, { width: wide, height: high });
  const own = contextOf(sheet),
    image = own.createImageData(wide, high);
  writePicture(values, 0, shape, scale, image.data, wide, 0, 0);
  own.putImageData(image, 0, 0);
  context.save();
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, left, top, width, height);
  Object.assign(context, { strokeStyle: colours.faint, lineWidth: 1 });
  context.strokeRect(left - 0.5, top - 0.5, width + 1, height + 1);
  context.restore();
}
