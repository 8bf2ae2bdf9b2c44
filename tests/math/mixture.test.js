import { test } from "node:test";
import { MixtureNoise, mixtureOf } from "../../static/live/math/mixture.js";
import { expected, near } from "./expected.js";

const { outputs, components, smallest, weights, mean, stddev, mixtureMean, mixtureStddev } = expected();
const dim = mixtureMean.length,
  COUNT = 20_000;

test("the completer's outputs are the mixture of MaskedPosterior", () => {
  const mixture = mixtureOf(Float32Array.from(outputs), components, dim, smallest);
  near(mixture.weights, weights, 1e-6);
  near(mixture.mean, mean);
  near(mixture.stddev, stddev);
});

test("draws have the mixture's mean and spread", () => {
  const draws = new MixtureNoise(COUNT, dim, 4).draw(mixtureOf(Float32Array.from(outputs), components, dim, smallest));
  for (let d = 0; d < dim; d++) {
    const own = draws.filter((_, i) => i % dim === d),
      middle = own.reduce((sum, value) => sum + value, 0) / COUNT,
      spread = Math.sqrt(own.reduce((sum, value) => sum + (value - middle) ** 2, 0) / COUNT);
    near([middle], [mixtureMean[d]], (5 * mixtureStddev[d]) / Math.sqrt(COUNT));
    near([spread / mixtureStddev[d]], [1], 0.03);
  }
});
