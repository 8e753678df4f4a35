// The decision surface: a canvas with what the network says about every point of the plane, under Plotly's
// axes and the data points.
import { fit, h, hide, pen, tell } from "../shared/dom.js";
import { placeOf } from "../shared/colour.js";
import { gridPoints } from "./network.js";
import { drawPoints, signOf } from "./points.js";
import { CONFIG, axis, layout, textForPlotly } from "../shared/plot.js";
import { say } from "../shared/format.js";
import { reading, roundTicks, unscaled } from "./units.js";
import { runColour, runMark } from "../shared/runs.js";
import { TYPE } from "../shared/registry.js";
import { grown, ramps } from "../shared/theme.js";

const MARGIN = { l: 36, r: 8, t: 6, b: 34 }; // the least, before the plane is made square
const LETTERS = 4; // of the numbers beside the plane, for which that is enough
const TITLES = [
  ["What the network thinks", " of every point"],
  ["The curve", " that the network has learned"],
];
const SHORT_TITLES = [
  ["What it thinks", ""],
  ["The curve", ""],
];
const NO_TICKS = { tickvals: [], ticktext: [] };
const FINEST = 100; // points of the grid to a side
// How long the network may be evaluated for a picture: one of many while it plays, one that a key waits for, and one
// that stays.
export const BUDGETS_MS = { playing: 3, prompt: 1, fine: 60 };

