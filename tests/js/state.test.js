// The player's state: every event in every mode, as a table.
import assert from "node:assert/strict";
import test from "node:test";

import { LINES, MODES, begin, isMoving, nameOf, next } from "../../playground/web/js/stage/state.js";

const of = (mode, willing = true, line = "idle") => ({ mode, line, willing });
const opened = (begins, broken = false) => ({ type: "opened", begins, broken });
const whole = (type) => ({ type, broken: false });
const broken = (type) => ({ type, broken: true });

// [mode, willing, event, mode afterwards, willing afterwards]
const ROWS = [
  ["loading", true, opened(true), "playing", true],
  ["loading", false, opened(true), "paused", false],
  ["loading", true, opened(false), "paused", true],
  ["loading", true, opened(true, true), "diverged", true],
  ["loading", true, whole("halt"), "loading", true],
  ["loading", true, { type: "play" }, "loading", true],
  ["paused", false, { type: "play" }, "playing", true],
  ["paused", false, opened(true), "paused", false],
  ["paused", true, opened(true), "playing", true],
  ["paused", true, opened(false), "paused", true],
  ["paused", false, { ...opened(true), urged: true }, "playing", true],
  ["paused", true, { type: "grab" }, "scrubbing", true],
  ["paused", true, whole("halt"), "paused", false],
  ["paused", true, broken("moved"), "diverged", true],
  ["paused", true, whole("moved"), "paused", true],
  ["paused", true, { type: "starve" }, "paused", true],
  ["playing", true, whole("halt"), "paused", false],
  ["playing", true, whole("end"), "paused", true],
  ["playing", true, broken("end"), "diverged", true],
  ["playing", true, whole("moved"), "playing", true],
  ["playing", true, { type: "starve" }, "waiting", true],
  ["playing", true, { type: "feed" }, "playing", true],
  ["playing", true, { type: "grab" }, "scrubbing", true],
  ["playing", true, { type: "hold" }, "holding", true],
  ["playing", true, opened(true), "playing", true],
  ["playing", true, opened(false), "paused", true],
  ["waiting", true, { type: "feed" }, "playing", true],
  ["waiting", true, whole("halt"), "paused", false],
  ["waiting", true, broken("moved"), "diverged", true],
  ["waiting", true, whole("moved"), "waiting", true],
  ["holding", true, { type: "heard" }, "playing", true],
  ["holding", true, { type: "answer" }, "holding", true],
  ["holding", true, whole("halt"), "paused", false],
  ["holding", true, { type: "starve" }, "holding", true],
  ["scrubbing", false, whole("drop"), "paused", false],
  ["scrubbing", true, whole("drop"), "paused", true],
  ["scrubbing", false, broken("drop"), "diverged", false],
  ["scrubbing", false, opened(true), "scrubbing", false],
  ["scrubbing", false, { type: "play" }, "scrubbing", false],
  ["scrubbing", false, broken("moved"), "scrubbing", false],
  ["diverged", true, whole("moved"), "paused", true],
  ["diverged", true, broken("moved"), "diverged", true],
  ["diverged", false, { type: "play" }, "diverged", false],
  ["diverged", true, { type: "grab" }, "scrubbing", true],
  ["diverged", true, opened(true), "playing", true],
];

for (const [mode, willing, event, then, thenWilling] of ROWS)
  test(`${mode}${willing ? "" : ", stopped by hand"}: ${JSON.stringify(event)} leads to ${then}`, () =>
    assert.deepEqual(next(of(mode, willing), event), of(then, thenWilling)));

test("every transition of the table is tried", () => {
  const tried = new Set(ROWS.map(([mode, , event]) => `${mode} ${event.type}`));
  const all = Object.entries(MODES).flatMap(([mode, row]) => Object.keys(row).map((type) => `${mode} ${type}`));
  const rarely = ["waiting opened", "waiting end", "waiting grab", "waiting hold", "holding opened", "holding grab"];
  assert.deepEqual(
    all.filter((one) => !tried.has(one)),
    rarely,
    "these are as those of playing",
  );
});

for (const type of ["opened", "halt", "end", "grab", "hold"])
  test(`waiting is left by ${type} as playing is`, () => {
    for (const facts of [
      { broken: false, begins: true },
      { broken: true, begins: false },
    ])
      assert.deepEqual(next(of("waiting"), { type, ...facts }), next(of("playing"), { type, ...facts }));
  });

test("the line goes from idle to asked, from there to lost, and back with an answer", () => {
  const after = (line, type) => next(of("playing", true, line), { type }).line;
  assert.deepEqual(
    Object.keys(LINES).map((line) => ["ask", "answer", "silence"].map((type) => after(line, type))),
    [
      ["asked", "idle", "idle"],
      ["asked", "idle", "lost"],
      ["lost", "idle", "lost"],
    ],
  );
});

test("a lost server is what is told, but not before there is anything to see", () => {
  for (const mode of Object.keys(MODES)) assert.equal(nameOf(of(mode)), mode);
  assert.equal(nameOf(of("playing", true, "lost")), "disconnected");
  assert.equal(nameOf(of("loading", true, "lost")), "loading");
});

test("a run goes on playing while its server is lost", () => {
  const lost = next(of("playing", true, "asked"), { type: "silence" });
  assert.ok(isMoving(lost));
  assert.deepEqual(next(lost, { type: "answer" }), of("playing"));
});

test("no event changes the value that it is given", () => {
  const state = Object.freeze(begin(true));
  assert.notEqual(next(state, opened(true)), state);
  assert.deepEqual(state, of("loading"));
});
