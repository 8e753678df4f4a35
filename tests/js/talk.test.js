// A talk's walk from press to press, its keys, its places and its chart: all that needs no browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { THEMES } from "./page.js";

const { actionOf, HELP } = await import("../../playground/web/js/talk/keys.js");
const { placesOf } = await import("../../playground/web/js/talk/places.js");
const { Walk } = await import("../../playground/web/js/talk/walk.js");
const { Chart } = await import("../../playground/web/js/talk/chart.js");
const { unpack } = await import("../../playground/web/js/talk/script.js");
const { Recording } = await import("../../playground/web/js/stage/recording.js");

const stop = (at = 0, more = {}) => ({
  say: "",
  show: ["picture"],
  points: [],
  play: null,
  answer: false,
  at,
  film: 0,
  separations: [],
  ...more,
});
const play = (start, end, seconds = 2) => stop(end, { play: { what: "epoch", start, end, seconds } });
const film = (start, end, at) => stop(at, { film: end, play: { what: "film", start, end, seconds: 2 } });
const scene = (...stops) => ({
  heading: "",
  runs: [0],
  atlas: -1,
  tiles: "",
  labels: [""],
  options: [],
  right: 0,
  notes: [],
  stops,
});
const SCENES = [scene(stop()), scene(stop(5), play(5, 25), stop(25)), scene(play(0, 10))];
const at = ({ scene, stop, epoch, playing }) => [scene, stop, epoch, playing];

test("a press goes on, what plays comes to its end first, and after the last scene nothing comes", () => {
  const walk = new Walk(SCENES);
  const seen = Array.from({ length: 8 }, () => {
    walk.next();
    return at(walk);
  });
  assert.deepEqual(seen, [
    [1, 0, 5, false],
    [1, 1, 5, true],
    [1, 1, 25, false],
    [1, 2, 25, false],
    [2, 0, 0, true],
    [2, 0, 10, false],
    [2, 0, 10, false],
    [2, 0, 10, false],
  ]);
});

test("going back shows each press as it ended, and before the first scene nothing comes", () => {
  const walk = new Walk(SCENES);
  walk.go("#scene=3");
  const seen = Array.from({ length: 5 }, () => {
    walk.back();
    return at(walk);
  });
  assert.deepEqual(seen, [
    [1, 2, 25, false],
    [1, 1, 25, false],
    [1, 0, 5, false],
    [0, 0, 0, false],
    [0, 0, 0, false],
  ]);
});

test("it plays as long as it says, whatever the frames, and Space pauses, goes on and begins again", () => {
  const walk = new Walk(SCENES);
  walk.go("#scene=2.1");
  walk.toggle();
  assert.deepEqual(at(walk), [1, 1, 5, true]);
  for (let k = 0; k < 50; k++) walk.tick(0.02);
  assert.ok(Math.abs(walk.epoch - 15) < 1e-9);
  walk.toggle();
  assert.equal(walk.tick(1), false);
  walk.toggle();
  for (let k = 0; k < 60; k++) walk.tick(0.02);
  assert.deepEqual(at(walk), [1, 1, 25, false]);
  walk.toggle();
  assert.deepEqual(at(walk), [1, 1, 5, true]);
  walk.tick(30); // a tab that was asleep does not jump to the end
  assert.ok(walk.epoch < 7);
});

test("the film of the layers moves as epochs do, and these stand still", () => {
  const walk = new Walk([scene(stop(20), film(0, 2, 20), { ...play(20, 30), film: 2 })]);
  const at = () => [walk.epoch, walk.film, walk.playing];
  walk.next();
  assert.deepEqual(at(), [20, 0, true]);
  for (let k = 0; k < 10; k++) walk.tick(0.1);
  assert.ok(Math.abs(walk.film - 1) < 1e-9 && walk.epoch === 20);
  const phone = new Walk(walk.scenes);
  phone.follow(walk.moment);
  assert.deepEqual([phone.epoch, phone.film, phone.playing], [20, 1, true]);
  walk.next(); // to its end,
  assert.deepEqual(at(), [20, 2, false]);
  walk.toggle(); // and again
  assert.deepEqual(at(), [20, 0, true]);
  walk.next();
  walk.next();
  assert.deepEqual(at(), [20, 2, true]);
  walk.next();
  assert.deepEqual(at(), [30, 2, false]);
  walk.back();
  assert.deepEqual(at(), [20, 2, false]);
});

test("the address says where it is, and any other is brought within the talk", () => {
  const walk = new Walk(SCENES);
  for (const [hash, place, written] of [
    ["#scene=2.3", [1, 2], "scene=2.3"],
    ["#scene=2", [1, 0], "scene=2"],
    ["#scene=99.99", [2, 0], "scene=3"],
    ["#scene=0.0", [0, 0], "scene=1"],
    ["#scene=2.2&room=a&key=b", [1, 1], "scene=2.2"],
  ]) {
    walk.go(hash);
    assert.deepEqual([walk.scene, walk.stop], place, hash);
    assert.equal(walk.hash, written);
  }
  walk.go("#elsewhere");
  assert.equal(walk.hash, "scene=2.2");
});

