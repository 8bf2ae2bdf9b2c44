// What the networks say of the picture: q(y|x), and the picture as every label has it.
import { asPicture } from "../engine/encoder.js";
import { classify, decodeWithEach, meansWithEach } from "../engine/labelled.js";
import { sizeOf } from "../math/shape.js";
import { markWrong, percent } from "./labels_wrong.js";

/** @typedef {import("./labels_state.js").SemiSupervised} SemiSupervised */

/** Read a picture. @param {SemiSupervised} section @param {Uint8Array} bytes (C, H, W) */
export function read(section, bytes) {
  const { network, place, source } = section;
  markWrong(section);
  if (!network) return;
  section.inputs += 1;
  if (place.row === null || source.tests.originals) {
    section.newest.request(asPicture(bytes, network.noise), performance.now());
  } else {
    section.newest.drop();
    section.seen = null;
    show(section);
  }
}

/** @param {SemiSupervised} section @param {Float32Array} x (C, H, W) in [0, 1] @param {number} time when the hand moved */
export async function paint(section, x, time) {
  const { network, classifier, encoder, decoder, classes } = section;
  if (!network || !classifier || !encoder || !decoder) return;
  const probabilities = await classify(classifier, x, network.shape),
    z = await meansWithEach(encoder, x, network.shape, classes),
    rebuilt = await decodeWithEach(decoder, z, classes);
  if (section.decoder !== decoder) return; // another model was chosen meanwhile
  section.seen = { x, probabilities, rebuilt };
  show(section);
  section.pictures += 1;
  section.milliseconds = performance.now() - time;
  performance.measure("live:decode", { start: time, end: performance.now() });
}

/** What the data set says that the picture is; null where it says nothing. @param {SemiSupervised} section */
function labelOf({ place, source, said, labels }) {
  if (place.row === null) return null;
  const label = source.tests.ownLabel(place.row) ?? said[place.row];
  return label !== undefined && label < labels.length ? label : null;
}

/** Everything that follows the picture. @param {SemiSupervised} section */
export function show(section) {
  const { rows, seen, network, labels, layout, page, source } = section;
  if (!network) return;
  const size = sizeOf(network.shape),
    truth = labelOf(section),
    best = seen ? seen.probabilities.indexOf(Math.max(...seen.probabilities)) : null;
  rows.forEach(({ element, share, canvas }, y) => {
    element.style.setProperty("--share", String(seen?.probabilities[y] ?? 0));
    element.toggleAttribute("data-best", y === best);
    element.toggleAttribute("data-said", y === truth);
    share.textContent = seen ? percent(seen.probabilities[y]) : "–";
    if (seen) canvas.paint(seen.rebuilt.subarray(y * size, (y + 1) * size), network.shape);
    else canvas.clear();
  });
  const reads = best === null ? "" : `Read as ${labels[best] ?? best}`,
    whose = source.tests.own ? "drawn as" : "the data set says",
    is = truth === null ? "" : `${whose} ${labels[truth]}`;
  layout.verdict.textContent = [reads, is].filter(Boolean).join("; ");
  layout.verdict.toggleAttribute("data-wrong", best !== null && truth !== null && best !== truth);
  page.root.dataset.ready = "1";
}
