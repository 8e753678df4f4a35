// The tries: what a run came to, what sets it apart from the one before, and a store that loses nothing it can keep.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";

const { FIGURES, apart, csv, entryOf } = await import("../../playground/web/js/tries/entry.js");
const { MOST, Store } = await import("../../playground/web/js/tries/store.js");
const { Recorder } = await import("../../playground/web/js/tries/recorder.js");

// As much of a browser's storage as is used; `room` is how many letters it holds.
class Storage {
  constructor(room = Infinity) {
    Object.assign(this, { map: new Map(), room });
  }
  get length() {
    return this.map.size;
  }
  key(k) {
    return [...this.map.keys()][k] ?? null;
  }
  getItem(key) {
    return this.map.get(key) ?? null;
  }
  setItem(key, text) {
    const others = [...this.map].reduce((sum, [k, v]) => sum + (k === key ? 0 : v.length), 0);
    if (others + text.length > this.room) throw new DOMException("full", "QuotaExceededError");
    this.map.set(key, text);
  }
  removeItem(key) {
    this.map.delete(key);
  }
}

const one = (run, more = {}) => ({
  ...{ run, link: `?run=${run}`, told: { Seed: "1", Optimizer: "Adam" }, regression: false, tested: true, epochs: 200 },
  ...{ loss: 0.25, lossAt: 150, score: 0.9, end: "", weights: 33, maps: { light: "data:l", dark: "data:d" }, ...more },
});
const names = (store) => store.all.map(({ run }) => run);
const kept = (storage) => names(new Store(() => storage));

test("a try holds what its run has come to, from the run's own rows", () => {
  const rows = [
    [0, 0, 0.9, 0.8, 0.5, 0.5],
    [4, 1, 0.5, 0.2, 0.8, 0.9],
    [8, 2, 0.1, 0.4, 1, 0.75],
  ].map((row) => Float32Array.from(row));
  const header = { run: "r", link: "?lr=0.1", link_holds_all: true, told: { Seed: "3" }, task: "binary" };
  const run = {
    header: { ...header, net: { n_trainable: 33 }, diverged: null, stopped: "Early." },
    rows,
    lastEpoch: 2,
  };
  const found = entryOf(run);
  assert.deepEqual([found.loss, found.lossAt, found.score], [Math.fround(0.2), 1, Math.fround(0.9)]);
  assert.deepEqual(
    [found.link, found.end, found.epochs, found.weights, found.tested],
    ["?lr=0.1", "stopped", 2, 33, true],
  );
  const untested = { ...run, rows: rows.map((row) => Float32Array.of(row[0], row[1], row[2], NaN, row[4], NaN)) };
  const other = entryOf({ ...untested, header: { ...run.header, link_holds_all: false, diverged: "It broke." } });
  assert.deepEqual([other.loss, other.lossAt, other.score], [Math.fround(0.1), 2, 1]);
  assert.deepEqual([other.link, other.end, other.tested], [null, "diverged", false]);
});

test("only what differs from the try before is told, also what plays no part any more", () => {
  assert.equal(apart(one("a"), undefined), "the first");
  assert.equal(apart(one("b", { told: { Seed: "2", Optimizer: "Adam" } }), one("a")), "Seed: 2");
  const momentum = one("c", { told: { Seed: "1", Optimizer: "Momentum", Momentum: "0.5" } });
  assert.equal(apart(momentum, one("a")), "Optimizer: Momentum, Momentum: 0.5");
  assert.equal(apart(one("a"), momentum), "Optimizer: Adam, Momentum: –");
  assert.equal(apart(one("a"), one("a")), "the same settings");
  const changed = (text) => one(text, { told: { Changed: text } });
  assert.equal(apart(changed("b from 2; c from 9"), changed("b from 2")), "Changed: c from 9");
  assert.equal(apart(changed("b from 25"), changed("b from 2")), "Changed: b from 25");
});

test("the figures read as a person reads them, and the best comes first", () => {
  const told = Object.fromEntries(FIGURES.map(({ key, words }) => [key, words(one("a", { end: "diverged" }))]));
  assert.deepEqual(told, {
    loss: "0.250, epoch 150",
    score: "90.0 %",
    epochs: "200, diverged",
    weights: "33",
    seed: "1",
  });
  const value = (key) => FIGURES.find((figure) => figure.key === key).value;
  assert.ok(value("loss")(one("a", { loss: 0.1 })) < value("loss")(one("b", { loss: null })));
  assert.ok(value("score")(one("a", { score: 0.95 })) < value("score")(one("b", { score: 0.9 })));
  assert.ok(value("score")(one("a", { score: -3 })) < value("score")(one("b", { score: null })));
});

test("tries survive a reload, keep name and star, and are renewed and not doubled", () => {
  const storage = new Storage();
  const store = new Store(() => storage);
  store.note(one("a"), 1000);
  store.note(one("b"), 2000);
  store.say("a", { name: "best", star: true });
  store.note(one("a", { epochs: 400 }), 3000);
  const again = new Store(() => storage);
  assert.deepEqual(names(again), ["a", "b"]);
  const { name, star, epochs, at, number } = again.tries.get("a");
  assert.deepEqual([name, star, epochs, at, number], ["best", true, 400, 1000, 1]);
  again.remove("b");
  again.note(one("c"));
  assert.deepEqual([kept(storage), again.tries.get("c").number], [["a", "c"], 2]);
});

