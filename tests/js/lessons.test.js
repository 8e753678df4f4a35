// What the browser keeps of the lessons, and the components around them: nothing in its storage is believed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { KEY, asText, forget, keep, read } from "../../playground/web/js/lessons/progress.js";
import "./page.js";

const storage = (text) => {
  const kept = new Map(text === undefined ? [] : [[KEY, text]]);
  const store = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  return Object.assign(() => store, { kept });
};
const forbidden = () => {
  throw new Error("SecurityError");
};

test("what was done in a lesson is kept, and the best solution stays the best", () => {
  const mine = storage();
  assert.equal(keep(mine, { name: "a", guessed: "3", right: true }), true);
  keep(mine, { name: "a", stars: 2, code: "a~2~x" });
  keep(mine, { name: "a", stars: 1, code: "a~1~y" });
  keep(mine, { name: "b", guessed: "no" });
  assert.deepEqual(read(mine), { a: { guessed: "3", right: true, stars: 2, code: "a~2~x" }, b: { guessed: "no" } });
  keep(mine, { name: "a", stars: 3, code: "a~3~z" });
  assert.equal(read(mine).a.code, "a~3~z");
  forget(mine);
  assert.deepEqual(read(mine), {});
});

test("a storage that is forbidden, full or written by somebody else does no harm", () => {
  assert.deepEqual(read(forbidden), {});
  assert.equal(keep(forbidden, { name: "a" }), false);
  forget(forbidden);
  for (const text of ["", "null", "{", "[1]", "7", '"x"', '{"a": 5}', '{"a": {"stars": 99, "code": {}}}'])
    assert.ok(
      Object.values(read(storage(text))).every((one) => Object.keys(one).length === 0),
      text,
    );
  const odd = { "<b>": { stars: 3 }, a: { stars: 2, guessed: "x".repeat(9999), right: "yes", more: 1 } };
  const { a, ...others } = read(storage(JSON.stringify(odd)));
  assert.deepEqual(others, {});
  assert.deepEqual([a.stars, a.guessed?.length, a.right, "more" in a], [2, 400, undefined, false]);
});

test("progress as text is a table that begins no formula", () => {
  const lessons = [
    { name: "a", title: "A" },
    { name: "b", title: "B" },
  ];
  const text = asText({ a: { stars: 2, guessed: "=1+1\n2", right: true, code: "a~2~x" } }, lessons);
  assert.deepEqual(
    text.split("\n").map((line) => line.split("\t")),
    [
      ["Lesson", "Stars", "Guess", "Code"],
      ["A", "2", "'=1+1 2 (right)", "a~2~x"],
      ["B", "", "", ""],
    ],
  );
});

test("an epoch is marked by keys and by a pointer, and told when it stands", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.ResizeObserver = class {
    observe() {}
  };
  const { Mark } = await import("../../playground/web/js/mark/mark.js");
  const mark = new Mark();
  mark.themes.stop();
  const told = [];
  mark.tell = (at) => told.push(at);
  Object.defineProperty(mark.picture, "clientWidth", { value: 228 });
  mark.picture.getBoundingClientRect = () => ({ left: 10, width: 228 });
  mark.draw({ low: 0, high: 200, label: "epoch", guess: null, answer: null, curves: [] });
  const press = (key, more = {}) => mark.key({ key, preventDefault() {}, stopPropagation() {}, ...more });
  press("ArrowRight");
  assert.equal(mark.at, 101);
  for (const key of ["PageUp", "ArrowLeft", "ArrowLeft"]) press(key);
  press("ArrowUp", { shiftKey: true });
  assert.equal(mark.at, 119);
  press("End");
  press("ArrowRight");
  assert.equal(mark.at, 200);
  assert.deepEqual(told, [], "keys that follow each other are one answer");
  context.mock.timers.tick(1000);
  assert.deepEqual(told, [200]);
  press("ArrowLeft");
  mark.flush(); // the focus goes on
  mark.flush();
  assert.deepEqual(told, [200, 199]);
  context.mock.timers.tick(1000);
  assert.deepEqual(told, [200, 199]);
  press("End");
  mark.point({ type: "pointermove", clientX: 50 });
  assert.equal(mark.at, 200, "nothing is held");
  mark.point({ type: "pointerdown", clientX: 10 + 14 + 50 });
  assert.equal(mark.at, 50);
  mark.point({ type: "pointermove", clientX: -500 });
  mark.point({ type: "pointerup", clientX: -500 });
  assert.equal(mark.at, 0);
  assert.equal(mark.handle.getAttribute("aria-valuenow"), "0");
  mark.draw({
    low: 0,
    high: 200,
    label: "epoch",
    guess: 7,
    answer: 83,
    curves: [{ name: "test loss", y: [2, 1, NaN] }],
  });
  press("End");
  assert.equal(mark.at, 7, "afterwards it only shows");
  assert.equal(mark.handle.getAttribute("role"), null);
});

