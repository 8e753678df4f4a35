// The player's whole life, from loading to diverged, with a server that answers when the test says so.
import assert from "node:assert/strict";
import test, { afterEach, beforeEach } from "node:test";

import { SPEEDS } from "../../playground/web/js/stage/player.js";
import { OPENING, PER, World, row } from "./world.js";

/** @type {World} */
let world;
/** @type {import("../../playground/web/js/stage/player.js").Player} */
let player;

beforeEach(() => ({ player } = world = new World()));
afterEach(() => world.close());

const speed = (name) => SPEEDS.find((one) => one.name === name);

// ---- the life of a run
test("a run plays by itself to its goal, again when asked to, and on by a wish of its own", () => {
  assert.equal(player.state, "loading");
  assert.equal(player.row, null);
  world.tell({ to: 30 });
  assert.equal(player.state, "playing");
  world.pass(0.1);
  assert.ok(player.step > 0);
  world.pass(1);
  assert.deepEqual([player.state, player.epoch, player.step], ["paused", 20, 20 * PER]);
  player.play();
  assert.deepEqual([player.state, player.step, player.goal], ["playing", 0, 20]);
  world.pass(0.1);
  assert.ok(player.epoch > 0 && player.epoch < 20 && !player.canTrainOn);
  world.pass(1);
  assert.deepEqual([player.state, player.epoch, player.canTrainOn], ["paused", 20, true]);
  player.trainOn();
  world.pass(0.1);
  assert.ok(player.epoch > 20 && player.moving);
  world.answer({ to: 60 });
  world.pass(2);
  assert.deepEqual([player.state, player.epoch], ["paused", 40], "as far again, and no further");
});

test("those who want less motion press Play themselves", () => {
  world.close();
  ({ player } = world = new World({ calm: true }));
  world.tell({ to: 30 });
  assert.equal(player.state, "paused");
  player.play();
  assert.equal(player.state, "playing");
});

test("a run that is opened at a later moment stands there", () => {
  world.tell({ to: 10, moment: 5 * PER });
  assert.deepEqual([player.state, player.step], ["paused", 5 * PER]);
});

test("a run that is on screen already is played anew where a later opening says so, and only there", () => {
  world.tell({ to: 30 });
  world.pass(2);
  assert.deepEqual([player.state, player.epoch], ["paused", 20]);
  const again = (more) => world.tell({ about: null, opening: { ...OPENING, ...more } });
  again({ number: 2, play: null });
  assert.deepEqual([player.state, player.epoch], ["paused", 20]);
  again({ number: 3, play: true, until: 7 });
  assert.deepEqual([player.state, player.step, player.goal], ["playing", 0, 7]);
  world.pass(2);
  assert.deepEqual([player.state, player.epoch], ["paused", 7]);
  again({ number: 3, play: true, until: 7 });
  assert.deepEqual([player.state, player.epoch], ["paused", 7], "it was followed once");
});

test("a page that carries the timeline alone does not begin to play", () => {
  world.tell({ to: 10, parts: "timeline" });
  assert.equal(player.state, "paused");
});

test("at the end of what has arrived it waits, and plays on with the next answer", () => {
  world.tell({ to: 3 });
  world.pass(1);
  assert.deepEqual([player.state, player.epoch], ["waiting", 3]);
  assert.deepEqual([world.asked.have, world.asked.run], [3 * PER, "r"]);
  assert.ok(world.asked.want > 0);
  world.answer({ to: 20 });
  world.pass(0.1);
  assert.equal(player.state, "playing");
});

test("a run that breaks ends as diverged; any earlier moment can be seen, and Play plays it again", () => {
  world.tell({ to: 6, diverged: "The loss is too large." });
  world.pass(2);
  assert.deepEqual([player.state, player.step], ["diverged", 6 * PER]);
  player.play();
  assert.deepEqual([player.state, player.step], ["playing", 0]);
  world.pass(2);
  assert.deepEqual([player.state, player.canTrainOn], ["diverged", false]);
  player.stepBy(-1, true);
  assert.deepEqual([player.state, player.step], ["paused", 5 * PER]);
  player.play();
  world.pass(1);
  assert.equal(player.state, "diverged");
  assert.ok(
    world.questions.every(({ want }) => !want),
    "nothing is left to train",
  );
});

