// Bytes as text, for what is sent to Python and comes from there.

/** @param {Uint8Array} bytes @returns {string} */
export function base64(bytes) {
  let letters = "";
  for (let i = 0; i < bytes.length; i += 4096) letters += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return btoa(letters);
}

/** @param {string} text in base64 @returns {Uint8Array} */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * @param {Blob} file
 * @returns {Promise<string>} its bytes in base64; rejects with a sentence if it cannot be read
 */
export function fileAsBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(new Error("The file could not be read: is it still there?"));
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ""));
    reader.readAsDataURL(file);
  });
}
