// The input plane as a sheet with a grid of lines on it, and where every layer carries it: the engine's own forward
// pass, on the points of a lattice, on the training points, and on the boundary.
import { contour } from "../shared/contour.js";
import { ACTIVATIONS } from "../shared/registry.js";
import { Network } from "../stage/network.js";

export const LINES = 21; // in either direction
const CRUSHED = 1e-3; // a cell whose area has shrunk below this share of what it was cannot be told from a point or a line

// Points that go through the network together: `plane` is where they lie on the input plane, [x1, x2], or null where
// there is no plane, and `inputs` what the network is told of them.
export class Cloud {
  /** @param {any} net @param {Float32Array[] | null} plane @param {Float32Array[] | null} inputs */
  constructor(net, plane, inputs = null) {
    this.network = new Network(net);
    this.plane = plane;
    this.inputs = inputs ?? this.network.inputs(plane?.[0], plane?.[1]);
    this.out = [this.inputs];
  }

  get n() {
    return this.inputs[0].length;
  }

  move(parameters) {
    this.out = this.network.propagate(parameters, this.inputs);
    return this.out;
  }

  // The sums z of a layer, before the bend; layers count from 0 and read what out[layer] holds.
  sums(parameters, layer, units = null) {
    const { network } = this;
    const from = this.out[layer];
    const wanted = units ?? Array.from({ length: network.layers[layer].n_out }, (_, j) => j);
    return wanted.map((j) => {
      const z = new Float32Array(this.n).fill(network.bias(parameters, layer, j));
      from.forEach((a, i) => {
        const w = network.weight(parameters, layer, i, j);
        for (let p = 0; p < z.length; p++) z[p] += w * a[p];
      });
      return z;
    });
  }

  // On which side of the boundary every point is: 0 on it. `pair` are the outputs that are compared, or the only one.
  sides(parameters, { pair, scale }) {
    const last = this.network.layers.length - 1;
    const { activation, activation_settings } = this.network.layers[last];
    const values = this.sums(parameters, last, pair);
    for (const row of values) ACTIVATIONS[activation](row, activation_settings);
    const [first, second] = values;
    if (second) return first.map((value, p) => value - second[p]);
    const middle = scale.probability ? 0 : scale.middle; // of a probability: where its sum is zero
    return first.map((value) => value - middle);
  }
}

// A lattice of n x n points over a range, n - 1 a multiple of LINES - 1: row by row from the bottom. With one input
// it is a single row.
export class Sheet extends Cloud {
  constructor(net, range, n, isLine = false) {
    const high = isLine ? 1 : n;
    const x1 = new Float32Array(n * high);
    const x2 = new Float32Array(n * high);
    const at = (k) => range[0] + (k / (n - 1)) * (range[1] - range[0]);
    for (let row = 0; row < high; row++)
      for (let column = 0; column < n; column++) {
        x1[row * n + column] = at(column);
        x2[row * n + column] = isLine ? 0 : at(row);
      }
    super(net, [x1, x2]);
    this.size = n;
    this.high = high;
    this.step = (n - 1) / (LINES - 1); // from one line of the grid to the next
    this.cell = ((range[1] - range[0]) / (LINES - 1)) ** 2;
  }

  // The corners of every cell of the grid, [bottom left, bottom right, top left, top right].
  *cells() {
    const { size, high, step } = this;
    for (let row = 0; row + step < high; row += step)
      for (let column = 0; column + step < size; column += step) {
        const p = row * size + column;
        yield [p, p + step, p + step * size, p + step * size + step];
      }
  }

  // Cells that lie on the sheet's other side in a picture: turned over, where most are not. One flag for each cell.
  folded([u, v]) {
    const signs = [];
    let balance = 0;
    for (const [a, b, c, d] of this.cells()) {
      const turn = (u[d] - u[a]) * (v[c] - v[b]) - (v[d] - v[a]) * (u[c] - u[b]);
      signs.push(Math.sign(turn));
      balance += Math.sign(turn);
    }
    const most = balance < 0 ? -1 : 1;
    return signs.map((sign) => sign === -most);
  }

  // Cells of which next to nothing is left: their area in the whole space of the layer, however many units it has.
  crushed(values) {
    const flags = [];
    for (const [a, b, c] of this.cells()) {
      let [across, up, both] = [0, 0, 0];
      for (const row of values) {
        const [e, f] = [row[b] - row[a], row[c] - row[a]];
        across += e * e;
        up += f * f;
        both += e * f;
      }
      flags.push(Math.sqrt(Math.max(0, across * up - both * both)) < CRUSHED * this.cell);
    }
    return flags;
  }

  // Where the sides change sign.
  contour(sides) {
    return contour(sides, this.size, this.high);
  }
}

// The boundary, carried along: its points are found on the lattice, then twice moved to where the network itself says.
export function boundary(sheet, parameters, reading, net, sides, ends) {
  const [x1, x2] = sheet.plane;
  const from = (k) => [ends[k][0], ends[k][1]];
  // The stretch of the edge on which the boundary lies, and the sides at both of its ends.
  const low = ends.map(() => 0);
  const high = ends.map(() => 1);
  const atLow = ends.map(([p]) => sides[p]);
  const atHigh = ends.map(([, q]) => sides[q]);
  const share = ends.map(([, , t]) => t);
  const cloud = new Cloud(net, [new Float32Array(ends.length), new Float32Array(ends.length)]);
  for (let round = 0; ; round++) {
    const along = (x) => Float32Array.from(ends, (_, k) => x[from(k)[0]] + share[k] * (x[from(k)[1]] - x[from(k)[0]]));
    cloud.plane = [along(x1), along(x2)];
    cloud.inputs = cloud.network.inputs(cloud.plane[0], cloud.plane[1]);
    cloud.move(parameters);
    if (round === 2 || !ends.length) return cloud;
    const found = cloud.sides(parameters, reading);
    for (let k = 0; k < ends.length; k++) {
      if (found[k] > 0 === atLow[k] > 0) [low[k], atLow[k]] = [share[k], found[k]];
      else [high[k], atHigh[k]] = [share[k], found[k]];
      share[k] = low[k] + ((high[k] - low[k]) * atLow[k]) / (atLow[k] - atHigh[k] || 1);
    }
  }
}