test("a run that was stopped early comes to rest at its end, where Play plays it again and nothing more is asked for", () => {
  world.tell({ to: 6, stopped: "Early stopping." });
  world.pass(2);
  assert.deepEqual([player.state, player.step], ["paused", 6 * PER]);
  for (const name of SPEEDS.map((one) => one.name)) {
    player.setSpeed(speed(name));
    player.trainOn();
    assert.equal(player.state, "paused", name);
  }
  player.stepBy(1, true);
  assert.deepEqual([player.state, player.step, player.pendingStep], ["paused", 6 * PER, null]);
  player.stepBy(-1, true);
  player.setSpeed(speed("60 epochs/s"));
  for (const from of [5 * PER, 0]) {
    player.play();
    assert.deepEqual([player.state, player.step], ["playing", from]);
    world.pass(1);
    assert.deepEqual([player.state, player.step], ["paused", 6 * PER]);
  }
  assert.ok(
    world.questions.every(({ want }) => !want),
    "nothing is left to train",
  );
});

test("news that the run has broken at the moment that is shown is told at once", () => {
  world.tell({ to: 2, moment: 2 * PER });
  assert.equal(player.state, "paused");
  player.ask({ want: 1 });
  world.answer({ to: 2, diverged: "The loss is too large." });
  assert.equal(player.state, "diverged");
});

// ---- speed
for (const { name, epochs } of SPEEDS.filter((one) => one.epochs < Infinity))
  test(`${name} is what it says`, () => {
    world.tell({ to: 2000, about: { goal: 1500 } });
    player.setSpeed(speed(name));
    world.pass(3);
    assert.ok(Math.abs(player.epoch - 3 * epochs) < 0.05 * epochs, `${player.epoch} epochs in 3 s`);
    assert.equal(player.step, Math.floor(player.epoch + 1e-9) * PER, "and the picture is that epoch's");
  });

test("slow motion shows six mini-batches a second, one after the other", () => {
  world.tell({ to: 20, singles: Array.from({ length: 40 }, (_, k) => k) });
  player.setSpeed(speed("Slow motion"));
  const seen = new Set();
  for (let k = 0; k < 180; k++) {
    world.pass(1 / 60);
    seen.add(player.step);
  }
  const steps = [...seen];
  assert.deepEqual(
    steps,
    Array.from({ length: steps.length }, (_, k) => k),
  );
  assert.ok(Math.abs(player.step - 18) <= 2, `${player.step} mini-batches in 3 s`);
});

test("slow motion waits for the steps between the epochs, and asks for them", () => {
  world.tell({ to: 20 });
  player.setSpeed(speed("Slow motion"));
  world.pass(0.5);
  assert.deepEqual([player.state, player.step], ["waiting", 0]);
  assert.equal(world.asked.single[0], 0);
  world.answer({ to: 20, singles: [0, 1, 2, 3, 4, 5] });
  world.pass(0.5);
  assert.equal(player.state, "playing");
  assert.ok(player.step >= 2);
});

test("full speed takes a few frames for whatever has arrived, and asks for much", () => {
  world.tell({ to: 2000, about: { goal: 10_000 } });
  player.setSpeed(speed("Full speed"));
  world.pass(1);
  assert.ok(player.epoch > 1500, `${player.epoch} epochs in a second`);
  assert.ok(world.asked.want >= 5000);
});

test("a frame that took very long is not made up for", () => {
  world.tell({ to: 2000, about: { goal: 1500 } });
  player.tick(10);
  assert.ok(player.epoch <= 60 * 0.1);
});

// ---- what a hand does
test("scrubbing takes the nearest recorded moment", () => {
  world.tell({ to: 10 });
  player.beginScrub();
  assert.equal(player.state, "scrubbing");
  for (const [epoch, nearest] of [
    [4.4, 4],
    [4.6, 5],
    [0.2, 0],
    [7, 7],
    [99, 10],
  ]) {
    player.scrubTo(epoch);
    assert.equal(player.epoch, nearest, `at ${epoch}`);
  }
  world.pass(1);
  assert.equal(player.step, 10 * PER, "nothing moves while a hand is on it");
  player.endScrub();
  assert.equal(player.state, "paused");
});

test("a scrub that ends where the run broke is at the break", () => {
  world.tell({ to: 10, diverged: "The loss is too large." });
  player.beginScrub();
  player.scrubTo(99);
  player.endScrub();
  assert.equal(player.state, "diverged");
});

test("a step forwards or back by an epoch goes from recorded moment to recorded moment", () => {
  world.tell({ to: 10, moment: 5 * PER, singles: [22] });
  const after = (direction) => {
    player.stepBy(direction, true);
    return player.step;
  };
  assert.deepEqual([after(1), after(-1), after(-1)], [24, 20, 16]);
  player.place(22);
  assert.equal(after(-1), 20, "from between two epochs back to the one before");
  player.place(0);
  assert.equal(after(-1), 0, "and never before the beginning");
});

