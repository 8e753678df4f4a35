// The engine's forward pass, written again for the browser so that a frame needs only its parameters.
// A test in a real browser holds it against NumPy for every activation, feature and output.
import { ACTIVATIONS, FEATURES } from "../shared/registry.js";

// In: `net`, as the server describes it:
//   layers: [{n_in, n_out, weight: [offset, stride_in, stride_out], bias: [offset, stride], activation, activation_settings}]
//   features: ["x1", ...], output: what turns the last layer's z into a prediction,
//   plane: null, or for data with many inputs {origin, axes}: a point (p1, p2) stands for origin + p1 u + p2 v.
export class Network {
  constructor(net) {
    this.net = net;
    this.layers = net.layers;
    this.buffers = new Map();
  }

  // Where a weight and a bias lie in the flat vector of parameters.
  weightPlace(layer, i, j) {
    const [offset, di, dj] = this.layers[layer].weight;
    return offset + i * di + j * dj;
  }

  biasPlace(layer, j) {
    const [offset, dj] = this.layers[layer].bias;
    return offset + j * dj;
  }

  weight(parameters, layer, i, j) {
    return parameters[this.weightPlace(layer, i, j)];
  }

  bias(parameters, layer, j) {
    return parameters[this.biasPlace(layer, j)];
  }

  // The values of every unit at points (x1[p], x2[p]): out[layer][unit][p]; out[0] are the input features.
  evaluate(parameters, x1, x2) {
    return this.propagate(parameters, this.inputs(x1, x2));
  }

  inputs(x1, x2) {
    if (this.net.plane) {
      const { origin, axes } = this.net.plane;
      return origin.map((o, i) => Float32Array.from(x1, (value, p) => o + value * axes[0][i] + x2[p] * axes[1][i]));
    }
    return this.net.features.map((name) => Float32Array.from(x1, (value, p) => FEATURES[name](value, x2[p])));
  }

  propagate(parameters, inputs) {
    const n = inputs[0].length;
    const out = this.room(n, parameters.constructor);
    out[0] = inputs;
    this.layers.forEach((layer, l) => {
      const a = out[l];
      for (let j = 0; j < layer.n_out; j++) {
        const z = out[l + 1][j].fill(this.bias(parameters, l, j));
        for (let i = 0; i < layer.n_in; i++) {
          const w = this.weight(parameters, l, i, j);
          const from = a[i];
          for (let p = 0; p < n; p++) z[p] += w * from[p];
        }
        ACTIVATIONS[layer.activation](z, layer.activation_settings);
      }
    });
    if (this.net.output === "softmax") softmax(out[this.layers.length]);
    else ACTIVATIONS[this.net.output](out[this.layers.length][0]);
    return out;
  }

  // Where the results go, in numbers as wide as the parameters: those of a run that blows up are beyond single precision.
  room(n, Kind) {
    const key = `${n} ${Kind.name}`;
    if (!this.buffers.has(key)) {
      const rows = (layer) => Array.from({ length: layer.n_out }, () => new Kind(n));
      this.buffers.set(key, [null, ...this.layers.map(rows)]);
    }
    return this.buffers.get(key);
  }
}

function softmax(z) {
  for (let p = 0; p < z[0].length; p++) {
    let top = -Infinity;
    let sum = 0;
    for (const row of z) top = Math.max(top, row[p]);
    for (const row of z) sum += row[p] = Math.exp(row[p] - top);
    for (const row of z) row[p] /= sum;
  }
}

// A square grid over `range` = [low, high] in both directions, row by row from the top.
export function gridPoints(range, n) {
  const x1 = new Float32Array(n * n);
  const x2 = new Float32Array(n * n);
  const at = (k) => range[0] + ((k + 0.5) / n) * (range[1] - range[0]);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      x1[row * n + column] = at(column);
      x2[row * n + column] = at(n - 1 - row);
    }
  }
  return { x1, x2 };
}
