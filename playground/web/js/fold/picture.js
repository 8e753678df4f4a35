// One picture of a layer on a canvas: the grid of the input plane, the boundary and the training points, all where the
// layer has carried them.
import { fit } from "../shared/dom.js";
import { font } from "../shared/theme.js";
import { SYMBOLS, shade } from "../stage/points.js";

const INNER = 0.9; // of the picture's half, for coordinates from -1 to 1
const SHADES = 8; // of a value, on either side of the middle

/**
 * What a picture is drawn of: coordinates from -1 to 1, as [u, v].
 * @typedef {object} Scene
 * @property {any} sheet the lattice itself
 * @property {[Float32Array, Float32Array]} lattice where it lies
 * @property {[Float32Array, Float32Array]} points
 * @property {[Float32Array, Float32Array]} boundary two ends for each segment
 * @property {Uint8Array} side of the boundary, or the class, of each point of the lattice
 * @property {boolean[]} folded of each cell
 * @property {boolean[]} crushed
 * @property {number[]} upright places across at which the boundary is an upright straight line
 * @property {Float32Array | null} depth of the points towards the eye, in 3-D
 * @property {{at: number[][], name: string}[]} axes lines from the first to the second place
 * @property {string[]} labels of the axes, across and up
 * @property {any[]} lines where single neurons switch: [{ends, layer}]
 */

// What is fixed about the points: in which colour and shape each is drawn, and which are drawn together.
export function bunches(told, { data, scale }, theme) {
  const found = new Map();
  const symbolOf = (c) => data.traces.find((trace) => trace.class === c)?.symbol ?? "circle";
  told.labels.forEach((label, p) => {
    const isValue = data.traces[0]?.values !== null;
    const level = Math.max(-1, Math.min(1, Math.round((SHADES * (label - scale.middle)) / scale.reach) / SHADES));
    const key = isValue ? level : label;
    if (!found.has(key))
      found.set(key, {
        colour: isValue
          ? shade(scale.middle + level * scale.reach, scale, theme)
          : theme.classes[label % theme.classes.length],
        symbol: SYMBOLS[isValue ? "circle" : symbolOf(label)] ?? SYMBOLS.circle,
        members: [],
      });
    found.get(key).members.push(p);
  });
  return [...found.values()];
}

export class Picture {
  constructor(canvas) {
    this.canvas = canvas;
    this.side = 0; // CSS pixels
    /** @type {Scene | null} */
    this.scene = null;
  }

  x(u) {
    return (this.side / 2) * (1 + INNER * u);
  }

  y(v) {
    return (this.side / 2) * (1 - INNER * v);
  }