test("a single step that is not here is asked for and shown when it comes", () => {
  world.tell({ to: 20, moment: 8 });
  player.stepBy(1, false);
  assert.deepEqual([player.step, player.pendingStep], [8, 9]);
  assert.deepEqual([world.asked.single, world.asked.want], [[5, 13], 0]);
  world.answer({ to: 20, singles: [5, 6, 7, 8, 9, 10] });
  assert.deepEqual([player.step, player.pendingStep], [9, null]);
  assert.deepEqual([...player.row], [...Float32Array.from(row(9))]);
});

test("a step beyond the end has the server train on", () => {
  world.tell({ to: 20, moment: 80 });
  player.stepBy(1, true);
  assert.deepEqual([player.pendingStep, world.asked.want], [84, 1]);
  world.answer({ to: 21 });
  assert.equal(player.step, 84);
});

test("a step beyond a break stays at it", () => {
  world.tell({ to: 6, moment: 6 * PER, diverged: "The loss is too large." });
  player.stepBy(1, true);
  assert.deepEqual([player.state, player.step, player.pendingStep], ["diverged", 24, null]);
});

test("a server that was started anew is asked for a pending step until it has caught up", () => {
  world.tell({ to: 20, moment: 8 });
  player.stepBy(1, false);
  const before = world.questions.length;
  world.answer({ to: 20, reached: 0 });
  assert.equal(player.pendingStep, 9);
  assert.equal(world.questions.length, before + 1);
  assert.deepEqual(world.asked.single, [5, 13]);
});

test("Reset goes back at once and asks once for the beginning", () => {
  world.tell({ to: 20 });
  world.pass(0.2);
  player.reset();
  assert.deepEqual([player.state, player.step], ["paused", 0]);
  assert.equal(world.wished.action, "reset");
});

test("the same settings are played from the start at once, though their run only stood there", () => {
  world.tell({ to: 30, opening: { ...OPENING, play: false } });
  player.pause();
  player.anew();
  assert.deepEqual([player.step, world.wished.action], [0, "reset"]);
  world.tell({ run: "c", to: 20, moment: 0, serial: world.wished.serial });
  assert.deepEqual([player.run.header.run, player.state], ["c", "playing"]);
});

test("a run is awaited from the wish for it until it is here", () => {
  world.tell({ to: 20 });
  assert.equal(player.awaitsRun, false);
  player.tell({ change: { hidden_layer_sizes: [3] } });
  assert.equal(player.awaitsRun, true);
  world.tell({ run: "c", about: null, instead_of: "r", serial: world.wished.serial });
  assert.deepEqual([player.run.header.run, player.awaitsRun], ["r", true], "heard, but nothing of the run has come");
  world.tell({ run: "c", to: 8, instead_of: "r", serial: world.wished.serial });
  assert.deepEqual([player.run.header.run, player.awaitsRun], ["c", false]);
});

// ---- what the server is told
test("a moment that stands is told, once, and the steps around it that are not here are asked for", () => {
  world.tell({ to: 20 });
  world.pass(0.1);
  player.pause();
  player.place(40);
  world.pass(0.1);
  assert.deepEqual([world.wishes.length, world.questions.length], [0, 0], "not while it may still change");
  world.pass(0.2);
  assert.deepEqual([world.wished.moment, world.wished.have, world.asked.single], [40, 20 * PER, [36, 44]]);
  world.answer({ to: 20, singles: [36, 37, 38, 39, 40, 41, 42, 43, 44] });
  world.tell({ serial: world.wished.serial, moment: 40, about: null });
  world.pass(1);
  assert.deepEqual([world.wishes.length, world.questions.length], [1, 1]);
  assert.ok(!player.asked);
});

test("the steps around a moment that stands go before what the run plays by itself", () => {
  world.tell({ to: 3 });
  world.pass(0.1);
  player.pause();
  assert.ok(world.asked.want);
  world.pass(0.3);
  assert.deepEqual(world.asked.single, [player.step - PER, player.step + PER]);
  world.answer({ to: 3, singles: Array.from({ length: 2 * PER + 1 }, (_, k) => player.step - PER + k) });
  world.pass(0.1);
  assert.ok(world.asked.want, "which is asked for again then");
});

test("while it plays nothing is told", () => {
  world.tell({ to: 3, about: { goal: 1000 } });
  for (let epoch = 10; epoch < 200; epoch += 10) {
    world.pass(0.1);
    if (player.question) world.answer({ to: epoch });
  }
  assert.ok(player.moving && player.epoch > 50 && world.questions.length > 3);
  assert.deepEqual(world.wishes, []);
});

