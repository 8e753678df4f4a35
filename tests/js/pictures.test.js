// Every picture of the stage is right: the right way up, in the right colours, of the right numbers.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES, mixed, nearest, pixelsOf } from "./page.js";
import { UNITS, WORLD } from "./tiny.js";

const { gridPoints, Network } = await import("../../playground/web/js/stage/network.js");
const { Surface, paint, scaleOf } = await import("../../playground/web/js/stage/surface.js");
const { Diagram, MAP, sample } = await import("../../playground/web/js/stage/diagram.js");
const { Weights } = await import("../../playground/web/js/stage/weights.js");
const { Timeline } = await import("../../playground/web/js/stage/timeline.js");
const { matrix } = await import("../../playground/web/js/stage/answers.js");
const { Gallery } = await import("../../playground/web/js/gallery/gallery.js");
const { Inside } = await import("../../playground/web/js/inside/inside.js");
const { ramps } = await import("../../playground/web/js/shared/theme.js");
const { placeOf, signColour } = await import("../../playground/web/js/shared/colour.js");
const spoken = await import("../../playground/web/js/stage/spoken.js");

const binary = (more = {}) => ({
  task: "binary",
  scale: { middle: 0.5, reach: 0.5, probability: true },
  data: { classes: ["no", "yes"], range: [-1, 1], curve: false, note: "", axes: ["x₁", "x₂"] },
  net: { bounded: [true, false] },
  ...more,
});
const sides = (theme) => ({ low: theme.negative, middle: theme.neutral, high: theme.positive });
const painted = (values, header, theme, focus = null, discrete = false) => {
  const pixels = new Uint32Array(values[values.length - 1][0].length);
  paint(pixels, values, header, theme, focus, discrete);
  return [...pixels];
};

// ---- the plane
test("the grid begins at the top left, and x₂ grows upwards", () => {
  const { x1, x2 } = gridPoints([-3, 3], 2);
  assert.deepEqual([...x1], [-1.5, 1.5, -1.5, 1.5]);
  assert.deepEqual([...x2], [1.5, 1.5, -1.5, -1.5]);
});

test("a value is drawn at its place between the ends of the scale", () => {
  assert.deepEqual(
    [-1, 0, 1, -9, 9].map((v) => placeOf(v, 0, 1)),
    [0, 128, 255, 0, 255],
  );
  assert.deepEqual(
    [0, 0.5, 1].map((v) => placeOf(v, 0.5, 0.5)),
    [0, 128, 255],
  );
  assert.deepEqual(
    [4, 5, 6].map((v) => placeOf(v, 5, 1)),
    [0, 128, 255],
  );
});

