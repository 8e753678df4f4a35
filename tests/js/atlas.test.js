// An atlas: what the browser holds of it, where its tiles lie, how they rank, and what is told of them.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES, pixelsOf } from "./page.js";
import { NET, WORLD } from "./tiny.js";

const { Tiles, shortScore, toCsv } = await import("../../playground/web/js/atlas/tiles.js");
const { Grid, shade } = await import("../../playground/web/js/atlas/grid.js");
const { byValue, median, seedsInWords } = await import("../../playground/web/js/atlas/charts.js");
const { percent } = await import("../../playground/web/js/shared/format.js");
const { ramps } = await import("../../playground/web/js/shared/theme.js");

const MOMENTS = [0, 1, 2, 4];

const page = (columns = 3, rows = 2) => ({
  ...{ atlas: "n", nets: [NET], worlds: [WORLD], n_seeds: 3, epochs: 4, show: "boundary", at: null },
  ...{ plotly: "", ask: "", form: "grid", columns, only: {} },
  axes: [
    { key: "lr", label: "Learning rate", values: ["0.1", "0.2", "0.3"].slice(0, columns), ends: null, log: false },
    { key: "width", label: "Width", values: ["2", "4"].slice(0, rows), ends: null, log: false },
  ],
  cells: Array.from({ length: columns * rows }, () => ({ values: [], net: 0, world: 0, problem: null })),
});

// A tile of three seeds whose scores at each moment are given, [moment][seed]; the middle one's weights are (k, 0, 0).
const tile = (cell, scores, { middle = 1, broke = [null, null, null] } = {}) => {
  const kept = MOMENTS.slice(0, scores.length).filter((epoch) => broke[middle] === null || epoch <= broke[middle]);
  const rows = kept.map((epoch, k) => [5 * epoch, epoch, 0.5, 0.6, 0.7, scores[k][middle], k, 0, 0]);
  const last = scores[scores.length - 1].map((x, k) => (broke[k] === null ? x : null));
  return {
    told: {
      ...{ cell, moments: scores.length, rows: rows.length, width: 9, seeds: [4, 5, 6], middle, broke },
      ...{ train_loss: last, test_loss: last, train_score: last, test_score: last },
    },
    floats: [...rows.flat(), ...scores.flat().map((x) => 1 - x), ...scores.flat()],
  };
};

const answer = (tiles, more = {}) => ({
  header: {
    atlas: {
      ...{ atlas: "n", tiles: tiles.map(({ told }) => told), moments: MOMENTS, problems: {}, done: 0.5 },
      ...{ complete: false, working: true, workers: "", notes: [], seconds_left: null, split: "" },
      ...{ rungs: [], dropped: {}, importance: [] },
      ...more,
    },
  },
  floats: Float32Array.from(tiles.flatMap(({ floats }) => floats)),
});

const rising = (end) => MOMENTS.map((_, k) => [0.5, 0.5 + ((end - 0.5) * k) / 3, end / 2]);

function filled() {
  const tiles = new Tiles(page());
  tiles.take(answer([tile(0, rising(0.6)), tile(4, rising(0.9))]));
  tiles.take(answer([tile(2, rising(0.6), { broke: [null, 1, 0] })], { complete: true, problems: { 5: "Too wide." } }));
  return tiles;
}

test("tiles come a few at a time, and each has its own numbers", () => {
  const tiles = filled();
  assert.equal(tiles.count, 3);
  assert.ok(tiles.complete);
  assert.equal(tiles.problems.get(5), "Too wide.");
  const { run } = tiles.cells[4];
  assert.deepEqual([...run.parameters(run.rows[2])], [2, 0, 0]);
  assert.equal(tiles.cells[4].rowAt(3.9)[1], 2);
  assert.equal(tiles.cells[4].rowAt(4)[1], 4);
  assert.deepEqual(
    [0, 0.99, 1, 3, 4, 99].map((epoch) => tiles.cells[4].placeOf(epoch)),
    [0, 0, 1, 2, 3, 3],
  );
  assert.equal(tiles.cells[4].scoreAt(4).toFixed(3), "0.900");
  assert.equal(tiles.cells[4].loss(3, 1).toFixed(3), "0.100");
  assert.deepEqual(tiles.cells[4].scoresAt(0), [0.5, 0.5, Math.fround(0.45)]);
});

test("a run that has diverged has no score from there on, and keeps its last picture", () => {
  const { cells } = filled();
  assert.equal(cells[2].brokenAt(1), null);
  assert.equal(cells[2].brokenAt(2), 1);
  assert.ok(Number.isFinite(cells[2].scoreAt(1)));
  assert.ok(Number.isNaN(cells[2].scoreAt(2)));
  assert.equal(cells[2].rowAt(4)[1], 1);
  assert.deepEqual(cells[2].scoresAt(4).map(Number.isFinite), [true, false, false]);
});

test("tiles rank by their score at the moment; the best is the best at the end", () => {
  const tiles = filled();
  assert.deepEqual(tiles.ranks(4), [0, NaN, NaN, NaN, 1, NaN]);
  assert.deepEqual(tiles.ranks(0), [1, NaN, 1, NaN, 1, NaN], "all alike");
  assert.equal(tiles.best, 4);
  assert.equal(new Tiles(page()).best, -1);
});

