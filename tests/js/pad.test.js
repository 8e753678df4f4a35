// The pad: what is drawn reaches the network as the data would have it, and the answer is the network's own.
import assert from "node:assert/strict";
import test from "node:test";

import { THEMES, nearest, pixelsOf } from "./page.js";

const { Pad } = await import("../../playground/web/js/fold/pad.js");

// 2 x 2 pixels, of which the one at the bottom left (place 2) is no input; two classes, no hidden layer but one unit.
const header = {
  task: "binary",
  scale: { middle: 0.5, reach: 0.5, probability: true },
  data: { classes: ["no", "yes"] },
  net: {
    ...{ features: ["a", "b", "c"], plane: null, output: "sigmoid" },
    layers: [
      { n_in: 3, n_out: 1, weight: [0, 1, 4], bias: [3, 4], activation: "identity", activation_settings: {} },
      { n_in: 1, n_out: 1, weight: [4, 1, 2], bias: [5, 2], activation: "identity", activation_settings: {} },
    ],
  },
};
const PIXELS = { rows: 2, columns: 2, places: [0, 1, 3], high: 16, middle: [0, 4, 0], size: [1, 2, 1] };
const PARAMETERS = Float32Array.of(0.1, -0.2, 0.3, 0.5, 2, -1);

test("a drawing is told to the network pixel by pixel, on the scale of the data", () => {
  const pad = new Pad(PIXELS, header, () => {});
  pad.press(1.5, 0.5); // the middle of the pixel at the top right
  const [a, b, c] = pad.inputs().map(([x]) => x);
  assert.equal(b, (16 - 4) / 2);
  assert.ok(Math.abs(a - 0.35 * 16) < 1e-4 && Math.abs(c - 0.35 * 16) < 1e-4, "the brush is soft at its edge");
  pad.draw(PARAMETERS, THEMES.light);
  const z = 2 * (0.1 * a - 0.2 * b + 0.3 * c + 0.5) - 1;
  const yes = 100 / (1 + Math.exp(-z));
  const [name, sure] = yes > 50 ? ["yes", yes] : ["no", 100 - yes];
  assert.equal(pad.answer.textContent, `The network takes it for ${name}, ${sure.toFixed(1)} % sure.`);
  pad.clear();
  assert.ok(pad.ink.every((ink) => ink === 0));
});

test("a neuron's picture has each weight at its pixel, blue for what it looks for", () => {
  const pad = new Pad(PIXELS, header, () => {});
  pad.draw(PARAMETERS, THEMES.light);
  const { negative, neutral, positive } = THEMES.light;
  const found = [...pixelsOf(pad.units[0].getContext().image)].map((pixel) =>
    nearest(pixel, { negative, neutral, positive }),
  );
  assert.deepEqual(found, ["neutral", "negative", "neutral", "positive"]);
});
