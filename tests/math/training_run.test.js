import assert from "node:assert/strict";
import { test } from "node:test";
import { uniforms } from "../../static/live/math/noise.js";
import { batch, goOn, newRun } from "../../static/live/math/training_run.js";

const sizes = { pixels: 16, hidden: 8, latent: 2 },
  settings = { seed: 3, rate: 0.01, batch: 32 },
  uniform = uniforms(5);
/** @param {number} count */
const bytes = (count) => Uint8Array.from({ length: count * 16 }, (_, i) => (i % 3 ? 255 * uniform() : 0));
const pictures = { train: bytes(100), heldOut: bytes(40) };
const one = () => 1;
const forever = () => true;
/** @param {number} steps */
const trained = (steps, weightOf = one, seed = 3) => {
  const run = newRun(pictures, sizes, { ...settings, seed });
  assert.ok(goOn(run, steps, weightOf, forever));
  return run;
};

test("a seed fixes every number, however training is cut into pieces", () => {
  const run = newRun(pictures, sizes, settings);
  let pieces = 1;
  while (!goOn(run, 45, one, () => false)) pieces += 1;
  const whole = trained(45);
  assert.deepEqual(run.vae.parameters, whole.vae.parameters);
  assert.deepEqual(run.judged, whole.judged);
  assert.equal(pieces, 45 + 2 * 4 + 1); // judged at 0, 20, 40 and 45, both splits; and the last finds nothing to do
  assert.notDeepEqual(trained(45, one, 4).vae.parameters, whole.vae.parameters);
});

test("going back and forth changes nothing", () => {
  const run = trained(45),
    { parameters } = trained(27).vae;
  assert.ok(goOn(run, 27, one, forever));
  assert.deepEqual(run.vae.parameters, parameters);
  assert.ok(goOn(run, 45, one, forever));
  assert.deepEqual(run.vae.parameters, trained(45).vae.parameters);
});

test("another weight from some step on is that of a run that had it then", () => {
  const later = (/** @type {number} */ step) => (step < 30 ? 1 : 4),
    run = trained(60);
  assert.ok(goOn(run, 60, later, forever));
  const afresh = trained(60, later);
  assert.deepEqual(run.vae.parameters, afresh.vae.parameters);
  assert.deepEqual(Array.from(run.judged.keys()), Array.from(afresh.judged.keys()));
  assert.ok(
    /** @type {any} */ (run.judged.get(60)).heldOut.kl < /** @type {any} */ (trained(60).judged.get(60)).heldOut.kl,
  );
});

test("an epoch shows every picture once", () => {
  const run = newRun(pictures, sizes, settings),
    seen = [0, 1, 2, 3].flatMap((step) => Array.from(batch(run, step).indices));
  assert.deepEqual(
    seen.toSorted((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
  assert.notDeepEqual(Array.from(batch(run, 4).indices), seen.slice(0, 32));
});

test("training raises the ELBO of both splits", () => {
  const { judged } = trained(200),
    [first, last] = [judged.get(0), judged.get(200)];
  for (const split of /** @type {const} */ (["train", "heldOut"]))
    assert.ok(/** @type {any} */ (last)[split].elbo > /** @type {any} */ (first)[split].elbo + 0.5);
});

test("several draws of the same pictures", () => {
  const run = newRun(pictures, sizes, { ...settings, draws: 2 }),
    { x, epsilon, indices } = batch(run, 3),
    half = x.length / 2;
  assert.equal(indices.length, 100 - 3 * 32);
  assert.deepEqual(x.slice(0, half), x.slice(half));
  assert.deepEqual(x.slice(0, half), batch(newRun(pictures, sizes, settings), 3).x);
  assert.equal(epsilon.length, 2 * 2 * indices.length);
  assert.notDeepEqual(epsilon.slice(0, 8), epsilon.slice(8));
});
