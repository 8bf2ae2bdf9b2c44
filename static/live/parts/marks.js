// The marks above the map, drawn on a canvas of their own.

/**
 * A ring around what is pinned, readable on any ground.
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} spot x and y, pixels, as `radius`
 * @param {number} radius
 * @param {string} colour
 * @param {string} halo
 */
export function ring(context, [x, y], radius, colour, halo) {
  for (const [strokeStyle, lineWidth] of [
    [halo, 6],
    [colour, 3],
  ]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    Object.assign(context, { strokeStyle, lineWidth });
    context.stroke();
  }
}

/**
 * A cross that leaves its own centre free, for what is shown now.
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} spot x and y, pixels
 * @param {string} colour
 * @param {string} halo
 */
export function cross(context, [x, y], colour, halo) {
  for (const [strokeStyle, lineWidth] of [
    [halo, 5],
    [colour, 2],
  ]) {
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + 13 * dx, y + 13 * dy);
    }
    Object.assign(context, { strokeStyle, lineWidth, lineCap: "round" });
    context.stroke();
  }
}
