// The layers' pictures are of the right numbers: where the sheet is carried, where the boundary is, what is folded over.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES } from "./page.js";

const { boundary, Cloud, Sheet, LINES } = await import("../../playground/web/js/fold/sheet.js");
const views = await import("../../playground/web/js/fold/views.js");
const { stationsOf, stopsOf } = await import("../../playground/web/js/fold/station.js");
const { Picture } = await import("../../playground/web/js/fold/picture.js");
const { Beside } = await import("../../playground/web/js/fold/beside.js");
const { placeOfRow, rowAt } = await import("../../playground/web/js/fold/rows.js");
const { Film } = await import("../../playground/web/js/fold/film.js");
const { filmSentence, readings } = await import("../../playground/web/js/fold/words.js");

// 2-2-1: parameters unit by unit, the bias last.
const layer = (offset, n_in, n_out, activation) => ({
  ...{ n_in, n_out, weight: [offset, 1, n_in + 1], bias: [offset + n_in, n_in + 1] },
  ...{ activation, activation_settings: {} },
});
const net = (activation = "identity", last = "identity", output = "sigmoid") => ({
  ...{ features: ["x1", "x2"], feature_labels: ["x₁", "x₂"], plane: null, output },
  ...{ activation_labels: ["Bend", "Sigmoid"], layers: [layer(0, 2, 2, activation), layer(6, 2, 1, last)] },
});
const PARAMETERS = Float32Array.of(0.5, -1, 0.25, 2, 1, -0.5, 1, -2, 0.75);
const READING = { pair: [0], scale: { middle: 0.5, reach: 0.5, probability: true } };
const near = (a, b, by = 1e-6) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
const space = (n, more = {}) => ({
  mean: new Array(n).fill(0),
  directions: Array.from({ length: Math.min(6, n) }, (_, i) => Array.from({ length: n }, (_, k) => Number(i === k))),
  ...{ extents: new Array(n).fill(2), radius: 3, low: new Array(n).fill(-1), high: new Array(n).fill(1) },
  ...{ before_mean: new Array(n).fill(0), before_radius: 4, ...more },
});
const choice = (kind, more = {}) => ({ kind, units: [0, 1], turn: [0.6, 0.4], seconds: 3, ...more });
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

test("the sums before the bend are W x + b, and the sheet has a line at every twentieth of the range", () => {
  const sheet = new Sheet(net(), [-1, 1], 41);
  sheet.move(PARAMETERS);
  assert.equal(sheet.step * (LINES - 1), 40);
  const [z1, z2] = sheet.sums(PARAMETERS, 0);
  for (const p of [0, 40, 1680, 700]) {
    const [x1, x2] = sheet.plane.map((row) => row[p]);
    near(z1[p], 0.5 * x1 - x2 + 0.25);
    near(z2[p], 2 * x1 + x2 - 0.5);
  }
  assert.deepEqual([sheet.plane[0][0], sheet.plane[1][0], sheet.plane[0][1680]], [-1, -1, 1]);
});

test("the boundary is where the network itself changes its mind, in the middle of a small cell too", () => {
  const sheet = new Sheet(net("tanh"), [-1, 1], 41);
  sheet.move(PARAMETERS);
  const sides = sheet.sides(PARAMETERS, READING);
  const ends = sheet.contour(sides);
  assert.ok(ends.length > 40 && ends.length % 2 === 0);
  const cloud = boundary(sheet, PARAMETERS, READING, net("tanh"), sides, ends);
  for (const side of cloud.sides(PARAMETERS, READING)) near(side, 0, 1e-4);
  // Plain interpolation on the lattice is not as good: without moving the points this would be a test of nothing.
  const raw = new Cloud(
    net("tanh"),
    [0, 1].map((c) =>
      Float32Array.from(ends, ([p, q, t]) => sheet.plane[c][p] + t * (sheet.plane[c][q] - sheet.plane[c][p])),
    ),
  );
  raw.move(PARAMETERS);
  const worst = (values) => Math.max(...values.map(Math.abs));
  assert.ok(worst(raw.sides(PARAMETERS, READING)) > 2 * worst(cloud.sides(PARAMETERS, READING)));
});

