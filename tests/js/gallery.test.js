// The gallery of datasets: no thumbnail is left alone in its last row where that can be helped.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";

const { columns } = await import("../../playground/web/js/gallery/gallery.js");

test("rows are as even as they can be: fewer columns where the last row would else be short", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => columns(n)),
    [1, 2, 3, 4, 3, 3, 4, 4, 3, 4],
  );
  for (let n = 2; n < 13; n++) assert.notEqual(n % columns(n), 1, `${n} thumbnails`);
});
