// A heat map of the weights for each layer, biases in the last row: cells on a canvas in every frame, axes and
// hover from Plotly, whose numbers are brought up to date when the pointer comes or the picture stands still.
import { placeOf } from "../shared/colour.js";
import { fit, h, onPress, pen, tell } from "../shared/dom.js";
import { CONFIG, axis, layout } from "../shared/plot.js";
import { say } from "../shared/format.js";
import { parameterName } from "../shared/names.js";
import { TYPE } from "../shared/registry.js";
import { grown, ramps } from "../shared/theme.js";

const MARGIN = { l: 34, r: 8, t: 16, b: 18 }; // on an ordinary screen, as all lengths here
const GAP = 34;
const HIGH = 11; // of a row that can be named
const WIDE = 14; // and of a column

export class Weights {
  constructor(edit) {
    this.edit = edit;
    /** @type {any} */
    this.run = this.network = this.parameters = this.Plotly = null;
    this.plotted = null; // of what the axes were drawn, as a text to compare
    this.filled = null; // the parameters that the hover tells, and since when
    this.filledAt = -Infinity;
    this.full = 1; // the weight that is drawn in full colour
    this.canvas = h("canvas", { class: "under", role: "img", "aria-label": "Weights and biases" });
    this.plot = h("div", { class: "over", "aria-hidden": "true" });
    this.row = h("div", { role: "row" }, h("div", { role: "gridcell" }));
    this.grid = h(
      "div",
      {
        class: "cells",
        role: "grid",
        tabindex: "0",
        "aria-label": "Weights and biases: arrow keys choose one, Enter sets it by hand",
        onkeydown: (event) => this.key(event),
        onfocus: () => this.moveTo(this.at),
        onblur: () => this.markCell(),
      },
      this.row,
    );
    this.margin = MARGIN; // in pixels of this screen, and the gap between two layers
    this.gap = GAP;
    this.at = { l: 0, i: 0, j: 0 }; // the cell that the keyboard has chosen
    this.box = h("div", { class: "plot" }, this.canvas, this.plot, this.grid);
    this.scale = h("span", { class: "scale" });
    this.cells = document.createElement("canvas");
    this.named = h("span", {}, "Weights and biases ");
    this.title = h("h3", {}, this.named, this.scale);
    this.element = h("section", { class: "panel weights", "aria-label": "Weight heat maps" }, this.title, this.box);
    this.box.addEventListener("pointerenter", () => this.fillHover());
    this.box.addEventListener("pointermove", () => this.fillHover());
    onPress(this.box, (event) => this.press(event));
  }

  // How many rows of cells a layer has: its inputs, and its biases below them if it has any.
  rows(l) {
    return this.network.layers[l].n_in + (this.network.net.use_bias ? 1 : 0);
  }

  setRun(run, network) {
    this.named.textContent = network.net.use_bias ? "Weights and biases " : "Weights ";
    this.run = run;
    this.network = network;
    this.plotted = null;
    this.filled = null;
  }

  // Layer l's cells stand between `left` and `right`, in pixels; wide layers get more room.
  areas(width) {
    const layers = this.network.layers;
    const gap = Math.min(this.gap, (width - this.margin.l - this.margin.r) / layers.length / 3);
    const room = width - this.margin.l - this.margin.r - gap * (layers.length - 1);
    const least = Math.max(2.5, 0.04 * layers.reduce((units, layer) => units + layer.n_out, 0));
    const share = layers.map((layer) => Math.max(least, layer.n_out));
    const sum = share.reduce((a, b) => a + b);
    let left = this.margin.l;
    return share.map((s) => {
      const area = { left, right: left + (room * s) / sum };
      left = area.right + gap;
      return area;
    });
  }

