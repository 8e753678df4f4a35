// The sentence below the title: each of its parts, and the numbers at which it changes its words.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";

const { inWords, plainly, sentence, where } = await import("../../playground/web/js/stage/sentence.js");
const { Visitor } = await import("../../playground/web/js/stage/visitor.js");
const { GLOSSARY } = await import("../../playground/web/js/shared/registry.js");

const PER = 10; // steps in an epoch

// What is said of a moment: by default at epoch 40 of a paused run with 25 % of the test points wrong.
function said({
  norms = [1],
  epoch = 40,
  train = 0.25,
  held = 0.5,
  score = 0.75,
  marks = [],
  task = "binary",
  verdict = "",
  header: more = {},
  ...rest
}) {
  const { state = "paused", moving = false, atGoal = false, step = Math.round(epoch * PER), ...solved } = rest;
  const row = [step, epoch, train, held, 0.9, score];
  const header = { steps_per_epoch: PER, marks, task, diverged: "Step 7: the loss is not a number.", ...more };
  const run = { header, gradients: () => norms, rows: [row], verdictAt: () => verdict };
  return sentence({ state, moving, atGoal, row, run, ...solved });
}

test("frozen layers are told in the place of the gradients", () => {
  const net = { layers: [1, 2, 3] };
  const at = (frozen, step) => said({ norms: [1, 1], epoch: 40, step, header: { net, frozen } });
  assert.equal(
    at([{ step: 300, layers: [1] }], 400),
    "Epoch 40: test loss 0.500; layer 1 is frozen and does not learn.",
  );
  assert.equal(
    at([{ step: 300, layers: [1, 3] }], 400),
    "Epoch 40: test loss 0.500; layer 1 and the output are frozen and do not learn.",
  );
  assert.equal(
    at([{ step: 401, layers: [1] }], 400),
    "Epoch 40: test loss 0.500; all layers get gradients of like size.",
  );
});

test("before there is anything to see, it says so", () => {
  assert.equal(said({ state: "loading" }), "The first run is on its way.");
});

test("a lost server and a run that broke are told before all else", () => {
  assert.match(said({ state: "disconnected", step: 0 }), /^The server does not answer at the moment;/);
  assert.equal(said({ state: "diverged", step: 0 }), "Step 7: the loss is not a number.");
});

test("before the first step the picture is said to be random", () => {
  const start = { epoch: 0, step: 0, marks: [{ epoch: 0, text: "A mark." }] };
  assert.equal(said(start), "Before the first step: the weights are random, and so is the picture. Test loss 0.500.");
  assert.match(said({ ...start, held: NaN }), / Training loss 0\.250\.$/);
});

test("the loss told is the test loss, or without test points the training loss", () => {
  assert.equal(said({}), "Epoch 40: test loss 0.500; 75.0 % of the test points are right.");
  assert.equal(said({ held: NaN, score: NaN }), "Epoch 40: training loss 0.250.");
});

test("the moment at which it is as good as was asked for is told", () => {
  const solved = { solvedAt: 400, stop: { score: 0.75 } };
  assert.equal(said({ ...solved }), "Epoch 40: test loss 0.500. Here it first reaches 75 % right.");
  assert.doesNotMatch(said({ ...solved, epoch: 41 }), /first reaches/);
});

test("a regression has no share of right answers", () => {
  assert.equal(said({ task: "regression" }), "Epoch 40: test loss 0.500.");
  assert.match(said({ task: "multiclass" }), /75\.0 % of the test points are right/);
});

test("a moment within an epoch is told by its mini-batch", () => {
  const at = (epoch) => where({ header: { steps_per_epoch: PER } }, [0, epoch]);
  assert.deepEqual([0, 3, 3.1, 3.9, 2.9999999, 3.00005].map(at), [
    "Epoch 0",
    "Epoch 3",
    "Epoch 3, mini-batch 1",
    "Epoch 3, mini-batch 9",
    "Epoch 3",
    "Epoch 3",
  ]);
});

