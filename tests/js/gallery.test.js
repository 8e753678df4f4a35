// The galleries of datasets: their pictures are of the data, and no thumbnail is left alone in its last row where that can
// be helped.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES } from "./page.js";

const { columns, dots } = await import("../../playground/web/js/gallery/gallery.js");
const { paint } = await import("../../playground/web/js/ready/ready.js");

test("rows are as even as they can be: fewer columns where the last row would else be short", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => columns(n)),
    [1, 2, 3, 4, 3, 3, 4, 4, 3, 4],
  );
  for (let n = 2; n < 13; n++) assert.notEqual(n % columns(n), 1, `${n} thumbnails`);
});

test("points lie where they are, in the colour of their class or of their number", () => {
  const context = document.createElement("canvas").getContext("2d");
  dots(context, { signed: false, points: [1, 1, 2, -1, 0, 0] }, THEMES.light, 100, 2);
  dots(context, { signed: true, points: [0, 0, -1, 0, 0, 0.5] }, THEMES.light, 100, 2);
  const { classes, negative, neutral, positive } = THEMES.light;
  assert.deepEqual(
    context.marks.map(({ path }) => path[0].map(Math.round)),
    [[95, 5], [5, 50], [50, 50], [50, 50]], // prettier-ignore
  );
  assert.deepEqual(
    context.marks.map(({ colour }) => colour),
    [
      classes[2],
      classes[0],
      `color-mix(in srgb, ${negative} 100%, ${neutral})`,
      `color-mix(in srgb, ${positive} 50%, ${neutral})`,
    ],
  );
});

test("a picture among the data is drawn pixel by pixel, as strong as its ink, from the top left", () => {
  const canvas = document.createElement("canvas");
  paint(canvas, { points: [], signed: false, side: 2, images: [0, 1, 0, 0, 0, 0, 0.5, 0] }, THEMES.light);
  const [, first, second] = canvas.getContext().marks.map(({ box }) => box);
  assert.equal(canvas.getContext().marks.length, 3);
  assert.ok(first[0] > second[0] - 66 && first[0] < 66 && first[1] < 10, "at the top right of the first of two");
  assert.ok(second[0] > 66 && second[0] < 76 && second[1] > first[1] + 20, "at the bottom left of the second");
});
