// The film of a run: where the layers have carried the sheet, the training points and the boundary at every stop, and
// between two stops; at any moment of the run, from its parameters. It knows no page and paints nothing.
import { bytesOf } from "../shared/bytes.js";
import { layerColour } from "../shared/theme.js";
import { bunches } from "./picture.js";
import { boundary, Cloud, Sheet } from "./sheet.js";
import { stationsOf, stopsOf } from "./station.js";
import { crossings } from "./views.js";

/** @import { Scene } from "./picture.js" */

const COARSE = 41; // points of the lattice along a side, while anything moves
const FINE = 81;

export class Film {
  /** @param {any} told as playground/geometry/fold.py tells it @param {any} header of the run */
  constructor(told, header) {
    this.told = told;
    this.header = header;
    this.stations = stationsOf(told, header);
    this.stops = stopsOf(this.stations, header.net);
    this.sheets = [COARSE, FINE].map((n) => new Sheet(header.net, header.data.range, n, told.one_input));
    this.cloud = new Cloud(header.net, told.plane?.map((row) => Float32Array.from(row)) ?? null, unpacked(told));
    this.pair = told.pairs[0]; // the outputs between which the boundary lies, or the only one
    /** @type {{theme: any, groups: any[]}} */
    this.bunched = { theme: null, groups: [] };
    this.switches = false; // whether the lines at which single neurons switch are drawn
    /** @type {any} */
    this.moment = null;
    /** @type {Map<any, Scene>} */
    this.scenes = new Map(); // of the moment, by station, as far as somebody asked
  }

  get last() {
    return this.stops.length - 1;
  }

  // What the points are drawn in; fixed as long as the theme is.
  groups(theme) {
    if (this.bunched.theme !== theme) this.bunched = { theme, groups: bunches(this.told, this.header, theme) };
    return this.bunched.groups;
  }

  // Where the film is, in stops, once it has come so many layers far: between two layers lie the sums before the bend.
  stopOf(/** @type {number} */ layers) {
    const stands = (/** @type {number} */ layer) =>
      layer ? this.stops.findIndex((stop) => stop.kind === "after" && stop.layer === layer) : 0;
    const most = this.stops[this.last].layer;
    const layer = Math.max(0, Math.min(most, Math.floor(layers + 1e-9)));
    if (layer === most) return stands(most);
    return stands(layer) + Math.max(0, layers - layer) * (stands(layer + 1) - stands(layer));
  }

  // Go to a moment: where the sheet, the points and the boundary are in every layer.
  move(parameters, /** @type {boolean} */ isFine, theme) {
    const { header, pair } = this;
    const sheet = this.sheets[Number(isFine)];
    sheet.move(parameters);
    this.cloud.move(parameters);
    const reading = { pair, scale: header.scale };
    const sides = sheet.sides(parameters, reading);
    const ends = sheet.contour(sides);
    // A picture of many takes the boundary as straight between the points of the lattice, one that stays asks the network.
    const cloud = isFine ? boundary(sheet, parameters, reading, header.net, sides, ends) : null;
    const isMulti = header.task === "multiclass";
    const outputs = sheet.out[sheet.out.length - 1];
    const side = Uint8Array.from(sides, (value, p) => (isMulti ? best(outputs, p) : Number(value > 0)));
    const colours = isMulti
      ? outputs.map((_, c) => theme.classes[c % theme.classes.length])
      : [theme.negative, theme.positive];
    this.moment = {
      ...{ parameters, sheet, side, ends, boundary: cloud, readout: this.readout(parameters) },
      theme: { ...theme, sides: colours },
    };
    this.scenes.clear();
  }

  // The direction in which the output reads at the moment.
  readout(parameters) {
    const found = this.told.readouts.find(({ pair }) => pair.join() === this.pair.join());
    if (!found) return null;
    const { network } = this.cloud;
    const l = network.layers.length - 1;
    const [i, j] = this.pair;
    const minus = (of) => of(i) - (j === undefined ? 0 : of(j));
    const w = found.rest.map((_, k) => minus((c) => network.weight(parameters, l, k, c)));
    return { ...found, w, b: minus((c) => network.bias(parameters, l, c)) };
  }

  // The picture of a station.
  /** @returns {Scene} */
  sceneOf(station) {
    const scene = this.scenes.get(station) ?? this.stationScene(station);
    this.scenes.set(station, scene);
    return scene;
  }

