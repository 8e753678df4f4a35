// The pictures of an idea show its numbers: where they stand, which way is up, and in which colour.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";

const { Sketches, brief, distinct, inWords, scale, tangentOf } =
  await import("../../playground/web/js/inside/sketches.js");

const THEME = { zoom: 1, positive: "blue", negative: "orange", muted: "grey", classes: ["orange", "blue", "green"] };
const num = (x) => ["num", String(x), String(x)];
const near = (a, b, within = 1e-6) => assert.ok(Math.abs(a - b) < within, `${a} is not ${b}`);

// A picture's drawing, and what of it has a class: numbers as they were given.
function drawn(sketch, theme = THEME) {
  const sketches = new Sketches();
  sketches.receive([sketch], theme);
  sketches.draw();
  const all = [];
  const go = (element) => {
    all.push(element);
    (element.children ?? []).forEach(go);
  };
  go(sketches.element);
  const of = (kind) => all.filter((each) => each.attributes?.class?.split(" ").includes(kind));
  const place = (each, ...names) => names.map((name) => Number(each.attributes[name]));
  return { of, place, figure: sketches.element.children[0] };
}

const bar = (label, value, more = {}) => ({ label, value: num(value), key: "", group: null, ...more });

test("a bar is as high as its number, up above zero and down below it, and what they come to stands apart", () => {
  const { of, place } = drawn({
    ...{ kind: "bars", says: "Sums.", marked: 1 },
    bars: [bar("a", 2, { key: "l:1:0:0" }), bar("b", -1), bar("c", 0.5)],
    total: bar("z", 1.5),
  });
  const columns = of("column");
  const rects = columns.map((column) => column.children[0]);
  const zero = Number(of("zero")[0].attributes.y1);
  const [, , unit] = rects.map((rect) => Number(rect.attributes.height) / 0.5);
  [2, -1, 0.5, 1.5].forEach((value, k) => {
    const [y, height] = place(rects[k], "y", "height");
    near(height, Math.abs(value) * unit);
    near(value > 0 ? y + height : y, zero);
  });
  assert.deepEqual(
    rects.map((rect) => rect.attributes.fill),
    ["blue", "orange", "blue", "blue"],
  );
  const xs = rects.map((rect) => Number(rect.attributes.x));
  near(xs[1] - xs[0], xs[2] - xs[1]);
  near(xs[3] - xs[2], 1.5 * (xs[1] - xs[0]));
  assert.deepEqual(
    columns.map((column) => column.attributes["data-key"]),
    ["l:1:0:0", undefined, undefined, undefined],
  );
  assert.deepEqual(
    columns.map((column) => column.attributes.class.includes("marked")),
    [false, true, false, false],
  );
});

test("the belief in a class has the colour of the class", () => {
  const beliefs = [0.2, 0.7, 0.1].map((p, k) => bar(`p${k}`, p, { group: k }));
  const { of } = drawn({ kind: "bars", says: "Beliefs.", bars: beliefs, total: null, marked: null });
  const colours = of("column").map((column) => column.children[0].attributes.fill);
  assert.deepEqual(colours, THEME.classes);
  assert.equal(of("parting").length, 0);
});

// L = (x - 1)², at x = 3 with slope 4, and a step to 2.
const xs = Array.from({ length: 41 }, (_, k) => -1 + 0.125 * k);
const CURVE = {
  ...{ kind: "curve", says: "What it would cost.", names: ["x", "L"], x: xs, y: xs.map((x) => (x - 1) ** 2) },
  ...{ at: [3, 4], slope: 4, to: [2, 1], truth: 1 },
};

test("on a curve the point lies where the curve is, to the right is more, up is more, and the tangent has its slope", () => {
  const { of, place } = drawn(CURVE);
  const line = of("graph")[0]
    .attributes.points.split(" ")
    .map((pair) => pair.split(",").map(Number));
  const [ring, dot] = [of("ring")[0], of("dot")[0]].map((each) => place(each, "cx", "cy"));
  assert.deepEqual(ring, line[xs.indexOf(3)]);
  assert.deepEqual(dot, line[xs.indexOf(2)]);
  const perX = line[1][0] - line[0][0]; // 0.125
  assert.ok(perX > 0 && ring[0] > dot[0] && ring[1] < dot[1]);
  const perY = (ring[1] - dot[1]) / 3;
  const [x1, y1, x2, y2] = place(of("tangent")[0], "x1", "y1", "x2", "y2");
  near((y2 - y1) / perY / ((x2 - x1) / (perX / 0.125)), 4);
  near(y1 + ((ring[0] - x1) / (x2 - x1)) * (y2 - y1), ring[1]);
  const [right] = place(of("truth")[0], "x1");
  near(right, line[xs.indexOf(1)][0]);
  assert.deepEqual(
    of("figure").map((text) => text.textContent),
    ["3", "2", "4", "1"],
  );
});

