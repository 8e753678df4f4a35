// Every chart over the epochs is drawn of its own numbers, in its own colour, and its cursor stands at the moment shown.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES } from "./page.js";
import { UNITS } from "./tiny.js";

const { Probe } = await import("../../playground/web/js/stage/probe.js");
const { Network } = await import("../../playground/web/js/stage/network.js");
const { Answers } = await import("../../playground/web/js/stage/answers.js");
const { PANELS } = await import("../../playground/web/js/stage/panels.js");
const { Surface } = await import("../../playground/web/js/stage/surface.js");
const { MOST_RUNS, runColour, runMark } = await import("../../playground/web/js/shared/runs.js");
const { layerColour } = await import("../../playground/web/js/shared/theme.js");

// A row: step, epoch, losses and scores in training and test; its gradient norms are 3, 2, 1 times the epoch.
const rowAt = (epoch) => [10 * epoch, epoch, 1 / (1 + epoch), 2 / (1 + epoch), epoch / 1000, epoch / 2000];
const recording = (nRows, task = "binary") => ({
  header: {
    run: "r",
    task,
    data: { asks: ["x₁", "x₂"], adds: false, face: "time", traces: [] },
    settings: { live: [{ name: "learning_rate", label: "", values: [0.1], now: 0.1 }] },
  },
  version: 1,
  rows: Array.from({ length: nRows }, (_, epoch) => rowAt(epoch)),
  lastEpoch: nRows - 1,
  n_layers: 3,
  gradients: ([, epoch]) => [3 * epoch, 2 * epoch, epoch],
});

const player = {
  ...{ watchers: new Set(), branches: [], run: null },
  look: { scale: "", discretize: false, testPoints: true, neuron: "", panel: "" },
};
const made = (name) => PANELS.find((panel) => panel.name === name).make({ player });

// What a view hands to Plotly.
function charted(draw) {
  let seen = null;
  draw({ react: (_, traces, layout) => (seen = { traces, layout }) });
  return seen;
}

function chart(name, theme, run = recording(11), goal = 200) {
  const view = made(name);
  view.setRun(run);
  return { view, ...charted((Plotly) => view.drawChart(Plotly, theme, goal)) };
}

