// Buttons that several sections have.

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
  act: ({ seed: [seed] }) => ({ seed: [seed + 1] }),
});
