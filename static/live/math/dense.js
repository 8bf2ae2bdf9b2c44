// A fully connected layer and its gradient: rows of inputs (B, I), weights (O, I) and biases (O,) as torch.nn.Linear has
// them. Two rows and two outputs are worked on at once, which reads every number half as often; a last one that is alone
// is its own partner.

/** @typedef {{inputs: number, outputs: number, weight: Float64Array, bias: Float64Array}} Layer views of one block */

/**
 * y = x W' + b
 * @param {Layer} layer
 * @param {Float64Array} x (B, I)
 * @param {Float64Array} y (B, O), written
 * @param {number} rows B
 */
export function forward({ inputs, outputs, weight, bias }, x, y, rows) {
  for (let row = 0; row < rows; row += 2) {
    const next = Math.min(row + 1, rows - 1),
      here = row * inputs,
      there = next * inputs;
    for (let o = 0; o < outputs; o += 2) {
      const other = Math.min(o + 1, outputs - 1),
        first = o * inputs,
        second = other * inputs;
      let a = bias[o],
        b = bias[other],
        c = a,
        d = b;
      for (let i = 0; i < inputs; i++) {
        const [v, w] = [x[here + i], x[there + i]],
          [s, t] = [weight[first + i], weight[second + i]];
        a += v * s;
        b += v * t;
        c += w * s;
        d += w * t;
      }
      y[row * outputs + o] = a;
      y[row * outputs + other] = b;
      y[next * outputs + o] = c;
      y[next * outputs + other] = d;
    }
  }
}

/**
 * The gradients of a sum whose gradient by y is known.
 * @param {Layer} layer
 * @param {Float64Array} x (B, I)
 * @param {Float64Array} byY (B, O)
 * @param {Layer} byLayer added to
 * @param {Float64Array | null} byX (B, I), written; null where nobody asks
 * @param {number} rows B
 */
export function backward(layer, x, byY, byLayer, byX, rows) {
  toLayer(x, byY, byLayer, rows);
  if (byX) toInputs(layer, byY, byX, rows);
}

/** @param {Float64Array} x @param {Float64Array} byY @param {Layer} byLayer @param {number} rows */
function toLayer(x, byY, { inputs, outputs, weight, bias }, rows) {
  for (let o = 0; o < outputs; o++) {
    const at = o * inputs;
    for (let row = 0; row < rows; row += 2) {
      const pull = byY[row * outputs + o],
        other = row + 1 < rows ? byY[(row + 1) * outputs + o] : 0;
      if (pull === 0 && other === 0) continue; // silent units
      const here = row * inputs,
        there = Math.min(row + 1, rows - 1) * inputs;
      bias[o] += pull + other;
      for (let i = 0; i < inputs; i++) weight[at + i] += pull * x[here + i] + other * x[there + i];
    }
  }
}

/** @param {Layer} layer @param {Float64Array} byY @param {Float64Array} byX @param {number} rows */
function toInputs({ inputs, outputs, weight }, byY, byX, rows) {
  byX.fill(0, 0, rows * inputs);
  for (let row = 0; row < rows; row++) {
    const here = row * inputs;
    for (let o = 0; o < outputs; o += 2) {
      const pull = byY[row * outputs + o],
        other = o + 1 < outputs ? byY[row * outputs + o + 1] : 0,
        first = o * inputs,
        second = Math.min(o + 1, outputs - 1) * inputs;
      if (pull === 0 && other === 0) continue;
      for (let i = 0; i < inputs; i++) byX[here + i] += pull * weight[first + i] + other * weight[second + i];
    }
  }
}

/** @param {Float64Array} values rectified in place */
export function rectify(values) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
}

/** Nothing comes back through silent units. @param {Float64Array} gradient in place @param {Float64Array} values rectified */
export function throughRectifier(gradient, values) {
  for (let i = 0; i < gradient.length; i++) if (values[i] <= 0) gradient[i] = 0;
}
