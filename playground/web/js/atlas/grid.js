// All tiles on one canvas, under their scores, between the values of the two axes.
//
// A tile's picture is painted from parameters by the stage's own modules, on a grid as fine as there is time for.
import { fit, h, pen } from "../shared/dom.js";
import { TYPE } from "../shared/registry.js";
import { ramps } from "../shared/theme.js";
import { gridPoints, Network } from "../stage/network.js";
import { paint } from "../stage/surface.js";
import { shortScore } from "./tiles.js";

/** @import { Tile, Tiles } from "./tiles.js" */

export const GRIDS = [64, 40, 32, 24, 16]; // points along a tile's side, from the finest
const MOST_POINTS = 260_000; // in all tiles together, where they stand
// In letters of the axes: room for the values of the axis that goes across and its name, for the name of the axis that
// goes up, and for its values.
const [BELOW, NAME, WIDEST] = [40 / 12, 20 / 12, 70 / 12];
const LEAST = 26; // pixels of a tile
const USUAL = { letters: TYPE.small, least: 9, most: 132 };
const ROOMY = 44; // a smaller tile has no room for the data's points and the seeds' ticks

export class Grid {
  // `look`, in pixels on an ordinary screen: the letters of the axes, the smallest on a tile, and the largest tile.
  constructor(look = USUAL) {
    this.look = look;
    this.canvas = h("canvas", { tabindex: 0, role: "application", "aria-roledescription": "grid of tiles" });
    this.element = h("div", { class: "grid" }, this.canvas);
    this.map = document.createElement("canvas");
    this.networks = new Map();
    this.inputs = new Map(); // by network, world and fineness: what the networks are asked
    this.points = new Map(); // by world and size: the data's points, drawn once
    this.side = this.width = this.height = this.left = this.gap = 0;
    this.drawn = 0; // how many tiles were painted so far, for the tests and benchmarks
    /** @type {Tiles | null} */
    this.tiles = null;
  }

  /** @param {Tiles} tiles */
  setTiles(tiles) {
    this.tiles = tiles;
    this.networks = new Map();
    this.inputs = new Map();
    this.points = new Map();
  }

  // Which of the grids is the finest that so many tiles may have.
  get finest() {
    const n = this.tiles?.cells.length ?? 0;
    const found = GRIDS.findIndex((side) => n * side * side <= MOST_POINTS);
    return found < 0 ? GRIDS.length - 1 : found;
  }

  // How fine the next picture may be, if one as fine as this has taken so many milliseconds.
  affordable(fineness, spent) {
    if (spent > 11 && fineness < GRIDS.length - 1) return fineness + 1;
    return spent < 4 && fineness > Math.max(1, this.finest) ? fineness - 1 : fineness;
  }

  // As large as there is room for, across and down.
  layOut(width, height, theme) {
    const { columns, rows, page, isSearch } = /** @type {Tiles} */ (this.tiles);
    const [letters, most] = [this.look.letters * theme.zoom, this.look.most * theme.zoom];
    const context = pen(this.canvas);
    context.font = `${letters}px ${theme.font}`;
    const widths = (page.axes[1]?.values ?? []).map((value) => context.measureText(value).width);
    this.left =
      page.axes.length > 1 && !isSearch ? NAME * letters + Math.min(WIDEST * letters, Math.max(...widths)) + 8 : 8;
    this.gap = width < 480 ? 4 : 6;
    const below = isSearch ? 0 : BELOW * letters;
    const across = (width - this.left - this.gap) / columns - this.gap;
    const down = (height - below - this.gap) / rows - this.gap;
    this.side = Math.max(LEAST, Math.min(most, Math.floor(Math.min(across, Math.max(down, LEAST * 2)))));
    this.width = Math.max(this.left + columns * (this.side + this.gap) + this.gap, 160);
    this.height = below + rows * (this.side + this.gap) + this.gap;
  }

  // The upper left corner of a cell.
  corner(cell) {
    const tiles = /** @type {Tiles} */ (this.tiles);
    const step = this.side + this.gap;
    return [this.left + (cell % tiles.columns) * step, this.gap + tiles.rowOf(cell) * step];
  }

  // The cell under a place of the canvas; -1 between them.
  cellAt(x, y) {
    const tiles = /** @type {Tiles} */ (this.tiles);
    const step = this.side + this.gap;
    const [column, row] = [Math.floor((x - this.left) / step), Math.floor((y - this.gap) / step)];
    const inside = (x - this.left) % step < this.side && (y - this.gap) % step < this.side;
    return inside ? tiles.cellAt(column, row) : -1;
  }