test("a cell is named by its values, counted row by row from the bottom left", () => {
  const tiles = filled();
  assert.equal(tiles.nameOf(0), "Learning rate 0.1, Width 2");
  assert.equal(tiles.nameOf(4), "Learning rate 0.2, Width 4");
});

test("what a value of an axis does by itself is told by all runs that have it", () => {
  const found = byValue(filled(), 0, 4).map((scores) => scores.map((x) => Number(x.toFixed(2))));
  assert.deepEqual(
    found,
    [
      [0.5, 0.6, 0.3],
      [0.5, 0.9, 0.45],
      [0.5, 0, 0],
    ],
    "a run that has diverged has none right",
  );
  assert.deepEqual(
    byValue(filled(), 1, 4).map((scores) => scores.length),
    [6, 3],
  );
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2);
  assert.ok(Number.isNaN(median([])));
});

test("the seeds of a tile are told one by one", () => {
  const { cells } = filled();
  assert.equal(
    seedsInWords(cells[2], "binary", percent),
    "At the end seed 4: 50.0 %, seed 5 diverged after epoch 1, seed 6 diverged after epoch 0. " +
      "Drawn is seed 5, the one in the middle.",
  );
});

test("the table for other programs has a line for every run", () => {
  const lines = toCsv(filled()).trimEnd().split("\n");
  assert.equal(
    lines[0],
    "Learning rate,Width,seed,train_loss,test_loss,train_score,test_score,diverged_after_epoch,drawn",
  );
  assert.equal(lines.length, 1 + 9);
  assert.equal(lines[1], "0.1,2,4,0.5,0.5,0.5,0.5,,");
  assert.equal(lines[5], "0.3,2,5,,,,,1,yes");
});

test("a score is as short as a tile has room for", () => {
  assert.deepEqual(
    [0.996, 0.5, 0, NaN].map((x) => shortScore(x, "binary")),
    ["100", "50", "0", "–"],
  );
  assert.deepEqual(
    [0.996, -0.25, -99].map((x) => shortScore(x, "regression")),
    ["1.00", "−0.25", "< −10"],
  );
});

const laidOut = (tiles, width = 600, height = 500) => {
  const grid = new Grid();
  grid.setTiles(tiles);
  grid.canvas.getContext().measureText = (text) => ({ width: 7 * text.length });
  grid.layOut(width, height, THEMES.light);
  return grid;
};

test("the first axis goes from left to right and the second from bottom to top", () => {
  const grid = laidOut(filled());
  const [first, right, up] = [0, 1, 3].map((cell) => grid.corner(cell));
  assert.ok(right[0] > first[0] && right[1] === first[1]);
  assert.ok(up[0] === first[0] && up[1] < first[1]);
  for (const cell of [0, 1, 2, 3, 4, 5]) {
    const [x, y] = grid.corner(cell);
    assert.equal(grid.cellAt(x + 1, y + 1), cell);
    assert.equal(grid.cellAt(x + grid.side - 1, y + grid.side - 1), cell);
    assert.equal(grid.cellAt(x + grid.side + 1, y + 1), -1, "between two tiles");
  }
  assert.equal(grid.cellAt(1, 1), -1);
});

test("tiles shrink with the window, and no further than can be seen", () => {
  assert.ok(laidOut(filled(), 300).side < laidOut(filled(), 390).side);
  const narrow = laidOut(filled(), 100);
  assert.equal(narrow.side, 26);
  assert.ok(narrow.width > 100, "then the box scrolls");
});

test("the more tiles there are, the coarser is each of them", () => {
  const finest = (n) => {
    const grid = new Grid();
    grid.setTiles(
      new Tiles({ ...page(1, 1), cells: Array.from({ length: n }, () => ({ net: 0, world: 0, problem: null })) }),
    );
    return grid.finest;
  };
  assert.deepEqual([6, 48, 144, 256, 1024].map(finest), [0, 0, 1, 3, 4]);
});

test("a tile's picture is what its network says", () => {
  const grid = laidOut(filled());
  const { cells } = grid.tiles;
  const values = grid.evaluate(cells[4], 4, cells[4].rowAt(4), 4);
  const wanted = [-0.75, -0.25, 0.25, 0.75].map((x1) => 1 / (1 + Math.exp(-3 * x1)));
  wanted.forEach((p, k) => assert.ok(Math.abs(values[1][0][k] - p) < 1e-6));
  // And painted: orange on the left, blue on the right.
  const pixels = new Uint32Array(16);
  const { surface } = ramps(THEMES.light);
  const at = { show: "boundary", epoch: 4, fineness: 4, span: [0, 1] };
  const drawn = { fillRect() {}, drawImage() {} };
  grid.drawBoundary(drawn, THEMES.light, cells[4], 4, at);
  pixels.set(pixelsOf(grid.map.getContext().image).subarray(0, 16));
  const place = [...surface].indexOf(pixels[0]);
  assert.ok(place >= 0 && place < 60);
  assert.ok([...surface].indexOf(pixels[15]) > 200);
});

test("a share has a colour between the ground and the full one", () => {
  assert.notEqual(shade(THEMES.light, 0), shade(THEMES.light, 1));
  assert.equal(shade(THEMES.light, -1), shade(THEMES.light, 0));
  assert.equal(shade(THEMES.dark, 2), shade(THEMES.dark, 1));
});
