// The one chart of a scene, drawn for the back row: few marks, large letters, and nothing of what is still to come.
import { fit, h } from "../shared/dom.js";
import { percent, say } from "../shared/format.js";
import { layerName } from "../shared/names.js";
import { layerColour } from "../shared/theme.js";
import { EPOCH, TEST_LOSS, TEST_SCORE, TRAIN_LOSS, TRAIN_SCORE } from "../stage/recording.js";

/** @import { Recording } from "../stage/recording.js" */
/** @typedef {{name: string, colour: string, dash: number[], run: Recording, of: (row: Float32Array) => number}} Line */
/** @typedef {{name: string, colour: string, value: number}} Bar */

const LOG_FROM = 100; // a curve that spans more than this has a logarithmic axis
const MOST_LOG = 1e6;

export const TITLES = {
  loss: "Loss: how wrong it is",
  accuracy: "Share of right answers",
  gradients: "Gradient: how hard each layer is pushed",
};

export class Chart {
  constructor() {
    this.canvas = h("canvas", { role: "img" });
    this.box = h("div", { class: "plot" }, this.canvas);
    this.title = h("h3", {});
    this.element = h("section", { class: "panel chart" }, this.title, this.box);
    this.name = "loss";
    /** @type {Recording[]} */
    this.runs = [];
    /** @type {string[]} */
    this.labels = [];
    this.end = 1;
    this.named = false; // whether something else on screen says which colour is which run's
    /** @type {{low: number, high: number, log: boolean}} */
    this.span = { low: 0, high: 1, log: false };
    this.inner = { left: 0, right: 1, top: 0, bottom: 1 };
  }

  // A chart of these runs up to an epoch, at which its axis ends.
  set(
    /** @type {string} */ name,
    /** @type {Recording[]} */ runs,
    /** @type {string[]} */ labels,
    /** @type {number} */ end,
  ) {
    this.name = name;
    this.runs = runs;
    this.labels = labels;
    this.end = Math.max(1, end);
    this.title.textContent = name === "gradients" && runs.length > 1 ? "Gradient of the first layer" : TITLES[name];
    this.span = spanOf(name, runs, this.end);
  }

  // What the curves are; side by side one for each run.
  /** @returns {Line[]} */
  lines(theme) {
    const [train, test] = this.name === "loss" ? [TRAIN_LOSS, TEST_LOSS] : [TRAIN_SCORE, TEST_SCORE];
    const held = (/** @type {Recording} */ run) => Number.isFinite(run.rows[0]?.[test]);
    if (this.runs.length > 1) {
      return this.runs.map((run, k) => ({
        name: this.labels[k],
        ...markOf(theme, k, this.runs.length),
        run,
        of: (row) => row[held(run) ? test : train],
      }));
    }
    const [run] = this.runs;
    const learned = { name: "seen points", colour: theme.train, dash: [], run, of: (row) => row[train] };
    const unseen = { name: "new points", colour: theme.test, dash: [10, 8], run, of: (row) => row[test] };
    return held(run) ? [learned, unseen] : [learned];
  }

  /** @returns {Bar[]} */
  bars(theme, /** @type {number} */ epoch) {
    const norms = this.runs.map((run) => [...run.gradients(run.rows[run.indexAt(epoch, EPOCH)])]);
    const n = norms[0].length;
    if (this.runs.length > 1)
      return norms.map(([value], k) => ({ name: this.labels[k], colour: layerColour(theme, k, norms.length), value }));
    return norms[0].map((value, l) => ({ name: layerName(l + 1, n), colour: layerColour(theme, l, n), value }));
  }