for (const [name, theme] of Object.entries(THEMES)) {
  const two = { low: theme.negative, high: theme.positive };

  test(`the ground of class 0 is orange and that of class 1 blue (${name})`, () => {
    const values = [[], [Float32Array.of(0, 0.3, 0.7, 1)]];
    const found = painted(values, binary(), theme).map((pixel) => nearest(pixel, two));
    assert.deepEqual(found, ["low", "low", "high", "high"]);
    const [sure, unsure] = [0, 0.499].map((p) => painted([[], [Float32Array.of(p)]], binary(), theme)[0]);
    assert.equal(nearest(unsure, sides(theme)), "middle");
    assert.notEqual(nearest(sure, sides(theme)), "middle");
  });

  test(`discretized, the ground is as sure as can be on either side of the boundary (${name})`, () => {
    const values = [[], [Float32Array.of(0.49, 0.51)]];
    const sure = painted([[], [Float32Array.of(0, 1)]], binary(), theme);
    assert.deepEqual(painted(values, binary(), theme, null, true), sure);
  });

  test(`an output around zero is neutral at zero, as hinge has it (${name})`, () => {
    const header = binary({ scale: { middle: 0, reach: 1, probability: false } });
    const found = painted([[], [Float32Array.of(-1, 0, 1)]], header, theme).map((pixel) =>
      nearest(pixel, sides(theme)),
    );
    assert.equal(found[1], "middle");
    assert.deepEqual([nearest(painted([[], [Float32Array.of(-1)]], header, theme)[0], two), found.length], ["low", 3]);
  });

  test(`of several classes the ground is that of the most probable one (${name})`, () => {
    const pale = (colour) => mixed(theme.neutral, colour, 0.62); // so that points of the class stand out on it
    const classes = Object.fromEntries(theme.classes.slice(0, 3).map((colour, c) => [c, pale(colour)]));
    const one = (c) => [0, 1, 2].map((k) => Float32Array.of(k === c ? 0.98 : 0.01));
    for (const c of [0, 1, 2])
      assert.equal(nearest(painted([[], one(c)], binary({ task: "multiclass" }), theme)[0], classes), String(c));
  });

  test(`a hovered unit is blue where it is above zero (${name})`, () => {
    const values = [[], [Float32Array.of(-1, 1)], [Float32Array.of(0.9, 0.1)]];
    const found = painted(values, binary(), theme, { layer: 1, unit: 0 }).map((pixel) => nearest(pixel, two));
    assert.deepEqual(found, ["low", "high"]);
  });

  test(`a neuron's map is the right way up and blue where it is above zero (${name})`, () => {
    const n = 100;
    const { x1, x2 } = gridPoints([-1, 1], n);
    const words = new Uint32Array(MAP * MAP);
    const corners = () => [0, MAP - 1, MAP * (MAP - 1), MAP * MAP - 1].map((p) => nearest(words[p], two));
    sample(words, x2, n, 0, 1, ramps(theme).signed);
    assert.deepEqual(corners(), ["high", "high", "low", "low"]);
    sample(words, x1, n, 0, 1, ramps(theme).signed);
    assert.deepEqual(corners(), ["low", "high", "low", "high"]);
  });

  test(`links and biases are orange below zero and blue above (${name})`, () => {
    assert.deepEqual(
      [-0.1, 0.1].map((w) => signColour(w, theme)),
      [theme.negative, theme.positive],
    );
    const { diagram, context } = drawn(theme);
    const links = context.marks.filter((mark) => mark.path?.length === 2);
    assert.deepEqual(
      links.map((mark) => mark.colour),
      [theme.positive, theme.negative],
    );
    assert.ok(links[0].path[0][0] < links[0].path[1][0], "from the left to the right");
    assert.ok(links[1].width > links[0].width, "the larger weight has the wider link");
    const bars = [-2, 2].map((b) => {
      context.marks = [];
      diagram.drawBias(context, theme, b, 100, 50, 40);
      return context.marks[1];
    });
    assert.deepEqual(
      bars.map((bar) => bar.colour),
      [theme.negative, theme.positive],
    );
    assert.ok(bars[0].box[0] < 120 && bars[0].box[0] + bars[0].box[2] === 120, "a negative bias grows to the left");
    assert.equal(bars[1].box[0], 120);
  });

  test(`Inside a step draws links and units in the colour of what they carry (${name})`, () => {
    const link = (value) => {
      const drops = { style: {} };
      const classes = new Map();
      return {
        ...{ link: { w: 9, blame: value }, lastChild: { style: {} }, dataset: { layer: "1", key: "" }, classes },
        ...{ classList: { toggle: (name, on) => classes.set(name, on) }, querySelector: () => drops },
      };
    };
    const unit = (value) => {
      const text = { replaceChildren: (...parts) => (text.parts = parts), parts: [] };
      return {
        unit: { name: "unit 1", a: ["num", "9", "9"], z: ["num", String(value), String(value)] },
        firstChild: { style: {} },
        dataset: { layer: "1", key: "" },
        classList: { toggle() {} },
        querySelector: () => text,
      };
    };
    const links = [link(-2), link(0.5)];
    const units = [unit(-0.5), unit(0.5)];
    const drawing = {
      ...{ firstChild: {}, querySelectorAll: (what) => (what === ".link" ? links : units) },
      classList: { toggle() {} },
    };
    const idea = { carries: "blame", flow: "back", shows: { 1: "z" }, links: [1], units: [] };
    const { letter } = Inside.prototype;
    const view = {
      idea,
      theme,
      drawing,
      letter,
      data: { pick: "" },
      lettered: true,
      numbered: true,
      places: new Map(),
      light() {},
      drawLegend() {},
    };
    Inside.prototype.paint.call(view);
    assert.deepEqual(
      links.map((group) => group.lastChild.style.stroke),
      [theme.negative, theme.positive],
    );
    assert.ok(links[0].lastChild.style.strokeWidth > links[1].lastChild.style.strokeWidth);
    const drops = links.map((group) => group.querySelector().style);
    assert.deepEqual(
      drops.map((style) => style.stroke),
      [theme.negative, theme.positive],
    );
    assert.ok(drops[0].strokeWidth > drops[1].strokeWidth, "what runs is as thick as what it carries");
    assert.ok(links.every(({ classes }) => classes.get("back") && !classes.get("forward")));
    const fills = units.map((group) => group.firstChild.style.fill);
    assert.ok(fills[0].includes(theme.negative) && fills[1].includes(theme.positive));
    assert.deepEqual(
      units.map((group) =>
        group
          .querySelector()
          .parts.map((part) => part.children?.[0].textContent ?? part)
          .join(""),
      ),
      ["z −0.50", "z 0.50"],
    );
  });

  test(`a belief has the colour of the class that it speaks for, the stronger the surer (${name})`, () => {
    const colour = (n, unit, p) =>
      Inside.prototype.belief.call(
        { theme, data: { columns: [{ units: [1, 2] }, { units: Array(n).fill(0) }] } },
        { dataset: { key: `u:1:${unit}` } },
        p,
      );
    assert.deepEqual(colour(1, 0, 0.9), [theme.classes[1], 48]);
    assert.deepEqual(colour(1, 0, 0.38), [theme.classes[0], 20]);
    assert.deepEqual(colour(3, 2, 0.5), [theme.classes[2], 33]);
  });

  test(`the heat map shows each weight at its place, and biases in the last row (${name})`, () => {
    const weights = new Weights(() => {});
    weights.setRun({ header: {} }, network());
    weights.drawCells(0, Float32Array.of(0.5, -2, -3), 1, ramps(theme).signed);
    const found = [...pixelsOf(weights.cells.getContext().image)].map((pixel) => nearest(pixel, two));
    assert.deepEqual(found, ["high", "low", "low"]); // 0.5, -2; the bias -3
    weights.setRun({ header: {} }, network({ use_bias: false }));
    weights.drawCells(0, Float32Array.of(0.5, -2, 0), 1, ramps(theme).signed);
    assert.deepEqual(
      [...pixelsOf(weights.cells.getContext().image)].map((pixel) => nearest(pixel, two)),
      ["high", "low"],
    );
  });

  test(`a cell has the colour of the guess, rows are the true classes, what is right is bold (${name})`, () => {
    const [, body] = matrix(
      [
        [8, 2],
        [0, 5],
      ],
      theme,
      { classes: ["cats", "dogs"], traces: [{ class: 1, symbol: "diamond" }] },
    ).children;
    const cells = body.children.map((line) => line.children.slice(1));
    assert.deepEqual(
      cells.map((line) => line.map((cell) => cell.textContent)),
      [
        ["8", "2"],
        ["0", "5"],
      ],
    );
    for (const line of cells) line.forEach((cell, k) => assert.ok(cell.attributes.style.includes(theme.classes[k])));
    assert.deepEqual(
      cells.map((line) => line.map((cell) => cell.attributes.class)),
      [
        ["right", ""],
        ["", "right"],
      ],
    );
    assert.deepEqual(
      body.children.map((line) => line.children[0].textContent),
      [" cats", "◆ dogs"],
    );
    assert.equal(cells[0][1].attributes.title, "20.0 % of cats are taken for dogs");
  });

  test(`a thumbnail shows a point at its place and in the colour of its class (${name})`, () => {
    const gallery = new Gallery([{ name: "a", label: "A", help: "", points: [-1, 1, 0, 1, -1, 1] }]);
    gallery.themes.stop();
    gallery.theme = theme;
    gallery.draw();
    const [first, second] = gallery.buttons[0].firstChild.getContext().marks;
    assert.deepEqual([first.colour, second.colour], theme.classes.slice(0, 2));
    assert.ok(first.path[0][0] < second.path[0][0], "x₁ grows to the right");
    assert.ok(first.path[0][1] < second.path[0][1], "x₂ grows upwards");
  });
}

