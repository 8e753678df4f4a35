// What a search has besides its tiles: a line for each run through all its settings to its score, and the parts of them
// that are on show, chosen with the pointer on the chart or with the keys in fields; and each setting by itself.
import { h } from "../shared/dom.js";
import { CONFIG, axis, layout, textForPlotly } from "../shared/plot.js";
import { TYPE } from "../shared/registry.js";
import { grown } from "../shared/theme.js";
import { scoreName } from "./charts.js";
import { SCORE } from "./tiles.js";

/** @import { Tiles } from "./tiles.js" */

// Margins on an ordinary screen, of the lines and of the dots.
const LINES = { l: 56, r: 56, t: 42, b: 14 };
const DOTS = { l: 46, r: 12, t: 6, b: 36 };
const PARTS = 3; // of a range, in the fields

// The axes of the chart: settings, and the score. `at` turns a setting's number into a place on it, `back` a place into a
// number; `ticks` are the numbers that are written beside it.
/** @param {Tiles} tiles */
export function axesOf(tiles) {
  const { axes } = tiles.page;
  const settings = axes.map(({ key, label, ends, values, log }, which) => {
    if (!ends) {
      const range = [-0.5, values.length - 0.5];
      return { key, label, which, range, at: Number, back: Number, ticks: values.map((_, k) => k), words: values };
    }
    const at = log ? Math.log10 : Number;
    const ticks = log ? tenfolds(ends) : evenly(ends);
    const words = ticks.map((x) => String(Number(x.toPrecision(3))));
    return { key, label, which, range: ends.map(at), at, back: log ? (x) => 10 ** x : Number, ticks, words };
  });
  const [low, high] = spanOfScores(tiles);
  const ticks = evenly([low, high]);
  const label = tiles.task === "regression" ? "R²" : "Right answers";
  const score = { key: SCORE, label, which: -1, range: [low, high], at: Number, back: Number };
  return [...settings, { ...score, ticks, words: ticks.map((x) => String(Number(x.toFixed(3)))) }];
}

// Both ends, and the powers of ten between them.
/** @param {number[]} ends */
export function tenfolds([low, high]) {
  const found = [low];
  for (let k = Math.ceil(Math.log10(low) - 1e-9); 10 ** k < high * 0.999; k++)
    if (10 ** k > low * 1.001) found.push(10 ** k);
  return [...found, high];
}

/** @param {number[]} ends */
const evenly = ([low, high]) => Array.from({ length: 5 }, (_, k) => low + ((high - low) * k) / 4);

// From the lowest to the highest score at a run's end.
/** @param {Tiles} tiles @returns {[number, number]} */
function spanOfScores(tiles) {
  const scores = tiles.cells.map((_, cell) => tiles.lastScore(cell)).filter(Number.isFinite);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  return scores.length && low < high ? [low, high] : [0, 1];
}

// The cells that have a line: those with a score at their end.
/** @param {Tiles} tiles */
export const drawnCells = (tiles) =>
  tiles.cells.flatMap((_, cell) => (Number.isFinite(tiles.lastScore(cell)) ? [cell] : []));

// The parts of an axis that can be chosen with the keys: [low, high] as numbers, and in words.
export function partsOf({ which, key, range, back, ticks, words }, { page }) {
  if (which >= 0 && !page.axes[which].ends) return ticks.map((k) => ({ part: [k - 0.5, k + 0.5], words: words[k] }));
  const ends = Array.from({ length: PARTS + 1 }, (_, k) => back(range[0] + ((range[1] - range[0]) * k) / PARTS));
  const told = (x) => (key === SCORE ? String(Number(x.toFixed(3))) : String(Number(x.toPrecision(2))));
  return ends.slice(1).map((end, k) => ({ part: [ends[k], end], words: `${told(ends[k])} to ${told(end)}` }));
}

// Whether two parts are the same, but for rounding on the way through a chart.
const same = (one, other) => one.every((x, k) => Math.abs(x - other[k]) <= 1e-6 * Math.max(1, Math.abs(x)));

// The fields: one for each axis, with what is on show chosen.
/** @param {Tiles} tiles @param {(only: Record<string, number[]>) => void} choose */
export function fieldsFor(tiles, choose) {
  return axesOf(tiles).map((told) => {
    const parts = partsOf(told, tiles);
    const now = tiles.only[told.key];
    const at = now ? parts.findIndex(({ part }) => same(part, now)) : -1;
    const asDrawn = now && at < 0;
    const select = h(
      "select",
      {
        onchange: () => {
          const only = { ...tiles.only };
          if (select.value === "-1") delete only[told.key];
          else only[told.key] = parts[Number(select.value)].part;
          choose(only);
        },
      },
      h("option", { value: "-1" }, "all"),
      ...parts.map(({ words }, k) => h("option", { value: String(k), selected: k === at }, words)),
      ...(asDrawn ? [h("option", { value: "-2", selected: true, disabled: true }, "as on the chart")] : []),
    );
    return h("label", {}, `${told.label} `, select);
  });
}