export class Surface {
  constructor(player, least = MARGIN, goBack = () => {}) {
    this.player = player; // in which it is kept how the picture is drawn
    this.least = least; // margins for the axes
    this.canvas = h("canvas", { class: "under", role: "img", "aria-label": "Decision boundary" });
    this.coarse = document.createElement("canvas"); // not on the page
    this.plot = h("div", { class: "over", "aria-hidden": "true" });
    this.points = h("canvas", { class: "over", "aria-hidden": "true" }); // until Plotly is here
    this.legend = h("span", { class: "classes", hidden: true }); // which colour is which class
    this.legended = ""; // of what that was made, as a text to compare
    this.said = h("span", {});
    this.note = h("p", { class: "note" }, this.legend, this.said);
    this.ring = h("button", {
      ...{ type: "button", class: "ring", hidden: true, "aria-label": "Take the ring away from this point" },
      title: "The point that you chose on the page Fold; click to take the ring away",
      onclick: () => (player.ringed = null),
    });
    this.tag = h("span", { class: "tag", hidden: true }); // which run it is, beside others: above the plane, not on it
    this.tagged = ""; // of what that was made, as a text to compare
    this.box = h("div", { class: "plot square" }, this.canvas, this.points, this.plot, this.ring);
    this.named = h("span", {});
    this.back = h(
      "button",
      {
        ...{ type: "button", class: "small whole", hidden: true, onclick: goBack },
        ...{ "aria-label": "Back to the output", title: "Show what the network says again (Esc)" },
      },
      "← Output",
    );
    this.title = h("h3", {}, this.named, this.back, this.tag);
    const toggle = (label, title, key) => {
      const onchange = () => {
        player.look[key] = box.checked;
        player.changed = true;
      };
      const box = h("input", { type: "checkbox", onchange });
      return [box, h("label", { title }, box, label)];
    };
    const [testBox, testLabel] = toggle("Test points", "Show the points that are held back", "testPoints");
    const [stepBox, stepLabel] = toggle("Discretize", "Only which side of the boundary, not how sure", "discretize");
    this.testBox = testBox;
    this.stepBox = stepBox;
    /** @type {any} */
    this.run = this.network = this.parameters = this.values = this.focus = null;
    this.grids = new Map(); // by fineness: the points at which the network is evaluated
    this.grid = null;
    /** @type {number[][]} */
    this.spans = []; // across, up, and of the values to learn, in the units of the data
    /** @type {{tickvals: number[], ticktext: string[]}[]} */
    this.ticks = []; // across and up
    /** @type {((x: number) => string)[]} */
    this.write = []; // how numbers of the spans are written
    this.margin = least;
    this.cost = 0; // milliseconds for the finest grid
    this.pointed = null; // of what the points were drawn, as a text to compare
    this.plotted = null; // of what the axes were drawn, as a text to compare
    this.pointer = null;
    stepLabel.className = "only-full";
    const foot = h("div", { class: "foot" }, this.note, testLabel, stepLabel);
    this.element = h(
      "section",
      { class: "panel surface", "aria-label": "Decision boundary" },
      this.title,
      this.box,
      foot,
    );
    this.box.addEventListener("pointermove", (event) => this.point(event));
    this.box.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.sayNote();
    });
  }

  setRun(run, network) {
    this.run = run;
    this.network = network;
    this.grids = new Map();
    this.cost = 0;
    this.plotted = null;
    const { data, scale } = run.header;
    const spans = [data.range, data.up, [scale.middle - scale.reach, scale.middle + scale.reach]];
    this.spans = spans.map((span, k) => span.map((x) => unscaled(x, data.units[k])));
    this.ticks = this.spans.slice(0, 2).map((span, k) => (data.axes[k] === null ? NO_TICKS : roundTicks(span)));
    this.write = this.spans.map(reading);
  }

  // What lies at `x` across (0), up (1), or is a value to learn (2), in the units of the data and in words.
  inUnits(x, k) {
    return this.write[k](unscaled(x, this.run.header.data.units[k]));
  }

  // What every unit says on the grid, as fine as there is time for; the diagram draws its maps from the same values.
  evaluate(parameters, budget) {
    const n = [FINEST, 64, 44].find((_, k) => this.cost < 4 ** k * budget) ?? 28;
    if (!this.grids.has(n)) {
      const points = gridPoints(this.run.header.data.range, n);
      this.grids.set(n, { n, inputs: this.network.inputs(points.x1, points.x2) });
    }
    this.grid = this.grids.get(n);
    const start = performance.now();
    this.values = this.network.propagate(parameters, this.grid.inputs);
    const spent = (performance.now() - start) * (FINEST / n) ** 2;
    this.cost += 0.1 * (spent - this.cost);
    return this.values;
  }

  draw(theme, focus) {
    const { width, height } = this.size(theme);
    if (width < 40) return;
    const { margin } = this;
    const inner = { w: width - margin.l - margin.r, h: height - margin.t - margin.b };
    this.focus = focus;
    this.testBox.checked = this.player.look.testPoints;
    this.stepBox.checked = this.player.look.discretize;
    this.sayTitle(this.titleOf(focus));
    hide(this.back, !focus || !this.player.look.neuron);
    this.title.classList.toggle("of-neuron", !!focus); // whose name has the room of the run's
    this.drawLegend(theme);
    this.sayNote();
    this.sayRun(theme);
    if (this.run.header.data.curve) this.drawCurve(theme, width, height, inner);
    else this.drawMap(theme, inner);
    if (this.points.isConnected) this.drawPoints(theme, width, height, inner);
    this.placeRing(inner);
  }

  // Around the training point that was chosen on the page Fold.
  placeRing(inner) {
    const { ringed } = this.player;
    hide(this.ring, !ringed);
    if (!ringed) return;
    const { range, up } = this.run.header.data;
    const share = (x, [low, high]) => (x - low) / (high - low);
    this.ring.style.left = `${this.margin.l + inner.w * share(ringed[0], range)}px`;
    this.ring.style.top = `${this.margin.t + inner.h * (1 - share(ringed[1], up))}px`;
  }

  drawPoints(theme, width, height, inner) {
    const key = this.pointsKey(theme);
    if (key === this.pointed) return;
    this.pointed = key;
    const context = fit(this.points, width, height);
    context.clearRect(0, 0, width, height);
    const box = { x: this.margin.l, y: this.margin.t, width: inner.w, height: inner.h };
    drawPoints(context, box, this.run.header, theme, (pointSize(width) / 2) * theme.zoom, this.player.look.testPoints);
  }

  // Of what the points are drawn, as a text to compare.
  pointsKey(theme) {
    const { width, height } = this.size(theme);
    return [this.run.header.data.name, width, height, theme.dark, theme.zoom, this.player.look.testPoints].join();
  }

  // Beside the name of its run it is short.
  titleOf(focus) {
    if (focus) return [`What ${focus.name} sees`, ""];
    const isCurve = Number(this.run.header.data.curve);
    return this.player.branch ? SHORT_TITLES[isCurve] : TITLES[isCurve];
  }

  // The second half is left away where there is no room for it.
  sayTitle(/** @type {string[]} */ [first, more]) {
    if (this.named.textContent !== first + more) this.named.replaceChildren(first, h("span", { class: "more" }, more));
  }

  // A pixel for each point of the finest grid: the browser makes the canvas as large as the plane, and smooth. A
  // coarser one is drawn to the same size: a canvas whose size changes has the whole page laid out again.
  drawMap(theme, inner) {
    const { n } = this.grid;
    if (this.canvas.width !== FINEST) this.canvas.width = this.canvas.height = FINEST;
    Object.assign(this.canvas.style, {
      left: `${this.margin.l}px`,
      top: `${this.margin.t}px`,
      width: `${inner.w}px`,
      height: `${inner.h}px`,
    });
    const coarse = n < FINEST;
    if (coarse && this.coarse.width !== n) this.coarse.width = this.coarse.height = n;
    const context = pen(coarse ? this.coarse : this.canvas);
    const pixels = context.createImageData(n, n);
    paint(
      new Uint32Array(pixels.data.buffer),
      this.values,
      this.run.header,
      theme,
      this.focus,
      this.player.look.discretize,
    );
    context.putImageData(pixels, 0, 0);
    if (coarse) pen(this.canvas).drawImage(this.coarse, 0, 0, FINEST, FINEST);
  }

  // With one input the network is a curve, and it is drawn as one; a unit in the range of its own values.
  drawCurve(theme, width, height, inner) {
    const context = fit(this.canvas, width, height);
    Object.assign(this.canvas.style, { left: 0, top: 0 });
    context.clearRect(0, 0, width, height);
    const { range, up } = this.run.header.data;
    const n = 300;
    const x = Float32Array.from({ length: n }, (_, k) => range[0] + (k / (n - 1)) * (range[1] - range[0]));
    const out = this.network.evaluate(this.parameters, x, new Float32Array(n));
    const values = this.focus ? out[this.focus.layer][this.focus.unit] : out[out.length - 1][0];
    const top = this.focus ? 1.1 * scaleOf(out, this.focus, this.run.header) : up[1];
    context.save();
    context.beginPath();
    const { l: left, t: above } = this.margin;
    context.rect(left, above, inner.w, inner.h);
    context.clip();
    context.beginPath();
    values.forEach((v, k) => context.lineTo(left + (inner.w * k) / (n - 1), above + inner.h * (0.5 - v / (2 * top))));
    context.strokeStyle = theme.positive;
    context.lineWidth = 3 * theme.zoom;
    context.stroke();
    context.restore();
  }

  // The plane is square, whatever the box: what is left over lies to the right of it and below.
  size({ zoom }) {
    const { clientWidth: width, clientHeight: height } = this.box;
    const { l: left, r, t, b } = grown(this.least, { zoom });
    const letters = Math.max(...this.ticks[1].ticktext.map((text) => text.length)) - LETTERS;
    const l = left && left + Math.max(0, letters) * 0.6 * TYPE.tick * zoom;
    const side = Math.min(width - l - r, height - t - b);
    this.margin = { l, t, r: width - l - side, b: height - t - side };
    return { width, height };
  }

  // Axes and points change only with the data, the size and the theme.
  drawAxes(Plotly, theme) {
    const { data } = this.run.header;
    const size = this.size(theme);
    const key = this.pointsKey(theme);
    if (key === this.plotted || size.width < 40) return false;
    this.plotted = key;
    const [across, up] = data.axes.map((name) => name && textForPlotly(name));
    const hasHeight = up && !data.curve; // which is not told by the point's own words
    const places = (xs, k) => xs.map((x) => unscaled(x, data.units[k]));
    const traces = data.traces.map((t) => ({
      type: "scatter",
      mode: "markers",
      x: places(t.x1, 0),
      y: places(t.x2, 1),
      customdata: t.x1.map((x, k) => [x, t.x2[k], t.values?.[k] ?? 0].map((each, which) => this.inUnits(each, which))),
      name: t.name,
      visible: !t.test || this.player.look.testPoints,
      hovertemplate: `${across} = %{customdata[0]}<br>${hasHeight ? `${up} = %{customdata[1]}<br>` : ""}${t.hover}<extra></extra>`,
      marker: {
        symbol: t.test ? `${t.symbol}-open` : t.symbol,
        size: pointSize(size.width) * theme.zoom,
        line: { width: t.test ? 1.4 : 0.8, ...(t.test ? {} : { color: theme.background }) },
        ...this.colouring(t, theme),
      },
    }));
    const look = layout(theme, size, this.margin, {
      hovermode: "closest",
      xaxis: axis(theme, { range: this.spans[0], title: across, showgrid: false, tickangle: 0, ...this.ticks[0] }),
      yaxis: axis(theme, {
        range: this.spans[1],
        title: up ?? "height means nothing",
        showgrid: false,
        ...this.ticks[1],
      }),
    });
    Plotly.react(this.plot, traces, look, CONFIG);
    this.points.remove();
    return true;
  }

  // Points of a class have its colour; points with a value the colour that the surface would have there.
  colouring(trace, theme) {
    if (!trace.values) return { color: theme.classes[trace.class] };
    const { middle, reach } = this.run.header.scale;
    const colorscale = [
      [0, theme.negative],
      [0.5, theme.neutral],
      [1, theme.positive],
    ];
    return { color: trace.values, cmin: middle - reach, cmax: middle + reach, colorscale };
  }

  point(event) {
    const box = this.box.getBoundingClientRect();
    const [low, high] = this.run.header.data.range;
    const { l, r, t, b } = this.margin;
    const zoom = box.width / this.box.offsetWidth; // less than 1 on a phone that is scrolled on
    const u = ((event.clientX - box.left) / zoom - l) / (this.box.offsetWidth - l - r);
    const v = ((event.clientY - box.top) / zoom - t) / (this.box.offsetHeight - t - b);
    this.pointer = u >= 0 && u <= 1 && v >= 0 && v <= 1 ? [low + u * (high - low), high - v * (high - low)] : null;
    this.sayNote();
  }

  sayRun(theme) {
    const { branch } = this.player;
    const key = branch ? [branch.title, branch.colour, theme.dark].join() : "";
    if (key === this.tagged) return;
    this.tagged = key;
    hide(this.tag, !branch);
    if (branch) this.tag.replaceChildren(runMark(theme, branch.colour), h("span", {}, branch.title));
    this.tag.title = branch?.title ?? "";
    this.tag.style.setProperty("--run", branch ? runColour(theme, branch.colour) : "");
  }

  drawLegend(theme) {
    const { legend, classes, traces } = this.run.header.data;
    const key = legend ? [...classes, theme.dark].join() : "";
    if (key === this.legended) return;
    this.legended = key;
    const signs = traces.filter(({ test }) => legend && !test);
    this.legend.replaceChildren(
      ...signs.flatMap((t, k) => [
        signOf(this.run.header.data, t.class, theme),
        ` ${classes[t.class]}${k < signs.length - 1 ? "," : "."} `,
      ]),
    );
  }

  sayNote() {
    const { header } = this.run;
    hide(this.legend, Boolean(this.pointer && this.parameters) || !header.data.legend);
    if (!this.pointer || !this.parameters) {
      tell(this.said, header.data.note);
      return;
    }
    const [x1, x2] = this.pointer;
    const out = this.network.evaluate(this.parameters, [x1], [x2]);
    const at = this.focus ? [out[this.focus.layer][this.focus.unit]] : out[out.length - 1];
    const values = at.map((row) => row[0]);
    const named = header.data.axes.slice(0, header.data.curve ? 1 : 2);
    const places = named.map((name, k) => name && `${name} = ${this.inUnits([x1, x2][k], k)}`);
    this.said.textContent = `${places.filter(Boolean).join(", ")}: ${this.verdict(values)}`;
  }

  verdict(values) {
    const { task, scale } = this.run.header;
    if (this.focus) return `${this.focus.name} gives ${say(values[0])}`;
    if (task === "regression") return this.inUnits(values[0], 2);
    const best = task === "binary" ? Number(values[0] > scale.middle) : values.indexOf(Math.max(...values));
    const value =
      task === "binary" && best === 0 && scale.probability ? 1 - values[0] : values[task === "binary" ? 0 : best];
    return `${this.run.header.data.classes[best]}, ${scale.probability ? `${say(100 * value)} % sure` : `output ${say(value)}`}`;
  }
}

