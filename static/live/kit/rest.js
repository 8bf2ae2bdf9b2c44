// Waiting until hands and browser rest.
const REST = 250; // ms without a move

/** @returns {Promise<void>} kept once someone has moved, touched or typed anything, and rests */
export function firstRest() {
  const done = new AbortController();
  /** @type {number | undefined} */
  let timer;
  return new Promise((resolve) => {
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        done.abort();
        resolve();
      }, REST);
    };
    for (const type of ["pointermove", "pointerdown", "keydown"]) {
      window.addEventListener(type, moved, { passive: true, capture: true, signal: done.signal });
    }
  });
}

/** @returns {Promise<void>} kept once the browser has nothing to do, and soon in any case */
export function idle() {
  return new Promise((resolve) => {
    if (window.requestIdleCallback) window.requestIdleCallback(() => resolve(), { timeout: 250 });
    else setTimeout(resolve, 30);
  });
}
