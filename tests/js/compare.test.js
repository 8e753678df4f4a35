// Runs side by side: one clock for all, figures that are the rows' own, and where two networks disagree.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES } from "./page.js";

const { UNITS, convert, endOf, pace, rowAt } = await import("../../playground/web/js/compare/clock.js");
const { best, figures, firstAt, seedFigures } = await import("../../playground/web/js/compare/figures.js");
const { classAt, disagreements, inWords, paintDifference } =
  await import("../../playground/web/js/compare/difference.js");
const { parseMany, take } = await import("../../playground/web/js/compare/compare.js");
const { bandOf, curvesOf } = await import("../../playground/web/js/compare/curves.js");
const { USUAL, withView } = await import("../../playground/web/js/compare/view.js");
const { disputed, paintVotes, votesInWords, votesOf } = await import("../../playground/web/js/compare/votes.js");
const { Network } = await import("../../playground/web/js/stage/network.js");
const { ramps } = await import("../../playground/web/js/shared/theme.js");

// A run of so many epochs, with so many steps in each, on so many points.
const run = (epochs, perEpoch, nTrain = 100, header = {}) => ({
  ended: "diverged" in header,
  header: { n_train: nTrain, task: "binary", diverged: null, stopped: null, net: { n_trainable: 33 }, ...header },
  rows: Array.from({ length: epochs + 1 }, (_, e) =>
    Float32Array.of(e * perEpoch, e, 1 / (1 + e), 2 / (1 + e), e / 20, e / 25),
  ),
});

test("a run shows the latest moment that is not after the clock's, and its last one where it has ended", () => {
  const short = run(10, 4);
  const epoch = (time, unit = "epochs") => rowAt(short, time, unit)[1];
  assert.deepEqual(
    [0, 0.99, 1, 7.5, 10, 200].map((time) => epoch(time)),
    [0, 0, 1, 7, 10, 10],
  );
  assert.deepEqual(
    [0, 3, 4, 39, 40].map((time) => epoch(time, "updates")),
    [0, 0, 1, 9, 10],
  );
  assert.deepEqual(
    [99, 100, 250].map((time) => epoch(time, "examples")),
    [0, 1, 2],
  );
});

test("the clock counts epochs, updates, or examples seen, and a moment stays the same moment", () => {
  const r = run(10, 4, 50);
  assert.deepEqual(
    Object.keys(UNITS).map((unit) => endOf(r, unit)),
    [10, 40, 500],
  );
  assert.equal(convert(r, 5, "epochs", "updates"), 20);
  assert.equal(convert(r, 20, "updates", "examples"), 250);
  assert.deepEqual(
    Object.keys(UNITS).map((unit) => pace(r, unit, 60)),
    [60, 240, 3000],
  );
});

test("at equal updates a run with small batches is as far as one with large batches", () => {
  const [small, large] = [run(10, 40), run(40, 10)];
  assert.equal(rowAt(small, 200, "updates")[1], 5);
  assert.equal(rowAt(large, 200, "updates")[1], 20);
  assert.equal(rowAt(small, 5, "epochs")[1], rowAt(large, 5, "epochs")[1]);
});

test("the figures are the rows' own", () => {
  const r = run(25, 4);
  assert.equal(firstAt(r, 0.9), 23); // e / 25 >= 0.9
  assert.equal(firstAt(run(5, 4), 0.9), null);
  assert.equal(best(r)[1], 25);
  const table = Object.fromEntries(
    figures([r, run(5, 4, 100, { diverged: "It broke." })]).map((f) => [f.label, f.values]),
  );
  assert.deepEqual(table["Epochs to 90 % on new points"], ["23", "never"]);
  assert.deepEqual(table["Epochs to 95 % on new points"], ["24", "never"]);
  assert.deepEqual(table["Best test loss"], ["0.077, epoch 25", "0.333, epoch 5"]);
  assert.deepEqual(table["Best test score"], ["100.0 %", "20.0 %"]);
  assert.deepEqual(table["Weights and biases"], ["33", "33"]);
  assert.deepEqual(table["How it ended"], ["could go on", "diverged"]);
  const goesOn = figures([run(5, 4)]).find((f) => f.label === "Epochs to 90 % on new points");
  assert.deepEqual(goesOn?.values, ["not yet"]);
  const untested = run(25, 4);
  untested.rows = untested.rows.map((row) => Float32Array.of(row[0], row[1], row[2], NaN, row[5], NaN));
  const own = Object.fromEntries(figures([untested]).map((f) => [f.label, f.values[0]]));
  assert.equal(own["Epochs to 90 % on new points"], "23 (training)");
  assert.equal(own["Best test loss"], "0.038, epoch 25 (training)");
  assert.equal(own["Best test score"], "100.0 % (training)");
  const regression = figures([run(5, 4, 100, { task: "regression" })]).map((f) => f.label);
  assert.ok(!regression.some((label) => label.startsWith("Epochs to")));
});