// In a picture of this width, in pixels across.
function pointSize(width) {
  return Math.max(Math.min(4.5, width / 44), Math.min(8, width / 56));
}

// Fill pixels with the output, or with the unit under the pointer.
export function paint(pixels, values, header, theme, focus, discrete) {
  const colours = ramps(theme);
  const last = values[values.length - 1];
  if (focus)
    return paintSigned(pixels, values[focus.layer][focus.unit], scaleOf(values, focus, header), colours.surface);
  if (header.task === "multiclass") return paintClasses(pixels, last, colours.classes, discrete);
  const { middle, reach } = header.scale;
  const side = (value) => middle + Math.sign(value - middle) * reach;
  for (let p = 0; p < pixels.length; p++)
    pixels[p] = colours.surface[placeOf(discrete ? side(last[0][p]) : last[0][p], middle, reach)];
  return undefined;
}

function paintSigned(pixels, row, scale, colours) {
  for (let p = 0; p < pixels.length; p++) pixels[p] = colours[placeOf(row[p], 0, scale)];
}

// The value that is drawn in full colour: 1 for units that cannot exceed it, the greatest value for others.
export function scaleOf(values, focus, header) {
  if (focus.layer > 0 && header.net.bounded[focus.layer - 1]) return 1;
  let top = 1e-9;
  for (const value of values[focus.layer][focus.unit]) top = Math.max(top, Math.abs(value));
  return top;
}

// Fill pixels with the class that wins there, the stronger the surer; `colours` holds a ramp for each class.
export function paintClasses(pixels, probabilities, colours, discrete) {
  const k = probabilities.length;
  for (let p = 0; p < pixels.length; p++) {
    let best = 0;
    for (let c = 1; c < k; c++) if (probabilities[c][p] > probabilities[best][p]) best = c;
    const sure = discrete ? 1 : Math.max(0, Math.min(1, (probabilities[best][p] - 1 / k) / (1 - 1 / k)));
    pixels[p] = colours[best][Math.max(128, (128 + sure * 127) | 0)];
  }
}
