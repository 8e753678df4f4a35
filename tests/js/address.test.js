// The address bar: what stands in it while a run plays, and once it stands; and how a link's wishes are followed.
import assert from "node:assert/strict";
import test, { afterEach, beforeEach } from "node:test";

import { Address } from "../../playground/web/js/stage/address.js";
import { SPEEDS } from "../../playground/web/js/stage/player.js";
import { STOPS } from "../../playground/web/js/stage/stops.js";
import { OPENING, PER, World } from "./world.js";

const LINK = { about: { link: "?lr=0.1", link_holds_all: true }, ask: "ask" };

/** @type {World} */
let world;
/** @type {import("../../playground/web/js/stage/player.js").Player} */
let player;

beforeEach(() => ({ player } = world = new World()));
afterEach(() => world.close());

const opened = (opening, more = {}) =>
  world.tell({ to: 30, ...LINK, ...more, opening: { ...OPENING, ...opening }, view_link: "view=full" });

// What the address bar holds after the stage has looked at it.
function written(before = "?lr=0.1&view=full") {
  const location = { search: before, pathname: "/", hash: "" };
  const history = { state: {}, replaceState: (_, __, to) => (location.search = to.slice(to.indexOf("?"))) };
  const address = new Address(/** @type {any} */ ({ location, history }));
  address.drawn();
  address.follow(player);
  return location.search;
}

test("a link that plays goes on to the epoch that it names, and the address bar says so until it is there", () => {
  opened({ play: true, until: 15 }, { moment: 10 * PER });
  assert.equal(player.state, "playing");
  world.pass(0.01);
  assert.equal(written(), "?lr=0.1&play=15&view=full");
  world.pass(1);
  assert.deepEqual([player.state, player.epoch], ["paused", 15]);
  world.tell({ about: null, serial: world.wished.serial, moment: player.step, ask: "ask", view_link: "view=full" });
  assert.equal(written(), `?lr=0.1&step=${15 * PER}&view=full`);
  player.play();
  world.pass(0.02);
  assert.equal(written("?lr=0.1&step=60&view=full"), "?lr=0.1&play=15&view=full", "it plays again, as far");
  world.pass(1);
  player.trainOn();
  world.pass(0.02);
  assert.equal(written("?lr=0.1&step=60&view=full"), "?lr=0.1&view=full");
});

test("a link can stand still at the beginning, and what is opened there stays in the address bar", () => {
  opened({ play: false });
  world.pass(1);
  assert.deepEqual([player.state, player.step], ["paused", 0]);
  assert.equal(written(), "?lr=0.1&step=0&view=full");
});

test("a link's speed and its ways of drawing count once, and what the user chooses afterwards counts for good", () => {
  const open = { neuron: "2.1", panel: "matrix" };
  opened({ play: false, speed: "slow", scale: "log", discretize: true, test_points: false, ...open });
  assert.deepEqual(player.look, { scale: "log", discretize: true, testPoints: false, ...open });
  assert.equal(player.speed.name, "Slow motion");
  assert.equal(
    written(),
    "?lr=0.1&step=0&speed=slow&scale=log&discretize=on&points=training&neuron=2.1&panel=matrix&view=full",
  );
  player.setSpeed(SPEEDS[3]);
  player.look.discretize = false;
  world.tell({ about: null, ...{ ask: "ask", view_link: "" }, opening: { ...OPENING, speed: "slow" } });
  assert.equal(player.speed.name, "240 epochs/s");
  assert.equal(player.look.discretize, false);
  world.tell({ about: null, ...{ ask: "ask", view_link: "" }, opening: { ...OPENING, number: 2, speed: "full" } });
  assert.equal(player.speed.name, "Full speed");
});

test("the speed that was chosen stays when another screen is opened, which has a usual one of its own", () => {
  let number = 1;
  const open = (more) =>
    world.tell({ about: null, ...{ ask: "ask", view_link: "" }, opening: { ...OPENING, number: ++number, ...more } });
  opened({});
  open({ usual_speed: "15" });
  assert.equal(player.speed.name, "15 epochs/s", "of a short run");
  open({});
  assert.equal(player.speed.name, "60 epochs/s", "nobody has chosen the other");
  player.setSpeed(SPEEDS[0]);
  open({ usual_speed: "15" });
  assert.equal(player.speed.name, "Slow motion");
  open({ speed: "240" });
  open({});
  assert.equal(player.speed.name, "240 epochs/s", "a link has said it");
});

test("a ringed point stands in the link, and is let go with its data", () => {
  opened({ play: false, ring: [0.5, -1.25] });
  assert.deepEqual(player.ringed, [0.5, -1.25]);
  assert.match(written(), /&ring=0.5,-1.25&/);
  player.ringed = [1, 2];
  assert.match(written(), /&ring=1,2&/);
  player.ringed = null;
  assert.doesNotMatch(written(), /ring/);
  player.ring = { at: [1, 2], data: "other points" };
  assert.equal(player.ringed, null);
});

test("where Play stops by itself stands in the address bar, and a link with it stops there", () => {
  opened({ play: true, goal: "never" });
  assert.deepEqual([player.stop, player.goal], [STOPS[6], Infinity]);
  world.pass(0.01);
  assert.equal(written(), "?lr=0.1&goal=never&view=full");
  player.setStop(STOPS[0]);
  assert.equal(written("?lr=0.1&goal=never&view=full"), "?lr=0.1&view=full");
  world.tell({ about: null, ...{ ask: "ask", view_link: "" }, opening: { ...OPENING, number: 2, goal: "1000" } });
  assert.deepEqual([player.stop, player.goal], [STOPS[1], 1000]);
});

test("a run that a link opens plays to the epoch or the goal that stands there", () => {
  opened({ goal: "1000" });
  assert.equal(player.goal, 1000, "and not to what the run plays by itself");
  world.close();
  ({ player } = world = new World());
  opened({ goal: "loss0.01" });
  assert.equal(player.goal, Infinity);
  world.close();
  ({ player } = world = new World());
  opened({ goal: "never", play: true, until: 7 });
  assert.deepEqual([player.goal, player.until], [7, 7], "an epoch that the link names goes before it");
});

test("a link that plays does not set in motion what somebody wants still", () => {
  world.close();
  ({ player } = world = new World({ calm: true }));
  opened({ play: true, until: 15 });
  assert.equal(player.state, "paused");
});
