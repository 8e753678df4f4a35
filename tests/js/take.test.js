// The pictures on the cards of Take along are of the run's numbers.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES, nearest } from "./page.js";

const { PICTURES } = await import("../../playground/web/js/take/pictures.js");

const SIDE = 64;
const theme = THEMES.light;
const drawn = {
  film: [{ side: 1, cells: btoa("\x00"), points: [0.5, -1, 1, -1, 1, 0] }],
  losses: [
    [1, 0.5, 0],
    [1, null, 0.25],
  ],
  weights: [[[1, -1, 0]], [[0.02], [-1], [1]]],
  sizes: [1, 3, 1],
};

function marks(name) {
  const context = document.createElement("canvas").getContext("2d");
  PICTURES[name](context, drawn, theme, SIDE);
  return context.marks;
}

test("a weight is blue above zero, orange below, and pale at it", () => {
  const hex = (rgb) => rgb.match(/\d+/g).reduce((sum, part, k) => sum + Number(part) * 256 ** k, 0);
  const found = marks("weights").map(({ colour }) =>
    nearest(hex(colour), { orange: theme.negative, pale: theme.neutral, blue: theme.positive }),
  );
  assert.deepEqual(found, ["blue", "orange", "pale", "pale", "orange", "blue"]);
});

test("the losses fall from left to right, the training loss on top, and what is no number is left away", () => {
  const [test_, train] = marks("curve");
  assert.equal(test_.colour, theme.test);
  assert.equal(train.colour, theme.train);
  assert.equal(train.path.length, 3);
  assert.equal(test_.path.length, 2);
  assert.ok(train.path[0][1] < train.path[1][1] && train.path[1][1] < train.path[2][1]);
  assert.ok(test_.path[1][1] < train.path[2][1], "a loss that is higher lies higher");
});

test("the network has as many units as it has, and a link from each to each of the next layer", () => {
  const found = marks("network");
  assert.equal(found.filter(({ colour }) => colour === theme.muted).length, 3 + 3);
  assert.equal(found.filter(({ colour }) => colour === theme.positive).length, 5);
});

test("points lie where they are, in the colour of their class", () => {
  const [one, other] = marks("points");
  assert.deepEqual(one.path[0], [0.75 * SIDE, SIDE]);
  assert.equal(one.colour, theme.classes[1]);
  assert.deepEqual(other.path[0], [0, 0]);
});
