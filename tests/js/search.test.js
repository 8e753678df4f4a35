// A search: who was dropped, which runs are on show, and the axes of the chart on which they are chosen.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES } from "./page.js";
import { NET, WORLD } from "./tiny.js";

const { Tiles, toCsv } = await import("../../playground/web/js/atlas/tiles.js");
const { Grid } = await import("../../playground/web/js/atlas/grid.js");
const search = await import("../../playground/web/js/atlas/search.js");
const { axesOf, drawnCells, markedOn, partsOf, rungsInWords, scoreOf, tenfolds, toText } = search;

const MOMENTS = [0, 1, 2, 4, 8];
const POINTS = [
  [0.001, 4, "Tanh"],
  [0.01, 16, "ReLU"],
  [0.1, 2, "Tanh"],
  [1, 8, "ReLU"],
  [0.02, 9, "Tanh"],
];

const page = (only = {}) => ({
  ...{ atlas: "n", form: "search", columns: 3, nets: [NET], worlds: [WORLD], n_seeds: 2, epochs: 8, only },
  ...{ show: "boundary", at: null, plotly: "", ask: "" },
  axes: [
    { key: "lr", label: "Learning rate", values: [], ends: [0.001, 1], log: true },
    { key: "width", label: "Neurons in a layer", values: [], ends: [2, 16], log: false },
    { key: "activation", label: "Activation", values: ["Tanh", "ReLU"], ends: null, log: false },
  ],
  cells: POINTS.map((values) => ({ values, net: 0, world: 0, problem: null })),
});

// A tile of two seeds that has come through so many moments, with a score that grows to its end.
function tile(cell, n, end, broke = null) {
  const scores = MOMENTS.slice(0, n).flatMap((_, k) => [(end * (k + 1)) / n, (end * (k + 1)) / n / 2]);
  const rows = MOMENTS.slice(0, n).map((epoch, k) => [epoch, epoch, 0.5, 0.6, 0.7, scores[2 * k], k, 0, 0]);
  const last = [broke === null ? end : null, end / 2];
  return {
    told: {
      ...{ cell, moments: n, rows: n, width: 9, seeds: [4, 5], middle: 0, broke: [broke, null] },
      ...{ train_loss: last, test_loss: last, train_score: last, test_score: last },
    },
    floats: [...rows.flat(), ...scores.map((x) => 1 - x), ...scores],
  };
}

const answer = (tiles, more = {}) => ({
  header: {
    atlas: {
      ...{ atlas: "n", tiles: tiles.map(({ told }) => told), moments: MOMENTS, problems: {}, done: 0.5 },
      ...{ complete: false, working: true, workers: "", notes: [], seconds_left: null, split: "" },
      ...{ rungs: [], dropped: {}, importance: [], ...more },
    },
  },
  floats: Float32Array.from(tiles.flatMap(({ floats }) => floats)),
});

function searched(only = {}) {
  const tiles = new Tiles(page(only));
  tiles.take(answer([0, 1, 2, 3].map((cell) => tile(cell, 3, [0.5, 0.75, 0.875, 0.625][cell], cell === 3 ? 1 : null))));
  tiles.take(answer([tile(4, 3, 0.25)], { rungs: [[2, 5, 1]], dropped: { 0: 2, 2: 2, 3: 2, 4: 2 } }));
  tiles.take(answer([tile(1, 5, 0.8125)], { complete: true, rungs: [[2, 5, 1]], dropped: { 0: 2, 2: 2, 3: 2, 4: 2 } }));
  return tiles;
}

test("a run that goes on takes the place of its tile, and is asked for once more", () => {
  const tiles = searched();
  assert.deepEqual([tiles.count, tiles.received], [5, 6]);
  assert.deepEqual(tiles.cells[1].moments, MOMENTS);
  assert.deepEqual(tiles.cells[0].moments, [0, 1, 2]);
  assert.equal(tiles.lastScore(1), 0.8125);
  assert.equal(tiles.cells[0].scoreAt(8), 0.5, "of its last moment");
});

test("who was dropped stays in the ranks up to there, and is never the best", () => {
  const tiles = searched();
  assert.deepEqual(
    [0, 1, 2].map((cell) => [tiles.isOut(cell, 2), tiles.isOut(cell, 4)]),
    [
      [false, true],
      [false, false],
      [false, true],
    ],
  );
  assert.equal(tiles.ranks(2)[2], 1, "the best there");
  assert.deepEqual(tiles.ranks(8), [NaN, 1, NaN, NaN, NaN]);
  assert.equal(tiles.best, 1, "though another had more when it was dropped");
});

test("runs stand from the top left on, and the last row may be short", () => {
  const tiles = searched();
  assert.deepEqual([tiles.columns, tiles.rows], [3, 2]);
  assert.deepEqual([tiles.cellAt(0, 0), tiles.cellAt(2, 0), tiles.cellAt(1, 1), tiles.cellAt(2, 1)], [0, 2, 4, -1]);
  assert.deepEqual([tiles.rowOf(0), tiles.rowOf(4)], [0, 1]);
  assert.deepEqual([tiles.cellAt(-1, 0), tiles.cellAt(0, 2)], [-1, -1]);
  assert.equal(tiles.nameOf(4), "Learning rate 0.02, Neurons in a layer 9, Activation Tanh");
  const grid = new Grid();
  grid.setTiles(tiles);
  grid.layOut(400, 300, THEMES.light);
  const [x, y] = grid.corner(4);
  assert.equal(grid.cellAt(x + 3, y + 3), 4);
  assert.equal(grid.cellAt(x + grid.side + grid.gap + 3, y + 3), -1, "no run is there");
});

