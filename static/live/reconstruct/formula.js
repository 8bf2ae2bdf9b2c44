// Pieces of formulas, as MathML.

/** @param {string} sign */
export const fence = (sign) => `<mo stretchy="false">${sign}</mo>`; // one that grew would push the bars off the screen

/** @param {string} a @param {string} b */
export const given = (a, b) =>
  `${fence("(")}<mi>${a}</mi><mo stretchy="false" lspace="0" rspace="0">|</mo><mi>${b}</mi>${fence(")")}`;

/** @param {string} base @param {string} below */
export const sub = (base, below) => `<msub>${base}<mi>${below}</mi></msub>`;

/** @param {string} base */
export const squared = (base) => `<msup>${base}<mn>2</mn></msup>`;

/** @param {string} name */
export const bold = (name) => `<mi mathvariant="normal" style="font-weight: 700">${name}</mi>`;

export const DECODED = `<mover accent="true"><mi>x</mi><mo stretchy="false">^</mo></mover>`;
