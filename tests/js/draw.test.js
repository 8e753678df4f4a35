// The drawing sheet's stamps and symmetries lie where they should, and the preview beside it is the network's answer.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES, mixed, nearest, pixelsOf } from "./page.js";

const { POINTS, STAMPS, images, otherClass, outline, sprayed, stamped } =
  await import("../../playground/web/js/draw/stamps.js");
const { EXAMPLES, Examples, pointsOf } = await import("../../playground/web/js/draw/examples.js");
const { Preview } = await import("../../playground/web/js/draw/preview.js");

function dice(seed = 1) {
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
}
const stamp = (name) => STAMPS.find((one) => one.name === name);
const WHERE = { at: [0.5, -1], size: 1.5, angle: Math.PI / 6 };
const WIDTH = 0.2;

// A place as the stamp has it: moved back, turned back, and as large as 1.
function back([x, y], { at, size, angle }) {
  const [dx, dy] = [(x - at[0]) / size, (y - at[1]) / size];
  return [dx * Math.cos(angle) + dy * Math.sin(angle), dy * Math.cos(angle) - dx * Math.sin(angle)];
}
const placesOf = (name, width = WIDTH, n = POINTS) =>
  stamped(stamp(name), WHERE, width, dice(), n).map((place) => back(place, WHERE));

test("points of a ring lie on a circle, give or take the brush, and go all around it", () => {
  const places = placesOf("ring");
  assert.equal(places.length, POINTS);
  for (const place of places) assert.ok(Math.abs(Math.hypot(...place) - 1) <= WIDTH / WHERE.size + 1e-9);
  const angles = places.map(([x, y]) => Math.atan2(y, x)).sort((a, b) => a - b);
  for (let k = 1; k < angles.length; k++) assert.ok(angles[k] - angles[k - 1] < (2.6 * 2 * Math.PI) / POINTS);
});

test("points of a stripe lie along a line that is turned as the stamp is", () => {
  const places = placesOf("stripe");
  for (const [x, y] of places) assert.ok(Math.abs(y) <= WIDTH / WHERE.size + 1e-9 && Math.abs(x) < 1.15);
  const span = places.map(([x]) => x);
  assert.ok(Math.max(...span) > 0.9 && Math.min(...span) < -0.9);
});

test("points of a spiral arm wind outwards once and a quarter, as densely outside as inside", () => {
  const places = placesOf("arm", 0, 400);
  let [turned, before] = [0, 0];
  for (const [x, y] of places) {
    const angle = Math.atan2(y, x);
    turned += Math.atan2(Math.sin(angle - before), Math.cos(angle - before));
    before = angle;
    const far = Math.hypot(x, y);
    assert.ok(Math.abs(turned - 2 * Math.PI * 1.25 * far) < 1e-6, "the angle grows with the distance");
  }
  const outside = places.filter((place) => Math.hypot(...place) > 0.5).length;
  assert.ok(Math.abs(outside / 400 - 0.75) < 0.02);
});

test("a blob is a cloud around its middle, and a brush of no width leaves lines as they are", () => {
  const places = placesOf("blob", 0, 4000);
  const mean = [0, 1].map((k) => places.reduce((sum, place) => sum + place[k], 0) / places.length);
  assert.ok(Math.hypot(...mean) < 0.03);
  const spread = Math.sqrt(places.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / places.length / 2);
  assert.ok(Math.abs(spread - 0.34) < 0.02);
  for (const place of placesOf("ring", 0)) assert.ok(Math.abs(Math.hypot(...place) - 1) < 1e-9);
});

test("the outline of a stamp goes where its points will lie", () => {
  for (const name of ["ring", "stripe", "arm"]) {
    const way = outline(stamp(name), WHERE);
    for (const place of stamped(stamp(name), WHERE, 0, dice()))
      assert.ok(Math.min(...way.map(([x, y]) => Math.hypot(x - place[0], y - place[1]))) < 0.12, name);
  }
});

test("a brush throws points anywhere in its disc alike", () => {
  const random = dice(5);
  const far = Array.from({ length: 4000 }, () => Math.hypot(...sprayed([0, 0], 0.5, random)));
  assert.ok(Math.max(...far) <= 0.5);
  assert.ok(Math.abs(far.filter((d) => d < 0.25).length / 4000 - 0.25) < 0.03);
});

test("a point has its image on the other side, or half a turn on, in its class or the other of the pair", () => {
  assert.deepEqual(images([1, 2], 0, "none", true), [[1, 2, 0]]);
  assert.deepEqual(images([1, 2], 3, "mirror", false)[1], [-1, 2, 3]);
  assert.deepEqual(images([1, 2], 3, "mirror", true)[1], [-1, 2, 2]);
  assert.deepEqual(images([1, 2], 0, "turn", true)[1], [-1, -2, 1]);
  for (let c = 0; c < 6; c++) assert.equal(otherClass(otherClass(c)), c);
});

