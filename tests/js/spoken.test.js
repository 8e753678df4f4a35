// What the pictures show, in words and numbers: each number is the one that it is said to be.
import assert from "node:assert/strict";
import test from "node:test";

import "./page.js";
import { UNITS } from "./tiny.js";

const { Network } = await import("../../playground/web/js/stage/network.js");
const spoken = await import("../../playground/web/js/stage/spoken.js");

// 2-2-1, unit by unit: the weights into it, then its bias.
const PARAMETERS = Float32Array.of(0.5, -2, 0.25, 1, 1.5, -0.75, -3, 0.125, 4);
const layers = [
  { n_in: 2, n_out: 2, weight: [0, 1, 3], bias: [2, 3], activation: "tanh" },
  { n_in: 2, n_out: 1, weight: [6, 1, 3], bias: [8, 3], activation: "identity" },
];
const net = {
  layers,
  features: ["x1", "x2"],
  feature_labels: ["x₁", "x₂"],
  activation_labels: ["Tanh", "sigmoid"],
  output: "sigmoid",
  use_bias: true,
  plane: null,
  bounded: [true, false],
};
const row = (epoch, train, held, right, heldRight) => [10 * epoch, epoch, train, held, right, heldRight];
const ROWS = [row(0, 0.9, 1.1, 0.4, 0.3), row(1, 0.5, 0.6, 0.7, 0.8), row(2, 0.4, 0.7, 0.9, 0.75)];
const run = (task = "binary", rows = ROWS) => ({ header: { steps_per_epoch: 10, task, net }, rows, lastEpoch: 2 });

test("the network is told from its inputs to its output, with the strongest weight into each layer", () => {
  assert.equal(
    spoken.diagramInWords(run(), run().rows[0], new Network(net), PARAMETERS),
    "The network: inputs x₁, x₂; then 2 Tanh neurons; then 1 output. Strongest weight into each layer: " +
      "input x₂ to neuron 1 of layer 1 with −2; neuron 1 of layer 1 to the output with −3.",
  );
});

test("a frozen layer is told from the step on at which it was frozen", () => {
  const frozen = [
    { step: 0, layers: [] },
    { step: 10, layers: [1, 2] },
    { step: 20, layers: [2] },
  ];
  const held = { ...run(), header: { ...run().header, frozen } };
  const told = ROWS.map((at) => spoken.diagramInWords(held, at, new Network(net), PARAMETERS).split(".")[0]);
  assert.deepEqual(told, [
    "The network: inputs x₁, x₂; then 2 Tanh neurons; then 1 output",
    "The network: inputs x₁, x₂; then 2 Tanh neurons, frozen; then 1 output, frozen",
    "The network: inputs x₁, x₂; then 2 Tanh neurons; then 1 output, frozen",
  ]);
});

test("weights and biases are told by their span, layer by layer", () => {
  assert.equal(
    spoken.weightsInWords(run(), new Network(net), PARAMETERS),
    "Weights and biases. Layer 1: 4 weights from −2 to 1.5, 2 biases from −0.75 to 0.25. " +
      "Output: 2 weights from −3 to 0.125, 1 bias of 4.",
  );
});

test("a network without biases is told without them", () => {
  assert.equal(
    spoken.weightsInWords(run(), new Network({ ...net, use_bias: false }), PARAMETERS),
    "Weights. Layer 1: 4 weights from −2 to 1.5. Output: 2 weights from −3 to 0.125.",
  );
});

test("the score is told with the best so far on the test points", () => {
  assert.equal(
    spoken.scoresInWords(run(), ROWS[2]),
    "Epoch 2: training accuracy 90.0 %, test accuracy 75.0 %; best on the test points so far 80.0 %.",
  );
  assert.equal(
    spoken.scoresInWords(run("regression"), ROWS[2]),
    "Epoch 2: training R² 0.900, test R² 0.750; best on the test points so far 0.800.",
  );
});

test("without test points nothing is said of them", () => {
  const rows = ROWS.map(([step, epoch, train, , right]) => [step, epoch, train, NaN, right, NaN]);
  assert.equal(spoken.scoresInWords(run("binary", rows), rows[2]), "Epoch 2: training accuracy 90.0 %.");
  assert.equal(
    spoken.timelineInWords(run("binary", rows), rows[1]),
    "Loss over 2 epochs: training loss from 0.900 to 0.400, lowest 0.400 at epoch 2. " +
      "Shown is Epoch 1: training loss 0.500.",
  );
});

test("the loss is told by where it begins, ends and is lowest", () => {
  assert.equal(
    spoken.timelineInWords(run(), ROWS[1]),
    "Loss over 2 epochs: test loss from 1.100 to 0.700, lowest 0.600 at epoch 1. " +
      "Shown is Epoch 1: training loss 0.500, test loss 0.600.",
  );
});

test("the answers of a regression are told by their span and mean", () => {
  const regression = {
    header: { ...run("regression").header, scale: { middle: 0, reach: 1 }, data: { classes: [], units: UNITS } },
  };
  assert.match(
    spoken.surfaceInWords(regression, ROWS[2], [[], [Float32Array.of(-1, 0.5, 2)]]),
    /Epoch 2: outputs from −1 to 2, 0\.5 on average; training loss 0\.400, test loss 0\.700, training R² 0\.900,/,
  );
});

test("the live region tells where the run stands, and what is out of the ordinary first", () => {
  const player = { run: run(), row: ROWS[2], state: "paused", moving: false };
  const words = "Epoch 2: training loss 0.400, test loss 0.700, training accuracy 90.0 %, test accuracy 75.0 %.";
  assert.equal(spoken.spokenState(player), `Standing at ${words}`);
  assert.equal(spoken.spokenState({ ...player, state: "playing", moving: true }), words);
  assert.match(spoken.spokenState({ ...player, state: "disconnected" }), /^The server does not answer/);
});
