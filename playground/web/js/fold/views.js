// From where a layer is looked at: a view says where values of its units are drawn, from -1 to 1 across and up.
//
// A view is {kind, rows, centre, half, labels}: a point a of n units is drawn at ((rows[0] . a - centre[0]) / half[0],
// (rows[1] . a - centre[1]) / half[1]). The rows are of length 1 and perpendicular, and all but the readout's first and
// the tour's are fixed for the whole run, so that a moment always has the same picture.
import { ACTIVATIONS } from "../shared/registry.js";

const SPEED = 0.1; // radians a second, of the tour
const ROOM = 1.15;
export const KINDS = {
  readout: "Readout plane",
  main: "Main directions",
  units: "Two neurons",
  tour: "Slow tour",
  solid: "In 3-D",
};

// What can be chosen for a layer of so many units; the first is what it opens with.
export function kindsOf(nUnits, isLast) {
  if (nUnits === 1) return ["line"];
  if (nUnits === 2) return ["axes"];
  const last = isLast ? ["readout"] : [];
  return nUnits === 3 ? ["solid", ...last, "main", "units"] : [...last, "main", "units", "tour"];
}

const unit = (n, i) => Array.from({ length: n }, (_, k) => Number(k === i));
const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const lengthOf = (a) => Math.sqrt(dot(a, a));

// The input plane itself, as the stage shows it.
export const planeView = ([low, high], labels) => ({
  kind: "axes",
  rows: [
    [1, 0],
    [0, 1],
  ],
  centre: [(low + high) / 2, (low + high) / 2],
  half: [(high - low) / 2, (high - low) / 2],
  labels,
});

/**
 * @param {any} space as playground/geometry/fold.py tells it
 * @param {{kind: string, units: number[], turn: number[], seconds: number}} choice
 * @param {(k: number) => string} name of a unit
 * @param {any} readout {w, b, rest, across, along} at the moment, before the output
 */
export function viewOf(space, choice, name, readout = null) {
  const n = space.mean.length;
  const { kind } = choice;
  if (kind === "line" || kind === "axes" || kind === "units") return unitsView(space, kind, choice.units, name);
  if (kind === "readout" && readout) return readoutView(space, readout);
  const rows =
    kind === "solid" ? turned(choice.turn) : kind === "tour" ? toured(space, choice.seconds) : space.directions;
  const two = [rows[0], rows[1] ?? unit(n, 0)];
  const reach = kind === "main" ? Math.max(space.extents[0], space.extents[1] ?? 0) : space.radius;
  const labels = kind === "main" ? ["main direction 1", "main direction 2"] : ["", ""];
  return {
    ...{ kind, rows: two, labels, depth: rows[2] },
    centre: two.map((row) => dot(row, space.mean)),
    half: [reach, reach],
  };
}

function unitsView(space, kind, units, name) {
  const n = space.mean.length;
  const picked = n === 1 ? [0] : n === 2 ? [0, 1] : units;
  const middle = picked.map((i) => (space.low[i] + space.high[i]) / 2);
  const reach = Math.max(1e-6, ...picked.map((i) => (ROOM * (space.high[i] - space.low[i])) / 2));
  return {
    kind,
    rows: [unit(n, picked[0]), n === 1 ? [0] : unit(n, picked[1])],
    centre: [middle[0], middle[1] ?? 0],
    half: [reach, n === 1 ? 1 : reach],
    labels: [name(picked[0]), n === 1 ? "" : name(picked[1])],
  };
}

// Across: the signed distance from where the output is zero, so that the boundary is an upright straight line.
function readoutView(space, { w, b, rest, across, along }) {
  const size = lengthOf(w);
  const first = size ? w.map((x) => x / size) : unit(w.length, 0);
  const slope = dot(rest, first);
  const left = rest.map((x, i) => x - slope * first[i]);
  const length = lengthOf(left) || 1;
  const second = left.map((x) => x / length);
  return {
    kind: "readout",
    rows: [first, second],
    centre: [size ? -b / size : 0, dot(second, space.mean)],
    half: [across, along],
    labels: ["what the output reads", "the widest direction left"],
  };
}

// The three axes seen from the side and from above, by two angles: right, up, and towards the eye.
/** @param {number[]} angles */
export function turned([around, above]) {
  const [c, s, cc, ss] = [Math.cos(around), Math.sin(around), Math.cos(above), Math.sin(above)];
  return [
    [c, s, 0],
    [-s * ss, c * ss, cc],
    [s * cc, -c * cc, ss],
  ];
}

// A plane that wanders through the main directions: turned by angles that all grow at speeds of their own.
function toured(space, seconds) {
  const k = space.directions.length;
  const two = [unit(k, 0), unit(k, 1)];
  for (let i = 0; i < 2; i++)
    for (let j = 2; j < k; j++) {
      const angle = SPEED * seconds * Math.sqrt(1 + i + 2 * (j - 2));
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (const row of two) [row[i], row[j]] = [c * row[i] - s * row[j], s * row[i] + c * row[j]];
    }
  return two.map((row) => space.mean.map((_, i) => row.reduce((sum, x, m) => sum + x * space.directions[m][i], 0)));
}

// The same view of the sums z, before the bend: the same directions, but they reach further.
export function beforeBend(view, space) {
  const most = Math.max(...view.half);
  return {
    ...view,
    centre: view.rows.map((row) => dot(row, space.before_mean)),
    half: view.half.map((reach) => (space.before_radius * reach) / most),
  };
}

// Where rows of values are drawn: [u, v], each from -1 to 1 where it is in the picture.
export function place(view, values) {
  return view.rows.slice(0, 2).map((row, k) => {
    const out = new Float32Array(values[0].length).fill(-view.centre[k] / view.half[k]);
    row.forEach((x, i) => {
      if (!x) return;
      const weight = x / view.half[k];
      const from = values[i];
      for (let p = 0; p < out.length; p++) out[p] += weight * from[p];
    });
    return out;
  });
}

export const along = (row, values) => place({ rows: [row], centre: [0], half: [1] }, values)[0];

// How much of the spread of values a view shows: the share of their variance that lies in its plane.
export function shareShown(view, values) {
  const spread = (row) => {
    const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
    return row.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  };
  const total = values.reduce((sum, row) => sum + spread(row), 0);
  const shown = view.rows.slice(0, 2).reduce((sum, row) => sum + spread(along(row, values)), 0);
  return total > 0 ? Math.min(1, shown / total) : 1;
}

// The sums of the output at which it crosses its middle: one for most, none where it never does.
export function crossings(layer, scale) {
  if (scale.probability) return [0];
  if (layer.activation === "identity") return [scale.middle];
  const z = Float64Array.from({ length: 4001 }, (_, k) => (k - 2000) / 50);
  const a = Float64Array.from(z);
  ACTIVATIONS[layer.activation](a, layer.activation_settings);
  const found = [];
  for (let k = 0; k + 1 < z.length; k++) {
    const [low, high] = [a[k] - scale.middle, a[k + 1] - scale.middle];
    if (low > 0 !== high > 0) found.push(z[k] + ((z[k + 1] - z[k]) * low) / (low - high));
  }
  return found;
}