// A line for each run; `choose` is told what a pointer has marked on the axes.
/** @param {Tiles} tiles @param {(only: Record<string, number[]>) => void} choose */
export function drawLines(Plotly, plot, theme, tiles, choose) {
  const { clientWidth: room, clientHeight: height } = /** @type {HTMLElement} */ (plot.parentElement);
  if (room < 60) return;
  const axes = axesOf(tiles);
  const width = Math.max(room, 92 * theme.zoom * axes.length);
  const cells = drawnCells(tiles);
  const scores = cells.map((cell) => tiles.lastScore(cell));
  const dimensions = axes.map(({ key, label, which, range, at, ticks, words }) => ({
    ...{ label: shortened(label, width / axes.length / theme.zoom), range, multiselect: false },
    values: which < 0 ? scores : cells.map((cell) => at(tiles.numberOf(cell, which))),
    ...{ tickvals: ticks.map(at), ticktext: words.map(textForPlotly) },
    constraintrange: tiles.only[key]?.map(at),
  }));
  const [cmin, cmax] = spanOfScores(tiles);
  const letters = (color, size) => ({ color, size: TYPE[size] * theme.zoom, family: theme.font });
  const trace = {
    ...{ type: "parcoords", dimensions, labelside: "top" },
    ...{ labelfont: letters(theme.text, "small"), tickfont: letters(theme.text, "tick") },
    rangefont: letters("rgba(0,0,0,0)", "tick"),
    line: { color: scores, cmin, cmax, colorscale: [[0, theme.grid], [0.5, theme.muted], [1, theme.positive]] }, // prettier-ignore
    unselected: { line: { color: theme.grid, opacity: 0.25 } },
  };
  Plotly.react(plot, [trace], layout(theme, { width, height }, grown(LINES, theme)), CONFIG);
  if (plot.listens) return;
  plot.listens = true;
  plot.on("plotly_restyle", () => choose(markedOn(plot.data[0].dimensions, axesOf(tiles))));
}

// What is marked on the chart's axes, as numbers.
export function markedOn(dimensions, axes) {
  /** @type {Record<string, number[]>} */
  const only = {};
  axes.forEach(({ key, back }, k) => {
    const range = dimensions[k].constraintrange;
    if (range?.length) only[key] = (Array.isArray(range[0]) ? range[0] : range).map(back);
  });
  return only;
}

const shortened = (label, room) =>
  textForPlotly(label.length > room / 7 ? `${label.slice(0, Math.floor(room / 7) - 1)}…` : label);

// A dot for every run over a setting, at the first rung, which all have reached.
/** @param {Tiles} tiles @param {number} which */
export function drawSetting(Plotly, plot, theme, tiles, which, epoch) {
  const { clientWidth: width, clientHeight: height } = plot;
  if (width < 60) return;
  const told = axesOf(tiles)[which];
  const cells = tiles.cells.flatMap((tile, cell) => (tile ? [cell] : []));
  const dots = {
    ...{ type: "scatter", mode: "markers" },
    x: cells.map((cell) => told.at(tiles.numberOf(cell, which))),
    y: cells.map((cell) => scoreOf(tiles.cells[cell], epoch)),
    text: cells.map((cell) => textForPlotly(tiles.nameOf(cell))),
    marker: { color: theme.positive, size: 7, opacity: 0.75 },
    hovertemplate: "%{text}: %{y:.3f}<extra></extra>",
  };
  const look = layout(theme, { width, height }, grown(DOTS, theme), {
    xaxis: axis(theme, {
      ...{ tickvals: told.ticks.map(told.at), ticktext: told.words.map(textForPlotly), showgrid: false },
      ...{ range: widened(told.range), title: textForPlotly(told.label), tickangle: 0 },
    }),
    yaxis: axis(theme, { nticks: 5, title: scoreName(tiles.task) }),
  }); // prettier-ignore
  Plotly.react(plot, [dots], look, CONFIG);
}

// The mean over the seeds, one that has diverged or is below zero as 0: what the importance is made of.
export function scoreOf(tile, epoch) {
  const scores = tile.scoresAt(epoch).map((score) => (Number.isFinite(score) ? Math.max(0, score) : 0));
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** @param {number[]} range */
const widened = ([low, high]) => [low - 0.04 * (high - low), high + 0.04 * (high - low)];

// Who went on at each rung, in sentences.
export const rungsInWords = (rungs) =>
  rungs.map(([epoch, came, on]) =>
    on === 1
      ? `After epoch ${epoch} the best of ${came} runs went on alone.`
      : `After epoch ${epoch} the best ${on} of ${came} runs went on.`,
  );

// What is on show, for a link: `lr:0.01~0.1;score:0.9~1`.
export const toText = (only) =>
  Object.entries(only)
    .map(([key, ends]) => `${key}:${ends.map((x) => Number(x.toPrecision(6))).join("~")}`)
    .join(";");
