import { test } from "node:test";
import * as coin from "../../static/live/math/coin.js";
import { expected, near } from "./expected.js";

const { z, cases, arguments: given, logGammas } = expected();
const WITHIN = 1e-9;

test("posterior, its density, evidence and likelihood", () => {
  for (const { prior, tossed, after, mean, stddev, density, evidence, likelihood } of cases) {
    const found = coin.afterTosses(prior, ...tossed);
    near([found.heads, found.tails], [after.heads, after.tails], WITHIN);
    near([coin.meanOf(found), coin.stddevOf(found)], [mean, stddev], WITHIN);
    near(coin.logDensity(found, z), density, WITHIN);
    near([coin.logEvidence(prior, ...tossed)], [evidence], WITHIN);
    near(coin.logLikelihood(z, ...tossed), likelihood, WITHIN);
  }
});

test("the likelihood at its ends", () => {
  near(coin.logLikelihood([0, 1], 0, 0), [0, 0]);
  near(coin.logLikelihood([0], 0, 3), [0]);
});

test("log Gamma", () => near(given.map(coin.logGamma), logGammas, 1e-11));