test("what twenty seeds come to is told in quantiles, and those that broke are counted", () => {
  const seeds = {
    ...{ n: 20, reached: 2, epochs: [0, 1, 2], solved: 14, diverged: 3, problem: "" },
    ...{
      loss: [
        [1, 0.5, 0.125],
        [1, 0.6, 0.25],
        [1, 0.7, null],
      ],
      score: [
        [0, 0, 0.5],
        [0, 0, 0.75],
        [0, 0, 1],
      ],
    },
  };
  const told = seedFigures([run(5, 4, 100, { seeds }), run(5, 4), run(5, 4, 100, { seeds: { problem: "No." } })]);
  const table = Object.fromEntries(told.map((f) => [f.label.replace("20 seeds: ", ""), f.values]));
  assert.deepEqual(table["ever 95 % right"], ["14 of 20", "…", "No."]);
  assert.equal(table["test loss at the end, 10 to 90 %"][0], "0.125 to –, median 0.250");
  assert.equal(table["test score at the end, 10 to 90 %"][0], "50.0 % to 100.0 %, median 75.0 %");
  assert.deepEqual([table["diverged"][0], table["trained to epoch"][0]], ["3", "2"]);
});

const BINARY = { middle: 0.5, reach: 0.5 };
const rows = (...outputs) => outputs.map((values) => Float32Array.from(values));

test("two networks disagree where they name different classes", () => {
  assert.deepEqual(
    [0, 1, 2].map((p) => classAt(rows([0.2, 0.5, 0.9]), p, BINARY)),
    [0, 0, 1],
  );
  assert.deepEqual(
    [0, 1].map((p) => classAt(rows([0.1, 0.5], [0.7, 0.2], [0.2, 0.3]), p, BINARY)),
    [1, 0],
  );
  const [a, b] = [rows([0.2, 0.4, 0.9, 0.6]), rows([0.3, 0.6, 0.8, 0.1])];
  assert.equal(disagreements(a, b, [BINARY, BINARY], 4), 2);
  assert.equal(disagreements(a, a, [BINARY, BINARY], 4), 0);
});

test("the difference is blue where B says more, orange where it says less, neutral where they agree", () => {
  const { signed } = ramps(THEMES.light);
  const pixels = new Uint32Array(3);
  paintDifference(pixels, rows([0, 0.5, 1]), rows([1, 0.5, 0]), [BINARY, BINARY], signed);
  assert.deepEqual([...pixels], [signed[255], signed[128], signed[0]]);
  const classes = new Uint32Array(2);
  paintDifference(classes, rows([1, 0], [0, 1]), rows([1, 1], [0, 0]), [BINARY, BINARY], signed);
  assert.deepEqual([...classes], [signed[128], signed[255]]);
});

test("how far they disagree is told in words", () => {
  const told = (...given) => inWords(["A", "B"], ...given);
  assert.equal(told(0.07, 4, 250, "binary"), "A and B disagree on 7.0 % of the plane, and on 4 of 250 test points.");
  assert.equal(told(0.31, 90, 250, "binary"), "A and B disagree on 31 % of the plane, and on 90 of 250 test points.");
  assert.match(told(0, 0, 250, "multiclass"), /^A and B disagree on less than 0\.1 % of the plane/);
  assert.match(told(0, 0, 250, "regression"), /^B minus A/);
  assert.match(told(0.1, 3, 250, "binary", " of A"), /and on 3 of 250 test points of A\.$/);
  assert.equal(told(0.1, 0, 0, "binary"), "A and B disagree on 10 % of the plane.");
});

// A message as the server packs it.
function message(header, floats = []) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + 4 * floats.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  new Uint8Array(bytes.buffer, 4 + text.length).set(new Uint8Array(Float32Array.from(floats).buffer));
  return bytes;
}

test("several messages come in one, and an empty one stands for what is here already", () => {
  const about = { run: { run: "a", width: 2, singles: 0, after: -1, dense: 0, stride: 1, net: { layers: [] } } };
  const one = message(about, [0, 0, 5, 1]);
  const head = message({ page: { runs: ["a", "b"] }, lengths: [one.length, 0] });
  const whole = new Uint8Array([...head, ...one]);
  const { page, messages } = parseMany(whole);
  assert.deepEqual(page.runs, ["a", "b"]);
  assert.deepEqual([...messages[0].floats], [0, 0, 5, 1]);
  assert.equal(messages[1], null);
  assert.equal(take("a", messages[0]).last, 5);
  assert.equal(take("a", null).last, 5);
  assert.equal(take("b", messages[1]), null);
  take("a", { header: { run: { ...about.run, after: 5 } }, floats: Float32Array.of(5, 1, 10, 2) });
  assert.equal(take("a", null).last, 10);
});