for (const [name, theme] of Object.entries(THEMES)) {
  const pairs = {
    timeline: [
      ["training loss", theme.train, 2],
      ["test loss", theme.test, 3],
    ],
    scores: [
      ["training", theme.train, 4],
      ["test", theme.test, 5],
    ],
  };
  for (const [panel, lines] of Object.entries(pairs))
    test(`the curves of ${panel} are those that they are called (${name})`, () => {
      const { traces } = chart(panel, theme);
      assert.deepEqual(
        traces.map((trace) => [trace.name, trace.line.color, trace.y]),
        lines.map(([called, colour, column]) => [called, colour, recording(11).rows.map((row) => row[column])]),
      );
      for (const trace of traces) assert.deepEqual(trace.x, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    });

  test(`each layer's gradient has its own curve and colour, and a zero none on the logarithmic axis (${name})`, () => {
    const { traces, layout } = chart("gradients", theme);
    assert.deepEqual(
      traces.map((trace) => [trace.name, trace.line.color, trace.y[0], trace.y[10]]),
      [
        ["1", layerColour(theme, 0, 3), null, 30],
        ["2", layerColour(theme, 1, 3), null, 20],
        ["output", layerColour(theme, 2, 3), null, 10],
      ],
    );
    assert.equal(layout.yaxis.type, "log");
  });

  test(`the points have their classes' colours, and those held back are hollow (${name})`, () => {
    const traces = [0, 1].flatMap((c) =>
      [false, true].map((held) => ({ x1: [c], x2: [-c], class: c, values: null, symbol: "circle", test: held })),
    );
    const surface = new Surface(player);
    const data = { name: "d", range: [-1, 1], up: [-2, 2], axes: ["a", "b"], units: UNITS, traces };
    surface.setRun({ header: { data, scale: { middle: 0.5, reach: 0.5 } } }, null);
    const { traces: drawn, layout } = charted((Plotly) => surface.drawAxes(Plotly, theme));
    assert.deepEqual(
      drawn.map(({ x, y, marker }) => [x[0], y[0] === 0 ? 0 : y[0], marker.color, marker.symbol]),
      [
        [0, 0, theme.classes[0], "circle"],
        [0, 0, theme.classes[0], "circle-open"],
        [1, -1, theme.classes[1], "circle"],
        [1, -1, theme.classes[1], "circle-open"],
      ],
    );
    assert.deepEqual(
      [layout.xaxis.range, layout.yaxis.range],
      [
        [-1, 1],
        [-2, 2],
      ],
    );
  });

  test(`the points of a table, their axes and what is said of them are in its own units (${name})`, () => {
    const surface = new Surface(player);
    const units = [
      { middle: 105, size: 65 }, // 40 to 170
      { middle: 4e5, size: 2e5 },
      { middle: 30, size: 10 },
    ];
    const trace = { x1: [-1, 0.2], x2: [0.5, -1], class: null, values: [-0.5, 1.25], symbol: "circle", test: false };
    const data = { name: "d", range: [-1.08, 1.08], up: [-1.08, 1.08], axes: ["height", "<b>"], units, note: "n" };
    const task = "regression";
    const hover = "training point, age = %{customdata[2]}";
    const header = { task, data: { ...data, traces: [{ ...trace, hover }] }, scale: { middle: 0, reach: 1 } };
    surface.setRun({ header }, { evaluate: () => [[[0.37]]] });
    const { traces, layout } = charted((Plotly) => surface.drawAxes(Plotly, theme));
    assert.deepEqual(
      [traces[0].x, traces[0].y],
      [
        [40, 118],
        [5e5, 2e5],
      ],
    );
    assert.deepEqual(traces[0].customdata, [
      ["40", "500000", "25"],
      ["118", "200000", "42.5"],
    ]);
    assert.equal(
      traces[0].hovertemplate,
      "height = %{customdata[0]}<br>&lt;b&gt; = %{customdata[1]}<br>training point, age = %{customdata[2]}<extra></extra>",
    );
    assert.deepEqual(layout.xaxis.ticktext, ["50", "100", "150"]);
    assert.deepEqual(layout.yaxis.ticktext, ["200000", "300000", "400000", "500000", "600000"]);
    const ends = [105 - 65 * 1.08, 105 + 65 * 1.08];
    layout.xaxis.range.forEach((end, k) => assert.ok(Math.abs(end - ends[k]) < 1e-9));
    surface.parameters = [];
    surface.pointer = [0.2, -1];
    surface.sayNote();
    assert.equal(surface.note.textContent, "height = 118, <b> = 200000: 33.7");
    const line = { ...header, data: { ...header.data, name: "one input", axes: ["height", null] } };
    surface.setRun({ header: line }, { evaluate: () => [[[0.37]]] });
    const flat = charted((Plotly) => surface.drawAxes(Plotly, theme));
    assert.deepEqual([flat.layout.yaxis.ticktext, flat.layout.yaxis.title.text], [[], "height means nothing"]);
    assert.ok(!flat.traces[0].hovertemplate.includes("customdata[1]"));
    surface.sayNote();
    assert.equal(surface.note.textContent, "height = 118: 33.7");
  });

  test(`below the plane of a table stands which colour is which class (${name})`, () => {
    const surface = new Surface(player);
    const traces = [0, 1].flatMap((c) =>
      [false, true].map((test) => ({ class: c, symbol: ["circle", "diamond"][c], test })),
    );
    const data = { legend: true, classes: ["poodle", "spaniel"], traces, note: "n" };
    surface.run = { header: { data } };
    surface.drawLegend(theme);
    surface.sayNote();
    assert.ok(!surface.legend.hidden);
    assert.equal(surface.legend.textContent, "● poodle, ◆ spaniel. ");
    const signs = surface.legend.children.filter((child) => child.tag === "span");
    assert.deepEqual(
      signs.map((sign) => sign.attributes.style),
      theme.classes.slice(0, 2).map((colour) => `color: ${colour}`),
    );
    surface.run = { header: { data: { ...data, legend: false } } };
    surface.drawLegend(theme);
    surface.sayNote();
    assert.ok(surface.legend.hidden);
  });

  test(`a point with a value has the colour that the ground has there (${name})`, () => {
    const surface = new Surface(player);
    surface.run = { header: { scale: { middle: 5, reach: 2 } } };
    assert.deepEqual(surface.colouring({ values: [3, 5, 7] }, theme), {
      color: [3, 5, 7],
      cmin: 3,
      cmax: 7,
      colorscale: [
        [0, theme.negative],
        [0.5, theme.neutral],
        [1, theme.positive],
      ],
    });
  });
}

for (const [face, y, title] of [
  ["residuals", [-5, 2.5], "predicted − true"],
  ["predicted", [35, 52.5], "predicted"],
])
  test(`the ${face} stand above their true values, and are what they are called`, () => {
    const units = [{}, {}, { middle: 30, size: 10 }]; // of a table whose values were scaled
    const answers = { step: 3, truth: [1, 2], residual: [-0.5, 0.25] };
    const header = { run: "r", answers, data: { units }, scale: { middle: 0, reach: 2 } };
    const { traces, layout } = charted((Plotly) =>
      new Answers().draw(Plotly, THEMES.light, header, face, { width: 300, height: 200 }),
    );
    assert.deepEqual([traces[0].x, traces[0].y], [[40, 50], y]);
    assert.deepEqual(
      traces[0].customdata.map(([, shown]) => Number(shown.replace("−", "-"))),
      y,
    );
    assert.deepEqual(
      [layout.xaxis.title, layout.yaxis.title].map((t) => t.text ?? t),
      ["true value", title],
    );
    const right = traces.slice(1).map((trace) => [trace.x, trace.y]);
    assert.deepEqual(
      right,
      face === "predicted"
        ? [
            [
              [40, 50],
              [40, 50],
            ],
          ]
        : [],
    ); // where the prediction is the truth
  });

test("data that open with a face of their own bring it, and another that was chosen stays", () => {
  const view = made("scores");
  const show = (task, face) => {
    const run = recording(3, task);
    run.header.data = { asks: [], adds: false, face, traces: [] };
    view.setRun(run, null);
    return [view.face, view.named.textContent];
  };
  assert.deepEqual(show("binary", "time"), ["time", "Accuracy"]);
  assert.deepEqual(show("regression", "predicted"), ["predicted", "Predicted against true"]);
  view.turnByHand("residuals");
  assert.equal(player.look.panel, "residuals", "so that the address holds it");
  assert.deepEqual(show("regression", "predicted"), ["residuals", "Residuals"]);
  view.turnByHand("predicted");
  assert.equal(player.look.panel, "", "the usual one need not be told");
  view.turnByHand("time");
  assert.equal(player.look.panel, "time");
  assert.deepEqual(show("regression", "time"), ["time", "R²"]);
  view.turnByHand("residuals");
  assert.deepEqual(show("binary", "time"), ["time", "Accuracy"], "classes have no residuals");
  assert.equal(player.look.panel, "");
});

test("the panel that a link names is open from the first picture on", () => {
  for (const [task, usual, panel, heading] of [
    ["binary", "time", "matrix", "Confusion matrix"],
    ["regression", "predicted", "time", "R²"],
    ["regression", "time", "residuals", "Residuals"],
    ["binary", "time", "residuals", "Accuracy"],
  ]) {
    player.look.panel = panel;
    const view = made("scores");
    const run = recording(3, task);
    run.header.data = { asks: [], adds: false, face: usual, traces: [] };
    view.setRun(run, null);
    assert.equal(view.named.textContent, heading);
  }
  player.look.panel = "";
});

test("the network is asked for the numbers that were typed, with the parameters of the moment", () => {
  const layers = [
    { n_in: 2, n_out: 1, weight: [0, 1, 3], bias: [2, 3], activation: "identity", activation_settings: {} },
  ];
  const net = { layers, features: ["x1", "x2"], output: "identity", plane: null };
  const probe = new Probe(() => {});
  const traces = [{ x1: [0, 0.6], x2: [0, 0.9] }];
  const data = (adds) => ({ header: { data: { asks: ["x₁", "x₂"], adds, traces } } });
  probe.setRun(data(false), new Network(net));
  probe.element.hidden = false;
  const answer = (typed) => {
    probe.fields.forEach((field, k) => (field.valueAsNumber = typed[k]));
    probe.draw(Float32Array.of(2, -1, 0.5));
    return probe.answer.textContent;
  };
  assert.equal(answer([0.5, 0.25]), "1.25");
  assert.equal(answer([0.25, 0.5]), "0.5");
  assert.equal(answer([NaN, 0.5]), "type a number");
  assert.equal(answer([0.5, 1]), "0.5, beyond all data");
  probe.setRun(data(true), new Network(net));
  assert.equal(answer([0.5, 0.25]), "1.25 (true: 0.75)");
});

test("a score of classes is a share, and that of a regression is not", () => {
  assert.equal(chart("scores", THEMES.light).layout.yaxis.tickformat, ".0%");
  const { view, layout } = chart("scores", THEMES.light, recording(11, "regression"));
  assert.equal(layout.yaxis.tickformat, undefined);
  assert.equal(view.named.textContent, "R²");
});

test("the axis ends at the goal, or where more is recorded at a round number beyond it", () => {
  const end = (nRows, goal) => chart("timeline", THEMES.light, recording(nRows), goal).layout.xaxis.range;
  assert.deepEqual(end(11, 200), [0, 200]);
  assert.deepEqual(end(201, 200), [0, 200]);
  assert.deepEqual(end(202, 200), [0, 300]);
  assert.deepEqual(end(302, 200), [0, 450]);
  assert.deepEqual(end(11, Infinity), [0, 200]);
});

test("a long curve is drawn with fewer points, the first and the last among them", () => {
  const { x, y } = chart("timeline", THEMES.light, recording(5001)).traces[0];
  assert.equal(x.length, 500);
  assert.deepEqual([x[0], x[499], y[499]], [0, 5000, 1 / 5001]);
});

test("the cursor stands at the moment's share of the axis, and a place of the chart is that moment", () => {
  const { view } = chart("timeline", THEMES.light);
  const { l, r } = view.margin;
  view.box.getBoundingClientRect = () => ({ left: 30, width: 400 });
  for (const [epoch, share] of [
    [0, 0],
    [50, 0.25],
    [200, 1],
    [250, 1],
  ]) {
    view.moveCursor(epoch);
    const x = l + (400 - l - r) * share;
    assert.equal(view.cursor.style.transform, `translateX(${x}px)`);
    assert.ok(Math.abs(view.epochAt(30 + x) - 200 * share) < 1e-9);
  }
});

test("runs side by side have each its colour and dash, on the curve, on the chip and on the picture", () => {
  const other = { ...recording(5), header: { run: "other", task: "binary" } };
  const told = [
    { run: "other", title: "the first run", colour: 0 },
    { run: "r", title: "SGD, from <the> start", colour: 2 },
  ];
  player.branches = [{ ...told[0], recording: other }];
  player.branch = told[1];
  player.page = { branches: told, made_room: "One made room." };
  player.run = recording(11);
  player.runs = new Map([["other", other]]);
  const { light } = THEMES;
  try {
    const { view, traces } = chart("timeline", light);
    assert.deepEqual(
      traces.map(({ name, line, y }) => [name, line.color, line.dash, y[1]]),
      [
        ["the first run", runColour(light, 0), "solid", 1],
        ["training loss", runColour(light, 2), "solid", 0.5],
        ["test loss", runColour(light, 2), "dot", 1],
      ],
    );
    assert.ok(traces[1].line.width < traces[0].line.width && traces[0].line.width < traces[2].line.width);
    view.drawBranches(rowAt(3), light);
    const chips = view.chips.children;
    assert.deepEqual(
      chips.map((chip) => [chip.children[1].textContent, chip.attributes["aria-pressed"]]),
      told.map(({ run, title }) => [title, String(run === "r")]),
    );
    chips.forEach((chip, k) => assert.ok(chip.children[0].attributes.style.includes(runColour(light, told[k].colour))));
    assert.deepEqual([view.branches.hidden, view.room.textContent], [false, "One made room."]);
    const surface = new Surface(player);
    surface.sayRun(light);
    assert.deepEqual([surface.tag.hidden, surface.tag.textContent], [false, told[1].title]);
    assert.equal(surface.tag.style["--run"], runColour(light, 2));
    [player.branch, player.page] = [undefined, { branches: [told[1]], made_room: "" }];
    surface.sayRun(light);
    view.drawBranches(rowAt(3), light);
    assert.ok(surface.tag.hidden && view.branches.hidden);
  } finally {
    Object.assign(player, { branches: [], branch: undefined, run: null });
  }
});

test("a run without test points is compared by its training loss", () => {
  const other = recording(5);
  for (const row of other.rows) row[3] = NaN;
  player.branches = [{ run: "r", title: "r", colour: 1, recording: other }];
  const [line] = chart("timeline", THEMES.dark).traces;
  player.branches = [];
  assert.deepEqual(
    line.y,
    other.rows.map((row) => row[2]),
  );
});

test("the four colours of runs, and their marks, are told apart", () => {
  for (const theme of Object.values(THEMES)) {
    const marks = [0, 1, 2, 3].map((k) => runMark(theme, k).attributes.style);
    assert.equal(new Set(marks).size, MOST_RUNS);
    assert.equal(new Set([0, 1, 2, 3].map((k) => runColour(theme, k))).size, MOST_RUNS);
  }
});

test("the loss of a run that breaks has a logarithmic axis, unless another was chosen", () => {
  const broken = () => {
    const run = recording(11);
    run.header.diverged = "It broke.";
    return run;
  };
  assert.equal(chart("timeline", THEMES.light).layout.yaxis.type, "linear");
  const { view, layout } = chart("timeline", THEMES.light, broken());
  assert.deepEqual([layout.yaxis.type, view.scaleButton.textContent], ["log", "Linear scale"]);
  view.switchScale();
  assert.equal(player.look.scale, "linear");
  const drawn = charted((Plotly) => view.drawChart(Plotly, THEMES.light, 200));
  assert.deepEqual([drawn.layout.yaxis.type, view.scaleButton.textContent], ["linear", "Log scale"]);
  player.look.scale = "";
});
