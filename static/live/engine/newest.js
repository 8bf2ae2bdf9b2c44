// The newest input always wins, and there is at most one picture in an animation frame.

/**
 *     const newest = new Newest((z, time) => paint(z, time), () => runtime !== null);
 *     newest.request(z, performance.now());
 *
 * @template Input
 */
export class Newest {
  /**
   * @param {(input: Input, time: number) => Promise<void>} paint ends in microtasks, before the browser draws a frame
   * @param {() => boolean} ready whether there is something to paint with; what is asked for until then waits
   */
  constructor(paint, ready) {
    this.paint = paint;
    this.ready = ready;
    /** @type {{input: Input, time: number} | null} */
    this.pending = null; // the newest input that is not on the screen yet
    this.busy = false; // one is being painted, or this frame has had its picture
  }

  /**
   * Paint at once if this frame has had no picture yet, else in the next.
   * @param {Input} input
   * @param {number} time when the hand moved
   */
  request(input, time) {
    this.pending = { input, time };
    if (!this.busy && this.ready()) this.frame();
  }

  async frame() {
    if (!this.pending) return;
    const { input, time } = this.pending;
    this.pending = null;
    this.busy = true;
    try {
      await this.paint(input, time);
    } finally {
      requestAnimationFrame(() => {
        this.busy = false;
        if (this.pending && this.ready()) this.frame();
      });
    }
  }

  /** Forget what waits. */
  drop() {
    this.pending = null;
  }
}
