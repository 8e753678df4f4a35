// The map: the right places, the way up to a step, lines between equal areas, and what is said of each way.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES } from "./page.js";

const { MARGIN, drawWays, fate, ground, logarithms, places, ranks } =
  await import("../../playground/web/js/descent/picture.js");

const WAY = { label: "SGD", rate: 0.1, is_best: true, values: [], arrived: 20 };
const points = Array.from({ length: 31 }, (_, k) => [-2 + k / 10, 1 - k / 20]);
const TOLD = {
  ...{ plotly: "", words: "", axes: ["x", "y"], x: [-2, 0, 2], y: [-1, 0, 1], lowest: 0, start: [-2, 1], steps: 30 },
  ...{
    z: [
      [1, 2, 3],
      [4, null, 6],
      [7, 8, 9],
    ],
    minima: [[0, 0]],
    ways: [{ ...WAY, points }],
  },
};
const [WIDTH, HEIGHT] = [400 + MARGIN.l + MARGIN.r, 200 + MARGIN.t + MARGIN.b];

test("a point of the map and its place in the box are each other's", () => {
  const at = places(TOLD, WIDTH, HEIGHT, { zoom: 1 });
  assert.deepEqual(at.to([-2, 1]), [MARGIN.l, MARGIN.t], "the top left corner");
  assert.deepEqual(at.to([2, -1]), [MARGIN.l + 400, MARGIN.t + 200]);
  assert.deepEqual(at.from([MARGIN.l + 100, MARGIN.t + 150]), [-1, -0.5]);
  assert.ok(at.holds([MARGIN.l, MARGIN.t]) && !at.holds([MARGIN.l - 1, MARGIN.t + 5]));
});

test("lines of equal height share the map out evenly, and what is not a number has none", () => {
  assert.deepEqual(ranks(TOLD.z), [
    [0, 1 / 7, 2 / 7],
    [3 / 7, null, 4 / 7],
    [5 / 7, 6 / 7, 1],
  ]);
  assert.deepEqual(
    ranks([
      [1, 1],
      [1e9, 5],
    ])[1],
    [1, 2 / 3],
  );
});

test("heights are logarithms above the lowest place", () => {
  const z = Array.from({ length: 10 }, (_, r) => Array.from({ length: 10 }, (_, c) => 10 ** (r + c / 10)));
  const found = logarithms(z, 0);
  assert.ok(Math.abs(found[5][5] - found[4][5] - 1) < 1e-3, "ten times as high is one more");
  assert.equal(logarithms([[null, 1]], 0)[0][0], null);
});

test("the ground has the heights as they are for those who point at it, and a star at each minimum", () => {
  const [heat, contour, stars] = ground(TOLD, THEMES.light);
  assert.deepEqual([heat.customdata, heat.x, heat.y], [TOLD.z, TOLD.x, TOLD.y]);
  assert.deepEqual(contour.z, ranks(TOLD.z));
  assert.deepEqual([stars.x, stars.y], [[0], [0]]);
});

test("a way is drawn up to its step, with a dot every ten steps and its number where it is", () => {
  const context = document.createElement("canvas").getContext("2d");
  const at = places(TOLD, WIDTH, HEIGHT, { zoom: 1 });
  const two = { ...TOLD, ways: [TOLD.ways[0], { ...TOLD.ways[0], points: points.map(([a, b]) => [-a, b]) }] };
  drawWays(context, two, 25, THEMES.light, at);
  const [line, ...rest] = context.marks;
  assert.equal(line.colour, THEMES.light.classes[0]);
  assert.deepEqual(line.path, points.slice(0, 26).map(at.to));
  assert.deepEqual(
    rest.slice(0, 3).map(({ path }) => path[0]),
    [0, 10, 20].map((k) => at.to(points[k])),
  );
  const numbers = context.marks.filter(({ text }) => text);
  assert.deepEqual(
    numbers.map(({ text }) => text),
    ["1", "2"],
  );
  assert.deepEqual(
    numbers[0].path[0].map(Math.round),
    at.to(points[25]).map((v, k) => Math.round(v + k)),
  );
  assert.equal(context.marks.find(({ colour }) => colour === THEMES.light.classes[1]).path.length, 26);
});

test("a way that has broken ends there, and is said to", () => {
  const broken = {
    ...WAY,
    points: [
      [-2, 1],
      [50, 50],
      [null, null],
    ],
  };
  const said = [0, 1, 2].map((step) => fate(TOLD, broken, step));
  assert.deepEqual(said, ["not yet", "is beyond the map", "diverged at step 2"]);
  assert.deepEqual(
    [19, 20].map((step) => fate(TOLD, TOLD.ways[0], step)),
    ["not yet", "step 20"],
  );
  assert.equal(fate({ ...TOLD, minima: [] }, TOLD.ways[0], 20), "–");
  const context = document.createElement("canvas").getContext("2d");
  const at = places(TOLD, WIDTH, HEIGHT, { zoom: 1 });
  drawWays(context, { ...TOLD, ways: [broken] }, 2, THEMES.light, at);
  assert.equal(context.marks[0].path.length, 2);
});