  // Which tiles are in sight: the others need not be painted.
  inSight() {
    const box = this.canvas.getBoundingClientRect();
    const { cells } = /** @type {Tiles} */ (this.tiles);
    return cells.map((_, cell) => {
      const [x, y] = this.corner(cell);
      const [left, top] = [box.left + x, box.top + y];
      return top < innerHeight && top + this.side > 0 && left < innerWidth && left + this.side > 0;
    });
  }

  /**
   * @param {any} theme
   * @param {{show: string, epoch: number, fineness: number, focus: number, pinned: number, whole: boolean}} at
   *   whole: also the tiles that are out of sight
   */
  draw(theme, at) {
    const tiles = /** @type {Tiles} */ (this.tiles);
    const context = fit(this.canvas, this.width, this.height);
    context.fillStyle = theme.background;
    context.fillRect(0, 0, this.width, this.height);
    this.drawAxes(context, theme);
    const ranks = tiles.ranks(at.epoch);
    const seen = at.whole ? null : this.inSight();
    const span = at.show === "curve" ? tiles.span("loss") : tiles.span("score");
    tiles.cells.forEach((tile, cell) => {
      if (seen && !seen[cell]) return;
      const [x, y] = this.corner(cell);
      context.save();
      context.beginPath();
      context.rect(x, y, this.side, this.side);
      context.clip();
      context.translate(x, y);
      if (tile) this.drawTile(context, theme, tile, cell, { ...at, span });
      else this.drawEmpty(context, theme, tiles.problems.has(cell));
      if (!tiles.isShown(cell)) this.veil(context, theme, 0.85);
      context.restore();
      this.drawFrame(context, theme, x, y, ranks[cell], cell, at);
    });
  }

  drawTile(context, theme, tile, cell, at) {
    const broke = tile.brokenAt(at.epoch);
    if (at.show === "boundary") this.drawBoundary(context, theme, tile, cell, at);
    else if (at.show === "curve") this.drawCurves(context, theme, tile, at);
    else if (at.show === "score") this.drawHeat(context, theme, tile.scoreAt(at.epoch), at.span);
    else this.drawSpread(context, theme, tile, at);
    if (broke !== null) this.hatch(context, theme);
    if (at.show === "boundary" && this.side >= ROOMY) this.drawTicks(context, theme, tile, at);
    const isOut = /** @type {Tiles} */ (this.tiles).isOut(cell, at.epoch);
    if (isOut) this.veil(context, theme, 0.6);
    const word = broke !== null ? `× ${broke}` : this.wordOf(tile, at);
    this.chip(context, theme, isOut && broke === null && this.side >= ROOMY ? `${word} out` : word);
    this.drawn++;
  }

  wordOf(tile, at) {
    const { task } = /** @type {Tiles} */ (this.tiles);
    if (at.show !== "spread") return shortScore(tile.scoreAt(at.epoch), task);
    const scores = tile.scoresAt(at.epoch).filter(Number.isFinite);
    return `± ${shortScore((Math.max(...scores) - Math.min(...scores)) / 2, task)}`;
  }

  // ---- the four views ------------------------------------------------------------------------------------------
  drawBoundary(context, theme, tile, cell, at) {
    const row = tile.rowAt(at.epoch);
    if (!row) return this.drawEmpty(context, theme, false);
    const { header } = tile.run;
    if (header.data.curve) this.drawFunction(context, theme, tile, cell, row);
    else {
      const n = GRIDS[at.fineness];
      const values = this.evaluate(tile, cell, row, n);
      if (this.map.width !== n) this.map.width = this.map.height = n;
      const small = pen(this.map);
      const image = small.createImageData(n, n);
      paint(new Uint32Array(image.data.buffer), values, header, theme, null, false);
      small.putImageData(image, 0, 0);
      context.imageSmoothingEnabled = true;
      context.drawImage(this.map, 0, 0, this.side, this.side);
    }
    if (this.side >= ROOMY) context.drawImage(this.pointsOf(tile, cell, theme), 0, 0, this.side, this.side);
    return undefined;
  }

  networkOf(tile, cell) {
    const { net } = /** @type {Tiles} */ (this.tiles).page.cells[cell];
    if (!this.networks.has(net)) this.networks.set(net, new Network(tile.run.header.net));
    return this.networks.get(net);
  }

