// The smallest network and the smallest data that tiles can be drawn of.

// A network 2-1 without hidden layers: weight, weight, bias.
export const NET = {
  ...{ features: ["x1", "x2"], feature_labels: ["x₁", "x₂"], plane: null, output: "sigmoid", use_bias: true },
  ...{ n_trainable: 3, activation_labels: ["sigmoid"], bounded: [false] },
  layers: [{ n_in: 2, n_out: 1, weight: [0, 1, 3], bias: [2, 3], activation: "identity", activation_settings: {} }],
};
// Of data that are not scaled: across, up, and the values to learn.
export const UNITS = new Array(3).fill({ middle: 0, size: 1 });
export const WORLD = {
  ...{ n_train: 10, task: "binary", scale: { middle: 0.5, reach: 0.5, probability: true } },
  data: {
    name: "d",
    curve: false,
    range: [-1, 1],
    up: [-1, 1],
    traces: [],
    classes: ["a", "b"],
    axes: ["x", "y"],
    units: UNITS,
  },
};
