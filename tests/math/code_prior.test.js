import assert from "node:assert/strict";
import { test } from "node:test";
import { drawCodes } from "../../static/live/engine/quantised.js";
import { codeAt, eachLogProbability, logProbabilities } from "../../static/live/math/code_prior.js";
import { expected, near } from "./expected.js";

const { size, codes, logits, each, uniforms, drawn } = expected();
const flat = Float32Array.from(logits.flat());

test("log p of each cell's code, given the cells before it", () =>
  near(eachLogProbability(flat, codes, size), each, 1e-6));

test("a uniform number draws the code whose share it falls into", () => {
  const logProbs = logProbabilities(flat, 2, size);
  assert.deepEqual(
    uniforms.map((/** @type {number} */ uniform) => codeAt(logProbs, uniform)),
    drawn,
  );
});

test("what rounding leaves over goes to the likeliest code", () =>
  assert.equal(codeAt(Float64Array.from([0.3, 0.6, 0.1 - 1e-12], Math.log), 1 - 1e-13), 1));

/** A prior of two codes whose second cell is surely what the first is, and whose first is drawn evenly. */
const chain = {
  ort: {
    Tensor: class {
      constructor(_, data, dims) {
        Object.assign(this, { data, dims });
      }
    },
  },
  session: {
    run: async ({ z }) => {
      const [count, cells] = z.dims,
        logits = new Float32Array(count * cells * 2);
      for (let i = 0; i < count; i++) {
        const first = Number(z.data[i * cells]);
        for (let cell = 1; cell < cells; cell++) logits[(i * cells + cell) * 2 + first] = 50;
      }
      return { logits: { data: logits } };
    },
  },
};

test("cells are drawn one after another, each picture from numbers of its own", async () => {
  const codes = [0, 0, 0, 0, 0, 0],
    uniform = [0.9, 0.5, 0.5, 0.1, 0.5, 0.5];
  assert.ok(await drawCodes(chain, codes, uniform, 2, { count: 2 }));
  assert.deepEqual(codes, [1, 1, 1, 0, 0, 0]);
});

test("cells that are given keep their codes, and those before the first stay as they are", async () => {
  const codes = [1, 0, 0];
  assert.ok(await drawCodes(chain, codes, [0.1, 0.1, 0.1], 2, { from: 1, given: new Map([[2, 0]]) }));
  assert.deepEqual(codes, [1, 1, 0]);
});

test("a draw that is wanted no more is given up", async () => {
  const codes = [0, 0, 0];
  assert.equal(await drawCodes(chain, codes, [0.9, 0.9, 0.9], 2, { late: () => true }), false);
  assert.deepEqual(codes, [1, 0, 0]);
});
