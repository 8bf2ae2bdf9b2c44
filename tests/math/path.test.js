import assert from "node:assert/strict";
import { test } from "node:test";
import { distance, linear, normOf, ray, sampled, spherical, steps, walk } from "../../static/live/math/path.js";
import { expected, near } from "./expected.js";

const { stops, parallel, times, ...ours } = expected();
const latents = (path) => times.map((t) => Array.from(path(t))).flat();

test("a walk is vae_core's, straight and along great circles", () => {
  near(latents(walk(stops)), ours.linear.flat());
  near(latents(walk(stops, linear)), ours.linear.flat());
  near(latents(walk(stops, spherical)), ours.spherical.flat());
});

test("where there is no great circle it is straight", () => {
  near(latents(walk(parallel, spherical)), ours.straightened.flat());
});

test("a walk of one stop stays there, and one of none is refused", () => {
  near(latents(walk(stops.slice(0, 1))), ours.single.flat());
  assert.throws(() => walk([]), /at least 1 stop/);
});

test("a block of latents is the path at each time", () => {
  const path = ray(stops[0], stops[1]);
  near(
    sampled(path, steps(-1, 1, 3), stops[0].length),
    [-1, 0, 1].flatMap((t) => stops[0].map((v, d) => v + t * stops[1][d])),
  );
  near([normOf(stops[0])], [Math.hypot(...stops[0])]);
  near([distance(stops[0], stops[1])], [Math.hypot(...stops[0].map((v, d) => v - stops[1][d]))]);
});