  /** @returns {Scene} */
  stationScene(station) {
    const { moment } = this;
    const view = station.look(moment.readout);
    const { sheet } = moment;
    const lattice = station.lay(sheet);
    const isFlat = sheet.high > 1 && view.kind !== "line" && view.kind !== "solid";
    return {
      ...{ sheet, lattice, side: moment.side },
      points: spreadOut(station.lay(this.cloud), view.kind === "line"),
      boundary: moment.boundary ? station.lay(moment.boundary) : cut(lattice, moment.ends),
      folded: isFlat ? sheet.folded(lattice) : [],
      crushed: sheet.high > 1 && station.kind === "after" ? sheet.crushed(station.valuesOf(sheet)) : [],
      upright: view.kind === "readout" ? this.upright(view) : [],
      depth: station.depth(this.cloud),
      axes: station.axes(),
      labels: view.labels,
      lines: this.switches && station.kind === "plane" ? this.switchLines(lattice) : [],
    };
  }

  // Where the boundary is an upright line: at the sums of the output that lie on its middle.
  upright(view) {
    const { readout, parameters } = this.moment;
    const { layers } = this.cloud.network;
    const layer = layers[layers.length - 1];
    const sums = this.pair.length > 1 ? [0] : crossings(layer, this.header.scale);
    const size = Math.hypot(...readout.w);
    return parameters.length && size ? sums.map((z) => z / size / view.half[0]) : [];
  }

  // The lines at which the sums of the hidden neurons are zero.
  switchLines(lattice) {
    const { sheet, parameters, theme } = this.moment;
    const { layers } = this.cloud.network;
    return layers.slice(0, -1).flatMap((_, l) =>
      sheet.sums(parameters, l).map((sums) => {
        return { ends: cut(lattice, sheet.contour(sums)), colour: layerColour(theme, l, layers.length) };
      }),
    );
  }

  // Where the film is at so many stops: between two, everything is on its straight way from one picture to the next.
  /** @returns {Scene} */
  sceneAt(/** @type {number} */ at) {
    const k = Math.min(Math.floor(at), this.last);
    const share = at - k;
    const from = this.stopScene(this.stops[k]);
    if (share === 0) return from;
    const to = this.stopScene(this.stops[k + 1]);
    const t = share * share * (3 - 2 * share); // slowly away and slowly there
    const mix = (name) => from[name].map((row, c) => row.map((x, p) => x + t * (to[name][c][p] - x)));
    const lattice = mix("lattice");
    return {
      ...(share < 0.5 ? from : to),
      ...{ lattice, points: mix("points"), boundary: mix("boundary") },
      ...{ upright: [], crushed: [], lines: [], axes: [], labels: ["", ""] },
      folded: from.folded.length && to.folded.length ? this.moment.sheet.folded(lattice) : [],
    };
  }

  /** @returns {Scene} */
  stopScene(stop) {
    const { moment } = this;
    const { station } = stop;
    const scene = this.sceneOf(station);
    if (stop.kind !== "before") return scene;
    const lay = (cloud) => station.layBefore(cloud, moment.parameters);
    const lattice = lay(moment.sheet);
    return {
      ...scene,
      ...{ lattice, points: spreadOut(lay(this.cloud), station.view.kind === "line") },
      boundary: moment.boundary ? lay(moment.boundary) : cut(lattice, moment.ends),
      ...{ upright: [], crushed: [], lines: [], axes: [], labels: ["", ""] },
      folded: scene.folded.length ? moment.sheet.folded(lattice) : [],
    };
  }
}

// Ends of pieces of a contour, between the points of the lattice where they lie in a picture.
const cut = (lattice, ends) =>
  lattice.map((x) => Float32Array.from(ends, ([p, q, share]) => x[p] + share * (x[q] - x[p])));
const best = (outputs, p) => outputs.reduce((top, row, c) => (row[p] > outputs[top][p] ? c : top), 0);

// On a line, points would hide each other: they are spread out up and down, which means nothing.
/** @returns {[Float32Array, Float32Array]} */
function spreadOut([u, v], isLine) {
  return [u, isLine ? v.map((_, p) => 0.5 * (((p * 0.618034) % 1) - 0.5)) : v];
}

// The inputs of the points, [n_in][n_points], from base64.
function unpacked({ inputs, labels }) {
  const floats = new Float32Array(bytesOf(inputs).buffer);
  const n = labels.length;
  return Array.from({ length: floats.length / n }, (_, i) => floats.slice(i * n, (i + 1) * n));
}
