import assert from "node:assert/strict";
import { test } from "node:test";
import { codesFigure } from "../../static/live/parts/codes_figure.js";
import { expected, near } from "./expected.js";

const { cases, palette } = expected();
const TITLES = { kl: "KL, nats a picture", error: "Reconstruction error, nats a picture" };

/** @param {any} one of pytest's cases, as the page has them */
function given({ points, labels, names, kl, error }) {
  const block = (/** @type {number[]} */ values) => Float32Array.from(values);
  const codes = { count: labels.length, labels: block(labels), kl: block(kl), reconstruction_error: block(error) };
  const model = { name: "some", latentDim: 9, labels: names, pca: null, palette };
  return { codes: { mean: block([]), indices: block([]), ...codes }, model, points: block(points.flat()) };
}

/** @param {"latent" | "pca" | "umap"} projection @param {"label" | "kl" | "error"} colour @param {any} one a case */
function figureOf(projection, colour, one, legend = true) {
  const { codes, model, points } = given(one);
  return codesFigure(codes, model, { projection, axes: [6, 2], colour }, points, legend);
}

test("every code is drawn once, in its label's colour and form", () => {
  for (const one of cases) {
    const { data } = figureOf("umap", "label", one);
    assert.equal(data.length, one.names.length);
    for (const [label, { x, y, name, type, mode, marker }] of data.entries()) {
      assert.deepEqual([name, type, mode], [one.names[label], "scattergl", "markers"]);
      assert.deepEqual([Array.from(x), Array.from(y)], one.byLabel[label]);
      assert.deepEqual([marker.color, marker.symbol], one.looks[label]);
    }
  }
});

test("few labels have their name at the median of their points", () => {
  for (const one of cases) {
    const { annotations } = figureOf("pca", "label", one).layout;
    assert.deepEqual(
      annotations.map(({ name }) => name),
      one.named,
    );
    near(
      annotations.flatMap(({ x, y }) => [x, y]),
      one.medians.flat(),
      1e-6,
    );
    assert.ok(annotations.every(({ showarrow, text, name }) => !showarrow && text === name));
  }
});

test("a legend stands where there is room for one", () => {
  for (const one of cases) {
    assert.equal(figureOf("umap", "label", one).layout.showlegend, one.legend);
    assert.equal(figureOf("umap", "label", one, false).layout.showlegend, false);
  }
});

test("a quantity has its unit, and its outer hundredths the colours at the ends", () => {
  for (const one of cases) {
    for (const colour of /** @type {const} */ (["kl", "error"])) {
      const { data, layout } = figureOf("umap", colour, one);
      assert.equal(data.length, 1);
      const [{ x, y, marker, showlegend, type }] = data;
      assert.equal(type, "scattergl");
      assert.deepEqual(
        Array.from(x, (value, i) => [value, y[i]]),
        one.points,
      );
      near(marker.color, one[colour], 0);
      near([marker.cmin, marker.cmax], one.outer[colour], 1e-6);
      assert.deepEqual([marker.colorscale, marker.colorbar.title.text], [palette.scale, TITLES[colour]]);
      assert.equal(showlegend, false);
      assert.deepEqual(layout.annotations, []);
    }
  }
});

test("all maps of the same points have the same ranges, room around them and points of one size", () => {
  for (const one of cases) {
    for (const colour of /** @type {const} */ (["label", "kl", "error"])) {
      const { data, layout } = figureOf("latent", colour, one);
      near([...layout.xaxis.range, ...layout.yaxis.range], one.ranges.flat(), 1e-6);
      assert.equal(layout.yaxis.scaleanchor, "x");
      for (const { marker } of data) {
        near([marker.size, marker.opacity], [one.size, 0.75], 1e-9);
      }
    }
  }
});

test("axes are named after what they are", () => {
  const titles = (/** @type {"latent" | "pca" | "umap"} */ projection) => {
    const { xaxis, yaxis } = figureOf(projection, "kl", cases[0]).layout;
    return [xaxis.title.text, yaxis.title.text];
  };
  assert.deepEqual(titles("latent"), ["z<sub>7</sub>", "z<sub>3</sub>"]);
  assert.deepEqual(titles("pca"), ["First principal component", "Second"]);
  assert.deepEqual(titles("umap"), ["UMAP 1", "UMAP 2"]);
});