// Two inputs, one output: weights 0.5 and -2, bias 3.
const PARAMETERS = Float32Array.of(0.5, -2, 3);
const layers = [{ n_in: 2, n_out: 1, weight: [0, 1, 3], bias: [2, 3], activation: "identity" }];
const net = { layers, features: ["x1", "x2"], output: "identity", plane: null, bounded: [false], use_bias: true };
const network = (changes = {}) => new Network({ ...net, ...changes });

function drawn(theme) {
  const diagram = new Diagram(
    () => {},
    () => {},
    () => {},
  );
  const header = {
    net: { layers, features: ["x1", "x2"], feature_labels: ["x₁", "x₂"], bounded: [false] },
    settings: { hidden_layer_sizes: [], max_layers: 10, max_neurons: 32 },
    scale: { middle: 0, reach: 1 },
  };
  diagram.run = { header };
  diagram.network = network();
  diagram.drawButtons = () => {};
  diagram.place(1);
  const context = diagram.canvas.getContext();
  diagram.drawLinks(context, theme, PARAMETERS);
  return { diagram, context };
}

test("what the pointer is on is told with its number at the moment that is drawn", () => {
  const theme = THEMES.light;
  const { diagram } = drawn(theme);
  Object.assign(diagram, { drawUnits() {}, drawLetters() {}, parameters: PARAMETERS, theme });
  diagram.run.header.data = {};
  const told = (parameters) => {
    diagram.draw({ ...theme, zoom: 1 }, parameters, [], []);
    return diagram.tip.hidden ? null : diagram.tip.textContent;
  };
  const later = Float32Array.of(0.25, -2, -1.5);
  assert.equal(told(PARAMETERS), null);
  for (const [on, now, then] of [
    [{ lit: { layer: 0, i: 0, j: 0 } }, /: 0\.5/, /: 0\.25/],
    [{ bias: { layer: 0, j: 0 } }, /: 3/, /: −1\.5/],
  ]) {
    Object.assign(diagram, { lit: null, bias: null, ...on });
    assert.match(told(PARAMETERS), now);
    assert.match(told(later), then);
  }
  Object.assign(diagram, { lit: null, bias: null });
  assert.equal(told(later), null);
});