test("runs are on show where all parts hold: of ranges, choices and the score", () => {
  const shown = (only) => [0, 1, 2, 3, 4].filter((cell) => searched(only).isShown(cell));
  assert.deepEqual(shown({}), [0, 1, 2, 3, 4]);
  assert.deepEqual(shown({ lr: [0.01, 0.1] }), [1, 2, 4]);
  assert.deepEqual(shown({ lr: [0.01, 0.1], activation: [-0.5, 0.5] }), [2, 4]);
  assert.deepEqual(shown({ score: [0.6, 1] }), [1, 2], "what has diverged has no score");
  assert.deepEqual(shown({ nothing: [5, 6] }), [0, 1, 2, 3, 4], "an axis that this search has not");
});

test("a tile that was dropped is pale from there on, and says so where there is room", () => {
  const grid = new Grid();
  grid.setTiles(searched());
  grid.layOut(400, 300, THEMES.light);
  const veils = [];
  const words = [];
  grid.veil = (_, __, alpha) => veils.push(alpha);
  grid.chip = (_, __, word) => words.push(word);
  const context = new Proxy({}, { get: () => () => {}, set: () => true });
  for (const [cell, epoch] of [
    [0, 2],
    [0, 4],
    [1, 4],
  ]) {
    const at = { show: "score", epoch, fineness: 0, span: [0, 1] };
    grid.drawTile(context, THEMES.light, /** @type {any} */ (grid.tiles).cells[cell], cell, at);
  }
  assert.equal(veils.length, 1);
  assert.deepEqual(words, ["50", "50 out", "65"]);
});

test("the axes of the chart are the settings and the score, with room in tenfolds where that is how it was drawn", () => {
  const tiles = searched();
  const [rate, width, activation, score] = axesOf(tiles);
  assert.deepEqual(rate.range, [-3, 0]);
  assert.deepEqual(rate.words, ["0.001", "0.01", "0.1", "1"]);
  assert.equal(rate.back(rate.at(0.02)).toFixed(6), "0.020000");
  assert.deepEqual(width.words, ["2", "5.5", "9", "12.5", "16"]);
  assert.deepEqual(
    [activation.range, activation.words],
    [
      [-0.5, 1.5],
      ["Tanh", "ReLU"],
    ],
  );
  assert.deepEqual(score.range, [0.25, 0.875]);
  assert.deepEqual(drawnCells(tiles), [0, 1, 2, 4], "what has diverged has no line");
  assert.deepEqual(tenfolds([0.002, 0.5]), [0.002, 0.01, 0.1, 0.5]);
});

test("the fields have parts that hold every run once", () => {
  const tiles = searched();
  for (const told of axesOf(tiles).slice(0, 3)) {
    const parts = partsOf(told, tiles);
    POINTS.forEach((_, cell) => {
      const x = tiles.numberOf(cell, told.which);
      const holds = parts.filter(({ part: [low, high] }) => x >= low - 1e-9 && x <= high + 1e-9);
      assert.ok(holds.length >= 1, `${told.key} of run ${cell}`);
    });
  }
  assert.deepEqual(
    partsOf(axesOf(tiles)[0], tiles).map(({ words }) => words),
    ["0.001 to 0.01", "0.01 to 0.1", "0.1 to 1"],
  );
  assert.deepEqual(
    partsOf(axesOf(tiles)[2], tiles).map(({ part }) => part),
    [
      [-0.5, 0.5],
      [0.5, 1.5],
    ],
  );
});

test("what is marked on the chart is read back as numbers, and goes into a link", () => {
  const tiles = searched();
  const dimensions = [{ constraintrange: [-2, -1] }, {}, { constraintrange: [[0.6, 1.2]] }, { constraintrange: [] }];
  const only = markedOn(dimensions, axesOf(tiles));
  assert.deepEqual(Object.keys(only), ["lr", "activation"]);
  assert.equal(toText(only), "lr:0.01~0.1;activation:0.6~1.2");
  assert.equal(toText({}), "");
});

test("the table says who was dropped, and the sentences how many", () => {
  const lines = toCsv(searched()).trim().split("\n");
  assert.ok(lines[0].endsWith("drawn,dropped_after_epoch"));
  assert.equal(lines.length, 11);
  assert.ok(lines[1].startsWith("0.001,4,Tanh,4,") && lines[1].endsWith("yes,2"));
  assert.ok(lines[3].endsWith("yes,"), "the one that went on");
  assert.deepEqual(
    rungsInWords([
      [2, 27, 9],
      [5, 9, 1],
    ]),
    ["After epoch 2 the best 9 of 27 runs went on.", "After epoch 5 the best of 9 runs went on alone."],
  );
});

test("a run's dot is the mean of its seeds, those that diverged as 0", () => {
  const tiles = searched();
  assert.equal(scoreOf(tiles.cells[0], 2), 0.375);
  assert.equal(scoreOf(tiles.cells[3], 2), 0.15625);
});
