// The charts beside the tiles, drawn by Plotly: what each axis does by itself, and the curves of one tile's seeds.
import { CONFIG, axis, layout, textForPlotly } from "../shared/plot.js";
import { say } from "../shared/format.js";
import { grown } from "../shared/theme.js";

/** @import { Tile, Tiles } from "./tiles.js" */

const MARGIN = { l: 46, r: 8, t: 6, b: 36 };

export const scoreName = (task) => (task === "regression" ? "R²" : "share of right answers");

// The median of numbers, the lower of the two in the middle; NaN of none.
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted.length ? sorted[(sorted.length - 1) >> 1] : NaN;
}

// For each value of an axis the scores at an epoch of all runs that have it; a run that has diverged has none right.
/** @param {Tiles} tiles @param {number} which @param {number} epoch */
export function byValue(tiles, which, epoch) {
  const found = tiles.page.axes[which].values.map(() => /** @type {number[]} */ ([]));
  tiles.cells.forEach((tile, cell) => {
    if (!tile) return;
    const place = which === 0 ? cell % tiles.columns : Math.floor(cell / tiles.columns);
    found[place].push(...tile.scoresAt(epoch).map((score) => (Number.isFinite(score) ? Math.max(0, score) : 0)));
  });
  return found;
}

// A dot for every run over the values of an axis, and the line of their medians.
export function drawEffect(Plotly, plot, theme, tiles, which, epoch) {
  const { clientWidth: width, clientHeight: height } = plot;
  if (width < 60) return;
  const found = byValue(tiles, which, epoch);
  const { label, values } = tiles.page.axes[which];
  const jitter = (k, i, n) => k + (n > 1 ? 0.3 * (i / (n - 1) - 0.5) : 0);
  const dots = {
    type: "scatter",
    mode: "markers",
    x: found.flatMap((scores, k) => scores.map((_, i) => jitter(k, i, scores.length))),
    y: found.flat(),
    marker: { color: theme.muted, size: 4, opacity: 0.5 },
    hoverinfo: "skip",
  };
  const line = {
    type: "scatter",
    mode: "lines+markers",
    x: found.map((_, k) => k),
    y: found.map((scores) => (scores.length ? median(scores) : null)),
    text: values.map(textForPlotly),
    line: { color: theme.positive, width: 2.4 },
    marker: { color: theme.positive, size: 7 },
    hovertemplate: "%{text}: median %{y:.3f}<extra></extra>",
  };
  const look = layout(theme, { width, height }, grown(MARGIN, theme), {
    xaxis: axis(theme, {
      ...{ tickvals: values.map((_, k) => k), ticktext: values.map(textForPlotly), showgrid: false },
      ...{ range: [-0.5, values.length - 0.5], title: textForPlotly(label), tickangle: 0 },
    }),
    yaxis: axis(theme, { nticks: 5, title: scoreName(tiles.task) }),
  });
  Plotly.react(plot, [dots, line], look, CONFIG);
}

// The loss of every seed of a tile, on new points where there are any; the run that is drawn in full.
/** @param {Tile} tile */
export function drawSeeds(Plotly, plot, theme, tile, epochs) {
  const { clientWidth: width, clientHeight: height } = plot;
  if (width < 60) return;
  const traces = tile.told.seeds.map((seed, k) => ({
    type: "scatter",
    mode: "lines",
    x: tile.moments,
    y: tile.moments.map((_, at) => (tile.loss(at, k) > 0 ? tile.loss(at, k) : null)),
    line: {
      color: k === tile.told.middle ? theme.positive : theme.muted,
      width: k === tile.told.middle ? 2.4 : 1.1,
    },
    hovertemplate: `seed ${seed}: %{y:.4~g}<extra></extra>`,
  }));
  const look = layout(theme, { width, height }, grown(MARGIN, theme), {
    hovermode: "x unified",
    xaxis: axis(theme, { range: [0, epochs], nticks: 6, title: "epochs" }),
    yaxis: axis(theme, { type: "log", nticks: 4, exponentformat: "power", title: "loss on new points" }),
  });
  Plotly.react(plot, traces, look, CONFIG);
}

// What the seeds of a tile came to, in words.
/** @param {Tile} tile */
export function seedsInWords(tile, task, percent) {
  const { seeds, broke, middle } = tile.told;
  const end = tile.moments.length - 1;
  const each = seeds.map((seed, k) => {
    if (broke[k] !== null) return `seed ${seed} diverged after epoch ${broke[k]}`;
    const score = tile.score(end, k);
    return `seed ${seed}: ${task === "regression" ? say(score, 3) : percent(score)}`;
  });
  const drawn = seeds.length > 1 ? ` Drawn is seed ${seeds[middle]}, the one in the middle.` : "";
  return `At the end ${each.join(", ")}.${drawn}`;
}