test("an output that is no probability has its boundary at its middle", () => {
  const plain = net("identity", "identity", "identity");
  const sheet = new Sheet(plain, [-1, 1], 21);
  sheet.move(PARAMETERS);
  const sides = sheet.sides(PARAMETERS, { pair: [0], scale: { middle: 0.5, reach: 0.5, probability: false } });
  const out = sheet.out[2][0];
  for (const p of [0, 100, 440]) near(sides[p], out[p] - 0.5);
});

test("where the output crosses its middle is found for any activation", () => {
  const scale = { middle: 0.5, probability: false };
  const at = (activation) => views.crossings({ activation, activation_settings: {} }, scale);
  assert.deepEqual(views.crossings({}, { probability: true }), [0]);
  assert.deepEqual(at("identity"), [0.5]);
  near(at("sigmoid")[0], 0, 1e-3);
  near(at("tanh")[0], Math.atanh(0.5), 1e-3);
  near(
    at("sine").find((z) => z > 0),
    Math.asin(0.5),
    1e-3,
  );
});

test("half of a sheet that is folded in the middle is turned over, a mirrored sheet is not", () => {
  const sheet = new Sheet(net(), [-1, 1], 41);
  const [x1, x2] = sheet.plane;
  const folded = sheet.folded([x1.map((x) => Math.max(x, -0.5 - (x + 0.5))), x2]); // folded at x1 = -0.5
  assert.equal(folded.filter(Boolean).length, 400 / 4);
  assert.ok(sheet.folded([x1.map((x) => -x), x2]).every((flag) => !flag));
});

test("what ReLU sets to zero is crushed, and nothing else", () => {
  const sheet = new Sheet(net(), [-1, 1], 41);
  const crushed = sheet.crushed(sheet.plane.map((row) => row.map((x) => Math.max(0, x))));
  assert.equal(crushed.filter(Boolean).length, 300);
  assert.equal(sheet.crushed([...sheet.plane, sheet.plane[0]]).filter(Boolean).length, 0);
  const sum = sheet.plane[0].map((x, p) => x + sheet.plane[1][p]); // on a line, though no number stays the same
  assert.equal(sheet.crushed([sum, sum]).filter(Boolean).length, 400);
});

test("every view has two perpendicular directions of length 1", () => {
  const w = [1, 2, -1, 0.5, 3];
  const readout = { w, b: 0.7, rest: [0, 0.6, 0, 0.8, 0], across: 2, along: 3 };
  for (const [n, kind] of [
    [5, "main"],
    [5, "tour"],
    [5, "units"],
    [5, "readout"],
    [3, "solid"],
    [2, "axes"],
  ]) {
    const { rows } = views.viewOf(
      space(n),
      choice(kind, { units: [3, 1] }),
      String,
      kind === "readout" ? readout : null,
    );
    near(dot(rows[0], rows[0]), 1);
    near(dot(rows[1], rows[1]), 1);
    near(dot(rows[0], rows[1]), 0);
  }
  const [right, up, eye] = views.turned([0.3, 0.5]);
  near(dot(eye, right), 0);
  near(dot(eye, up), 0);
  near(dot(eye, eye), 1);
});

test("in the readout plane the boundary is upright, at the place where the output is zero", () => {
  const w = [3, 4];
  const view = views.viewOf(space(2), choice("readout"), String, { w, b: -2.5, rest: [1, 0], across: 2, along: 1 });
  const on = [
    [0.5, 1.3, -0.7],
    [0.25, -0.35, 1.15],
  ]; // 3 a1 + 4 a2 = 2.5
  for (const u of views.place(
    view,
    on.map((row) => Float32Array.from(row)),
  )[0])
    near(u, 0);
  near(views.place(view, [Float32Array.of(0.5), Float32Array.of(1.5)])[0][0], 5 / 5 / 2); // output 5, |w| = 5, reach 2
});

test("a layer of one unit is a line, of two its own axes, of three in 3-D, of more the plane that the output reads", () => {
  const first = (n, isLast) => views.kindsOf(n, isLast)[0];
  assert.deepEqual(
    [1, 2, 3, 8].map((n) => first(n, true)),
    ["line", "axes", "solid", "readout"],
  );
  assert.equal(first(8, false), "main");
});

