// The pictures of the ends: originals, what is decoded where there are none, and what a visitor brings.
import { asPicture, encode } from "../engine/encoder.js";
import { loadSession } from "../engine/runtime.js";
import { base64, fileAsBase64 } from "../kit/bytes.js";
import { centredByMass } from "../math/centring.js";
import { decoding } from "./paths.js";
import { endsOf } from "./state.js";
import { follow, paintStrip, showCaption } from "./view.js";

/** @typedef {import("./state.js").Interpolation} Interpolation */
/** @typedef {import("./ends.js").End} End */

/** Originals of the ends that are codes; what the decoder makes of the others. @param {Interpolation} state */
export async function fetchPictures(state) {
  const ends = endsOf(state),
    { originals, model } = state,
    dim = model.latentDim;
  const wanted = ends.filter(({ picture }) => !picture),
    decoded = wanted.filter(({ row }) => row === null || !originals);
  const block = new Float32Array(decoded.length * dim);
  decoded.forEach(({ z }, i) => block.set(z, i * dim));
  if (decoded.length) state.parts.jobs.request("ends", decoding(model, block, decoded.length), decoded);
  if (!originals || decoded.length === wanted.length) return;
  for (const end of wanted) {
    if (end.row === null) continue;
    end.picture = asPicture(originals.at(end.row) ?? (await originals.get(end.row)), model.noise);
  }
  if (ends === endsOf(state)) picturesCame(state);
}

/** The originals came: they take the place of what was decoded. @param {Interpolation} state */
export function refetchPictures(state) {
  for (const ends of Object.values(state.lists)) {
    for (const end of ends) if (end.row !== null) delete end.picture;
  }
  state.persist("pictures", () => fetchPictures(state));
}

/** The worker has decoded the ends that have no original. @param {Interpolation} state @param {Float32Array} pictures @param {End[]} ends */
export function endsDecoded(state, pictures, ends) {
  const size = pictures.length / ends.length;
  ends.forEach((end, i) => {
    end.picture = pictures.subarray(i * size, (i + 1) * size);
  });
  picturesCame(state);
}

/** @param {Interpolation} state */
function picturesCame(state) {
  endsOf(state).forEach((_, index) => state.parts.ends.paint(index));
  paintStrip(state);
  follow(state);
}

/**
 * The end that was drawn on the pad, moved to the middle if the data set's pictures were.
 * @param {Interpolation} state
 * @param {Uint8Array} drawn (C, H, W)
 * @returns {Promise<End>}
 */
export async function endDrawn({ files, model }, drawn) {
  const { shape, noise } = model,
    bytes = model.pen?.centre ? centredByMass(drawn, shape) : drawn,
    picture = asPicture(bytes, noise);
  const { mean } = await encode(await loadSession(files, model.encoder), picture, shape);
  return { row: null, z: Float32Array.from(mean), text: "drawn", picture, drawn: base64(bytes) };
}

/** A file's bytes go to Python, which takes more kinds of picture than a browser. @param {Interpolation} state @param {File} file */
export async function bring(state, file) {
  const { mostBytes } = state.limits;
  /** @param {number} bytes */
  const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
  if (file.size > mostBytes)
    return showCaption(
      state,
      `The file has ${megabytes(file.size)}, and ${megabytes(mostBytes)} are the most that is taken: save the picture smaller.`,
    );
  try {
    state.call("file", { name: file.name, base64: await fileAsBase64(file), ringed: state.ringed });
  } catch (error) {
    showCaption(state, error instanceof Error ? error.message : String(error));
  }
}