test("a neuron that a link names is shown large, and goes with a network that has none such", () => {
  const player = { look: { neuron: "1.2" } };
  const shown = [];
  const nothing = () => {};
  const diagram = new Diagram(nothing, (focus) => shown.push(focus), nothing, undefined, player);
  const layer = (n_out) => ({ n_out });
  const show = (...sizes) =>
    diagram.setRun(
      { header: { net: { features: ["x1", "x2"], feature_labels: ["x₁", "x₂"], layers: [...sizes, 1].map(layer) } } },
      network(),
    );
  show(4, 3);
  assert.deepEqual(shown.at(-1), { layer: 1, unit: 1, name: "neuron 2 of layer 1" });
  show(2);
  assert.equal(shown.at(-1).name, "neuron 2 of layer 1", "the same one of another network");
  show(1);
  assert.deepEqual([shown.at(-1), player.look.neuron], [null, ""]);
  for (const [neuron, name] of [
    ["0.2", "input x₂"],
    ["2.3", "neuron 3 of layer 2"],
    ["3.1", undefined], // the output is shown in any case
    ["0.3", undefined],
    ["4.1", undefined],
    ["1.0", undefined],
    ["x", undefined],
  ]) {
    player.look.neuron = neuron;
    show(4, 3);
    assert.equal(shown.at(-1)?.name, name, neuron);
  }
});

test("a neuron that is closed stays closed until the pointer has left it", () => {
  const player = { look: { neuron: "1.2" } };
  const shown = [];
  const nothing = () => {};
  const diagram = new Diagram(nothing, (focus) => shown.push(focus?.unit ?? null), nothing, undefined, player);
  const header = { net: { features: ["x1", "x2"], layers: [{ n_out: 3 }, { n_out: 1 }] } };
  Object.assign(diagram, { run: { header }, columns: [], parameters: PARAMETERS, sayTip() {} });
  const on = (unit) => {
    diagram.under = () => ({ x: 0, y: 0, bias: null, link: null, unit: unit === null ? null : { layer: 1, unit } });
    diagram.hover({});
    return shown.at(-1);
  };
  assert.deepEqual([on(1), on(2), on(null)], [1, 2, 1], "what the pointer is on goes before what was opened");
  on(1);
  diagram.open(null);
  assert.deepEqual([player.look.neuron, shown.at(-1)], ["", null]);
  assert.deepEqual([on(1), on(2), on(1), on(null)], [null, 2, 1, null]);
});

test("a weight lies where the server says it lies", () => {
  const net = network();
  assert.deepEqual(
    [net.weight(PARAMETERS, 0, 0, 0), net.weight(PARAMETERS, 0, 1, 0), net.bias(PARAMETERS, 0, 0)],
    [0.5, -2, 3],
  );
  const [, [out]] = net.evaluate(PARAMETERS, [1, 0], [0, 1]);
  assert.deepEqual([...out], [3.5, 1]);
});

test("full colour is 1 for a unit that is bounded, and the greatest value for another", () => {
  const values = [[], [Float32Array.of(0.2, -0.4)], [Float32Array.of(3, -7)]];
  const header = { net: { bounded: [true, false] } };
  assert.equal(scaleOf(values, { layer: 1, unit: 0 }, header), 1);
  assert.equal(scaleOf(values, { layer: 2, unit: 0 }, header), 7);
});