test("where the page follows the moment a single step is told at once", () => {
  world.tell({ to: 20, parts: "timeline" });
  world.pass(1);
  player.stepBy(1, true);
  world.pass(1 / 60);
  assert.equal(world.wished.moment, PER);
});

test("a page that wants to know is told when all is here, and another is not", () => {
  for (const [whole, told] of [
    [true, [[0, 20 * PER]]],
    [false, []],
  ]) {
    world.close();
    ({ player } = world = new World({ calm: true }));
    world.tell({ to: 3, parts: "timeline", whole });
    world.pass(0.2);
    world.answer({ to: 20 });
    world.pass(1);
    assert.deepEqual(
      world.wishes.map(({ moment, have }) => [moment, have]),
      told,
      `${whole}`,
    );
  }
});

test("a page that follows the moment is told it when it is opened while the run plays", () => {
  world.tell({ to: 30 });
  world.pass(0.2);
  world.tell({ parts: "timeline", about: null });
  player.enter();
  assert.ok(player.moving && player.step > 0);
  assert.equal(world.wished.moment, player.step);
  world.tell({ parts: "timeline", about: null, serial: world.wished.serial });
  world.pass(0.1);
  assert.equal(world.wishes.length, 1, "and no more of it until it stands");
});

test("one question at a time, except for what the user waits for, which has the other hung up", () => {
  world.tell({ to: 3 });
  world.pass(0.2);
  const { signal } = world.asking;
  assert.equal(world.questions.length, 1);
  world.pass(0.5);
  assert.equal(world.questions.length, 1);
  assert.ok(!signal.aborted);
  player.stepBy(1, false);
  assert.equal(world.questions.length, 2);
  assert.ok(world.asked.single && signal.aborted);
});

test("what comes of a question that was hung up counts no more", () => {
  world.tell({ to: 20, moment: 8 });
  player.stepBy(1, false);
  const { answered, failed } = world.asking;
  player.stepBy(1, true);
  player.goTo(50);
  failed(new Error("aborted"));
  answered(null);
  assert.ok(!player.failed);
  assert.deepEqual(world.wishes, []);
  assert.ok(player.asked);
});

test("a step that is awaited is not driven out by the moment before it, which has stood for a while", () => {
  world.tell({ to: 20, moment: 8 });
  player.place(12);
  player.stepBy(1, false);
  world.pass(0.3);
  assert.deepEqual([world.wished.moment, world.asked.single, player.pendingStep], [12, [9, 17], 13]);
  world.answer({ to: 20, singles: [12, 13] });
  assert.equal(player.step, 13);
});

test("what is to be done is told the page at once, whatever has been asked, and a later wish takes its place", () => {
  world.tell({ to: 3 });
  world.pass(0.2);
  assert.ok(player.question);
  player.tell({ change: { learning_rate: 0.1 } });
  assert.deepEqual(world.wished.change, { learning_rate: 0.1 });
  player.tell({ branch: "x" });
  assert.equal(world.wished.branch, "x");
  world.answer({ to: 20 });
  world.pass(0.2);
  assert.ok(player.asked, "an answer to a question is none to a wish");
  world.tell({ about: null, serial: world.wished.serial - 1 });
  assert.ok(player.asked, "nor is one to an earlier wish");
  world.tell({ about: null, serial: world.wished.serial });
  assert.ok(!player.asked);
});

test("the moment does not take the place of something that is to be done", () => {
  world.tell({ to: 20 });
  player.pause();
  player.tell({ edit: { index: 1, value: 2 } });
  player.place(40);
  world.pass(1);
  assert.equal(world.wishes.length, 1);
  world.tell({ about: null, serial: world.wished.serial });
  world.pass(1);
  assert.deepEqual([world.wished.moment, world.wished.edit], [40, undefined]);
});

test("every question and every wish holds what the contract wants, and no two wishes the same number", () => {
  world.tell({ to: 3 });
  world.pass(0.2);
  assert.deepEqual(Object.keys(world.asked).sort(), ["have", "run", "want"]);
  player.wantsAnswers = true;
  player.ask({}, true);
  assert.equal(world.asked.answers, player.step);
  player.tell({ action: "undo" });
  player.tell();
  const [first, second] = world.wishes;
  assert.deepEqual(Object.keys(first).sort(), ["action", "have", "moment", "run", "serial"]);
  assert.equal(second.serial - first.serial, 1);
});

// ---- what Health says
const verdicts = () =>
  world.questions.map((question) => question.verdict ?? question.passing).filter((step) => step !== undefined);