  draw(theme, parameters) {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width < 60) return;
    this.margin = grown(MARGIN, theme);
    this.gap = GAP * theme.zoom;
    this.parameters = parameters;
    const context = fit(this.canvas, width, height);
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    const top = this.top(parameters);
    const high = height - this.margin.t - this.margin.b;
    this.areas(width).forEach(({ left, right }, l) => {
      const { n_in, n_out } = this.network.layers[l];
      const rows = this.rows(l);
      const [w, dy] = [(right - left) / n_out, high / rows];
      this.drawCells(l, parameters, top, ramps(theme).signed);
      context.drawImage(this.cells, 0, 0, n_out, rows, left, this.margin.t, right - left, high);
      for (let j = 1; w > 5 && j < n_out; j++) context.clearRect(left + j * w - 1, this.margin.t, 1, high);
      for (let i = 1; dy > 5 && i < rows; i++) context.clearRect(left, this.margin.t + i * dy - 1, right - left, 1);
      context.fillStyle = theme.text;
      if (rows > n_in) context.fillRect(left, this.margin.t + n_in * dy - 1, right - left, 1);
    });
    this.markCell();
  }

  // A layer with a pixel for each cell, in the corner of a canvas of its own.
  drawCells(l, parameters, top, colours) {
    const { n_out } = this.network.layers[l];
    const rows = this.rows(l);
    if (this.cells.width < n_out) this.cells.width = n_out;
    if (this.cells.height < rows) this.cells.height = rows;
    const image = new ImageData(n_out, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let p = 0; p < pixels.length; p++)
      pixels[p] = colours[placeOf(this.value(parameters, l, Math.floor(p / n_out), p % n_out), 0, top)];
    pen(this.cells).putImageData(image, 0, 0);
  }

  // What stands in a cell: a weight, or in the last row a bias.
  value(parameters, l, i, j) {
    return i < this.network.layers[l].n_in
      ? this.network.weight(parameters, l, i, j)
      : this.network.bias(parameters, l, j);
  }

  // One scale for all layers, so that colours can be compared; it moves in steps of √2, not with every frame.
  top(parameters) {
    let most = 0.5;
    for (const value of parameters) most = Math.max(most, Math.abs(value));
    this.full = 2 ** (Math.ceil(2 * Math.log2(most)) / 2);
    return this.full;
  }

  drawAxes(Plotly, theme) {
    const { clientWidth: width, clientHeight: height } = this.box;
    const key = [this.run.header.run, width, height, theme.dark, theme.zoom].join();
    if (key === this.plotted || width < 60) return false;
    this.plotted = key;
    this.Plotly = Plotly;
    const { net } = this.run.header;
    const inner = width - this.margin.l - this.margin.r;
    /** @type {any} */
    const more = { annotations: [] };
    const areas = this.areas(width);
    const traces = areas.map(({ left, right }, l) => {
      const { n_in, n_out } = this.network.layers[l];
      const tight = right - left < this.gap; // no room for numbers under it, nor beside its neighbour
      const n = l ? l + 1 : "";
      const names = l === 0 && !net.plane ? net.feature_labels : Array.from({ length: n_in }, (_, k) => String(k + 1));
      const rows = this.rows(l);
      const high = (height - this.margin.t - this.margin.b) / rows;
      const named = every(n_in, HIGH * theme.zoom, high).filter(
        (k) => rows === n_in || (n_in - k) * high >= HIGH * theme.zoom,
      );
      const ticks = [...named, ...(rows > n_in ? [n_in] : [])];
      const across = every(n_out, WIDE * theme.zoom, (right - left) / n_out);
      more[`xaxis${n}`] = axis(theme, {
        domain: [(left - this.margin.l) / inner, (right - this.margin.l) / inner],
        range: [-0.5, n_out - 0.5],
        tickvals: tight && n_out > 1 ? [] : across,
        ticktext: across.map((k) => String(k + 1)),
        showgrid: false,
        showline: false,
        anchor: `y${n}`,
      });
      more[`yaxis${n}`] = axis(theme, {
        range: [rows - 0.5, -0.5],
        tickvals: tight && l > 0 ? [] : ticks,
        ticktext: ticks.map((k) => (k === n_in ? "b" : names[k])),
        showgrid: false,
        showline: false,
        anchor: `x${n}`,
      });
      more.annotations.push({
        text: heading(l, areas, 48 * theme.zoom),
        showarrow: false,
        xref: "paper",
        yref: "paper",
        y: 1,
        ...(l + 1 < areas.length ? { x: (left - this.margin.l) / inner, xanchor: "left" } : { x: 1, xanchor: "right" }),
        yanchor: "bottom",
        font: { size: TYPE.tick * theme.zoom, color: theme.muted },
      });
      return {
        type: "heatmap",
        xaxis: `x${n}`,
        yaxis: `y${n}`,
        showscale: false,
        hoverongaps: false,
        zmin: -1,
        zmax: 1,
        colorscale: [
          [0, "rgba(0,0,0,0)"],
          [1, "rgba(0,0,0,0)"],
        ],
        z: this.matrix(l),
        text: Array.from({ length: rows }, (_, i) =>
          Array.from({ length: n_out }, (_, j) => parameterName(l, i, j, net)),
        ),
        hovertemplate: "%{text}<br>%{z:.5f}<extra></extra>",
      };
    });
    Plotly.react(
      this.plot,
      traces,
      layout(theme, { width, height }, this.margin, { hovermode: "closest", ...more }),
      CONFIG,
    );
    return true;
  }

  matrix(l) {
    const { n_out } = this.network.layers[l];
    return Array.from({ length: this.rows(l) }, (_, i) =>
      Array.from({ length: n_out }, (_, j) => this.value(this.parameters, l, i, j)),
    );
  }

  // A click on a cell sets its weight by hand.
  press(event) {
    if (!this.parameters) return;
    const box = this.box.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top - this.margin.t];
    const l = this.areas(box.width).findIndex(({ left, right }) => x >= left && x < right);
    if (l < 0 || y < 0 || y >= box.height - this.margin.t - this.margin.b) return;
    const { n_out } = this.network.layers[l];
    const { left, right } = this.areas(box.width)[l];
    const i = Math.floor((y / (box.height - this.margin.t - this.margin.b)) * this.rows(l));
    const j = Math.floor(((x - left) / (right - left)) * n_out);
    this.editCell({ l, i, j }, event);
  }

  editCell({ l, i, j }, event) {
    const { network, parameters } = this;
    const place = i === network.layers[l].n_in ? network.biasPlace(l, j) : network.weightPlace(l, i, j);
    this.edit(place, parameterName(l, i, j, this.run.header.net), this.value(parameters, l, i, j), event);
  }

  // Arrow keys go from cell to cell, and from the edge of a layer to the next; Enter sets the weight by hand.
  key(event) {
    const { l, i, j } = this.at;
    const moves = {
      ArrowUp: { l, i: i - 1, j },
      ArrowDown: { l, i: i + 1, j },
      ArrowLeft: { l, i, j: j - 1 },
      ArrowRight: { l, i, j: j + 1 },
    };
    if (event.key === "Enter") {
      const { left, bottom } = this.row.firstChild.getBoundingClientRect();
      this.editCell(this.at, { clientX: left, clientY: bottom, preventDefault: () => event.preventDefault() });
    } else if (moves[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.moveTo(moves[event.key]);
    }
  }

  moveTo({ l, i, j }) {
    if (!this.parameters) return;
    const { layers } = this.network;
    if (j < 0 && l > 0) [l, j] = [l - 1, Infinity];
    else if (j >= layers[l]?.n_out && l + 1 < layers.length) [l, j] = [l + 1, 0];
    const within = (k, most) => Math.max(0, Math.min(k, most));
    l = within(l, layers.length - 1);
    this.at = { l, i: within(i, this.rows(l) - 1), j: within(j, layers[l].n_out - 1) };
    // A new element, so that a screen reader tells it.
    const id = `cell-${Object.values(this.at).join("-")}`;
    this.row.replaceChildren(h("div", { role: "gridcell", id, "aria-label": this.cellInWords() }));
    this.grid.setAttribute("aria-activedescendant", id);
    this.markCell();
  }

  cellInWords() {
    const { l, i, j } = this.at;
    return `${parameterName(l, i, j, this.run.header.net)}: ${say(this.value(this.parameters, l, i, j))}`;
  }

  // A frame around the chosen cell while the keyboard is here, and what it holds beside the title.
  markCell() {
    const { l, i, j } = this.at;
    const layer = this.network.layers[l];
    const here = document.activeElement === this.grid && layer && i < this.rows(l) && j < layer.n_out;
    tell(this.scale, here ? this.cellInWords() : `(full colour at ±${say(this.full, 2)})`);
    if (!here) return;
    const { left, right } = this.areas(this.box.clientWidth)[l];
    const [w, high] = [
      (right - left) / layer.n_out,
      (this.box.clientHeight - this.margin.t - this.margin.b) / this.rows(l),
    ];
    Object.assign(this.row.firstChild.style, {
      left: `${left + j * w}px`,
      top: `${this.margin.t + i * high}px`,
      width: `${w}px`,
      height: `${high}px`,
    });
  }

  fillHover() {
    if (!this.plotted || !this.parameters || this.filled === this.parameters) return;
    if (performance.now() - this.filledAt < 200) return;
    this.filledAt = performance.now();
    this.filled = this.parameters;
    this.Plotly.restyle(this.plot, { z: this.network.layers.map((_, l) => this.matrix(l)) });
  }
}

// A layer's name, shorter for all where two stand close together.
function heading(l, areas, room) {
  const short = areas.some(({ left }, k) => k > 0 && left - areas[k - 1].left < room);
  if (l + 1 === areas.length) return short ? "Out" : "Output";
  return short ? String(l + 1) : `Layer ${l + 1}`;
}

// Places in a row, as many as can be named when each name takes `needed` pixels and each place has `room`.
function every(count, needed, room) {
  const step = Math.max(1, Math.ceil(needed / room));
  return Array.from({ length: Math.ceil(count / step) }, (_, k) => k * step);
}
