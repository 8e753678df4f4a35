// The charts beside the map: the way straight from start to end, how sharply the loss bends over the run, and all bends at
// the moment.
import { CONFIG, axis, layout } from "../shared/plot.js";
import { say } from "../shared/format.js";
import { grown } from "../shared/theme.js";

const MARGIN = { l: 52, r: 8, t: 6, b: 34 };
const SMALL = 1e-6; // eigenvalues nearer to zero than this are as good as none

const line = (x, y, name, colour, dash) => ({
  type: "scatter",
  mode: "lines",
  x,
  y,
  name,
  line: { color: colour, width: 2, dash },
  hovertemplate: "%{y:.4~g}",
});

function draw(Plotly, plot, theme, traces, xaxis, yaxis, more = {}) {
  const size = { width: plot.clientWidth, height: plot.clientHeight };
  if (size.width < 60) return;
  Plotly.react(
    plot,
    traces,
    layout(theme, size, grown(MARGIN, theme), { xaxis: axis(theme, xaxis), yaxis: axis(theme, yaxis), ...more }),
    CONFIG,
  );
}

export function drawProfile(Plotly, plot, theme, { train, test }) {
  const share = Array.from(train, (_, k) => k / (train.length - 1));
  const traces = [line(share, [...train], "training loss", theme.train, "solid")];
  if (test.some(Number.isFinite)) traces.push(line(share, [...test], "test loss", theme.test, "dot"));
  draw(
    Plotly,
    plot,
    theme,
    traces,
    { title: "share of the way from start to end", nticks: 6 },
    { type: "log", title: "loss", nticks: 5 },
  );
}

export function drawSharpness(Plotly, plot, theme, told, epoch) {
  const positive = told.values.map((value) => (value > 0 ? value : null));
  const traces = [line(told.epochs, positive, "largest eigenvalue", theme.positive, "solid")];
  const last = told.epochs[told.epochs.length - 1] ?? 1;
  if (told.edge) traces.push(line([0, last], [told.edge, told.edge], "2 / learning rate", theme.negative, "dash"));
  const now = {
    type: "line",
    x0: epoch,
    x1: epoch,
    yref: "paper",
    y0: 0,
    y1: 1,
    line: { color: theme.text, width: 1.5, dash: "dot" },
  };
  draw(
    Plotly,
    plot,
    theme,
    traces,
    { title: "epoch", nticks: 6, range: [0, last] },
    { type: "log", title: "sharpness", nticks: 5 },
    { shapes: [now] },
  );
}

// Each eigenvalue as a bar, on a scale that has room for large and small ones of both signs.
export function drawSpectrum(Plotly, plot, theme, { values }) {
  const scaled = values.map((value) => Math.sign(value) * Math.log10(1 + Math.abs(value) / SMALL));
  const ticks = [-1, -1e-3, 0, 1e-3, 1, 100];
  const trace = {
    ...{
      type: "bar",
      x: values.map((_, k) => k + 1),
      y: scaled,
      customdata: values,
      hovertemplate: "%{customdata:.4~g}<extra></extra>",
    },
    marker: { color: values.map((value) => (value < 0 ? theme.negative : theme.positive)) },
  };
  const y = {
    tickvals: ticks.map((value) => Math.sign(value) * Math.log10(1 + Math.abs(value) / SMALL)),
    ticktext: ticks.map((value) => say(value)),
  };
  draw(Plotly, plot, theme, [trace], { title: "eigenvalues, largest first", nticks: 6 }, y, {
    bargap: 0,
  });
}

export const negative = (values) => values.filter((value) => value < -SMALL).length;

export function spectrumInWords({ values, whole }) {
  if (!whole)
    return `The two largest eigenvalues are ${say(values[0], 3)} and ${say(values[1], 3)}; this network has too many for all of them.`;
  const n = negative(values);
  const shape = n ? "downhill there too: a saddle, not a bowl" : "a bowl: uphill in every direction, or flat";
  return `${n} of ${values.length} eigenvalues are negative, from ${say(values[0], 3)} down to ${say(values[values.length - 1], 3)}: ${shape}.`;
}