test("what has just happened is told instead, for six epochs or a twentieth of the run", () => {
  const mark = (epoch, text = "It fell.") => ({ epoch, text });
  const told = (epoch, ...marks) => said({ epoch, marks }).includes("It fell.");
  assert.equal(said({ epoch: 40, marks: [mark(40)] }), "Epoch 40: test loss 0.500. It fell.");
  assert.deepEqual([told(45.9, mark(40)), told(46, mark(40)), told(39.9, mark(40))], [true, false, false]);
  assert.deepEqual([told(1000, mark(951)), told(1000, mark(950))], [true, false]);
  assert.match(said({ epoch: 42, marks: [mark(39), mark(41, "It rose."), mark(43)] }), /\. It rose\.$/);
  const deed = (epoch, kind) => ({ ...mark(epoch, `Epoch ${epoch}: ${kind}.`), kind });
  const done = [deed(38, "change"), deed(39, "edit"), deed(41, "jumps")];
  const verdict = "The learning rate is too high";
  assert.match(said({ epoch: 42, marks: done, verdict }), /Epoch 39: edit\.$/, "what the user did comes first");
});

// [gradient norms of the layers, what is said of them]
const GRADIENTS = [
  [[0.6, 1], "all layers get gradients of like size"],
  [[1, 1], "all layers get gradients of like size"],
  [[1.7, 1], "all layers get gradients of like size"],
  [[0.59, 1], "layer 1 gets half of the output layer's gradient"],
  [[0.45, 1], "layer 1 gets half of the output layer's gradient"],
  [[0.44, 1], "layer 1 gets a third of the output layer's gradient"],
  [[0.29, 1], "layer 1 gets a third of the output layer's gradient"],
  [[0.28, 1], "layer 1 gets a quarter of the output layer's gradient"],
  [[0.22, 1], "layer 1 gets a quarter of the output layer's gradient"],
  [[0.21, 1], "layer 1 gets a fifth of the output layer's gradient"],
  [[0.17, 1], "layer 1 gets a fifth of the output layer's gradient"],
  [[0.16, 1], "layer 1 gets a tenth of the output layer's gradient"],
  [[0.08, 1], "layer 1 gets a tenth of the output layer's gradient"],
  [[0.079, 1], "layer 1 gets 7.9 % of the output layer's gradient"],
  [[0.001, 1], "layer 1 gets 0.1 % of the output layer's gradient"],
  [[1.71, 1], "layer 1's gradient is 1.7 times the output layer's"],
  [[9.94, 1], "layer 1's gradient is 9.9 times the output layer's"],
  [[10, 1], "layer 1's gradient is 10 times the output layer's"],
  [[123.4, 1], "layer 1's gradient is 123 times the output layer's"],
  [[1, 9, 2], "layer 1 gets half of the output layer's gradient"],
  [[0.5, 2, 3, 1], "layer 1 gets half of the output layer's gradient"],
];

for (const [norms, words] of GRADIENTS)
  test(`gradient norms ${norms.join(", ")}: ${words}`, () =>
    assert.equal(said({ norms }), `Epoch 40: test loss 0.500; ${words}.`));

test("where a gradient is zero or unknown, or there is one layer, the share of right answers is told instead", () => {
  for (const norms of [[0, 1], [1, 0], [0, 0], [NaN, 1], [1, NaN], [1]])
    assert.match(said({ norms }), /; 75\.0 % of the test points are right\.$/);
});

test("what Health says first is told in its words, and a mark that guesses gives way to it", () => {
  const verdict = "The learning rate is too high";
  const told = "Epoch 40: test loss 0.500. The learning rate is too high: see Health.";
  assert.equal(said({ verdict, norms: [0.001, 1] }), told);
  for (const kind of ["plateau", "jumps", "overfitting", "death"])
    assert.equal(said({ verdict, marks: [{ epoch: 40, kind, text: "A guess." }] }), told);
  assert.match(said({ verdict, marks: [{ epoch: 40, kind: "drop", text: "It fell." }] }), /It fell\.$/);
  assert.match(said({ marks: [{ epoch: 40, kind: "plateau", text: "A plateau." }] }), /A plateau\.$/);
});

test("before Health has looked, nothing is said of the gradients", () => {
  assert.equal(
    said({ verdict: null, norms: [0.001, 1] }),
    "Epoch 40: test loss 0.500; 75.0 % of the test points are right.",
  );
});

