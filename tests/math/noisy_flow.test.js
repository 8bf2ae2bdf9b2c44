import { test } from "node:test";
import { lineJudged, planeJudged } from "../../static/live/math/noisy_flow.js";
import { expected, near } from "./expected.js";

test("a VAE with a flow as its decoder", () => {
  const { lines, planes } = expected();
  for (const { flow, x, noise, found } of lines) near(Object.values(lineJudged(flow, x, noise)), found, 1e-9);
  for (const { layers, x, noise, found } of planes) near(Object.values(planeJudged(layers, x, noise)), found, 1e-9);
});