  draw(theme, /** @type {number} */ epoch, /** @type {number} */ letters) {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width < 80 || height < 60) return;
    const context = fit(this.canvas, width, height);
    context.clearRect(0, 0, width, height);
    context.font = `${letters}px ${theme.font}`;
    context.textBaseline = "middle";
    if (this.name === "gradients") this.drawBars(context, theme, epoch, { width, height, letters });
    else this.drawLines(context, theme, epoch, { width, height, letters });
  }

  // ---- curves ------------------------------------------------------------------------------------------------
  drawLines(context, theme, epoch, { width, height, letters }) {
    const ticks = this.ticks();
    const lines = this.lines(theme);
    const left = 12 + Math.max(...ticks.map((tick) => context.measureText(this.tickText(tick)).width));
    const legend = this.named ? [] : legendRows(context, lines, width - left, letters);
    const inner = {
      left,
      right: width - letters * 0.6,
      top: 0.7 * letters + legend.length * 1.25 * letters,
      bottom: height - 1.5 * letters,
    };
    this.inner = inner;
    context.lineWidth = 1.5;
    for (const tick of ticks) {
      const y = this.y(tick);
      context.strokeStyle = theme.grid;
      stroke(context, [inner.left, y], [inner.right, y]);
      context.fillStyle = theme.text;
      context.textAlign = "right";
      context.fillText(this.tickText(tick), inner.left - 8, y);
    }
    context.textAlign = "left";
    context.fillText("epoch 0", inner.left, height - 0.7 * letters);
    context.textAlign = "right";
    context.fillText(say(this.end), inner.right, height - 0.7 * letters);
    for (const line of lines) this.drawLine(context, line, epoch, letters);
    drawLegend(context, legend, theme, inner.left, letters);
  }

  // The curve up to the moment, with a dot at its end.
  drawLine(context, /** @type {Line} */ { colour, dash, run, of }, epoch, letters) {
    const last = run.indexAt(epoch, EPOCH);
    context.save();
    context.beginPath();
    for (let k = 0; k <= last; k++) context.lineTo(this.x(run.rows[k][EPOCH]), this.y(of(run.rows[k])));
    context.strokeStyle = colour;
    context.lineWidth = letters / 6;
    context.lineJoin = "round";
    context.setLineDash(dash);
    context.stroke();
    context.restore();
    context.beginPath();
    context.arc(this.x(run.rows[last][EPOCH]), this.y(of(run.rows[last])), letters / 4, 0, 7);
    context.fillStyle = colour;
    context.fill();
  }

  x(/** @type {number} */ epoch) {
    return this.inner.left + (Math.min(epoch, this.end) / this.end) * (this.inner.right - this.inner.left);
  }

  y(/** @type {number} */ value) {
    const { low, high, log } = this.span;
    const finite = Number.isFinite(value) ? value : high;
    const share = log
      ? (Math.log(Math.max(finite, low)) - Math.log(low)) / (Math.log(high) - Math.log(low))
      : (finite - low) / (high - low);
    return this.inner.bottom - Math.max(0, Math.min(1, share)) * (this.inner.bottom - this.inner.top);
  }

  ticks() {
    const { low, high, log } = this.span;
    if (this.name === "accuracy") return [0, 0.5, 1].filter((tick) => tick >= low);
    if (!log) return [0, high / 2, high];
    const decades = Math.round(Math.log10(high / low));
    const step = Math.ceil(decades / 3);
    return Array.from({ length: Math.floor(decades / step) + 1 }, (_, k) => low * 10 ** (k * step));
  }

  tickText(/** @type {number} */ tick) {
    return this.name === "accuracy" ? percent(tick).replace(".0", "") : say(tick, 2);
  }

  // ---- bars --------------------------------------------------------------------------------------------------
  // One bar for each layer, on a logarithmic scale that begins at the least of all that comes.
  drawBars(context, theme, epoch, { width, height, letters }) {
    const bars = this.bars(theme, epoch);
    const size = Math.min(letters, (0.8 * height) / bars.length);
    context.font = `${size}px ${theme.font}`;
    const measure = (text) => context.measureText(text).width;
    const left = 10 + Math.max(...bars.map(({ name }) => measure(name)));
    const right = width - 16 - Math.max(...bars.map(({ value }) => measure(say(value, 2))), measure("8.8×10⁻⁸"));
    const step = height / bars.length;
    const high = Math.min(0.62 * step, 1.6 * letters);
    this.inner = { left, right, top: 0, bottom: height };
    bars.forEach(({ name, colour, value }, k) => {
      const y = (k + 0.5) * step;
      const long = Math.max(0, this.share(value)) * (right - left);
      context.fillStyle = theme.text;
      context.textAlign = "right";
      context.fillText(name, left - 10, y);
      context.fillStyle = theme.grid;
      context.fillRect(left, y - high / 2, right - left, high);
      context.fillStyle = colour;
      context.fillRect(left, y - high / 2, long, high);
      context.fillStyle = theme.text;
      context.textAlign = "left";
      context.fillText(say(value, 2), right + 10, y);
    });
  }

  // How long the bar of a value is, of 1; nothing for a value that is not there.
  share(/** @type {number} */ value) {
    const { low, high } = this.span;
    if (!(value > 0)) return 0;
    return Math.min(1, Math.log(value / low) / Math.log(high / low));
  }

  // Where an epoch or a layer of this chart is, for what points at it: {x, y, width, height}.
  placeOf(/** @type {{kind: string, at: number[]}} */ { kind, at }) {
    const { left, right, bottom } = this.inner;
    if (kind === "epoch" && this.name !== "gradients") {
      const [run] = this.runs;
      const [line] = this.lines({ layers: [""] });
      return { x: this.x(at[0]), y: this.y(line.of(run.rows[run.indexAt(at[0], EPOCH)])), width: 0, height: 0 };
    }
    if (kind !== "layer" || this.name !== "gradients") return null;
    const step = bottom / this.runs[0].n_layers;
    return { x: (left + right) / 2, y: (at[0] - 0.5) * step, width: right - left, height: 0.8 * step };
  }
}

