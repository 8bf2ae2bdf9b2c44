// Play and pause: moves t forth and back at an even pace, once an animation frame, until someone takes over.

const STEPS = 10; // from one end to the other, for those who want no motion

/** @returns {boolean} whether the visitor's system asks for less motion */
export function motionReduced() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

export class Player {
  /** @param {{onStep: (share: number, time: number) => void, onState: (playing: boolean) => void}} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.playing = false;
    this.seconds = 4; // from one end to the other
    this.share = 0; // of the way
    this.heading = 1;
  }

  toggle() {
    if (this.playing) this.pause();
    else if (motionReduced()) this.stepOn();
    else this.play();
  }

  /** One step instead of a motion. */
  stepOn() {
    this.handlers.onState(true);
    this.advance((1000 * this.seconds) / STEPS);
    this.handlers.onStep(this.share, performance.now());
    this.handlers.onState(false);
  }

  play() {
    this.playing = true;
    this.handlers.onState(true);
    /** @type {number | null} */
    let before = null;
    /** @param {number} now */
    const step = (now) => {
      if (!this.playing) return;
      this.advance(before === null ? 0 : Math.min(now - before, 100));
      before = now;
      this.handlers.onStep(this.share, performance.now());
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  /** @param {number} milliseconds */
  advance(milliseconds) {
    const moved = this.share + (this.heading * milliseconds) / (1000 * this.seconds);
    if (moved >= 1) this.heading = -1;
    if (moved <= 0) this.heading = 1;
    this.share = Math.min(1, Math.max(0, moved));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame ?? 0);
    this.handlers.onState(false);
  }
}
