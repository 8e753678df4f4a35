// Where Play stops by itself: at the first moment that is as good as was asked for, or after so many epochs.
import assert from "node:assert/strict";
import test from "node:test";

import { STOPS, choiceInWords, firstSolved, goalInWords } from "../../playground/web/js/stage/stops.js";
import { PER, World } from "./world.js";

const run = (rows, header = {}) => ({
  header: { task: "binary", goal: 200, ...header },
  rows: rows.map((row) => Float32Array.from(row)),
});
// Step, epoch, training and test loss, training and test score.
const TESTED = run([
  [0, 0, 0.9, 0.8, 0.5, 0.5],
  [4, 1, 0.05, 0.2, 1, 0.9],
  [8, 2, 0.04, 0.1, 1, 0.95],
  [12, 3, 0.03, 0.3, 1, 0.94],
  [16, 4, 0.02, 0.01, 1, 0.99],
]);
const UNTESTED = run([
  [0, 0, 0.9, NaN, 0.5, NaN],
  [4, 1, 0.05, NaN, 0.96, NaN],
]);
const named = (name) => STOPS.find((stop) => stop.key === name);

test("solved is the first recorded moment that is good enough on the test points, or in training without any", () => {
  const at = (r) => STOPS.map((stop) => firstSolved(r, stop)?.[0] ?? null);
  assert.deepEqual(at(TESTED), [null, null, 8, 16, 8, 16, null]);
  assert.deepEqual(at(UNTESTED), [null, null, 4, null, 4, null, null]);
  assert.equal(firstSolved(run([]), named("score0.95")), undefined);
});

test("each choice says in words what it waits for", () => {
  assert.deepEqual(
    STOPS.map((stop) => choiceInWords(TESTED, stop)),
    [
      "Stop at epoch 200",
      "Stop at epoch 1,000",
      "Stop at 95 % right",
      "Stop at 99 % right",
      "Stop at a test loss of 0.1",
      "Stop at a test loss of 0.01",
      "Never stop",
    ],
  );
  assert.equal(goalInWords(UNTESTED, named("loss0.1")), "a training loss of 0.1");
  assert.equal(goalInWords(run(TESTED.rows, { task: "regression" }), named("score0.95")), "a test R² of 0.95");
  assert.equal(choiceInWords(null, STOPS[0]), "Stop at epoch 200");
});

test("Play stops at the moment at which it is solved, and goes on when asked to", () => {
  const world = new World();
  const { player } = world;
  world.tell({ to: 40 });
  player.setStop({ key: "x", epochs: Infinity, score: 30 * PER + 0.05 }); // the score of a row of the world is its step
  world.pass(3);
  assert.deepEqual([player.state, player.step, player.epoch], ["paused", 30 * PER, 30]);
  player.play();
  world.pass(0.1);
  assert.ok(player.step > 30 * PER, "it is solved already, and was asked to go on");
  player.place(8);
  player.play();
  world.pass(3);
  assert.equal(player.step, 30 * PER, "from an earlier moment it stops there again");
  world.close();
});

test("in slow motion it stops there too", () => {
  const world = new World();
  const { player } = world;
  world.tell({ to: 40, singles: [1, 2, 3, 5, 6, 7, 9, 10, 11] });
  player.setStop({ key: "x", epochs: Infinity, score: 2 * PER });
  player.setSpeed({ name: "slow", batches: 6 });
  player.place(0);
  player.play();
  world.pass(5);
  assert.deepEqual([player.state, player.step], ["paused", 2 * PER]);
  world.close();
});

test("a choice made here takes the place of what a link has said", () => {
  const world = new World();
  const { player } = world;
  world.tell({ to: 40 });
  [player.until, player.goal] = [7, 7];
  player.setStop(STOPS[1]);
  assert.deepEqual([player.until, player.goal], [null, 1000]);
  world.close();
});

test("without an end of its own a run plays to the epoch that was chosen", () => {
  const world = new World();
  const { player } = world;
  world.tell({ to: 40 });
  player.setStop({ key: "x", epochs: 25 });
  assert.equal(player.goal, 25);
  world.pass(3);
  assert.deepEqual([player.state, player.epoch], ["paused", 25]);
  player.setStop(STOPS[0]);
  assert.equal(player.goal, 20, "what the run of this world plays by itself");
  world.close();
});
