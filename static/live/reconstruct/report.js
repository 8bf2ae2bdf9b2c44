// What Python is told of the Reconstruct page.
import { base64 } from "../kit/bytes.js";

/**
 * Once the hand rests, Python is told where we are: it writes the link and can say more about x.
 * @param {import("./state.js").Reconstruction} state
 */
export function report(state) {
  const { model, bytes, source, chosen, tab, view } = state;
  if (!model || !bytes) return;
  state.sequence += 1;
  state.send("place", {
    sequence: state.sequence,
    model: model.name,
    kind: source.kind,
    index: source.index,
    x: base64(bytes),
    compared: chosen,
    tab,
    ...view,
  });
}
