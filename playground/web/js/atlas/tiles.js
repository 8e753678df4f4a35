// What the browser holds of a grid or a search: for each cell the run of its middle seed, as the pictures need it, and
// the curves of all its seeds; who was dropped on the way, and which cells are on show.
import { rowAt } from "../compare/clock.js";
import { Recording } from "../stage/recording.js";

/** @import { AtlasPage, AtlasProgress, AtlasTile } from "../stage/types.d.ts" */

export const SCORE = "score"; // the key of the scores among the parts that are shown
const FIGURES = 6; // step, epoch, losses and scores; then the parameters

// A run like any other, but that its rows tell no sizes of gradients.
export class CellRun extends Recording {
  parameters(row) {
    return row.subarray(FIGURES);
  }
}

export class Tile {
  /** @param {AtlasTile} told @param {CellRun} run @param {Float32Array} curves @param {number[]} moments */
  constructor(told, run, curves, moments) {
    this.told = told;
    this.run = run;
    this.moments = moments;
    this.n = told.seeds.length;
    this.losses = curves.subarray(0, moments.length * this.n);
    this.scores = curves.subarray(moments.length * this.n);
  }

  // The middle seed's row at an epoch; null before there is one.
  rowAt(epoch) {
    return this.run.rows.length ? rowAt(this.run, epoch, "epochs") : null;
  }

  // The place of the latest moment that is not after an epoch.
  placeOf(epoch) {
    let k = 0;
    while (k + 1 < this.moments.length && this.moments[k + 1] <= epoch + 1e-9) k++;
    return k;
  }

  // A seed's number after a moment; NaN from where it has diverged.
  loss(k, seed) {
    return this.hasBroken(seed, this.moments[k]) ? NaN : this.losses[k * this.n + seed];
  }

  score(k, seed) {
    return this.hasBroken(seed, this.moments[k]) ? NaN : this.scores[k * this.n + seed];
  }

  hasBroken(seed, epoch) {
    const broke = this.told.broke[seed];
    return broke !== null && epoch > broke;
  }

  // Whether the run that is drawn has diverged by an epoch, and after which.
  brokenAt(epoch) {
    const { broke, middle } = this.told;
    return this.hasBroken(middle, epoch) ? broke[middle] : null;
  }

  // The score of the run that is drawn; NaN where it has diverged.
  scoreAt(epoch) {
    return this.score(this.placeOf(epoch), this.told.middle);
  }

  // The scores of all seeds.
  scoresAt(epoch) {
    const k = this.placeOf(epoch);
    return Array.from({ length: this.n }, (_, seed) => this.score(k, seed));
  }
}

export class Tiles {
  /** @param {AtlasPage} page */
  constructor(page) {
    this.page = page;
    this.isSearch = page.form === "search";
    /** @type {(Tile | null)[]} */
    this.cells = page.cells.map(() => null);
    /** @type {AtlasProgress | null} */
    this.progress = null;
    this.count = 0; // of how many cells one has come
    this.received = 0; // how many have come: once more where a run has gone on
    this.dropped = new Map(); // cells that did not go on, and the epoch at which they have ended
    /** @type {Record<string, number[]>} */
    this.only = page.only; // the parts of axes, by their keys, that tiles are shown of; a choice goes by its place
    this.spans = new Map(); // as `span` has found them
    this.problems = new Map(page.cells.flatMap(({ problem }, cell) => (problem ? [[cell, problem]] : [])));
    this.columns = page.columns;
    this.rows = Math.ceil(page.cells.length / page.columns);
  }

  get complete() {
    return Boolean(this.progress?.complete);
  }

  get task() {
    return this.page.worlds[0]?.task ?? "binary";
  }

  /** @param {{header: {atlas: AtlasProgress}, floats: Float32Array}} answer */
  take({ header, floats }) {
    const { atlas } = header;
    let at = 0;
    for (const told of atlas.tiles) {
      const { net, world } = this.page.cells[told.cell];
      const run = new CellRun({
        ...{ ...this.page.worlds[world], net: this.page.nets[net], width: told.width },
        ...{ diverged: told.broke[told.middle] === null ? null : "It diverged.", stopped: null, marks: [] },
      });
      run.append(floats.subarray(at, (at += told.rows * told.width)), -1);
      const curves = floats.slice(at, (at += 2 * told.moments * told.seeds.length));
      if (!this.cells[told.cell]) this.count++;
      this.received++;
      this.cells[told.cell] = new Tile(told, run, curves, atlas.moments.slice(0, told.moments));
    }
    this.dropped = new Map(Object.entries(atlas.dropped).map(([cell, epoch]) => [Number(cell), epoch]));
    for (const [cell, why] of Object.entries(atlas.problems)) this.problems.set(Number(cell), why);
    this.progress = atlas;
    this.spans.clear();
  }

  // The values of the axes of a cell, in words.
  valuesOf(cell) {
    if (this.isSearch) return this.page.cells[cell].values.map(String);
    const places = [cell % this.columns, Math.floor(cell / this.columns)];
    return this.page.axes.map((axis, k) => axis.values[places[k]]);
  }

