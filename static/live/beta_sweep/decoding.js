// What every model decodes, from where the page stands, and what it says of the picture that it read.
import { normals } from "../math/noise.js";

/** @typedef {import("./state.js").Sweep} Sweep */

const MOST_DIMENSIONS = 512; // of a latent space
const MEASURE_EVERY = 90; // ms between two readings of the terms

/** Every model's picture. @param {Sweep} sweep @param {number} time when the event came */
export function decodeAll(sweep, time) {
  const { mode, bytes, u, around, noise } = sweep,
    k = Math.min(sweep.k, sweep.most),
    epsilon = epsilonOf(sweep);
  for (const card of sweep.cards.values()) {
    if (!card.opened) continue;
    if (mode === "slider") card.traverse(k, u, around, epsilon, time);
    else if (bytes && card.reader.encoder) card.reconstruct(bytes, epsilon, noise, time);
  }
}

/** The same draw for every model; a seed's numbers are kept while it is the seed. @param {Sweep} sweep */
export function epsilonOf(sweep) {
  if (sweep.noises.seed !== sweep.seed)
    sweep.noises = { seed: sweep.seed, epsilon: normals(MOST_DIMENSIONS, sweep.seed) };
  return sweep.noises.epsilon;
}

/**
 * The terms of the ELBO below every picture, some time after one was painted; `data-judged` says of which picture.
 * @param {Sweep} sweep
 */
export function measureSoon(sweep) {
  if (sweep.mode !== "picture" || sweep.measuring !== undefined) return;
  sweep.measuring = setTimeout(async () => {
    const measured = sweep.bytes,
      readers = Array.from(sweep.cards.values()).filter(({ reader }) => reader.x && reader.reading);
    await Promise.all(readers.map((card) => card.showTerms())).catch(console.error);
    sweep.measuring = undefined;
    if (measured !== sweep.bytes) measureSoon(sweep);
    else if (sweep.mode === "picture") sweep.layout.root.dataset.judged = String(picturesOf(sweep));
  }, MEASURE_EVERY);
}

/** @param {Sweep} sweep @returns {number} pictures that every card has shown */
export function picturesOf(sweep) {
  return Math.min(...Array.from(sweep.cards.values(), ({ decoder }) => decoder.pictures));
}