// How the curve of one of several runs is drawn, and in CSS the line under its name.
export const markOf = (theme, /** @type {number} */ k, /** @type {number} */ n) => ({
  colour: layerColour(theme, k, n),
  ...MARKS[k],
});
const MARKS = [
  { dash: [], border: "solid" },
  { dash: [18, 9], border: "dashed" },
  { dash: [3, 8], border: "dotted" },
  { dash: [18, 7, 3, 7], border: "double" },
];

function stroke(context, from, to) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

// The names of the curves in as many rows as they need.
function legendRows(context, lines, width, letters) {
  /** @type {{line: Line, width: number}[][]} */
  const rows = [[]];
  let used = 0;
  for (const line of lines) {
    const wide = 2.2 * letters + context.measureText(line.name).width + letters;
    if (used + wide > width && rows[rows.length - 1].length) {
      rows.push([]);
      used = 0;
    }
    rows[rows.length - 1].push({ line, width: wide });
    used += wide;
  }
  return rows;
}

function drawLegend(context, rows, theme, left, letters) {
  context.textAlign = "left";
  rows.forEach((row, k) => {
    const y = 0.7 * letters + k * 1.25 * letters;
    let x = left;
    for (const { line, width } of row) {
      context.save();
      context.strokeStyle = line.colour;
      context.lineWidth = letters / 5;
      context.setLineDash(line.dash);
      stroke(context, [x, y], [x + 1.7 * letters, y]);
      context.restore();
      context.fillStyle = theme.text;
      context.fillText(line.name, x + 2 * letters, y);
      x += width;
    }
  });
}

// From where to where an axis goes, so that it stays as it is while a scene plays.
function spanOf(name, /** @type {Recording[]} */ runs, /** @type {number} */ end) {
  const rows = runs.flatMap((run) => run.rows.slice(0, run.indexAt(end, EPOCH) + 1).map((row) => ({ run, row })));
  if (name === "gradients") {
    const values = rows.flatMap(({ run, row }) =>
      runs.length > 1 ? [run.gradients(row)[0]] : [...run.gradients(row)],
    );
    return decadesOf(
      values.filter((value) => value > 0 && Number.isFinite(value)),
      3,
    );
  }
  if (name === "accuracy") {
    const scores = rows.flatMap(({ row }) => [row[TRAIN_SCORE], row[TEST_SCORE]]).filter(Number.isFinite);
    return { low: Math.min(0, ...scores.map((score) => Math.max(-1, score))), high: 1, log: false };
  }
  const losses = rows.flatMap(({ row }) => [row[TRAIN_LOSS], row[TEST_LOSS]]).filter(Number.isFinite);
  const [least, most] = [losses.reduce((a, b) => Math.min(a, b), Infinity), losses.reduce((a, b) => Math.max(a, b), 0)];
  if (most > LOG_FROM * Math.max(least, 0))
    return decadesOf(
      losses.filter((loss) => loss > 0),
      1,
    );
  return { low: 0, high: roundUp(most), log: false };
}

function decadesOf(/** @type {number[]} */ values, /** @type {number} */ least) {
  if (!values.length) return { low: 0.1, high: 1, log: true };
  const low =
    10 **
    Math.floor(
      Math.log10(
        Math.max(
          1e-12,
          values.reduce((a, b) => Math.min(a, b)),
        ),
      ),
    );
  const top = 10 ** Math.ceil(Math.log10(values.reduce((a, b) => Math.max(a, b))));
  return {
    low: Math.max(low, top / 1e12),
    high: Math.min(MOST_LOG * MOST_LOG, Math.max(top, low * 10 ** least)),
    log: true,
  };
}

function roundUp(/** @type {number} */ x) {
  if (!(x > 0)) return 1;
  const unit = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((k) => k * unit).find((round) => round >= x - 1e-12) ?? x;
}