test("the address holds what is on show, and nothing that is usual", () => {
  const view = { at: 70.129, clock: "updates", show: ["difference", "votes"], pair: [0, 2], hold: [null, 300, null] };
  assert.equal(
    decodeURIComponent(withView("?lr=0.1&compare=a%7Cb&at=3", view)),
    "?lr=0.1&compare=a|b&at=70.12&clock=updates&show=difference,votes&pair=AC&hold=B300",
  );
  assert.equal(withView("?compare=a&at=3&clock=updates&show=seeds&pair=BC&hold=A1", USUAL), "?compare=a");
  assert.equal(withView("?at=3", { ...USUAL, at: 57 }), "?at=57", "a whole epoch stays the epoch that it is");
  assert.equal(withView("?at=3", USUAL), "");
});

// One neuron without a bend: sigmoid(w x1 + b).
const LAYER = { n_in: 1, n_out: 1, weight: [0, 1, 2], bias: [1, 2], activation: "identity", activation_settings: {} };
const NEURON = new Network({ features: ["x1"], plane: null, output: "sigmoid", layers: [LAYER] });

test("votes are counted place by place, and a network that has lost its numbers has none", () => {
  const nets = [
    [1, 0],
    [1, 0.5],
    [-1, 0],
    [NaN, 0],
  ].map((each) => Float32Array.from(each));
  const votes = votesOf(NEURON, nets, [Float32Array.of(-1, -0.25, 2)], BINARY);
  assert.deepEqual(
    votes.map((each) => [...each]),
    [
      [2, 1, 1],
      [1, 2, 2],
    ],
  );
  assert.deepEqual(
    [1, 2, 3].map((least) => disputed(votes, least)),
    [0, 0, 3],
  );
});

test("the votes of several classes are those of the largest output", () => {
  const layer = { ...LAYER, n_out: 3, weight: [0, 1, 2], bias: [1, 2] };
  const network = new Network({ features: ["x1"], plane: null, output: "softmax", layers: [layer] });
  const nets = [
    [1, 0, -1, 0, 0, 0.5],
    [1, 0, -1, 0, 0, 3],
  ].map((each) => Float32Array.from(each));
  const votes = votesOf(network, nets, [Float32Array.of(-1, 0, 1)], BINARY);
  assert.deepEqual(
    votes.map((each) => [...each]),
    [
      [0, 0, 1],
      [1, 0, 0],
      [1, 2, 1],
    ],
  );
});

test("where all seeds agree the colour is full, and neutral where they are at odds", () => {
  const colours = ramps(THEMES.light);
  const pixels = new Uint32Array(3);
  paintVotes(pixels, [Uint8Array.of(0, 10, 20), Uint8Array.of(20, 10, 0)], 20, colours);
  assert.deepEqual([...pixels], [colours.surface[255], colours.surface[128], colours.surface[0]]);
  const three = new Uint32Array(2);
  paintVotes(three, [Uint8Array.of(0, 7), Uint8Array.of(0, 6), Uint8Array.of(20, 7)], 20, colours);
  assert.equal(three[0], colours.classes[2][255]);
  assert.equal(three[1], colours.classes[0][131]);
});

test("how far the seeds disagree is told in words", () => {
  const told = (...given) => votesInWords(200, ...given);
  assert.equal(told(0.12, 15, 20, 0), "20 seeds at epoch 200: fewer than 15 agree on 12 % of the plane");
  assert.match(told(0.012, 15, 20, 2), /on 1\.2 % of the plane; 2 diverged and say nothing$/);
  assert.match(told(0, 15, 20, 1), /agree nowhere on the plane; 1 diverged and says nothing$/);
  assert.match(told(0.0001, 15, 20, 0), /on less than 0\.1 % of the plane$/);
});

test("a band has the outer quantiles, the median, and every seed as a thin line; it is of the run's colour", () => {
  const told = {
    n: 2,
    reached: 2,
    epochs: [0, 1, 2],
    loss: [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, null],
    ],
    line_epochs: [0, 2],
  };
  const seeds = {
    ...told,
    lines: [
      [1, 2],
      [3, null],
    ],
  };
  const r = { ...run(2, 4, 100, { seeds }), lastEpoch: 2 };
  const [low, high, lines, middle] = bandOf(r, 1, "updates", THEMES.light);
  assert.deepEqual([low.y, high.y, middle.y, high.fill], [...[seeds.loss[0], seeds.loss[2], seeds.loss[1]], "tonexty"]);
  assert.deepEqual(
    [low.x, lines.x, lines.y],
    [
      ...[
        [0, 4, 8],
        [0, 8, null, 0, 8, null],
        [1, 2, null, 3, null, null],
      ],
    ],
  );
  const [training, test_] = curvesOf(r, 1, "updates", THEMES.light);
  assert.deepEqual(
    [training.y.map((y) => y.toFixed(2)), test_.x],
    [
      ["1.00", "0.50", "0.33"],
      [0, 4, 8],
    ],
  );
  assert.equal(test_.line.color, middle.line.color);
  assert.deepEqual(
    curvesOf(r, 1, "epochs", THEMES.light, false).map(({ name }) => name),
    ["B test loss"],
  );
});