const long = { to: 600, about: { goal: 600, costly: false } };
const complaint = "The learning rate is too high";

test("while it plays Health is asked of the recorded moment, once a second, as long as it complains", () => {
  world.tell(long);
  world.pass(0.9);
  assert.deepEqual(verdicts(), [], "the first answers tell it of the first epochs");
  world.pass(0.2);
  const [first] = verdicts();
  assert.ok(first > 50 * PER && first <= player.step && first % PER === 0);
  world.answer({ to: 600, verdicts: [{ step: first, text: complaint }] });
  assert.equal(player.run.verdictAt(player.step), complaint);
  world.pass(0.9);
  assert.equal(verdicts().length, 1);
  world.pass(0.2);
  const [, second] = verdicts();
  assert.ok(second > first);
  world.answer({ to: 600, verdicts: [{ step: second, text: "" }] });
  assert.equal(player.run.verdictAt(player.step), "");
  world.pass(1);
  assert.equal(verdicts().length, 2, "that nothing is wrong may hold for a while");
  assert.equal(player.run.isToBeJudged(2 * second), true, "but not for ever");
});

test("in slow motion Health is asked of the last recorded moment, for steps between would have to be trained again", () => {
  world.tell(long);
  player.setSpeed(speed("Slow motion"));
  player.run.appendSingle(Float32Array.from(Array.from({ length: 40 }, (_, k) => row(k)).flat()));
  world.pass(1.2);
  assert.ok(player.step > PER && player.step < 2 * PER);
  assert.deepEqual(verdicts(), [PER]);
});

test("a run that is costly to look at is judged where it stands and nowhere else", () => {
  world.tell({ ...long, about: { ...long.about, costly: true } });
  world.pass(3);
  assert.deepEqual(verdicts(), []);
  player.pause();
  world.pass(0.2);
  assert.deepEqual(verdicts(), [player.step]);
  const at = player.step;
  world.answer({ to: 600, verdicts: [{ step: at, text: complaint }] });
  assert.equal(player.run.verdictAt(at), complaint);
  assert.equal(player.run.verdictAt(at + PER), null, "a moment later it may be something else");
});

test("what the run plays by itself is fetched though it stands", () => {
  world.close();
  ({ player } = world = new World({ calm: true }));
  world.tell({ to: 3 });
  world.pass(0.1);
  assert.equal(world.asked.want, 17);
  assert.ok(!player.filled);
  world.answer({ to: 20 });
  const before = world.questions.length;
  world.pass(1);
  assert.ok(player.filled);
  assert.equal(world.questions.length, before);
});

// ---- a bad line
test("a lost wish is told again under its number, and a server that stays silent is told of", () => {
  world.tell({ to: 20 });
  world.pass(2);
  player.tell({ action: "new_seed" });
  const { serial } = world.wished;
  const before = world.wishes.length;
  world.answer({ to: 20 }); // what stands around the moment
  world.pass(2.9);
  assert.equal(world.wishes.length, before);
  world.pass(0.2);
  assert.equal(world.wishes.length, before + 1);
  assert.deepEqual([world.wished.serial, world.wished.action], [serial, "new_seed"]);
  assert.ok(
    world.wished.waited >= 3000 && world.wishes[before - 1].waited === undefined,
    "and says since when it waits",
  );
  assert.equal(player.state, "paused");
  world.pass(3);
  assert.equal(player.state, "disconnected");
  assert.ok(world.wishes.length >= before + 2, "and is told all the while");
  world.tell({ about: null, serial });
  assert.equal(player.state, "paused");
});

test("a wish that a server started anew has not heard is told again", () => {
  world.tell({ to: 20 });
  world.pass(2);
  player.tell({ action: "undo" });
  const { serial } = world.wished;
  const before = world.wishes.length;
  world.tell({ about: null, serial: 0 }); // the new session draws its page, and has heard of nothing
  world.pass(3.2);
  assert.deepEqual([world.wishes.length, world.wished.serial, world.wished.action], [before + 1, serial, "undo"]);
  world.tell({ about: null, serial });
  world.pass(7);
  assert.equal(world.wishes.length, before + 1);
});

test("what is wished before there is a page to hear it is told to that page, one wish after the other", () => {
  const { line } = player;
  player.connect({ ...line, tell: null });
  world.tell({ to: 20 });
  player.pause();
  world.pass(1);
  player.tell({ action: "new_seed" });
  player.tell({ change: { learning_rate: 0.1 } });
  assert.deepEqual(world.wishes, []);
  player.connect(line);
  world.tell({ to: 20 });
  return Promise.resolve().then(() => {
    assert.deepEqual([world.wishes.length, world.wished.action], [1, "new_seed"]);
    world.tell({ about: null, serial: world.wished.serial });
    return Promise.resolve().then(() => assert.deepEqual(world.wished.change, { learning_rate: 0.1 }));
  });
});