// ---- what is said of a place
const verdict = (header, values, focus = null) => Surface.prototype.verdict.call({ run: { header }, focus }, values);

test("the pointer is told the class that wins there, and how sure the network is of that class", () => {
  assert.equal(verdict(binary(), [0.9]), "yes, 90 % sure");
  assert.equal(verdict(binary(), [0.2]), "no, 80 % sure");
  const three = binary({ task: "multiclass", data: { classes: ["a", "b", "c"] } });
  assert.equal(verdict(three, [0.1, 0.7, 0.2]), "b, 70 % sure");
  const hinge = binary({ scale: { middle: 0, reach: 1, probability: false } });
  assert.equal(verdict(hinge, [-0.5]), "no, output −0.5");
  const scaled = new Surface({});
  const world = { ...WORLD, task: "regression", scale: { middle: 0, reach: 1 } };
  const units = [...UNITS.slice(0, 2), { middle: 30, size: 10 }];
  scaled.setRun({ header: { ...world, data: { ...world.data, units } } }, null);
  assert.equal(scaled.verdict([2.5]), "55", "in the units of the data");
  assert.equal(verdict(binary(), [0.25], { name: "neuron 3 of layer 1" }), "neuron 3 of layer 1 gives 0.25");
});

const ROW = [40, 4, 0.25, 0.5, 0.9, 0.8, 0.1, 0.2];
const run = (header) => ({
  header: { steps_per_epoch: 10, ...header },
  rows: [ROW],
  lastEpoch: 4,
  gradients: () => [0.1, 0.2],
});

test("the plane is shared out among the classes in words", () => {
  const values = [[], [Float32Array.of(0.1, 0.2, 0.3, 0.9)]];
  const words = spoken.surfaceInWords(run(binary()), ROW, values);
  assert.match(words, /no has 75\.0 %, yes has 25\.0 % of the plane/);
  assert.match(words, /training loss 0\.250, test loss 0\.500, training accuracy 90\.0 %, test accuracy 80\.0 %/);
  const three = binary({ task: "multiclass", data: { classes: ["a", "b", "c"] } });
  const shares = [
    [0.5, 0.1],
    [0.3, 0.2],
    [0.2, 0.7],
  ].map((pair) => Float32Array.from(pair));
  assert.match(spoken.surfaceInWords(run(three), ROW, [[], shares]), /a has 50\.0 %, b has 0\.0 %, c has 50\.0 %/);
});

test("gradient norms are told layer by layer", () => {
  assert.match(spoken.gradientsInWords(run(binary()), ROW), /layer 1 0\.1, output 0\.2/);
});

// ---- the curves
test("the timeline draws the training loss from the training loss and the test loss from the test loss", () => {
  const theme = THEMES.light;
  const [train, held] = new Timeline({ watchers: new Set() }).lines({}, theme);
  assert.deepEqual([train.name, train.of(ROW), train.colour], ["training loss", 0.25, theme.train]);
  assert.deepEqual([held.name, held.of(ROW), held.colour], ["test loss", 0.5, theme.test]);
});

test("each press for a layer counts from the press before, as long as what that asked for has not come", () => {
  const player = { look: { neuron: "" }, awaitsRun: false };
  const asked = [];
  const nothing = () => {};
  const change = ({ hidden_layer_sizes: sizes }) => {
    asked.push(sizes.join());
    player.awaitsRun = true;
  };
  const diagram = new Diagram(change, nothing, nothing, undefined, player);
  const show = (sizes) =>
    diagram.setRun(
      {
        header: {
          net: { features: ["x1"], feature_labels: ["x₁"], layers: [...sizes, 1].map((n_out) => ({ n_out })) },
          settings: { hidden_layer_sizes: sizes },
        },
      },
      network(),
    );
  const more = () => diagram.resize(([first, ...others]) => [first + 1, ...others]);
  show([8, 8]);
  more();
  more();
  show([9, 8]); // what the first asked for comes while the second is awaited
  more();
  assert.deepEqual(asked, ["9,8", "10,8", "11,8"]);
  player.awaitsRun = false; // refused, or undone
  more();
  assert.equal(asked.at(-1), "10,8");
  player.awaitsRun = false;
  show([4]);
  player.awaitsRun = true; // something else is
  more();
  assert.equal(asked.at(-1), "5");
});
