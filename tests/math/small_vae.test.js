import { test } from "node:test";
import { noMoments, step } from "../../static/live/math/adam.js";
import { encode, pictures, terms, vaeOf } from "../../static/live/math/small_vae.js";
import { lossAndGradient, scoreFunction } from "../../static/live/math/vae_gradient.js";
import { expected, near } from "./expected.js";

const { sizes, parameters, cases, scores, adam, z, decoded, training } = expected();
const WITHIN = 1e-6;
const block = (numbers = parameters) => vaeOf(sizes, Float64Array.from(numbers));

test("the terms of the ELBO, the loss and its gradient", () => {
  for (const { x, epsilon, weight, mean, logLikelihood, kl, loss, gradient } of cases) {
    const vae = block(),
      bits = Float64Array.from(x),
      found = terms(vae, bits, epsilon);
    near(encode(vae, bits).mean, mean, WITHIN);
    near(found.logLikelihood, logLikelihood, WITHIN);
    near(found.kl, kl, WITHIN);
    const ours = new Float64Array(parameters.length).fill(7),
      { loss: value } = lossAndGradient(vae, bits, epsilon, weight, ours);
    near([value], [loss], WITHIN);
    near(ours, gradient, WITHIN);
  }
});

test("the gradient by the score function", () => {
  for (const { share, x, epsilon, gradient, own } of scores) {
    const ours = new Float64Array(parameters.length);
    lossAndGradient(block(), Float64Array.from(x), epsilon, 1, ours, new Map(), scoreFunction(share));
    near(ours, gradient, WITHIN);
    near(ours, own, 1e-4); // vae_core's objective, in single precision
  }
});

test("what is decoded", () => near(pictures(block(), Float64Array.from(z)), decoded, WITHIN));

test("Adam", () => {
  const found = Float64Array.from(adam.start),
    moments = noMoments(found.length);
  for (const slopes of adam.gradients) step(found, Float64Array.from(slopes), moments, adam.rate);
  near(found, adam.end, 1e-9);
});

test("twenty steps of training come to where vae_core's come", () => {
  const vae = block(),
    moments = noMoments(parameters.length),
    gradient = new Float64Array(parameters.length),
    losses = training.batches.map((/** @type {any} */ { x, epsilon, weight }) => {
      const { loss } = lossAndGradient(vae, Float64Array.from(x), epsilon, weight, gradient);
      step(vae.parameters, gradient, moments, training.rate);
      return loss;
    });
  near(losses, training.losses, 1e-9);
  near(vae.parameters, training.end, 1e-9);
  near(losses, training.ownLosses, 1e-6); // which are sums of single precision
  near(vae.parameters, training.ownEnd, 1e-6);
});