test("the share of the spread is that of the variance in the plane", () => {
  const values = [Float32Array.of(0, 4), Float32Array.of(1, 3), Float32Array.of(5, 2)]; // variances 4, 1, 2.25
  const view = views.viewOf(space(3), choice("units"), String);
  near(views.shareShown(view, values), 5 / 7.25);
});

const header = {
  ...{ run: "r", task: "binary", net: net("tanh"), scale: READING.scale },
  data: {
    range: [-1, 1],
    axes: ["x₁", "x₂"],
    classes: ["no", "yes"],
    traces: [{ class: 0, values: null, symbol: "circle" }],
  },
};
const told = (more = {}) => ({ plane: [[0], [0]], spaces: [space(2), space(2)], one_input: false, ...more });

test("the film goes from the plane before and after each bend", () => {
  const stations = stationsOf(told(), header);
  const stops = stopsOf(stations, header.net);
  assert.deepEqual(
    stops.map(({ kind }) => kind),
    ["plane", "before", "after"],
  );
  assert.match(filmSentence(stops, 0.4), /turn, stretch and shift/);
  assert.match(filmSentence(stops, 1.4), /Bend bends it/);
  assert.match(filmSentence(stops, 2), /only cut straight/);
  const features = { ...header, net: { ...header.net, features: ["x1", "x2", "x1*x2"] } };
  assert.deepEqual(
    stationsOf(told(), features).map(({ kind }) => kind),
    ["plane", "features", "after"],
  );
  assert.deepEqual(
    stationsOf(told({ plane: null }), header).map(({ kind }) => kind),
    ["inputs", "after"],
  );
});

test("a station draws the units' own values, and before the bend the sums", () => {
  const [, after] = stationsOf(told(), header);
  const cloud = new Cloud(header.net, [Float32Array.of(0.3), Float32Array.of(-0.2)]);
  cloud.move(PARAMETERS);
  const view = after.look(null);
  const z = [0.5 * 0.3 + 0.2 + 0.25, 0.6 - 0.2 - 0.5];
  const [u, v] = after.lay(cloud);
  near(u[0] * view.half[0], Math.tanh(z[0]));
  near(v[0] * view.half[1], Math.tanh(z[1]));
  const before = after.layBefore(cloud, PARAMETERS);
  near(before[0][0] * 4, z[0]);
  near(before[1][0] * 4, z[1]);
});

test("points are drawn where they are, upwards for what is more, and found again under the pointer", () => {
  const canvas = document.createElement("canvas");
  canvas.parentElement = { clientWidth: 200 };
  const picture = new Picture(canvas);
  const none = [new Float32Array(0), new Float32Array(0)];
  const sheet = new Sheet(net(), [-1, 1], 21);
  const scene = {
    ...{
      sheet,
      lattice: sheet.plane,
      boundary: none,
      side: new Uint8Array(441),
      folded: [],
      crushed: [],
      upright: [0.5],
    },
    ...{
      points: [Float32Array.of(0.5, -0.5), Float32Array.of(0.8, 0)],
      depth: null,
      axes: [],
      labels: ["", ""],
      lines: [],
    },
  };
  const theme = { ...THEMES.light, sides: [THEMES.light.negative, THEMES.light.positive] };
  Object.assign(canvas.getContext(), { save() {}, restore() {}, translate() {}, rotate() {}, fillText() {} });
  picture.draw(scene, theme, [{ colour: "#123456", symbol: (c, x, y) => c.arc(x, y), members: [0] }], null);
  const dots = canvas.getContext().marks.find(({ colour }) => colour === "#123456");
  const [x, y] = dots.path.at(-1);
  near(x, 100 * (1 + 0.9 * 0.5));
  near(y, 100 * (1 - 0.9 * 0.8), 1e-4);
  assert.equal(picture.nearest(x + 3, y - 3), 0);
  assert.equal(picture.nearest(55, 100), 1);
  assert.equal(picture.nearest(180, 180), null);
});

test("the words beside a picture have its numbers", () => {
  const all = { share: 0.712, nUnits: 8, kind: "main", separation: 0.65, task: "binary", folded: 0.25, crushed: 0.1 };
  assert.deepEqual(readings(all), [
    "this flat picture shows 71.2 % of the spread",
    "a straight line gets 65.0 % right",
    "25.0 % of the sheet is folded over (hatched)",
    "10.0 % is crushed (grey)",
  ]);
  assert.match(readings({ ...all, task: "regression" })[1], /R² 0.65/);
  assert.match(readings({ ...all, nUnits: 2, kind: "axes" })[0], /nothing is left out/);
});

