// A canvas that is drawn on in pixels of the window, as sharp as the screen.

/**
 * Make a canvas as fine as the screen, and empty it.
 * @param {HTMLCanvasElement} canvas
 * @param {number} [width] in pixels of the window, as `height`
 * @returns {{ context: CanvasRenderingContext2D, width: number, height: number }} the context counts those pixels, too
 */
export function emptied(canvas, width = canvas.clientWidth, height = canvas.clientHeight) {
  const ratio = window.devicePixelRatio || 1,
    wide = Math.round(width * ratio),
    high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const context = contextOf(canvas);
  context.reset(); // colours, widths and clips of the last drawing, too
  context.scale(ratio, ratio);
  return { context, width, height };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {CanvasRenderingContext2D}
 */
export function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("This browser gives no more canvases to draw on: close other pages of it.");
  return context;
}