test("black ends with the next press, which does nothing else; a number fills the screen and empties it", () => {
  const walk = new Walk([scene(stop(0, { show: ["picture", "network", "loss"] })), scene(stop())]);
  walk.black = true;
  walk.next();
  assert.deepEqual([walk.black, walk.scene], [false, 0]);
  walk.enlarge(3);
  assert.equal(walk.big, 3);
  walk.enlarge(3);
  assert.equal(walk.big, 0);
  walk.enlarge(4);
  assert.equal(walk.big, 0, "there are three panels");
  walk.enlarge(2);
  walk.next();
  assert.equal(walk.big, 0, "another scene has other panels");
});

test("a follower plays on its own clock as long as that is near, and jumps where it is not", () => {
  const [speaker, phone] = [new Walk(SCENES), new Walk(SCENES)];
  speaker.go("#scene=2.1");
  speaker.next();
  phone.follow(speaker.moment);
  assert.deepEqual(at(phone), [1, 1, 5, true]);
  for (let k = 0; k < 20; k++) speaker.tick(0.02);
  for (let k = 0; k < 15; k++) phone.tick(0.02);
  const own = phone.epoch;
  phone.follow(speaker.moment);
  assert.equal(phone.epoch, own, "a tenth of a second behind is near");
  for (let k = 0; k < 40; k++) speaker.tick(0.02);
  phone.follow(speaker.moment);
  assert.ok(Math.abs(phone.epoch - speaker.epoch) < 1e-3);
  speaker.toggle();
  phone.follow(speaker.moment);
  assert.ok(Math.abs(phone.epoch - speaker.epoch) < 1e-3);
  assert.equal(phone.playing, false);
  phone.follow({ scene: 99, stop: -3, epoch: NaN, playing: true, black: 0, big: -1 });
  assert.deepEqual([phone.scene, phone.stop, phone.big], [2, 0, 0]);
});

test("clickers' keys, and none while somebody types", () => {
  const key = (name, more = {}) => ({ key: name, composedPath: () => [{ closest: () => null }], ...more });
  for (const [name, action] of [
    ["PageDown", "next"],
    ["PageUp", "back"],
    [".", "black"],
    ["b", "black"],
    ["B", "black"],
    [" ", "toggle"],
    ["7", "big 7"],
    ["0", null],
    ["F5", null],
    ["Escape", "leave"],
  ])
    assert.equal(actionOf(key(name)), action, name);
  assert.equal(actionOf(key("b", { ctrlKey: true })), null);
  assert.equal(actionOf(key("b", { composedPath: () => [{ closest: (what) => what.includes("input") }] })), null);
  assert.equal(actionOf(key(" ", { composedPath: () => [{ closest: (what) => what.includes("button") }] })), null);
  assert.ok(HELP.length > 8);
});

test("panels lie within their room, do not touch, and pictures are square", () => {
  const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  for (const [width, height] of [
    [1230, 480],
    [1850, 760],
    [980, 520],
    [400, 380],
  ])
    for (let pictures = 0; pictures <= 4; pictures++)
      for (const network of [false, true])
        for (const chart of [false, true]) {
          const where = JSON.stringify({ width, height, pictures, network, chart });
          const places = placesOf({ pictures, network, chart }, width, height, 40);
          const all = [...places.pictures, places.network, places.chart].filter((place) => place !== null);
          assert.equal(all.length, pictures + network + chart, where);
          for (const [k, { x, y, width: w, height: high }] of all.entries()) {
            assert.ok(x >= -1e-6 && y >= -1e-6 && x + w <= width + 1e-6 && y + high <= height + 1e-6, where);
            assert.ok(w > 40 && high > 40, where);
            for (const other of all.slice(k + 1)) assert.ok(!overlap(all[k], other), where);
          }
          for (const { width: w, height: high } of places.pictures) assert.ok(Math.abs(high - 40 - w) < 1e-6, where);
        }
});

test("an atlas has the whole room, and on a phone as much height as its rows need", () => {
  const none = { pictures: 0, network: false, chart: false, atlas: 0.5 };
  assert.deepEqual(placesOf(none, 1200, 500, 0).atlas, { x: 0, y: 0, width: 1200, height: 500 });
  assert.equal(placesOf(none, 360, Infinity, 0).height, 360 * 0.725);
});

test("a narrow window has them one below the other, and says how high that is", () => {
  const places = placesOf({ pictures: 1, network: true, chart: true }, 360, Infinity, 0);
  assert.deepEqual(places.pictures, [{ x: 0, y: 0, width: 360, height: 360 }]);
  assert.equal(places.network.y, 380);
  assert.equal(places.height, places.chart.y + places.chart.height);
});