test("at its goal a run that stands says how to go back", () => {
  assert.match(said({ atGoal: true }), /are right\. Drag the curve to go back in time\.$/);
  for (const not of [{ atGoal: true, moving: true }, {}]) assert.doesNotMatch(said(not), /Drag the curve/);
});

// ---- in plain words
const NEW = { has: () => false };
const KNOWN = { has: () => true };
const textOf = inWords;

function plain({ visitor = KNOWN, epoch = 40, held = 0.5, train = 0.9, score = 0.75, spread = 0, n = 200, ...rest }) {
  const { state = "paused", moving = false, step = Math.round(epoch * PER), task = "binary", marks = [] } = rest;
  const row = [step, epoch, 0.25, held, train, score];
  const { classes = 1, rate = 0.01 } = rest;
  const header = {
    ...{ steps_per_epoch: PER, marks, task, diverged: "or gradient clipping", n_judged: n, spread },
    ...{ net: { layers: [{ n_out: classes }] }, settings: { live: [{ name: "learning_rate", now: rate }] } },
  };
  const run = { header, gradients: () => [0.001, 1], rows: [row], verdictAt: () => "The gradient vanishes" };
  return plainly({ state, moving, scrubbing: false, atGoal: false, row, run, ...rest, step: undefined }, visitor);
}

test("who has never played is invited to, and of a border there is talk only where one is seen", () => {
  const player = { state: "paused", row: [0, 0, 0.25, 0.5, 0.9, 0.75], run: { header: { task: "binary", marks: [] } } };
  assert.match(textOf(plainly(player, NEW)), /^Press Play and watch .* border/);
  assert.equal(textOf(plainly(player, NEW, false)), "Press Play: the network learns.");
});

test("in plain words it is told how many of the points that it has not learned from it gets right", () => {
  assert.equal(textOf(plain({})), "It gets 150 of 200 new points right after 40 epochs.");
  assert.equal(textOf(plain({ epoch: 1 })), "It gets 150 of 200 new points right after 1 epoch.");
  assert.equal(textOf(plain({ epoch: 3.1 })), "It gets 150 of 200 new points right after 3 epochs and 1 mini-batch.");
  assert.equal(textOf(plain({ epoch: 0.4 })), "It gets 150 of 200 new points right after 4 mini-batches.");
  assert.equal(textOf(plain({ epoch: 0 })), "It gets 150 of 200 new points right before it has learned anything.");
  assert.equal(textOf(plain({ held: NaN, score: NaN })), "It gets 180 of 200 points right after 40 epochs.");
  assert.equal(textOf(plain({ held: NaN, train: NaN })), "There are no points to judge it by after 40 epochs.");
});

test("who gets no more points right than one who guesses is told so, with the learning rate", () => {
  const ends = (options) => textOf(plain(options)).replace(/^.*? epochs?\./, "");
  assert.equal(ends({ score: 0.5, rate: 1 }), " That is no better than guessing; the learning rate is 1.");
  assert.equal(ends({ score: 0.6 }), "");
  assert.match(ends({ score: 0.35, classes: 3 }), /guessing/);
  assert.equal(ends({ score: 0.5, classes: 3 }), "");
  assert.equal(ends({ score: 0.5, moving: true }), "", "not while it plays");
  assert.doesNotMatch(textOf(plain({ score: 0.5, epoch: 0.4 })), /guessing/);
  assert.doesNotMatch(textOf(plain({ score: -3, task: "regression", spread: 4 })), /guessing/);
});

test("a count is whole, whatever is lost of a share in four bytes", () => {
  for (const n of [3, 7, 250, 1999])
    for (let right = 0; right <= n; right += 1)
      assert.ok(textOf(plain({ n, score: Math.fround(right / n) })).includes(`gets ${right} of ${n} `));
});

test("the guesses of a regression are off by the root of their mean square, in the units of the data", () => {
  const regression = { task: "regression", spread: 4 };
  assert.equal(
    textOf(plain({ ...regression, score: 0.75 })),
    "Its guesses for new points are typically off by 2.000 after 40 epochs.",
  );
  assert.match(textOf(plain({ ...regression, score: -3 })), /off by 8\.000 after/);
  assert.match(textOf(plain({ ...regression, score: 1.0000001 })), /off by 0\.000 after/);
});

