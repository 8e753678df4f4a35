// The map of the loss: what of the numbers is what, where a place is drawn, and where the map is said to lie.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES } from "./page.js";

const { lies, networkAt, placeOf, sheetOf } = await import("../../playground/web/js/landscape/part.js");
const { Chart, Scale, mapInWords, ramp } = await import("../../playground/web/js/landscape/map.js");
const { negative, spectrumInWords } = await import("../../playground/web/js/landscape/charts.js");
const { contour } = await import("../../playground/web/js/shared/contour.js");

const TOLD = {
  n: 3,
  moments: 2,
  profile: 2,
  others: [],
  middle: [1, 2],
  reach: 2,
  labels: ["a", "b"],
  here: [2, 3],
  third: -1,
  step: 9,
  words: "So it is.",
};
const numbers = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9], // losses, from the bottom left
  ...[0, 1, 0.5, 0.45, 0, 2, 3, 0.1, 0.2, 10], // the path: across, up, loss, loss of the map, step
  ...[0.5, 0.1, 0.6, 0.2], // the straight way
  ...[10, 20, 1, 0, 0, 2], // origin and two axes, of two parameters
];
const sheet = sheetOf(/** @type {any} */ (TOLD), Float32Array.from(numbers));
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-5, `${a} is not ${b}`);

test("the numbers are the map, the path, the straight way and the plane", () => {
  assert.deepEqual([...sheet.losses], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(sheet.path[1].step, 10);
  near(sheet.path[0].foot, 0.45);
  near(sheet.train[1], 0.1);
  near(sheet.test[1], 0.2);
  assert.deepEqual([...networkAt(sheet, [3, -1])], [13, 18]);
});

test("the map is said to lie where it is off by more than a fifth", () => {
  assert.deepEqual(
    [0.081, 0.119, 0.079, 0.121, NaN].map((foot) => lies({ loss: 0.1, foot })),
    [false, false, true, true, true],
  );
});

test("between two places of the path the playhead is on the straight way", () => {
  assert.deepEqual(placeOf(sheet.path, 5), [1, 2]);
  assert.deepEqual(placeOf(sheet.path, 99), [2, 3]);
  assert.deepEqual(placeOf(sheet.path, 0), [0, 1]);
});

test("a click is taken for the place that was drawn there, and up is more", () => {
  const chart = new Chart(document.createElement("canvas"));
  Object.assign(chart, { sheet, side: 400 });
  assert.deepEqual([chart.x(-1), chart.x(3), chart.y(0), chart.y(4)], [0, 400, 400, 0]);
  const [x, y] = chart.place(chart.x(1.7), chart.y(2.9));
  near(x, 1.7);
  near(y, 2.9);
});

test("the map is drawn the right way up, and the path in the colour of its true loss", () => {
  const canvas = document.createElement("canvas");
  canvas.parentElement = { clientWidth: 400 };
  const context = Object.assign(canvas.getContext(), {
    drawImage() {},
    strokeText() {},
    fillText() {},
    setLineDash() {},
  });
  const chart = new Chart(canvas);
  const path = sheet.path.map((place, k) => ({ ...place, loss: 3 + k, foot: 6 + k }));
  chart.draw({ ...sheet, path }, THEMES.light, 9, null);
  const { data } = chart.small.getContext().image;
  const pixel = (column, row) => [...data.slice(4 * (3 * row + column), 4 * (3 * row + column) + 3)];
  const colours = ramp(THEMES.light);
  assert.deepEqual(pixel(0, 2), colours[0], "the least loss is at the bottom left");
  assert.deepEqual(pixel(2, 0), colours[255], "the greatest at the top right");
  assert.deepEqual(pixel(0, 0), colours[Math.round(255 * chart.scale.of(7))]);
  const [r, g, b] = colours[Math.round(255 * chart.scale.of(4))];
  const stretch = context.marks.find(({ colour }) => colour === `rgb(${r} ${g} ${b})`);
  assert.deepEqual(stretch.path, [
    [100, 300],
    [300, 100],
  ]);
});

test("between the places of the map the loss is between theirs", () => {
  const chart = new Chart(document.createElement("canvas"));
  Object.assign(chart, { sheet, side: 400 });
  near(chart.lossAt([-1, 0]), 1);
  near(chart.lossAt([3, 4]), 9);
  near(chart.lossAt([1, 2]), 5);
  near(chart.lossAt([2, 1]), (2 + 3 + 5 + 6) / 4);
});

test("low losses have the full colour, and what is beyond all measure leaves the scale alone", () => {
  const scale = new Scale(Float32Array.of(0.01, 0.1, 1, NaN, Infinity));
  near(scale.of(0.01), 0);
  assert.ok(scale.of(0.1) > 0.1 && scale.of(0.1) < scale.of(0.5));
  near(scale.at(scale.of(0.05)), 0.05);
  for (const theme of Object.values(THEMES)) {
    const [low, high] = [ramp(theme)[0], ramp(theme)[255]];
    assert.equal(`#${low.map((c) => c.toString(16).padStart(2, "0")).join("")}`, theme.positive);
    assert.equal(`#${high.map((c) => c.toString(16).padStart(2, "0")).join("")}`, theme.neutral);
  }
});

test("a line of equal loss goes where the loss has that value", () => {
  const n = 11;
  const values = Float32Array.from({ length: n * n }, (_, p) => (p % n) + 0.1 * Math.floor(p / n));
  const ends = contour(values, n, n, 4.25);
  assert.ok(ends.length >= 2 * (n - 1));
  for (const [p, q, share] of ends) near(values[p] + share * (values[q] - values[p]), 4.25);
  values[60] = NaN;
  assert.ok(contour(values, n, n, 4.25).every(([p, q]) => p !== 60 && q !== 60));
});

test("the words have the losses of the path, and how often the map is off", () => {
  assert.match(mapInWords(sheet), /begins at 0.5 and ends at 0.1; at 1 of its 2 places/);
});

test("negative eigenvalues are counted, but for those that are zero but for rounding", () => {
  assert.equal(negative([3, 1e-9, -1e-9, -0.1, -2]), 2);
  assert.match(spectrumInWords({ values: [3, 0.5, -0.1], whole: true }), /1 of 3 .* a saddle/);
  assert.match(spectrumInWords({ values: [3, 0.5, 0.1], whole: true }), /0 of 3 .* a bowl/);
  assert.match(spectrumInWords({ values: [3, 0.5], whole: false }), /two largest eigenvalues are 3 and 0.5/);
});

test("paths beside lie between the profile and the plane, and are told with where the map is off", () => {
  const beside = [0, 2, 0.4, 0.4, 0, 1, 1, 0.2, 0.9, 7];
  const two = sheetOf(
    /** @type {any} */ ({ ...TOLD, others: [2] }),
    Float32Array.from([...numbers.slice(0, -6), ...beside, ...numbers.slice(-6)]),
  );
  assert.deepEqual(
    two.others[0].map(({ x, y, step }) => [x, y, step]),
    [
      [0, 2, 0],
      [1, 1, 7],
    ],
  );
  assert.deepEqual([...networkAt(two, [3, -1])], [13, 18]);
  assert.match(mapInWords(two), /Path B begins at 0.4 and ends at 0.2; the map is off at 1 of its 2 places\./);
});
