// Layers and neurons are called alike in Python and in the browser: one table of cases for both.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { layerName, parameterName, unitName } from "../../playground/web/js/shared/names.js";

const { unit, inputs, layers } = JSON.parse(readFileSync(new URL("../names.json", import.meta.url), "utf8"));

for (const [sizes, layer, k, name] of unit)
  test(`${layer}, ${k} of ${sizes.join("-")} is ${name}`, () => {
    const net = { layers: sizes.slice(1).map((n_out) => ({ n_out })), feature_labels: inputs };
    assert.equal(unitName(layer, k, net), name);
  });

for (const names of layers)
  test(`${names.length} layers are ${names.join(", ")}`, () =>
    assert.deepEqual(
      names.map((_, l) => layerName(l + 1, names.length)),
      names,
    ));

test("a weight is called by the units at its ends, and a bias by its own", () => {
  const net = {
    layers: [
      { n_in: 2, n_out: 8 },
      { n_in: 8, n_out: 3 },
    ],
    feature_labels: inputs,
  };
  assert.equal(parameterName(0, 1, 2, net), "Weight input x₂² → neuron 3 of layer 1");
  assert.equal(parameterName(0, 2, 2, net), "Bias of neuron 3 of layer 1");
  assert.equal(parameterName(1, 4, 0, net), "Weight neuron 5 of layer 1 → output 1");
  assert.equal(parameterName(1, 8, 2, net), "Bias of output 3");
});