  // What a tile's network says on a grid of n x n.
  evaluate(tile, cell, row, n) {
    const { net, world } = /** @type {Tiles} */ (this.tiles).page.cells[cell];
    const network = this.networkOf(tile, cell);
    const key = `${net} ${world} ${n}`;
    if (!this.inputs.has(key)) {
      const { x1, x2 } = gridPoints(tile.run.header.data.range, n);
      this.inputs.set(key, network.inputs(x1, x2));
    }
    return network.propagate(tile.run.parameters(row), this.inputs.get(key));
  }

  // With one input the network is a curve.
  drawFunction(context, theme, tile, cell, row) {
    const { range, up } = tile.run.header.data;
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, this.side, this.side);
    const n = 60;
    const x = Float32Array.from({ length: n }, (_, k) => range[0] + (k / (n - 1)) * (range[1] - range[0]));
    const out = this.networkOf(tile, cell).evaluate(tile.run.parameters(row), x, new Float32Array(n));
    context.beginPath();
    out[out.length - 1][0].forEach((v, k) =>
      context.lineTo((this.side * k) / (n - 1), this.side * (1 - (v - up[0]) / (up[1] - up[0]))),
    );
    context.strokeStyle = theme.positive;
    context.lineWidth = 2;
    context.stroke();
  }

  // The training points, faint, drawn once for each dataset.
  pointsOf(tile, cell, theme) {
    const { world } = /** @type {Tiles} */ (this.tiles).page.cells[cell];
    const key = `${world} ${this.side} ${theme.dark}`;
    if (!this.points.has(key)) {
      const sheet = document.createElement("canvas");
      const context = fit(sheet, this.side, this.side);
      const { data } = tile.run.header;
      const [low, high] = data.range;
      context.globalAlpha = 0.55;
      for (const trace of data.traces) {
        if (trace.test) continue;
        context.fillStyle = trace.values ? theme.muted : theme.classes[trace.class];
        trace.x1.forEach((x1, k) => {
          const x = ((x1 - low) / (high - low)) * this.side;
          const y = this.side * (1 - (trace.x2[k] - data.up[0]) / (data.up[1] - data.up[0]));
          context.fillRect(x - 0.7, y - 0.7, 1.4, 1.4);
        });
      }
      this.points.set(key, sheet);
    }
    return this.points.get(key);
  }

  // The test loss of every seed over the epochs, up to the moment in full; all tiles share one scale.
  drawCurves(context, theme, tile, at) {
    const [low, high] = at.span.map((x) => Math.log(Math.max(x, 1e-6)));
    const { epochs } = /** @type {Tiles} */ (this.tiles).page;
    const x = (epoch) => 2 + ((this.side - 4) * epoch) / epochs;
    const y = (loss) => 3 + (this.side - 6) * (1 - (Math.log(Math.max(loss, 1e-6)) - low) / (high - low || 1));
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, this.side, this.side);
    for (let seed = 0; seed < tile.n; seed++) {
      for (const [until, alpha] of [
        [epochs, 0.25],
        [at.epoch, 1],
      ]) {
        context.globalAlpha = alpha;
        context.beginPath();
        tile.moments.forEach((epoch, k) => {
          const loss = tile.loss(k, seed);
          if (epoch <= until + 1e-9 && Number.isFinite(loss)) context.lineTo(x(epoch), y(loss));
        });
        context.strokeStyle = seed === tile.told.middle ? theme.positive : theme.muted;
        context.lineWidth = seed === tile.told.middle ? 1.8 : 1;
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  drawHeat(context, theme, score, [low, high]) {
    context.fillStyle = Number.isFinite(score) ? shade(theme, (score - low) / (high - low || 1)) : theme.panel;
    context.fillRect(0, 0, this.side, this.side);
  }

  // A dot for each seed at the height of its score, on the colour of how far they lie apart.
  drawSpread(context, theme, tile, at) {
    const [low, high] = at.span;
    const scores = tile.scoresAt(at.epoch).filter(Number.isFinite);
    const apart = (Math.max(...scores) - Math.min(...scores)) / (high - low || 1);
    context.fillStyle = scores.length ? shade(theme, apart) : theme.panel;
    context.fillRect(0, 0, this.side, this.side);
    scores.forEach((score, k) => {
      const y = 5 + (this.side - 10) * (1 - (score - low) / (high - low || 1));
      context.beginPath();
      context.arc((this.side * (k + 1)) / (scores.length + 1), y, Math.max(2, this.side / 26), 0, 7);
      context.fillStyle = theme.text;
      context.fill();
    });
  }

  // ---- what lies over them -------------------------------------------------------------------------------------
  // The seeds' scores as ticks at the right edge: from the lowest score of all tiles to the highest.
  drawTicks(context, theme, tile, at) {
    const [low, high] = at.span;
    tile.scoresAt(at.epoch).forEach((score, seed) => {
      if (!Number.isFinite(score)) return;
      const y = 2 + (this.side - 4) * (1 - (score - low) / (high - low || 1));
      const long = seed === tile.told.middle ? 9 : 6;
      context.fillStyle = theme.background;
      context.fillRect(this.side - long - 1, y - 2, long + 1, 4);
      context.fillStyle = theme.text;
      context.fillRect(this.side - long, y - 1, long, 2);
    });
  }

  chip(context, theme, word) {
    const [letters, least] = [this.look.letters * theme.zoom, this.look.least * theme.zoom];
    const size = Math.max(least, Math.min(1.1 * letters, this.side / 6.5));
    const pad = this.side < ROOMY ? 2 : 3;
    context.font = `600 ${size}px ${theme.font}`;
    const [width, height] = [context.measureText(word).width + 2 * pad, size + pad];
    context.globalAlpha = 0.85;
    context.fillStyle = theme.background;
    context.fillRect(0, this.side - height, width, height);
    context.globalAlpha = 1;
    context.fillStyle = theme.text;
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillText(word, pad, this.side - pad);
  }

  veil(context, theme, alpha) {
    context.globalAlpha = alpha;
    context.fillStyle = theme.background;
    context.fillRect(0, 0, this.side, this.side);
    context.globalAlpha = 1;
  }

  hatch(context, theme) {
    this.veil(context, theme, 0.55);
    context.beginPath();
    for (let k = -this.side; k < this.side; k += 8) {
      context.moveTo(k, this.side);
      context.lineTo(k + this.side, 0);
    }
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    context.stroke();
  }

  drawEmpty(context, theme, problem) {
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, this.side, this.side);
    if (problem) {
      context.font = `600 ${Math.min(TYPE.loud * theme.zoom, this.side / 3)}px ${theme.font}`;
      context.fillStyle = theme.muted;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillText("—", this.side / 2, this.side / 2);
    }
  }

  // The better a tile's rank, the more of the colour its frame has; the best is framed in full.
  drawFrame(context, theme, x, y, rank, cell, at) {
    const [focus, pinned] = [cell === at.focus, cell === at.pinned];
    const thick = rank === 1 ? 3 : 2;
    context.strokeStyle = Number.isFinite(rank) ? shade(theme, rank) : theme.grid;
    context.lineWidth = thick;
    context.strokeRect(x - thick / 2 + 0.5, y - thick / 2 + 0.5, this.side + thick - 1, this.side + thick - 1);
    if (!focus && !pinned) return;
    context.strokeStyle = theme.text;
    context.lineWidth = 2;
    context.setLineDash(pinned && !focus ? [4, 3] : []);
    context.strokeRect(x - 3, y - 3, this.side + 6, this.side + 6);
    context.setLineDash([]);
  }

  drawAxes(context, theme) {
    const { page, columns, rows, isSearch } = /** @type {Tiles} */ (this.tiles);
    if (isSearch) return;
    context.fillStyle = theme.text;
    const letters = this.look.letters * theme.zoom;
    context.font = `${letters}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    const step = this.side + this.gap;
    const bottom = this.gap + rows * step;
    page.axes[0].values.forEach((value, k) =>
      context.fillText(shortened(context, value, step), this.left + k * step + this.side / 2, bottom),
    );
    context.fillStyle = theme.muted;
    context.fillText(page.axes[0].label, this.left + (columns * step) / 2, bottom + 1.5 * letters);
    if (page.axes.length < 2) return;
    context.fillStyle = theme.text;
    context.textAlign = "right";
    context.textBaseline = "middle";
    page.axes[1].values.forEach((value, k) =>
      context.fillText(
        shortened(context, value, WIDEST * letters),
        this.left - 8,
        this.corner(k * columns)[1] + this.side / 2,
      ),
    );
    context.save();
    context.translate(0.75 * letters, this.gap + (rows * step) / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.fillStyle = theme.muted;
    context.fillText(page.axes[1].label, 0, 0);
    context.restore();
  }
}

// From the panel's grey to the full colour.
export function shade(theme, share) {
  const { signed } = ramps(theme);
  const pixel = signed[Math.round(128 + 127 * Math.max(0, Math.min(1, share)))];
  return `rgb(${pixel & 255}, ${(pixel >> 8) & 255}, ${(pixel >> 16) & 255})`;
}

function shortened(context, text, room) {
  let shown = text;
  while (shown.length > 1 && context.measureText(shown).width > room) shown = shown.slice(0, -1);
  return shown === text ? text : `${shown.slice(0, -1)}…`;
}
