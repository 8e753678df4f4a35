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

test("no two panels have one name, and each can be drawn, told and explained", () => {
  assert.equal(new Set(PANELS.map(({ name }) => name)).size, PANELS.length);
  for (const { make, paint, words, about } of PANELS)
    assert.deepEqual(
      [make, paint, words, about].map((one) => typeof one),
      Array(4).fill("function"),
    );
});

test("Simple shows the picture, the network and the loss; the sum of two numbers can be asked there, too", () => {
  const shown = (face) =>
    PANELS.filter(({ inSimple }) => inSimple?.({ header: { data: { face } } }) ?? true).map(({ name }) => name);
  assert.deepEqual(shown("time").toSorted(), ["diagram", "surface", "timeline"]);
  assert.deepEqual(shown("predicted").toSorted(), ["diagram", "scores", "surface", "timeline"]);
});

test("what a picture is about is told in a few plain sentences, in Simple without a word of gradients", () => {
  const view = (data, task, view_) => ({
    run: { header: { data, task } },
    player: { page: { view: view_ } },
    about: "x",
  });
  for (const { name, about, inSimple } of PANELS)
    for (const task of ["binary", "multiclass", "regression"])
      for (const data of [{ curve: true }, { axes: ["x₁", "x₂"] }, { axes: ["x₁", null] }]) {
        const text = about(view(data, task, "simple"));
        if (name !== "scores") assert.ok(text.split(/[.?] /).length <= 4 && text.length > 60, text);
        if (!inSimple) assert.doesNotMatch(text, /gradient|Fork|Log scale/i);
      }
  const timeline = PANELS.find(({ name }) => name === "timeline");
  assert.match(timeline.about(view({}, "binary", "full")), /Log scale .* Fork here/);
});