test("each drawing to begin with lies on the sheet, in two classes that do not mix, and is the same each time", () => {
  assert.equal(EXAMPLES.length, 4);
  for (const example of EXAMPLES) {
    const points = pointsOf(example);
    assert.deepEqual(pointsOf(example), points);
    const counts = [0, 1].map((c) => points.filter((p) => p[2] === c).length);
    assert.ok(Math.min(...counts) >= 50 && counts[0] + counts[1] === points.length, example.name);
    for (const [x, y] of points) assert.ok(Math.abs(x) <= 3 && Math.abs(y) <= 3, `${example.name}: ${x}, ${y}`);
    // Nearly every point has its nearest neighbour in its own class.
    const alone = points.filter((p) => {
      const far = (q) => (q === p ? Infinity : Math.hypot(p[0] - q[0], p[1] - q[1]));
      return points.reduce((best, q) => (far(q) < far(best) ? q : best))[2] !== p[2];
    });
    assert.ok(alone.length <= 0.04 * points.length, `${example.name}: ${alone.length}`);
  }
});

test("a drawing to begin with looks as its points will lie, in their classes' colours", () => {
  const examples = new Examples(() => {});
  examples.draw(THEMES.light, 120, 3);
  examples.pictures.forEach(({ canvas, points }, k) => {
    assert.deepEqual(points, pointsOf(EXAMPLES[k]));
    const { classes } = THEMES.light;
    const dots = canvas
      .getContext()
      .marks.filter(({ colour, width, box }) => classes.includes(colour) && !width && !box);
    assert.equal(dots.length, points.length);
    dots.forEach(({ colour, path }, j) => {
      const [x, y, c] = points[j];
      const middle = [0, 1].map((side) => path.reduce((sum, at) => sum + at[side], 0) / path.length);
      assert.equal(colour, classes[c]);
      assert.ok(Math.hypot(middle[0] - 20 * (x + 3), middle[1] - 20 * (3 - y)) < 1e-6);
    });
  });
});

// A network with one unit: class 1 of the two grows to the right, and upwards half as much.
const net = {
  ...{ features: ["x1", "x2"], plane: null, output: "sigmoid" },
  layers: [{ n_in: 2, n_out: 1, weight: [0, 1, 3], bias: [2, 3], activation: "identity", activation_settings: {} }],
};
const told = { n: 20, right: 19, classes: [3, 1], task: "binary", net, scale: {}, steps: 4000, epochs: 2000 };

test("the preview's ground is the network's answer, in the colours of the classes on the sheet", () => {
  const preview = new Preview();
  const theme = THEMES.light;
  preview.size(theme, 200, 3);
  preview.points = [[-1, 0, 3], [1, 0, 1]]; // prettier-ignore
  preview.wanted = "drawn";
  preview.take(told, Float32Array.of(2, 1, 0), "drawn");
  const pixels = pixelsOf(preview.small.getContext().image);
  let looked = 0;
  for (let place = 0; place < pixels.length; place++) {
    const [x, y] = [-3 + (6 * ((place % 100) + 0.5)) / 100, 3 - (6 * (Math.floor(place / 100) + 0.5)) / 100];
    const p = 1 / (1 + Math.exp(-2 * x - y));
    const [c, sure] = p > 0.5 ? [1, p] : [3, 1 - p];
    if (sure < 0.6) continue;
    const share = 0.62 * (2 * sure - 1);
    const colours = Object.fromEntries(theme.classes.map((_, k) => [k, mixed(theme.neutral, theme.classes[k], share)]));
    assert.equal(nearest(pixels[place], colours), String(c), `at ${x}, ${y}`);
    looked++;
  }
  assert.ok(looked > 9000);
  const dots = preview.canvas.getContext().marks.filter(({ path }) => path?.length > 1);
  assert.ok(
    dots.some(({ colour }) => colour === theme.classes[1]) && dots.some(({ colour }) => colour === theme.classes[3]),
  );
  assert.equal(preview.note.textContent, "It gets 19 of 20 points right after 2,000 passes over them.");
});

test("the preview asks once for points that change while an answer is on its way, and then for the newest", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  t.mock.method(globalThis, "fetch", (_, { body }) => {
    asked.push(JSON.parse(body).points);
    return new Promise(() => {});
  });
  const preview = new Preview();
  preview.address = "http://x/glance";
  preview.follow([[0, 0, 0]]);
  preview.follow([[0, 0, 0], [1, 0, 1]]); // prettier-ignore
  t.mock.timers.tick(250);
  assert.deepEqual(asked, [[0, 0, 0, 1, 0, 1]]);
  preview.follow([[2, 0, 0]]);
  t.mock.timers.tick(1000);
  assert.equal(asked.length, 1, "one question at a time");
  assert.equal(preview.note.textContent, "The network learns your points …");
  preview.follow([]);
  assert.ok(preview.hangUp.signal.aborted);
  assert.equal(preview.note.textContent, "");
});