// ---- the chart -------------------------------------------------------------------------------------------------
function recording(rows) {
  const run = new Recording({ width: 9, net: { layers: [{}, {}] } });
  run.append(Float32Array.from(rows.flat()), -1);
  return run;
}
// step, epoch, losses, scores, two gradient norms, a parameter
const FALLING = recording(
  Array.from({ length: 11 }, (_, k) => [
    k * 5,
    k,
    1 - k / 20,
    1 - k / 25,
    0.5 + k / 20,
    0.5 + k / 25,
    10 ** -k,
    0.1,
    0,
  ]),
);

function drawn(name, epoch, runs = [FALLING]) {
  const chart = new Chart();
  chart.canvas.getContext("2d").measureText = (text) => ({ width: 10 * text.length });
  const context = chart.canvas.getContext("2d");
  Object.assign(context, { fillText() {}, setLineDash() {} });
  chart.set(name, runs, ["A", "B"], 10);
  chart.draw(THEMES.light, epoch, 20);
  return { chart, marks: context.marks };
}

test("a curve ends at the moment and goes through the engine's numbers", () => {
  const { chart, marks } = drawn("loss", 6);
  const curve = marks.find(({ colour, path }) => colour === THEMES.light.train && path.length > 2);
  assert.equal(curve.path.length, 7);
  const { left, right, top, bottom } = chart.inner;
  curve.path.forEach(([x, y], k) => {
    assert.ok(Math.abs(x - (left + (k / 10) * (right - left))) < 1e-3);
    assert.ok(Math.abs(y - (bottom - (1 - k / 20) * (bottom - top))) < 1e-3);
  });
});

test("the scale stays as it is while the scene plays, and one that spans decades is logarithmic", () => {
  assert.deepEqual(drawn("loss", 0).chart.span, drawn("loss", 10).chart.span);
  assert.deepEqual(drawn("loss", 0).chart.span, { low: 0, high: 1, log: false });
  const steep = recording(Array.from({ length: 5 }, (_, k) => [k, k, 2 * 10 ** -k, NaN, 0, NaN, 1, 1, 0]));
  const { low, high, log } = drawn("loss", 0, [steep]).chart.span;
  assert.ok(log && Math.abs(low - 1e-4) < 1e-9 && Math.abs(high - 10) < 1e-9);
});

test("a bar is as long as the logarithm of its gradient", () => {
  const { chart, marks } = drawn("gradients", 4);
  const { left, right } = chart.inner;
  const bars = marks.filter(({ box, colour }) => box && colour !== THEMES.light.grid).map(({ box }) => box[2]);
  const { low, high } = chart.span;
  [1e-4, 0.1].forEach((value, k) => {
    const share = Math.log(value / low) / Math.log(high / low);
    assert.ok(Math.abs(bars[k] - share * (right - left)) < 1e-2, `layer ${k + 1}`);
  });
});

test("the bytes of a talk are taken apart", () => {
  const encode = (header, floats) => {
    const text = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(4 + text.length + 4 * floats.length);
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    bytes.set(text, 4);
    bytes.set(new Uint8Array(Float32Array.from(floats).buffer), 4 + text.length);
    return bytes;
  };
  const rows = [0, 0, 1, 1, 0.5, 0.5, 1, 1, 7, 5, 1, 0.9, 0.9, 0.6, 0.6, 1, 1, 8];
  const message = encode({ run: { run: "r", width: 9, wide: false, net: { layers: [{}, {}] } } }, rows);
  const tile = { cell: 0, rows: 1, width: 8, seeds: [1], middle: 0, broke: [null], moments: 1 };
  const tiles = encode(
    { atlas: { tiles: [tile], moments: [0], problems: {}, dropped: {} } },
    [0, 0, 1, 1, 0.5, 0.25, 8, 9, 1, 0.25],
  );
  const page = {
    form: "grid",
    columns: 1,
    only: {},
    axes: [{ label: "", values: ["1"] }],
    cells: [{ net: 0, world: 0 }],
    nets: [{ layers: [] }],
    worlds: [{}],
  };
  const header = { talk: { title: "T", scenes: [] }, lengths: [message.length], folds: { 0: "told" } };
  const head = encode({ ...header, atlases: [{ page, link: "atlas?", lengths: [tiles.length] }] }, []);
  const { talk, runs } = unpack(Uint8Array.from([...head, ...message, ...tiles]));
  assert.deepEqual([talk.folds[0], talk.atlases[0].link], ["told", "atlas?"]);
  const [cell] = talk.atlases[0].tiles.cells;
  assert.deepEqual([[...cell.run.parameters(cell.rowAt(0))], cell.scoreAt(0)], [[8, 9], 0.25]);
  assert.equal(talk.title, "T");
  assert.deepEqual([...runs[0].parameters(runs[0].at(5))], [8]);
});
