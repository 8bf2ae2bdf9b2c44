// Buttons that several sections have.

const SEEDS = 999_999;

/** @param {number} seed @returns {number} the one after it; after the last the first */
export const nextSeed = (seed) => (seed % SEEDS) + 1;

/**
 * Training stops at the step that it has come to.
 * @type {import("./section.js").Action}
 */
export const PAUSE = {
  name: "pause",
  label: "Pause",
  help: "Stop at this step",
  idle: (_, result) => result?.there ?? true,
  act: (_, { at }) => ({ step: [at] }),
};

/**
 * What is random is drawn again.
 * @param {string} label
 * @param {string} what is other then
 * @returns {import("./section.js").Action}
 */
export const drawnAgain = (label, what) => ({
  name: "again",
  label,
  help: `${what}, from the next seed (key r)`,
  draws: true,
  act: ({ seed: [seed] }) => ({ seed: [nextSeed(seed)] }),
});
