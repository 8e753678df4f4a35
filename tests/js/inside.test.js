// The nudged weight is told in the right numbers, and the walk knows where it stands.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";

const { pieces } = await import("../../playground/web/js/inside/mathml.js");
const { stopFor } = await import("../../playground/web/js/inside/inside.js");
const { Nudge, reading, verdict } = await import("../../playground/web/js/inside/nudge.js");
const { Walk } = await import("../../playground/web/js/inside/walk.js");

// A loss of 2 + (w - 1)², at w = 3: a slope of 4.
const CHANGES = [-1, -0.5, 0, 0.5, 1];
const bowl = (w) => 2 + (w - 1) ** 2;
const DATA = {
  name: "weight",
  inFull: "the weight from here to there",
  loss: "L̄",
  w: 3,
  gradient: 4,
  changes: CHANGES,
  losses: CHANGES.map((c) => bowl(3 + c)),
};

test("the promise is gradient times change, and the truth is the difference of two losses", () => {
  assert.deepEqual(reading(DATA, 1), { change: -0.5, value: 2.5, now: 6, loss: 4.25, promised: -2, real: -1.75 });
  assert.deepEqual(reading(DATA, 2), { change: 0, value: 3, now: 6, loss: 6, promised: 0, real: 0 });
});

test("how far the promise holds is told in words", () => {
  const says = (promised, real) => verdict({ change: 0.1, promised, real });
  assert.match(says(1, 0.95), /nearly the whole change/);
  assert.match(says(1, 0.8), /bends away/);
  assert.match(says(-1, 0.5), /direction is wrong/);
  assert.match(says(1, NaN), /beyond all bounds/);
  assert.match(says(0, 0), /nor changes anything/);
  assert.match(verdict({ change: 0, promised: 0, real: 0 }), /Move the slider/);
});

test("the slider keeps its place while it is the same weight, and goes back to none for another", () => {
  const nudge = new Nudge();
  const receive = (data, pick) => nudge.receive(data, pick, null);
  receive(DATA, "l:1:0:0");
  assert.equal(Number(nudge.slider.value), 2);
  nudge.slider.value = "4";
  receive({ ...DATA, losses: [...DATA.losses.slice(0, 4), null] }, "l:1:0:0");
  assert.equal(Number(nudge.slider.value), 4);
  assert.match(nudge.words.textContent, /beyond all bounds/);
  assert.equal(nudge.slider.getAttribute("aria-valuetext"), "+1: from 3 → 4");
  receive(DATA, "l:1:1:0");
  assert.equal(Number(nudge.slider.value), 2);
});

test("it says what its button leads to, and which weight or bias it is", () => {
  let turned = 0;
  const nudge = new Nudge(() => turned++);
  const receive = (data) => nudge.receive(data, "l:1:0:0", null);
  receive(DATA);
  assert.deepEqual([nudge.element.hidden, nudge.button.textContent, turned], [true, "Nudge this weight", 0]);
  nudge.turn(true);
  assert.deepEqual([nudge.element.hidden, nudge.button.textContent, turned], [false, "Back to the formulas", 1]);
  assert.equal(nudge.title.textContent, "Nudge the weight from here to there");
  receive({ ...DATA, name: "bias", inFull: "the bias of this" });
  assert.deepEqual([nudge.isOpen, nudge.title.textContent], [true, "Nudge the bias of this"]);
  nudge.turn(false);
  assert.deepEqual([nudge.element.hidden, nudge.button.textContent, turned], [true, "Nudge this bias", 2]);
});

test("what is picked is gone to where it is spoken of: here if it is, else in the same stage, else in the sums", () => {
  const of = (stage, layer, unit, link) => ({ stage, layer, unit, link });
  const ideas = [
    of("forward", null, "", ""),
    of("forward", 1, "u:1:0", ""),
    of("forward", 1, "u:1:0", ""),
    of("forward", 2, "u:2:0", ""),
    of("loss", null, "", ""),
    of("backward", 2, "u:2:0", ""),
    of("backward", 2, "", "l:2:0:0"),
    of("backward", 1, "u:1:0", ""),
    of("backward", 1, "", "l:1:0:0"),
    of("update", null, "", "l:1:0:0"),
  ];
  const to = (key) => ideas.map((_, at) => stopFor(key, ideas, at));
  assert.deepEqual(to("u:1:3"), [1, 1, 2, 1, 1, 7, 7, 7, 8, 9]);
  assert.deepEqual(to("l:2:1:0"), [3, 3, 3, 3, 3, 5, 6, 6, 6, 9]);
  assert.deepEqual(to("u:2:0"), [3, 3, 3, 3, 4, 5, 6, 5, 5, 9]);
  assert.deepEqual(to("u:0:1"), [0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
});

test("every idea is a stop with its name, and the current one alone is marked and in the Tab order", () => {
  const walk = new Walk(() => {});
  const ideas = ["forward", "forward", "loss", "update"].map((stage, k) => ({
    ...{ stage, title: `Idea ${k}`, short: k ? `sums layer ${k}` : "point" },
  }));
  walk.receive(ideas, 41);
  walk.mark(1);
  assert.deepEqual(
    walk.stops.map((stop) => [stop.getAttribute("aria-current"), stop.getAttribute("tabindex")]),
    [
      [null, "-1"],
      ["step", "0"],
      [null, "-1"],
      [null, "-1"],
    ],
  );
  assert.equal(walk.stops[1].getAttribute("aria-label"), "2 of 4: Idea 1");
  assert.ok(!walk.back.disabled && !walk.next.disabled);
  const before = walk.stops[0];
  walk.receive(
    ideas.map((idea) => ({ ...idea })),
    42,
  );
  assert.equal(walk.stops[0], before, "the same ideas keep their buttons, and so the focus");
});

test("from the last stop Next leads to the step that comes next, and at the end of the run nowhere", () => {
  const walk = new Walk(() => {});
  const ideas = [0, 1].map((k) => ({ stage: "update", title: `Idea ${k}`, short: "idea" }));
  const seen = [];
  for (const following of [41, null])
    for (const at of [0, 1]) {
      walk.receive(ideas, following);
      walk.mark(at);
      seen.push([walk.next.textContent, walk.next.disabled]);
    }
  assert.deepEqual(seen, [
    ["Next →", false],
    ["Step 41 →", false],
    ["Next →", false],
    ["Next →", true],
  ]);
});

test("a formula may break between its terms, and between the formulas of an optimizer, and nowhere else", () => {
  const told = (formula) => pieces(formula).map((math) => math.textContent.trim());
  assert.deepEqual(told(["words", "m ← β m + g,  v ← ρ v,  w ← w − η m"]), ["m ← β m + g,", "v ← ρ v,", "w ← w − η m"]);
  assert.deepEqual(told(["row", "z", "=", "x", "+", "b"]), ["z=x", "+b"]);
  assert.deepEqual(told(["row", "G", ["words", ",  then no longer than allowed"]]), [
    "G,  then no longer than allowed",
  ]);
});
