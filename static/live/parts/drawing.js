// A drawing as a link holds it: two pixels of 16 greys in a byte, in base64.
import { base64, bytesOf } from "../kit/bytes.js";

/** @param {Uint8Array} bytes of a picture's pixels @returns {string} */
export function packed(bytes) {
  const greys = bytes.map((byte) => Math.round(byte / 17)); // 0 to 15
  return base64(
    Uint8Array.from({ length: Math.ceil(greys.length / 2) }, (_, i) => (greys[2 * i] << 4) | (greys[2 * i + 1] ?? 0)),
  );
}

/** @param {string} text what `packed` gave @param {number} size pixels @returns {Uint8Array} (size,) */
export function unpacked(text, size) {
  const pairs = bytesOf(text);
  return Uint8Array.from({ length: size }, (_, i) => 17 * (i % 2 ? pairs[i >> 1] & 15 : pairs[i >> 1] >> 4));
}