test("a curve without a step has one dot, and what is beyond all bounds leaves a gap", () => {
  const { of } = drawn({ ...CURVE, slope: null, to: null, truth: null, y: CURVE.y.map((y, k) => (k < 3 ? null : y)) });
  assert.deepEqual(
    ["dot", "ring", "tangent", "truth"].map((kind) => of(kind).length),
    [1, 0, 0, 0],
  );
  assert.equal(of("graph")[0].attributes.points.split(" ").length, xs.length - 3);
});

test("a tangent ends where the picture ends", () => {
  assert.deepEqual(tangentOf([0, 10], [0, 8], [5, 4], 2), [
    [3, 0],
    [7, 8],
  ]);
  assert.deepEqual(tangentOf([0, 10], [0, 8], [5, 4], -0.1), [
    [0, 4.5],
    [10, 3.5],
  ]);
  assert.deepEqual(tangentOf([0, 10], [0, 8], [5, 4], 0), [
    [0, 4],
    [10, 4],
  ]);
});

test("on the plane x1 goes to the right and x2 up by the same measure, and the point is ringed in its class's colour", () => {
  const points = [
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  const { of, place } = drawn({
    kind: "plane",
    says: "Ringed.",
    names: ["x₁", "x₂"],
    points,
    groups: [0, 1, 2],
    at: 2,
  });
  const dots = of("point");
  const [origin, right, up] = dots.map((dot) => place(dot, "cx", "cy"));
  near(right[1], origin[1]);
  near(up[0], origin[0]);
  assert.ok(right[0] > origin[0]);
  near(origin[1] - up[1], right[0] - origin[0]);
  assert.deepEqual(
    dots.map((dot) => dot.attributes.style),
    ["fill: orange", "fill: blue", "fill: green", "fill: green"],
  );
  assert.deepEqual(place(of("ring")[0], "cx", "cy"), up);
});

test("two numbers are told in as few figures as tell them apart", () => {
  assert.deepEqual(distinct([0.67956, 0.67948]), ["0.6796", "0.6795"]);
  assert.deepEqual(distinct([0.5, 0.5]), ["0.5", "0.5"]);
  assert.deepEqual(distinct([-0.46364]), ["−0.4636"]);
  const w = 0.70363;
  assert.deepEqual(distinct([w - 5e-9, w + 1e-9, w], w), ["−5e−9", "+1e−9", "0.7036"]);
});

test("small bars and their sum are told in figures that fit one another", () => {
  assert.deepEqual([1.49e-5, 1e-6, 1.59e-5, 0, -0.074].map(brief), ["1.5×10⁻⁵", "1×10⁻⁶", "1.6×10⁻⁵", "0.00", "−0.07"]);
});

test("the ends of an axis are told from the points between them", () => {
  const ys = [0.6799, 0.67956, 0.67948, 0.679];
  const { of } = drawn({ ...CURVE, x: [0, 1, 2, 3], y: ys, at: [1, ys[1]], slope: null, to: [2, ys[2]], truth: null });
  const told = [...of("tick"), ...of("figure")].map((text) => text.textContent);
  assert.equal(new Set(told).size, told.length);
});

test("a scale without a length puts everything at its beginning", () => {
  assert.equal(scale([2, 2], [10, 20])(2), 10);
});

test("what a picture shows is told to those who cannot see it", () => {
  assert.equal(
    inWords({ kind: "bars", says: "Sums.", bars: [bar("a", 2), bar("b", -1)], total: bar("z", 1) }),
    "Sums. a: 2, b: -1, z: 1.",
  );
  assert.equal(inWords(CURVE), "What it would cost. The point: x = 3, L = 4; after the step x = 2, L = 1.");
});
