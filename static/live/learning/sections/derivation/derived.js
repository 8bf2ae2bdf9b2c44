// The lines of the derivation for the q that the hand holds over a test picture's posterior.
import { chord, derivation } from "../../../math/derivation.js";
import { movedFrom, resolved } from "../../judged_posterior.js";

/** @typedef {import("../../state.js").Values} Values */
/** @typedef {import("../../trained.js").Trained} Trained */
/** @typedef {import("../../judged_posterior.js").Judged} Judged */
/** @typedef {ReturnType<typeof derived>} Derived */

/** What the middle of q decodes to. @param {Values} values @param {Trained} trained */
export async function decodeMiddle({ picture: [k], q }, trained) {
  const { mean, stddev } = await trained.encode((await trained.picture(k)).x);
  return trained.decode(mean.map((value, d) => value + q[d] * stddev[d]));
}

/** @param {Values} values @param {{judged: Judged, middle: Float32Array}} loaded */
export function derived(values, { judged, middle }) {
  const { line, way, points, weight } = values,
    q = resolved(movedFrom(values.q, judged.encoder), judged.frame, judged.grid),
    lines = derivation(judged.logLikelihoods, judged.grid, q.mean, q.stddev),
    ladder = way[0] ? lines.divergence : lines.jensen,
    at = Math.min(line[0], ladder.length - 1);
  const seen = ladder.slice(0, at + 1),
    lost = ladder[0].value - seen[at].value;
  return {
    judged,
    middle,
    q,
    ...lines,
    ladder,
    at,
    lost,
    points,
    weight: weight[0],
    chord: chord(points[0], points[1], weight[0]),
  };
}