test("a line is laid by keys and by a pointer, and afterwards shown beside the border", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { Line } = await import("../../playground/web/js/line/line.js");
  const line = new Line();
  line.themes.stop();
  const told = [];
  line.tell = (at) => told.push(at);
  line.picture.getBoundingClientRect = () => ({ left: 100, top: 50, width: 200, height: 200 });
  const points = [
    [1, -1, 0],
    [-2, 2, 1],
  ];
  line.draw({ side: 2, points, guess: null, border: null });
  assert.deepEqual(line.ends, [-1, 0, 1, 0]);
  const [disc, square] = line.picture.children;
  assert.deepEqual([disc.attributes.cx, disc.attributes.cy], ["240", "240"]);
  assert.deepEqual([square.attributes.x, square.attributes.y], ["-3", "-3"]);
  const press = (k, key, more = {}) => line.key(k, { key, preventDefault() {}, stopPropagation() {}, ...more });
  press(0, "ArrowUp");
  press(0, "ArrowLeft", { shiftKey: true });
  press(1, "ArrowDown");
  assert.deepEqual(told, [], "keys that follow each other are one answer");
  context.mock.timers.tick(1000);
  assert.deepEqual(told, [[-1.5, 0.1, 1, -0.1]]);
  assert.match(line.handles[0].attributes["aria-label"], /^First end of the line: x₁ −1\.5, x₂ 0\.1\./);
  line.drag({ clientX: 150, clientY: 100 });
  assert.deepEqual(line.ends, [-1.5, 0.1, 1, -0.1], "nothing is held");
  line.hold(1, { target: {}, pointerId: 1 });
  line.drag({ clientX: 250, clientY: 75 });
  context.mock.timers.tick(1000);
  assert.equal(told.length, 1, "while it is held it is not told");
  line.release();
  assert.deepEqual(told[1], [-1.5, 0.1, 1, 1.5]);
  line.hold(1, { target: {}, pointerId: 1 });
  line.drag({ clientX: 9999, clientY: -9999 });
  assert.deepEqual(line.ends, [-1.5, 0.1, 2, 2], "no end leaves the plane");
  line.drag({ clientX: 126, clientY: 145 });
  line.release();
  assert.deepEqual(told[2], [], "two ends in one place make no line");
  assert.match(line.words.textContent, /pull them apart/);

  const border = { n: 3, values: [-1, -1, -1, 1, 1, 1, 1, 1, 1], differs: [0, 0, 0, 0, 0, 0, 1, 0, 0] };
  line.draw({ side: 2, points, guess: [-2, -1, 2, -1], border });
  const kind = (name) => line.picture.children.find(({ attributes }) => attributes.class === name);
  assert.deepEqual([kind("guess").attributes.y1, kind("guess").attributes.y2], ["240", "240"]);
  assert.equal(kind("answer").attributes.d, "M160.0,240.0L0.0,240.0M320.0,240.0L160.0,240.0");
  assert.deepEqual(
    ["c0", "c1", "differs"].map((name) => kind(`cells ${name}`).attributes.d.split("z").length - 1),
    [3, 6, 1],
  );
  assert.match(kind("cells differs").attributes.d, /^M-80\.0,-80\.0/, "above on the left");
  assert.ok(line.handles.every(({ hidden }) => hidden));
  press(0, "ArrowUp");
  assert.deepEqual(line.ends, [-2, -1, 2, -1], "afterwards it only shows");
  line.draw({ side: 2, points, guess: null, border });
  assert.equal(kind("guess"), undefined);
});

test("what is handed in is posted as JSON, and every answer is shown as text", async () => {
  const { Form } = await import("../../playground/web/js/hand_in/hand_in.js");
  const posted = [];
  let answer = async () => ({ json: async () => ({ sentence: "Verified, <b>Ada</b>." }) });
  const form = new Form((request) => {
    posted.push(request);
    return answer();
  });
  form.themes.stop();
  form.data = { room: "ABCDE", lesson: "a", code: "a~1~x", task: "", address: "x" };
  form.name.value = "Ada";
  await form.send({ preventDefault() {} });
  assert.deepEqual(JSON.parse(posted[0].body), { room: "ABCDE", lesson: "a", code: "a~1~x", task: "", name: "Ada" });
  assert.equal(posted[0].headers["Content-Type"], "application/json");
  assert.equal(form.said.textContent, "Verified, <b>Ada</b>.");
  answer = async () => Promise.reject(new Error("gone"));
  await form.send({ preventDefault() {} });
  assert.match(form.said.textContent, /does not answer/);
  assert.equal(form.button.disabled, false);
});