test("a question that fails is put again after a second, and the run plays on when the server is back", () => {
  world.tell({ to: 3 });
  world.pass(0.1);
  world.asking.failed(new Error("no server"));
  world.pass(0.8);
  assert.equal(world.questions.length, 1);
  assert.deepEqual([player.state, player.epoch], ["waiting", 3]);
  for (let k = 2; k < 9; k++) {
    world.pass(1);
    assert.equal(world.questions.length, k);
    world.asking.failed(new Error("no server"));
  }
  assert.equal(player.state, "disconnected");
  world.pass(1);
  world.answer({ to: 20 });
  world.pass(0.1);
  assert.equal(player.state, "playing");
  assert.ok(player.epoch > 3);
});

test("a question that stays without an answer for very long is hung up and put again", () => {
  world.tell({ to: 3, about: { costly: true } });
  world.pass(9.5);
  const { signal } = world.asking;
  assert.equal(world.questions.length, 1);
  world.pass(1);
  assert.equal(world.questions.length, 2);
  assert.ok(signal.aborted);
  assert.deepEqual(world.asked, world.questions[0]);
});

test("a server that does not know the run has the page drawn, which makes it known, and is asked again", () => {
  world.tell({ to: 3 });
  world.pass(0.2);
  const { want } = world.asked;
  world.asking.answered(null);
  const { run, moment } = world.wished;
  assert.deepEqual([run, moment], ["r", player.step]);
  world.tell({ about: null, serial: world.wished.serial });
  world.pass(1);
  assert.deepEqual([world.questions.length, world.asked.want, world.wishes.length], [2, want, 1]);
  world.answer({ to: 20 });
  world.pass(0.1);
  assert.equal(player.state, "playing");
});

test("a page that knows nothing of the run but its link is told where it stands, when its server has caught up", () => {
  world.tell({ to: 20 });
  player.pause();
  player.place(40);
  world.pass(0.3);
  world.answer({ to: 20 });
  world.tell({ about: null, serial: world.wished.serial, moment: 40 });
  world.tell({ to: 1 }); // a new session on a server that was started anew: it stands at 0, and has one epoch
  assert.equal(player.step, 40, "the moment stays");
  world.pass(0.3);
  assert.deepEqual([world.asked.have, world.wishes.length], [20 * PER, 1], "first the server catches up");
  world.answer({ to: 20, reached: 30 });
  world.pass(0.3);
  world.answer({ to: 20 });
  world.pass(0.3);
  assert.deepEqual([world.wishes.length, world.wished.moment], [2, 40]);
});

test("while the server is away the recorded run can be played", () => {
  world.tell({ to: 20 });
  player.tell();
  player.pause();
  world.pass(7);
  assert.equal(player.state, "disconnected");
  player.place(0);
  player.play();
  world.pass(0.2);
  assert.ok(player.moving);
  assert.ok(player.epoch > 5);
});

test("rows behind a gap are asked for again from where they are missing", () => {
  world.tell({ to: 3 });
  world.pass(0.1);
  world.asking.answered(world.rows({ run: "r", after: 40, to: 12, about: null }));
  world.pass(0.1);
  assert.deepEqual([world.asked.have, player.run.last, player.run.header.run], [12, 12, "r"]);
});

test("a run that the page shows and that is not here is asked for from its beginning, until it is", () => {
  world.tell({ to: 3 });
  world.pass(0.1);
  world.answer({ to: 3 });
  world.tell({ run: "other", about: null, moment: 8 });
  world.pass(0.1);
  assert.deepEqual([world.asked.run, world.asked.have], ["other", -1]);
  assert.equal(player.run.header.run, "r");
  player.stepBy(1, false);
  assert.equal(world.asked.run, "r", "what the user waits for goes first");
  world.answer({ to: 3 });
  world.pass(0.1);
  assert.deepEqual([world.asked.run, world.asked.have], ["other", -1]);
  world.answer({ to: 5, about: { family: "g" } });
  assert.deepEqual([player.run.header.run, player.step], ["other", 8]);
});

test("what was asked about a run that is no longer shown is hung up", () => {
  world.tell({ to: 3 });
  world.pass(0.1);
  const { signal } = world.asking;
  world.tell({ run: "n", to: 5, about: { family: "g" } });
  assert.ok(signal.aborted && !player.question);
});

// ---- a change of settings
const child = { parent: "r", fork: 20, family: "f" };

