import { test } from "node:test";
import { asPicture } from "../../static/live/engine/encoder.js";
import {
  Spread,
  bitsPerDimension,
  klPerDimension,
  logLikelihoods,
  pairedMean,
} from "../../static/live/math/likelihood.js";
import { expected, near } from "./expected.js";

const { mean, stddev, kl, logits, pictures, x, sigma, bernoulli, gaussian, ...rest } = expected();

test("log p(x|z) of Bernoulli and of Gaussian pixels", () => {
  near(logLikelihoods(Float32Array.from(logits.flat()), Float32Array.from(x), null), bernoulli, 1e-6);
  near(logLikelihoods(Float32Array.from(pictures.flat()), Float32Array.from(x), sigma), gaussian, 1e-5);
});

test("KL of each dimension", () => near(klPerDimension(mean, stddev), kl));

test("percentiles among a test set, equal values counted half", () => {
  const spread = new Spread(Float32Array.from(rest.reference));
  near(
    rest.asked.map((value) => spread.percentile(value)),
    rest.percentiles,
    1e-6,
  );
});

test("bits per dimension", () => {
  for (const { nats, density, expected: bits } of rest.bits)
    near([bitsPerDimension(nats, [3, 4, 5], density)], [bits], 1e-12);
});

test("bytes as a model is given them", () => {
  near(asPicture(rest.bytes, null), rest.noiseless.bernoulli, 1e-7);
  near(asPicture(rest.bytes, 0.1), rest.noiseless.gaussian, 1e-7);
});

test("a mean over mirrored pairs, and its standard error", () => {
  const { mean: middle, standardError } = pairedMean([1, 3, 4, 6, 0, 1]);
  near([middle, standardError], [2.5, Math.sqrt((0.25 + 6.25 + 4) / 2 / 3)], 1e-12);
});
