// The list of panels, and Python's names for what a link can hide.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { PANELS } from "../../playground/web/js/stage/panels.js";

test("a link can hide every panel but the surface, the settings and the tries", () => {
  const source = readFileSync(new URL("../../playground/run/on_show.py", import.meta.url), "utf8");
  const parts = [...source.match(/^PARTS = \((.*)\)$/m)[1].matchAll(/"(\w+)"/g)].map((match) => match[1]);
  const panels = PANELS.map(({ name }) => name).filter((name) => name !== "surface");
  assert.deepEqual(parts.toSorted(), ["settings", "tries", ...panels].toSorted());
});

test("no two panels have one name, and each can be drawn and told", () => {
  assert.equal(new Set(PANELS.map(({ name }) => name)).size, PANELS.length);
  for (const { make, paint, words } of PANELS)
    assert.deepEqual([typeof make, typeof paint, typeof words], ["function", "function", "function"]);
});