test("beyond the bound the oldest without a star go", () => {
  const storage = new Storage();
  const store = new Store(() => storage);
  for (let k = 0; k < MOST; k++) store.note(one(`r${k}`), k);
  store.say("r0", { star: true });
  store.note(one("new"), MOST);
  assert.equal(store.tries.size, MOST);
  assert.ok(store.tries.has("r0") && !store.tries.has("r1") && store.tries.has("new"));
  assert.deepEqual(kept(storage), names(store));
  for (let k = 2; k < MOST; k++) store.say(`r${k}`, { star: true });
  store.say("new", { star: true });
  store.note(one("newest"));
  assert.ok(store.tries.has("newest") && !store.tries.has("r0"), "of stars alone the oldest");
});

test("a full store makes room by the oldest, and never by a star", () => {
  const storage = new Storage(1200);
  const store = new Store(() => storage);
  store.note(one("a"));
  store.say("a", { star: true });
  for (const run of ["b", "c", "d", "e"]) store.note(one(run));
  assert.equal(store.problem, "");
  assert.ok(kept(storage).includes("a") && kept(storage).includes("e") && !kept(storage).includes("b"));
  for (const run of kept(storage)) store.say(run, { star: true });
  store.note(one("f"));
  assert.match(store.problem, /full of those with a star/);
  assert.ok(store.tries.has("f"), "it lasts as long as the tab");
  assert.ok(kept(storage).includes("a"));
});

test("where nothing may be stored they last as long as the tab, and it is said", () => {
  const store = new Store(() => {
    throw new DOMException("no", "SecurityError");
  });
  store.note(one("a"));
  store.remove("nothing");
  assert.deepEqual(names(store), ["a"]);
  assert.match(store.problem, /does not let the page store anything/);
});

test("what cannot be read, or another version has written, is left as it is", () => {
  const storage = new Storage();
  const mine = "mlp-playground-try/1/";
  storage.map.set(`${mine}x`, "{");
  storage.map.set(`${mine}y`, JSON.stringify(one("z")));
  storage.map.set(`${mine}n`, "null");
  storage.map.set("mlp-playground-try/2/a", "of a later version");
  storage.map.set("another", "page's");
  const store = new Store(() => storage);
  store.note(one("a"));
  assert.deepEqual([store.unreadable, names(store)], [3, ["a"]]);
  assert.equal(storage.map.size, 6);
});

test("what another tab does is seen, and its tries are not written over", () => {
  const storage = new Storage();
  const [here, there] = [new Store(() => storage), new Store(() => storage)];
  there.note(one("b"));
  const key = "mlp-playground-try/1/b";
  here.hear({ key, newValue: storage.getItem(key) });
  here.note(one("a"));
  assert.deepEqual(
    [names(here), kept(storage)],
    [
      ["b", "a"],
      ["b", "a"],
    ],
  );
  here.hear({ key, newValue: null });
  here.hear({ key: "another", newValue: "x" });
  assert.deepEqual(names(here), ["a"]);
  here.hear({ key: null, newValue: null });
  assert.deepEqual(names(here), []);
});

test("the table for other programs has a column for every setting, and no formulas", () => {
  const all = [
    { ...one("a", { name: '=1+1, "x"' }), number: 1, at: 0, star: true },
    { ...one("b", { link: null, told: { Seed: "2", Momentum: "0.5" } }), number: 2, at: 1000, name: "", star: false },
  ];
  const [head, first, second] = csv(all, "https://example.org/").split("\r\n");
  assert.ok(head.startsWith("try,name,star,first seen,epochs,best loss"));
  assert.ok(head.endsWith("weights and biases,link,Seed,Optimizer,Momentum"));
  assert.ok(first.startsWith(`1,"'=1+1, ""x""",1,1970-01-01T00:00:00.000Z,200,0.25,150,0.9,test points,,33,`));
  assert.ok(first.endsWith("https://example.org/?run=a,1,Adam,"));
  assert.ok(second.endsWith(",33,,2,,0.5"));
});

// ---- what is on screen
const net = { features: ["x1", "x2"], plane: null, output: "sigmoid", n_trainable: 3, bounded: [false] };
const layers = [
  { n_in: 2, n_out: 1, weight: [0, 1, 3], bias: [2, 3], activation: "identity", activation_settings: {} },
];
const run = (name) => ({
  header: {
    ...{ run: name, link: "", link_holds_all: true, told: {}, task: "binary", diverged: null, stopped: null },
    ...{ net: { ...net, layers }, data: { range: [-1, 1], curve: false }, scale: { middle: 0.5, reach: 0.5 } },
  },
  rows: [Float32Array.of(0, 0, 0.5, 0.5, 0.5, 0.5, 0.1, 1, -1, 0)],
  lastEpoch: 0,
  version: 1,
  parameters: (row) => row.subarray(7),
});

test("a run counts as a try once it is on screen for two looks, and what is new is kept when it stands or leaves", () => {
  /** @type {string[]} */
  const noted = [];
  const player = { run: run("a"), moving: true };
  const recorder = new Recorder(player, { note: ({ run: name, epochs }) => noted.push(`${name} ${epochs}`) });
  recorder.look();
  assert.deepEqual(noted, []);
  recorder.look();
  assert.deepEqual(noted, ["a 0"]);
  Object.assign(player.run, { version: 2, lastEpoch: 50 });
  recorder.look();
  assert.equal(noted.length, 1, "while it plays nothing is written again");
  player.moving = false;
  recorder.look();
  recorder.look();
  assert.deepEqual(noted, ["a 0", "a 50"]);
  const before = player.run;
  Object.assign(before, { version: 3, lastEpoch: 60 });
  player.run = run("b");
  recorder.look();
  assert.deepEqual(noted, ["a 0", "a 50", "a 60"]);
  player.run = run("c");
  recorder.look();
  recorder.look();
  assert.deepEqual(noted.slice(3), ["c 0"], "b only flew by");
});
