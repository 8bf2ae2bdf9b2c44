// The marks above the map, drawn on a canvas of their own.

/** A ring around what is pinned, readable on any ground. */
export function ring(context, [x, y], radius, colour, halo) {
  for (const [style, width] of [[halo, 6], [colour, 3]]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    Object.assign(context, { strokeStyle: style, lineWidth: width });
    context.stroke();
  }
}

/** A cross that leaves its own centre free, for what is shown now. */
export function cross(context, [x, y], colour, halo) {
  for (const [style, width] of [[halo, 5], [colour, 2]]) {
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + 4 * dx, y + 4 * dy);
      context.lineTo(x + 13 * dx, y + 13 * dy);
    }
    Object.assign(context, { strokeStyle: style, lineWidth: width, lineCap: "round" });
    context.stroke();
  }
}