test("a change goes on from its moment and shares the steps before it", () => {
  world.tell({ to: 10 });
  world.pass(0.05);
  player.pause();
  player.place(20);
  player.play();
  world.tell({ run: "c", after: 20, to: 8, moment: 20, instead_of: "r", about: child });
  assert.deepEqual([player.run.header.run, player.step, player.state], ["c", 20, "playing"]);
  assert.deepEqual(
    player.run.rows.map((r) => r[0]),
    [0, 4, 8, 12, 16, 20, 24, 28, 32],
  );
  assert.equal(player.goal, 5 + 20, "and plays as far again");
});

const branch = (run, colour = 0) => ({ run, colour, title: run });

test("the runs that stay beside the one on screen are those that the page names, as far as they are here", () => {
  world.tell({ to: 10 });
  player.pause();
  player.place(20);
  const branches = [branch("r"), branch("c", 1), branch("gone", 2)];
  world.tell({ run: "c", after: 20, to: 8, moment: 20, instead_of: "r", about: child, branches });
  assert.deepEqual(
    player.branches.map(({ run, recording, colour }) => [run, recording.header.run, colour]),
    [["r", "r", 0]],
  );
  assert.equal(player.branch.colour, 1);
  world.tell({ run: "c", about: null, branches: [branch("c", 1)] });
  assert.deepEqual([player.branches, player.branch], [[], undefined], "a run that is alone is no branch");
});

test("a branch that is gone to is shown at its moment, as far as the one before went", () => {
  world.tell({ to: 30 });
  world.pass(2);
  world.tell({ run: "b", to: 30, moment: 80, about: { family: "f" }, branches: [branch("r"), branch("b", 1)] });
  assert.deepEqual([player.state, player.step, player.goal], ["paused", 80, 20]);
});

test("what is changed at the start of a run that was played is played, though that was stopped to go back", () => {
  world.tell({ to: 30 });
  world.pass(0.2);
  player.halt();
  player.place(0);
  world.tell({ run: "b", to: 30, instead_of: "r", about: { family: "f" } });
  assert.deepEqual([player.state, player.step], ["playing", 0]);
});

test("what is changed at the start of a run that nobody has played, and that was stopped, stands", () => {
  world.tell({ to: 30 });
  player.halt();
  world.tell({ run: "b", to: 30, instead_of: "r", about: { family: "f" } });
  assert.deepEqual([player.state, player.step], ["paused", 0]);
});

test("to look at another moment is not to stop: other data play, and a change at that moment stands there", () => {
  world.tell({ to: 30 });
  world.pass(2);
  player.beginScrub();
  player.scrubTo(5);
  player.endScrub();
  world.tell({ run: "c", after: 20, to: 8, moment: 20, instead_of: "r", about: child });
  assert.deepEqual([player.state, player.step], ["paused", 20]);
  world.tell({ run: "n", to: 5, about: { family: "g" } });
  assert.deepEqual([player.state, player.step], ["playing", 0]);
});

test("Undo leads to where a run was left, though the page has last heard of an earlier moment", () => {
  world.tell({ to: 30 });
  world.pass(0.1);
  const left = player.step;
  assert.ok(player.moving && left > 0);
  world.tell({ run: "n", to: 5, about: { family: "g" } });
  assert.deepEqual([player.run.header.run, player.step], ["n", 0]);
  player.tell({ action: "undo" });
  world.tell({ about: null, serial: world.wished.serial, moment: 0 });
  assert.deepEqual([player.run.header.run, player.step, player.state], ["r", left, "playing"]);
  player.halt();
  player.tell({ action: "reset" });
  world.tell({ about: null, run: "n", serial: world.wished.serial, moment: 0 });
  assert.equal(player.step, 0, "only Undo does");
  player.tell({ action: "undo" });
  world.tell({ about: null, run: "n", serial: world.wished.serial, moment: 0 });
  assert.equal(player.goesBack, false, "nothing was taken back");
});

test("a change made while the picture played on counts from where the picture is", () => {
  world.tell({ to: 20 });
  world.pass(0.2);
  const shown = player.step;
  assert.ok(shown > 20);
  world.tell({ run: "c", after: 20, to: 8, moment: 20, instead_of: "r", about: child });
  assert.deepEqual([player.state, player.run.header.run], ["holding", "r"]);
  assert.deepEqual([world.wished.refork, world.wished.run], [shown, "c"]);
  world.pass(0.5);
  assert.equal(world.questions.filter(({ run }) => run === "c").length, 0, "nobody asks for it");
  assert.equal(player.step, shown, "it waits there for the answer");
  world.tell({ run: "d", after: shown, to: 15, moment: shown, instead_of: "r", about: { ...child, fork: shown } });
  assert.deepEqual([player.run.header.run, player.step, player.state], ["d", shown, "playing"]);
  assert.ok(!player.runs.has("c"), "the run that nobody wanted is forgotten");
});