test("a point is found by its row where the stage has it, and the other way round", () => {
  const trace = (c, x1, test = false) => ({ class: c, x1, x2: x1.map((x) => -x), test });
  const data = { traces: [trace(0, [1, 2]), trace(1, [3, 4, 5]), trace(0, [9, 9], true)] };
  const labels = [1, 0, 1, 1, 0];
  const places = labels.map((_, row) => placeOfRow(data, labels, row));
  assert.deepEqual(
    places.map((at) => at?.[0]),
    [3, 1, 4, 5, 2],
  );
  places.forEach((at, row) => assert.equal(rowAt(data, labels, at ?? []), row));
  assert.equal(placeOfRow(data, labels, 5), null);
  const values = { traces: [trace(null, [7, 8])] };
  assert.deepEqual(placeOfRow(values, [0.25, 0.5], 1), [8, -8]);
  assert.equal(rowAt(values, [0.25, 0.5], [7.2, -7]), 0);
});

test("a run beside has a picture only of an epoch that it has come to, with its neurons in order", () => {
  const told = { run: "other", ask: "", order: [2, 0, 1], signs: [-1, 1, 1] };
  const header = { goal: 3, width: 9, net: { layers: [{}] }, diverged: null, stopped: null };
  globalThis.fetch = () => new Promise(() => {}); // no answer comes
  const beside = new Beside(told, header, () => {});
  assert.equal(beside.parametersAt(0), null);
  const row = (epoch) => [epoch * 10, epoch, 0, 0, 0, 0, 10 * epoch, 1, 2];
  beside.run.parameters = (of) => Float32Array.from(of.slice(6));
  beside.run.rows = [row(0), row(1), row(2)];
  assert.deepEqual([...(beside.parametersAt(1) ?? [])], [-2, 10, 1]);
  assert.equal(beside.parametersAt(2.5), null);
  assert.equal(beside.lateWords(2.5), "");
  beside.run.header.stopped = "It was stopped.";
  assert.deepEqual([...(beside.parametersAt(2.5) ?? [])], [-2, 20, 1]);
  assert.match(beside.lateWords(2.5), /^ended at epoch 2,/);
  beside.close();
});

test("a run beside asks for the epochs that are missing, some at a time, and for no more", async () => {
  const told = { run: "other", ask: "", order: [], signs: [] };
  for (const [here, wanted, want] of [
    [0, 200, 60],
    [130, 150, 20],
    [199.5, 200, 1],
    [100, 400, 60],
  ]) {
    const asked = [];
    globalThis.fetch = (_, { body }) => (asked.push(JSON.parse(String(body))), new Promise(() => {}));
    const beside = new Beside(
      told,
      { goal: 0, width: 9, net: { layers: [{}] }, diverged: null, stopped: null },
      () => {},
    );
    await null;
    beside.run.rows = [[here * 10, here]];
    beside.parametersAt(wanted);
    assert.deepEqual(asked, [{ run: "other", have: here * 10, want }]);
    beside.close();
  }
});

test("a film that has come so many layers far is at the stop of that layer, and before its bend half-way there", () => {
  const plain = net("tanh");
  const told = {
    ...{ one_input: false, plane: [[0], [0]], inputs: btoa("\0".repeat(8)), labels: [0], readouts: [], pairs: [[0]] },
    spaces: [space(2), space(2)],
  };
  const header = { net: plain, data: { range: [-1, 1], axes: ["x₁", "x₂"] }, scale: READING.scale, task: "binary" };
  const film = new Film(told, header);
  const kinds = film.stops.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["plane", "before", "after"]);
  assert.deepEqual(
    [0, 0.25, 0.5, 1, 7].map((layers) => film.stopOf(layers)),
    [0, 0.5, 1, 2, 2],
  );
  film.move(PARAMETERS, true, THEMES.light);
  const [u] = film.sceneAt(film.stopOf(0.5)).lattice;
  const before = film.sheets[1].sums(PARAMETERS, 0)[0];
  const scale = before[0] / u[0];
  for (const p of [7, 100, 6000]) near(before[p], u[p] * scale, 1e-4);
});