  /** @param {Scene} scene @param {any} theme @param {any[]} groups @param {number | null} ringed a point */
  draw(scene, theme, groups, ringed) {
    this.scene = scene;
    this.side = this.canvas.parentElement?.clientWidth ?? 0;
    if (this.side < 40) return;
    const context = fit(this.canvas, this.side, this.side);
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, this.side, this.side);
    this.drawCells(context, scene, theme);
    this.drawAxes(context, scene, theme);
    this.drawGrid(context, scene, theme);
    this.drawLines(context, scene, theme);
    this.drawBoundary(context, scene, theme);
    this.drawPoints(context, scene, theme, groups);
    if (ringed !== null) this.drawRing(context, scene, theme, ringed);
  }

  // What is folded over is hatched, what is crushed is grey.
  drawCells(context, { sheet, lattice: [u, v], folded, crushed }, theme) {
    if (!folded.some(Boolean) && !crushed.some(Boolean)) return;
    const fillWhere = (flags, style) => {
      context.beginPath();
      let k = 0;
      for (const [a, b, c, d] of sheet.cells()) {
        if (!flags[k++]) continue;
        context.moveTo(this.x(u[a]), this.y(v[a]));
        for (const p of [b, d, c]) context.lineTo(this.x(u[p]), this.y(v[p]));
      }
      context.fillStyle = style;
      context.fill();
    };
    fillWhere(crushed, theme.grid);
    fillWhere(folded, hatching(context, theme) ?? theme.grid);
  }

  drawAxes(context, { axes, labels }, theme) {
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.beginPath();
    for (const { at } of axes) {
      context.moveTo(this.x(at[0][0]), this.y(at[0][1]));
      context.lineTo(this.x(at[1][0]), this.y(at[1][1]));
    }
    context.stroke();
    context.fillStyle = theme.muted;
    context.font = font(theme, "tick");
    for (const { at, name } of axes) if (name) context.fillText(name, this.x(at[1][0]) + 3, this.y(at[1][1]) - 3);
    context.textAlign = "right";
    context.fillText(labels[0], this.side - 5, this.side - 6);
    context.textAlign = "left";
    context.save();
    context.translate(12 * theme.zoom, 6);
    context.rotate(-Math.PI / 2);
    context.textAlign = "right";
    context.fillText(labels[1], 0, 0);
    context.restore();
    context.textAlign = "left";
  }

  // Every piece of a line in the colour of the side, or of the class, that the network gives it.
  drawGrid(context, { sheet, lattice: [u, v], side }, theme) {
    const { size, high, step } = sheet;
    const colours = theme.sides;
    context.lineWidth = theme.zoom;
    context.globalAlpha = 0.7;
    for (let k = 0; k < colours.length; k++) {
      context.beginPath();
      const piece = (p, q, goesOn) => {
        if (side[p] !== k) return false;
        if (!goesOn) context.moveTo(this.x(u[p]), this.y(v[p]));
        context.lineTo(this.x(u[q]), this.y(v[q]));
        return true;
      };
      for (let row = 0; row < high; row += step)
        for (let column = 0, on = false; column + 1 < size; column++)
          on = piece(row * size + column, row * size + column + 1, on);
      if (high > 1)
        for (let column = 0; column < size; column += step)
          for (let row = 0, on = false; row + 1 < high; row++)
            on = piece(row * size + column, (row + 1) * size + column, on);
      context.strokeStyle = colours[k];
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  drawLines(context, { lines }, theme) {
    context.lineWidth = 1.2 * theme.zoom;
    for (const { ends, colour } of lines) {
      context.strokeStyle = colour;
      this.strokePairs(context, ends);
    }
  }

  drawBoundary(context, { boundary, upright, sheet }, theme) {
    context.strokeStyle = theme.text;
    context.lineWidth = 2.5 * theme.zoom;
    if (sheet.high === 1) {
      context.beginPath(); // with one input the boundary is points
      boundary[0].forEach((u, k) => {
        context.moveTo(this.x(u), this.y(boundary[1][k]) - 9);
        context.lineTo(this.x(u), this.y(boundary[1][k]) + 9);
      });
      context.stroke();
    } else this.strokePairs(context, boundary);
    context.lineWidth = 1.5 * theme.zoom;
    context.beginPath();
    for (const u of upright) {
      context.moveTo(this.x(u), 0);
      context.lineTo(this.x(u), this.side);
    }
    context.stroke();
  }

  strokePairs(context, [u, v]) {
    context.beginPath();
    for (let k = 0; k + 1 < u.length; k += 2) {
      context.moveTo(this.x(u[k]), this.y(v[k]));
      context.lineTo(this.x(u[k + 1]), this.y(v[k + 1]));
    }
    context.stroke();
  }

  get radius() {
    return Math.max(2, Math.min(4.5, this.side / 90));
  }

  drawPoints(context, { points: [u, v], depth }, theme, groups) {
    const r = this.radius * theme.zoom;
    context.lineWidth = 0.7;
    context.strokeStyle = theme.background;
    for (const slice of slices(groups, depth))
      for (const { colour, symbol, members } of slice) {
        context.beginPath();
        for (const p of members) {
          const [x, y] = [this.x(u[p]), this.y(v[p])];
          context.moveTo(x + r, y); // or an arc would be joined to the point before
          symbol(context, x, y, r);
        }
        context.fillStyle = colour;
        context.fill();
        context.stroke();
      }
  }

  drawRing(context, { points: [u, v] }, theme, p) {
    context.strokeStyle = theme.text;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(this.x(u[p]), this.y(v[p]), 3 * this.radius * theme.zoom, 0, 7);
    context.stroke();
  }

  // The point that is nearest to a place in CSS pixels, if it is near.
  nearest(x, y, most = 14) {
    if (!this.scene) return null;
    const [u, v] = this.scene.points;
    /** @type {number | null} */
    let best = null;
    let least = most ** 2;
    for (let p = 0; p < u.length; p++) {
      const far = (this.x(u[p]) - x) ** 2 + (this.y(v[p]) - y) ** 2;
      if (far < least) [best, least] = [p, far];
    }
    return best;
  }

  // The nearest point in a direction, at most half a right angle off it; in the middle, where none is begun with.
  next(/** @type {number | null} */ from, /** @type {number[]} */ [dx, dy]) {
    if (!this.scene) return null;
    if (from === null) return this.nearest(this.side / 2, this.side / 2, Infinity);
    const [u, v] = this.scene.points;
    /** @type {number | null} */
    let best = null;
    let least = Infinity;
    for (let p = 0; p < u.length; p++) {
      const [x, y] = [this.x(u[p]) - this.x(u[from]), this.y(v[p]) - this.y(v[from])];
      const along = x * dx + y * dy;
      const far = x ** 2 + y ** 2;
      if (along > 0 && Math.abs(x * dy - y * dx) <= along && far < least) [best, least] = [p, far];
    }
    return best;
  }
}

// In 3-D the points are drawn from the farthest to the nearest, in a few slices.
function slices(groups, depth, n = 6) {
  if (!depth) return [groups];
  const [low, high] = [Math.min(...depth), Math.max(...depth)];
  const sliceOf = (p) => Math.min(n - 1, Math.floor((n * (depth[p] - low)) / (high - low || 1)));
  return Array.from({ length: n }, (_, k) =>
    groups.map((group) => ({ ...group, members: group.members.filter((p) => sliceOf(p) === k) })),
  );
}

const patterns = new Map();
function hatching(context, theme) {
  const key = theme.text;
  if (!patterns.has(key)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 7;
    const small = tile.getContext("2d");
    if (!small) return null;
    small.strokeStyle = theme.muted;
    small.globalAlpha = 0.6;
    small.lineWidth = 1;
    small.beginPath();
    for (const shift of [-7, 0, 7]) {
      small.moveTo(shift, 7);
      small.lineTo(shift + 7, 0);
    }
    small.stroke();
    patterns.set(key, context.createPattern(tile, "repeat"));
  }
  return patterns.get(key);
}
