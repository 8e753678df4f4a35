// Curves over the epochs, with a line at the moment shown: gradient norms, scores, and the timeline's loss.
import { h } from "../shared/dom.js";
import { CONFIG, axis, layout, textForPlotly } from "../shared/plot.js";
import { DASHES, lineMark, runColour } from "../shared/runs.js";
import { grown } from "../shared/theme.js";
import { EPOCH } from "./recording.js";
import { judged } from "./stops.js";

/** @import { Recording } from "./recording.js" */

const MOST_POINTS = 500;
const LOW_HEIGHT = 70; // pixels on an ordinary screen, of a chart that is a thin line

export class Curves {
  // lines(run, theme) -> [{name, colour, dash, of: (row, run) => number}]
  constructor({ name, title, lines, yaxis, margin = { l: 44, r: 8, t: 4, b: 18 }, legend = true }) {
    this.lines = lines;
    this.yaxis = yaxis;
    this.least = margin; // on an ordinary screen
    this.margin = margin;
    this.scale = "linear"; // of the vertical axis
    /** @type {any} */
    this.run = null;
    this.drawn = null; // of what the chart was drawn, as a text to compare
    /** @type {{width: number, end: number} | null} */
    this.span = null; // the chart's width, and the epoch at its end
    this.plot = h("div", { class: "over", "aria-hidden": "true" });
    this.canvas = h("div", { class: "under", role: "img", "aria-label": title }); // empty: Plotly draws, this tells
    this.cursor = h("div", { class: "cursor" });
    this.box = h("div", { class: "plot" }, this.canvas, this.plot, this.cursor);
    this.legend = h("span", { class: "legend", hidden: !legend });
    this.named = h("span", {}, title);
    this.title = h("h3", {}, this.named, this.legend);
    this.element = h("section", { class: `panel curves ${name}`, "aria-label": title }, this.title, this.box);
  }

  setRun(run) {
    this.run = run;
    this.drawn = null;
  }

  // The axis ends at the goal of the run or at a round number beyond what is recorded, so that it moves seldom.
  end(goal) {
    const ends = this.others().map(({ recording }) => Math.min(recording.lastEpoch, goal));
    const last = Math.max(this.run.lastEpoch, ...ends);
    if (last <= goal && Number.isFinite(goal)) return Math.max(1, goal);
    let end = 200;
    while (end < last) end *= 1.5;
    return Math.ceil(end);
  }

  // The width of the chart, and the epoch at its end: the cursor and the hand need no more, and no Plotly.
  measure(goal, theme) {
    this.margin = grown(this.least, theme);
    const { clientWidth: width } = this.box;
    return width < 60 ? null : { width, end: this.end(goal) };
  }

  drawChart(Plotly, theme, goal) {
    const { clientWidth: width, clientHeight: height } = this.box;
    const span = this.measure(goal, theme);
    if (!span) return false;
    const { end } = span;
    const others = this.others();
    const lines = this.lines(this.run, theme);
    const key = [
      this.run.header.run,
      this.run.version,
      ...others.map(({ recording, colour }) => [recording.header.run, recording.version, colour]),
      ...lines.map((line) => line.colour),
      width,
      height,
      theme.dark,
      theme.zoom,
      end,
      this.scale,
    ].join();
    if (key === this.drawn) return false;
    this.drawn = key;
    this.span = span;
    const rows = thinned(this.run.rows);
    const x = rows.map((row) => row[EPOCH]);
    const traces = lines.map((line) => ({
      type: "scatter",
      mode: "lines",
      name: line.name,
      x,
      y: rows.map((row) => line.of(row, this.run)),
      line: { color: line.colour, width: (line.width ?? 1.8) * theme.zoom, dash: line.dash ?? "solid" },
      hovertemplate: `${line.name}: %{y:.4~g}<extra></extra>`,
    }));
    for (const other of others) traces.unshift(branchLine(other, theme));
    const nticks = height < LOW_HEIGHT * theme.zoom ? 2 : 4; // or one number would lie on the next
    const look = layout(theme, { width, height }, this.margin, {
      hovermode: "x unified",
      xaxis: axis(theme, { range: [0, end], nticks: 8 }),
      yaxis: axis(theme, {
        nticks,
        exponentformat: "power",
        ...sparse(traces, this.yaxis(this), nticks),
      }),
    });
    Plotly.react(this.plot, traces, look, CONFIG);
    return true;
  }

  // Runs to compare with; a chart of its own says which.
  /** @returns {{recording: Recording, title: string, colour: number}[]} */
  others() {
    return [];
  }

  drawLegend(theme) {
    const lines = this.lines(this.run, theme);
    const text = lines.map((line) => line.name).join();
    const colours = lines.map((line) => line.colour).join();
    if (this.legend.dataset.key === text + colours) return;
    this.legend.dataset.key = text + colours;
    this.legend.replaceChildren(
      ...lines.map((line) => {
        return h("span", {}, lineMark(line.colour, line.dash, line.width), line.name);
      }),
    );
  }

  moveCursor(epoch) {
    if (!this.span) return;
    const inner = this.span.width - this.margin.l - this.margin.r;
    const x = this.margin.l + inner * Math.min(1, epoch / this.span.end);
    this.cursor.style.transform = `translateX(${x}px)`;
    this.cursor.style.visibility = "visible";
  }

  epochAt(clientX) {
    const box = this.box.getBoundingClientRect();
    const inner = box.width - this.margin.l - this.margin.r;
    return ((clientX - box.left - this.margin.l) / inner) * (this.span?.end ?? 1);
  }
}

// The loss of a run to compare with, by which it is judged: on the test points, or on the training points without such.
function branchLine({ recording, title, colour }, theme) {
  const rows = thinned(recording.rows);
  const column = judged(recording, "loss");
  return {
    type: "scatter",
    mode: "lines",
    name: title,
    x: rows.map((row) => row[EPOCH]),
    y: rows.map((row) => row[column]),
    line: { color: runColour(theme, colour), width: 1.4 * theme.zoom, dash: DASHES[colour] },
    hovertemplate: `${textForPlotly(title)}: %{y:.4~g}<extra></extra>`,
  };
}

// A long curve is drawn with fewer points, the first and the last among them.
function thinned(rows) {
  if (rows.length <= MOST_POINTS) return rows;
  const step = (rows.length - 1) / (MOST_POINTS - 1);
  return Array.from({ length: MOST_POINTS }, (_, k) => rows[Math.round(k * step)]);
}

// On a logarithmic axis over more than a power of ten or two, the powers alone are named: 2 and 5 would lie on them.
function sparse(traces, yaxis, nticks) {
  if (yaxis.type !== "log") return yaxis;
  const values = traces.flatMap(({ y }) => y).filter((value) => value > 0 && Number.isFinite(value));
  const decades = Math.log10(
    values.reduce((a, b) => Math.max(a, b), 0) / values.reduce((a, b) => Math.min(a, b), Infinity),
  );
  return decades > 1.5 ? { ...yaxis, dtick: Math.max(1, Math.ceil(decades / nticks)) } : yaxis;
}
