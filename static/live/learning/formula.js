// Pieces of the sections' formulas, as MathML; a symbol has the colour of the slider that moves it.

/** @param {string} sign */
const fence = (sign) => `<mo stretchy="false">${sign}</mo>`;

/** A symbol with its colour. @param {string} name of the colour @param {string} [sign] */
export const symbol = (name, sign = name) => `<mi data-symbol="${name}">${sign}</mi>`;

/** @param {string} text @returns {string} */
export const word = (text) => `<mi mathvariant="normal">${text}</mi>`;

/** @param {string} sign */
export const operator = (sign) => `<mo>${sign}</mo>`;

/** @param {...string} parts */
export const row = (...parts) => `<mrow>${parts.join("")}</mrow>`;

/** @param {string} above @param {string} below */
export const fraction = (above, below) => `<mfrac>${row(above)}${row(below)}</mfrac>`;

/** @param {string} base @param {string} exponent */
export const power = (base, exponent) => `<msup>${row(base)}${row(exponent)}</msup>`;

/** @param {string} base @param {string} below */
export const sub = (base, below) => `<msub>${row(base)}${row(below)}</msub>`;

/** @param {...string} parts */
export const bracketed = (...parts) => row(fence("("), ...parts, fence(")"));

/** @param {string} a @param {string} b @returns {string} KL(a ‖ b) */
export const divergence = (a, b) =>
  row(`<mi mathvariant="normal" data-symbol="kl">KL</mi>`, bracketed(a, '<mo stretchy="false">‖</mo>', b));

/** @param {string} name @param {...string} of @returns {string} name(of) */
export const applied = (name, ...of) => row(name, bracketed(...of));

/** @param {...string} parts of one line @returns {string} */
export const line = (...parts) => `<math displaystyle="true">${row(...parts)}</math>`;
