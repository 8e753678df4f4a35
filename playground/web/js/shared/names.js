// What layers and neurons are called on every page; playground/run/names.py says the same, and a table of cases holds
// both to it. All are counted from 1; layer 0 are the inputs, and the last layer is the output.

// A neuron, an input or an output in a sentence; the unit is counted from 0. `net` is as the server describes it.
export function unitName(layer, unit, { layers, feature_labels }) {
  if (layer === 0) return `input ${feature_labels[unit]}`;
  if (layer === layers.length) return layers[layer - 1].n_out > 1 ? `output ${unit + 1}` : "the output";
  return `neuron ${unit + 1} of layer ${layer}`;
}

// A layer as it is listed beside a chart.
export const layerName = (layer, nLayers) => (layer === nLayers ? "output" : `layer ${layer}`);

// A weight or a bias: `layer` counts from 0, as those of `net` do; i is the unit that it comes from, and behind the last
// of them the bias.
export const parameterName = (layer, i, j, net) =>
  i === net.layers[layer].n_in
    ? `Bias of ${unitName(layer + 1, j, net)}`
    : `Weight ${unitName(layer, i, net)} → ${unitName(layer + 1, j, net)}`;