test("no gap stands in it, and while it plays only a number that may shrink keeps the room of a figure", () => {
  const texts = (more) => plain({ score: 0.35, classes: 4, ...more }).map((part) => part.text ?? part);
  const [points, right, after] = ["new points", " right", " after "];
  assert.deepEqual(texts({ epoch: 9 }), ["It gets 70 of 200 ", points, right, after, "9 epochs."]);
  assert.deepEqual(texts({ epoch: 9, moving: true }), ["It gets \u200770 of 200 ", points, right, after, "9 epochs."]);
  assert.deepEqual(texts({ epoch: 9.2 }).slice(3), [after, "9 epochs", " and ", "2 mini-batches."]);
});

test("words of the field in it are words of the glossary", () => {
  const said = [{}, { epoch: 0.1 }, { task: "regression" }, { held: NaN, score: NaN }].flatMap((what) => plain(what));
  const words = new Set(said.filter((part) => part.word).map((part) => part.word));
  assert.deepEqual([...words].toSorted(), ["Epoch", "Mini-batch", "Test point", "Training point", "Typical error"]);
  for (const word of [...words, "Loss"]) assert.ok(GLOSSARY[word].length > 20, word);
});

test("who has never pressed Play is invited to, at the start and nowhere else", () => {
  assert.match(textOf(plain({ visitor: NEW, epoch: 0 })), /^Press Play and watch the network find the border/);
  assert.match(
    textOf(plain({ visitor: NEW, epoch: 0, task: "regression" })),
    /^Press Play and watch the network learn/,
  );
  for (const other of [{ epoch: 1 }, { epoch: 0, moving: true }, { epoch: 0, scrubbing: true }])
    assert.doesNotMatch(textOf(plain({ visitor: NEW, ...other })), /Press Play/);
});

test("who has never dragged the curve is told so at the end", () => {
  const end = { atGoal: true, epoch: 200 };
  assert.match(textOf(plain({ visitor: NEW, ...end })), /epochs\. Drag the curve to go back in time\.$/);
  assert.doesNotMatch(textOf(plain(end)), /Drag/);
  assert.doesNotMatch(textOf(plain({ visitor: NEW, ...end, moving: true })), /Drag/);
});

test("what happened at the moment that was gone to is told, and what was to be reached", () => {
  const mark = { step: 400, text: "The loss drops." };
  assert.equal(textOf(plain({ marks: [mark] })), "The loss drops.");
  const change = { step: 400, kind: "change", text: "Changed: learning rate 0.3." };
  assert.equal(textOf(plain({ marks: [change] })), "Changed: learning rate 0.3. Press Play to see what it does.");
  assert.match(textOf(plain({ marks: [mark], moving: true })), /after 40 epochs/);
  assert.match(textOf(plain({ marks: [mark], epoch: 41 })), /after 41 epochs/);
  assert.match(textOf(plain({ solvedAt: 400, stop: { score: 0.75 } })), /epochs\. Here it first reaches 75 % right\.$/);
});

test("plain words never speak of gradients", () => {
  const marks = [{ step: 400, text: "Changed: gradient clipping 1." }];
  const moments = [{}, { marks }, { state: "diverged" }, { state: "loading" }, { state: "disconnected" }, { epoch: 0 }];
  for (const moment of moments)
    for (const task of ["binary", "multiclass", "regression"])
      for (const moving of [true, false])
        assert.doesNotMatch(textOf(plain({ ...moment, task, moving })), /gradient|NaN|undefined/i);
});

test("the browser remembers what a visitor has done, and one that refuses to does no harm", () => {
  const kept = new Map();
  const storage = () => ({ getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) });
  const visitor = new Visitor(storage);
  visitor.did("play");
  assert.deepEqual([visitor.has("play"), visitor.has("drag")], [true, false]);
  new Visitor(storage).did("drag");
  const later = new Visitor(storage);
  assert.deepEqual([later.has("play"), later.has("drag")], [true, true]);
  const refused = new Visitor(() => {
    throw new Error("forbidden");
  });
  refused.did("play");
  assert.ok(refused.has("play"));
});
