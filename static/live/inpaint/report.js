// What Python is told of the Inpaint page.
import { packed } from "./hole.js";
import { base64 } from "../kit/bytes.js";

/**
 * Once the hand rests, Python is told where we are: it writes the link and can say more about this hole.
 * @param {import("./state.js").Inpainting} state
 */
export function report(state) {
  const { model, limits, bytes, source, mask, parts } = state;
  if (!model || !limits || !bytes) return;
  state.sequence += 1;
  state.send("place", {
    sequence: state.sequence,
    model: model.name,
    kind: source.kind,
    index: source.index,
    x: source.kind === "sample" ? null : base64(bytes),
    mask: mask.kind,
    fraction: mask.step / limits.steps,
    seed: mask.seed,
    hole: state.painted ? base64(packed(parts.hole.mask)) : null,
    truth: state.truth,
  });
}
