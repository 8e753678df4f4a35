// The losses of all runs over the clock, as Plotly draws them: each run in its colour and dash, its seeds as a band.
import { TEST_LOSS, TRAIN_LOSS } from "../stage/recording.js";
import { DASHES, LETTERS, runColour } from "../shared/runs.js";
import { UNITS, endOf } from "./clock.js";

/** @import { Recording } from "../stage/recording.js" */
/** @import { Unit } from "./clock.js" */

// A run's test loss, and thin its training loss.
/** @param {Recording} run @param {number} k @param {Unit} unit @param {any} theme */
export function curvesOf(run, k, unit, theme, withTraining = true) {
  const line = (column, name, thin) => ({
    type: "scatter",
    mode: "lines",
    name: `${LETTERS[k]} ${name}`,
    x: run.rows.map((row) => UNITS[unit].of(run, row)),
    y: run.rows.map((row) => (row[column] > 0 ? row[column] : null)), // a logarithm has no zero
    opacity: thin ? 0.45 : 1,
    line: { color: runColour(theme, k), width: (thin ? 1 : 2.2) * theme.zoom, dash: DASHES[k] },
    hovertemplate: `${LETTERS[k]} ${name}: %{y:.4~g}<extra></extra>`,
  });
  const test = line(TEST_LOSS, "test loss", false);
  return withTraining ? [line(TRAIN_LOSS, "training loss", true), test] : [test];
}

// Where the middle 80 % of the seeds lie, their median, and thin behind them every seed, all in one broken line; fainter
// where there are many bands.
/** @param {Recording} run @param {number} k @param {Unit} unit @param {any} theme */
export function bandOf(run, k, unit, theme, many = false) {
  const { seeds } = run.header;
  if (!seeds?.epochs.length) return [];
  const colour = runColour(theme, k);
  const timeOf = (epoch) => (epoch / run.lastEpoch) * endOf(run, unit);
  const x = seeds.epochs.map(timeOf);
  const trace = (y, more) => ({ type: "scatter", mode: "lines", x, y, hoverinfo: "skip", ...more });
  const [low, middle, high] = seeds.loss;
  const none = { width: 0, color: colour };
  const lines = seeds.lines.flatMap((line) => [...line, null]);
  const at = seeds.lines.flatMap(() => [...seeds.line_epochs.map(timeOf), null]);
  return [
    trace(low, { line: none }),
    trace(high, { line: none, fill: "tonexty", fillcolor: `${colour}${many ? "1c" : "2e"}` }),
    trace(lines, { x: at, opacity: many ? 0.1 : 0.2, line: { width: 1, color: colour } }),
    trace(middle, { line: { width: 1.2, color: colour, dash: "dot" } }),
  ];
}