test("a change counts from where the picture is, also if it has come to its goal before the page was drawn", () => {
  world.tell({ to: 30, about: { goal: 20 } });
  world.pass(2);
  assert.deepEqual([player.state, player.step], ["paused", 80]);
  world.tell({ run: "c", after: 20, to: 8, moment: 20, instead_of: "r", about: child });
  assert.deepEqual([player.run.header.run, world.wished.refork, world.wished.run], ["r", 80, "c"]);
  world.tell({ run: "d", after: 80, to: 25, moment: 80, instead_of: "r", about: { ...child, fork: 80 } });
  assert.deepEqual([player.run.header.run, player.step, player.state], ["d", 80, "playing"]);
});

test("a change made while a run is played once more counts from where the picture is", () => {
  world.tell({ to: 30, about: { goal: 20 } });
  world.pass(2);
  assert.equal(player.step, 80);
  player.play();
  world.pass(0.1);
  const shown = player.step;
  assert.ok(player.moving && shown > 0 && shown < 80);
  world.tell({ run: "c", after: 80, to: 40, moment: 80, instead_of: "r", about: { ...child, fork: 80 } });
  assert.deepEqual([player.run.header.run, world.wished.refork, world.wished.run], ["r", shown, "c"]);
  world.tell({ run: "d", after: shown, to: 25, moment: shown, instead_of: "r", about: { ...child, fork: shown } });
  assert.deepEqual([player.run.header.run, player.step, player.state], ["d", shown, "playing"]);
});

test("a change that changes nothing where the picture is lets it play on", () => {
  world.tell({ to: 200, about: { goal: 150 } });
  world.pass(0.2);
  world.tell({ run: "c", after: 20, to: 8, moment: 20, instead_of: "r", about: child });
  assert.equal(player.state, "holding");
  world.tell({ about: null, serial: world.wished.serial, moment: player.step });
  const shown = player.step;
  world.pass(0.2);
  assert.ok(player.state === "playing" && player.step > shown);
});

test("a run that stands at the change stands there afterwards as well", () => {
  world.tell({ to: 10 });
  player.pause();
  player.place(20);
  world.tell({ run: "c", after: 20, to: 8, moment: 20, instead_of: "r", about: child });
  assert.deepEqual([player.state, player.step], ["paused", 20]);
});

test("a run that has reached its goal plays on after a change: nobody has stopped it", () => {
  world.tell({ to: 30 });
  world.pass(2);
  assert.equal(player.state, "paused");
  world.tell({ run: "n", to: 5, about: { family: "g" } });
  assert.deepEqual([player.state, player.step], ["playing", 0]);
});

test("only the newest runs are kept, the one that is shown among them, and the branches", () => {
  for (const run of ["a", "b", "c", "d", "e", "f", "g"]) world.tell({ run, to: 1, branches: [branch("b")] });
  assert.deepEqual([...player.runs.keys()], ["b", "d", "e", "f", "g"]);
  assert.equal(player.run.header.run, "g");
});

test("those who watch are told of every change, and of nothing else", () => {
  let told = 0;
  player.watchers.add(() => told++);
  world.tell({ to: 10 });
  assert.ok(told > 0);
  player.pause();
  told = 0;
  world.pass(0.1);
  assert.equal(told, 0);
  player.place(8);
  assert.equal(told, 1);
  world.pass(0.2);
  world.answer({ to: 10, singles: [7, 8, 9] });
  assert.equal(told, 1, "steps that nobody looks at are nothing to draw");
  player.ask({});
  world.answer({ to: 10, answers: { step: 8 } });
  player.ask({});
  world.answer({ to: 12 });
  assert.equal(told, 3);
});

test("each press of an action counts, one after the other has been heard", async () => {
  world.tell({ to: 20 });
  for (let k = 0; k < 3; k++) player.tell({ action: "new_seed" });
  assert.equal(world.wishes.filter((wish) => wish.action).length, 1);
  for (let k = 2; k <= 3; k++) {
    world.tell({ about: null, serial: world.wished.serial });
    await Promise.resolve();
    assert.equal(world.wishes.filter((wish) => wish.action).length, k);
  }
  world.tell({ about: null, serial: world.wished.serial });
  await Promise.resolve();
  assert.equal(world.wishes.filter((wish) => wish.action).length, 3);
});
