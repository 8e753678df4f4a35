// The stations of the film: the input plane, what the network is told of it, and each hidden layer; between them the stops
// before each bend. A station keeps how it is looked at, and where everything lies there at the moment.
import { unitName } from "../shared/names.js";
import { along, beforeBend, kindsOf, place, planeView, shareShown, viewOf } from "./views.js";

/** @typedef {{kind: string, units: number[], turn: number[], seconds: number}} Choice */

export class Station {
  /**
   * @param {string} kind "plane", "inputs", "features" or "after" a layer
   * @param {any} space as playground/geometry/fold.py tells it; null for the plane, where it is not what the network is told
   * @param {any} header of the run
   */
  constructor(kind, space, layer, header, isLast, oneInput) {
    this.kind = kind;
    this.space = space;
    this.layer = layer;
    this.header = header;
    this.isLast = isLast;
    this.oneInput = oneInput;
    this.nUnits = kind === "plane" ? (oneInput ? 1 : 2) : space.mean.length;
    this.kinds = kind === "plane" ? [oneInput ? "line" : "axes"] : kindsOf(this.nUnits, isLast);
    /** @type {Choice} */
    this.choice = { kind: this.kinds[0], units: [0, 1], turn: [0.6, 0.4], seconds: 0 };
    this.view = planeView(header.data.range, header.data.axes);
  }

  get title() {
    const end = this.isLast ? ", before the output" : "";
    if (this.kind === "plane") return this.oneInput ? `The input${end}` : `The input plane${end}`;
    if (this.kind === "inputs") return `The inputs${end}`;
    return (this.kind === "features" ? "The features" : `After layer ${this.layer}`) + end;
  }

  // The name of the i-th unit, as on every other page.
  name(i) {
    return unitName(this.layer, i, this.header.net);
  }

  short(i) {
    return this.kind === "after" ? `neuron ${i + 1}` : this.name(i).replace("input ", "");
  }

  look(readout) {
    if (this.kind === "plane") {
      const { range, axes } = this.header.data;
      this.view = planeView(range, [axes[0], this.oneInput ? "" : axes[1]]);
      if (this.oneInput)
        Object.assign(this.view, {
          kind: "line",
          rows: [
            [1, 0],
            [0, 0],
          ],
          half: [this.view.half[0], 1],
          centre: [0, 0],
        });
    } else this.view = viewOf(this.space, this.choice, (i) => this.name(i), this.isLast ? readout : null);
    return this.view;
  }

  // What a cloud of points has here: where it is on the plane, or the values of the units.
  valuesOf(cloud) {
    return this.kind === "plane" ? cloud.plane : cloud.out[this.layer];
  }

  lay(cloud) {
    return place(this.view, this.valuesOf(cloud));
  }

  // The same before the bend.
  layBefore(cloud, parameters) {
    return place(beforeBend(this.view, this.space), cloud.sums(parameters, this.layer - 1));
  }

  depth(cloud) {
    return this.view.depth ? along(this.view.depth, this.valuesOf(cloud)) : null;
  }

  share(cloud) {
    return shareShown(this.view, this.valuesOf(cloud));
  }

  // The axes of the units, where each of them has one in the picture.
  axes() {
    const { rows, centre, half, kind } = this.view;
    const at = (x) => [0, 1].map((k) => (rows[k].reduce((sum, r, i) => sum + r * x[i], 0) - centre[k]) / half[k]);
    if (kind === "solid") {
      const ends = [0, 1, 2].map((i) => [0, 1, 2].map((k) => (k === i ? this.space.radius * 0.9 : 0)));
      return ends.map((end, i) => ({ at: [at([0, 0, 0]), at(end)], name: this.short(i) }));
    }
    if (kind === "readout" || kind === "line") return [];
    const [u, v] = [0, 1].map((k) => (kind === "main" || kind === "tour" ? 0 : -centre[k] / half[k]));
    return [
      {
        at: [
          [-2, v],
          [2, v],
        ],
        name: "",
      },
      {
        at: [
          [u, -2],
          [u, 2],
        ],
        name: "",
      },
    ];
  }
}

// All stations of a run.
export function stationsOf(told, header) {
  const { net } = header;
  const { one_input } = told;
  const nHidden = net.layers.length - 1;
  const isPlain = one_input ? net.features.join() === "x1" : net.features.join() === "x1,x2";
  const many = told.plane === null || net.plane !== null;
  const make = (kind, k, layer) =>
    new Station(kind, k === null ? null : told.spaces[k], layer, header, layer === nHidden && k !== null, one_input);
  const first = many
    ? [make("inputs", 0, 0)]
    : isPlain
      ? [make("plane", 0, 0)]
      : [make("plane", null, 0), make("features", 0, 0)];
  return [...first, ...Array.from({ length: nHidden }, (_, l) => make("after", l + 1, l + 1))];
}

// The stops of the film: a station's own, and before each hidden layer's the sums before the bend.
export function stopsOf(stations, net) {
  return stations.flatMap((station) => {
    const { kind, layer, isLast } = station;
    const bend = layer ? net.activation_labels[layer - 1] : "";
    const stop = { kind, layer, isLast, bend, station };
    return kind === "after" ? [{ ...stop, kind: "before" }, stop] : [stop];
  });
}