  // In which row a cell lies, from the top: a grid begins at the bottom, as the axes of a chart do.
  rowOf(cell) {
    const row = Math.floor(cell / this.columns);
    return this.isSearch ? row : this.rows - 1 - row;
  }

  // The cell in a column and a row from the top; -1 for none.
  cellAt(column, row) {
    const inside = column >= 0 && column < this.columns && row >= 0 && row < this.rows;
    const cell = (this.isSearch ? row : this.rows - 1 - row) * this.columns + column;
    return inside && cell < this.page.cells.length ? cell : -1;
  }

  // Whether a cell was dropped before an epoch.
  isOut(cell, epoch) {
    return epoch > (this.dropped.get(cell) ?? Infinity);
  }

  // Where a cell lies on an axis: its number, or the place of its choice.
  numberOf(cell, which) {
    const value = this.page.cells[cell].values[which];
    const { ends, values } = this.page.axes[which];
    return ends ? Number(value) : values.indexOf(String(value));
  }

  // The score of the run that is drawn where its training has ended; NaN where it has diverged, or is not there.
  lastScore(cell) {
    return this.cells[cell]?.scoreAt(this.page.epochs) ?? NaN;
  }

  // Whether a cell lies in all parts of axes and scores that are to be shown.
  isShown(cell) {
    return Object.entries(this.only).every(([key, [low, high]]) => {
      const which = this.page.axes.findIndex((axis) => axis.key === key);
      if (which < 0 && key !== SCORE) return true;
      const x = which < 0 ? this.lastScore(cell) : this.numberOf(cell, which);
      return x >= low && x <= high;
    });
  }

  // What a cell is called: each axis and its value.
  nameOf(cell) {
    const values = this.valuesOf(cell);
    return this.page.axes.map(({ label }, k) => `${label} ${values[k]}`).join(", ");
  }

  // How good each cell is at an epoch among those that are there: 1 for the best, 0 for the worst; NaN for none.
  ranks(epoch) {
    const scores = this.cells.map((tile, cell) => (tile && !this.isOut(cell, epoch) ? tile.scoreAt(epoch) : NaN));
    const sorted = [...new Set(scores.filter(Number.isFinite))].sort((a, b) => a - b);
    return scores.map((score) =>
      Number.isFinite(score) ? (sorted.length > 1 ? sorted.indexOf(score) / (sorted.length - 1) : 1) : NaN,
    );
  }

  // The lowest and the highest score, or loss, that any seed has at any moment: one scale for all tiles.
  /** @param {"score" | "loss"} of @returns {[number, number]} */
  span(of) {
    if (!this.spans.has(of)) this.spans.set(of, this.measure(of));
    return this.spans.get(of);
  }

  measure(of) {
    let [low, high] = [Infinity, -Infinity];
    for (const tile of this.cells) {
      if (!tile) continue;
      for (let k = 0; k < tile.moments.length; k++)
        for (let seed = 0; seed < tile.n; seed++) {
          const value = tile[of](k, seed);
          if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
        }
    }
    return low <= high ? [low, high] : [0, 1];
  }

  // The best tile at the end; -1 before any is there.
  get best() {
    const end = this.page.epochs;
    let [best, top] = [-1, -Infinity];
    this.cells.forEach((tile, cell) => {
      const score = tile && !this.dropped.has(cell) ? tile.scoreAt(end) : NaN;
      if (score > top) [best, top] = [cell, score];
    });
    return best >= 0 ? best : this.cells.findIndex(Boolean);
  }
}

const FIGURES_AT_THE_END = ["train_loss", "test_loss", "train_score", "test_score"];

// All runs as a table to be read by other programs: a line for each, at the end of its training.
/** @param {Tiles} tiles */
export function toCsv(tiles) {
  const quote = (text) => (/[",\n]/.test(String(text)) ? `"${String(text).replaceAll('"', '""')}"` : String(text));
  const { axes } = tiles.page;
  const more = tiles.isSearch ? ["dropped_after_epoch"] : [];
  const head = [...axes.map(({ label }) => label), "seed", ...FIGURES_AT_THE_END, "diverged_after_epoch", "drawn"];
  const lines = [[...head, ...more]];
  tiles.cells.forEach((tile, cell) => {
    if (!tile) return;
    tile.told.seeds.forEach((seed, k) =>
      lines.push([
        ...tiles.valuesOf(cell),
        String(seed),
        ...FIGURES_AT_THE_END.map((name) => tile.told[name][k] ?? ""),
        tile.told.broke[k] ?? "",
        k === tile.told.middle ? "yes" : "",
        ...more.map(() => String(tiles.dropped.get(cell) ?? "")),
      ]),
    );
  });
  return `${lines.map((line) => line.map(quote).join(",")).join("\n")}\n`;
}

// A score as short as a tile has room for: a share in percent, R² with two places.
export function shortScore(score, task) {
  if (!Number.isFinite(score)) return "–";
  if (task !== "regression") return (100 * score).toFixed(0);
  return score > -9.995 ? score.toFixed(2).replace("-", "−") : "< −10";
}
