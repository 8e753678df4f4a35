// The map as a landscape in 3-D: a toggle, for a flat map is easier to read.
import { runColour } from "../shared/runs.js";
import { CONFIG, layout, textForPlotly } from "../shared/plot.js";
import { say } from "../shared/format.js";
import { ramp, Scale } from "./map.js";

export function drawSolid(Plotly, plot, theme, { told, losses, path, others }) {
  const size = { width: plot.clientWidth, height: plot.clientHeight };
  if (size.width < 60) return;
  const { n, middle, reach, labels } = told;
  const scale = new Scale(losses);
  // As high as the scale of colours goes: what is beyond would make all the rest flat.
  const height = (loss) => scale.low + scale.of(loss) * (scale.high - scale.low);
  const along = (k) => Array.from({ length: n }, (_, i) => middle[k] - reach + (2 * reach * i) / (n - 1));
  const colours = ramp(theme);
  const colorscale = [0, 64, 128, 192, 255].map((k) => [k / 255, `rgb(${colours[k].join(",")})`]);
  const rows = Array.from({ length: n }, (_, row) =>
    Array.from(losses.subarray(row * n, (row + 1) * n), (loss) => (Number.isFinite(loss) ? height(loss) : null)),
  );
  const flat = (title) => ({
    title: { text: textForPlotly(title) },
    color: theme.muted,
    gridcolor: theme.grid,
    showbackground: false,
  });
  const line = (places, color) => ({
    ...{ type: "scatter3d", mode: "lines", hoverinfo: "skip", line: { color, width: 5 } },
    ...{ x: places.map(({ x }) => x), y: places.map(({ y }) => y), z: places.map(({ loss }) => height(loss)) },
  });
  const shares = [0, 0.25, 0.5, 0.75, 1];
  const ticks = {
    tickvals: shares.map((share) => scale.low + share * (scale.high - scale.low)),
    ticktext: shares.map((share) => say(scale.at(share), 2)),
  };
  const traces = [
    {
      type: "surface",
      x: along(0),
      y: along(1),
      z: rows,
      colorscale,
      showscale: false,
      hoverinfo: "skip",
      contours: { z: { show: true, color: theme.muted, width: 1 } },
    },
    line(path, theme.text),
    ...others.map((other, k) => line(other, runColour(theme, k + 1))),
  ];
  const scene = {
    xaxis: flat(labels[0]),
    yaxis: flat(labels[1]),
    zaxis: { ...flat("loss"), ...ticks },
    camera: { eye: { x: -1.4, y: -1.7, z: 1.1 } },
  };
  const margin = { l: 0, r: 0, t: 0, b: 0 };
  Plotly.react(
    plot,
    traces,
    { ...layout(theme, size, margin), dragmode: "turntable", scene, uirevision: "kept" },
    CONFIG,
  );
}
