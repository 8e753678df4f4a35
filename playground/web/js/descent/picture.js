// How a map is drawn: heights in grey on a logarithmic scale, lines of equal height, and the ways of the optimizers.
import { STRONG } from "../shared/registry.js";
import { font, grown } from "../shared/theme.js";

/** @import { Descent } from "../stage/types.d.ts" */

export const MARGIN = { l: 56, r: 14, t: 8, b: 42 }; // on an ordinary screen
const LEVELS = 14;
const EVERY = 10; // steps from dot to dot

// Heights above the lowest place as logarithms, so that a valley's bed has shades of its own; in the shape of z.
/** @param {(number | null)[][]} z @param {number} lowest */
export function logarithms(z, lowest) {
  const heights = z.flat().filter((v) => v !== null);
  const above = heights.map((v) => Math.max(0, v - lowest)).sort((a, b) => a - b);
  const least = above[Math.floor(above.length / 50)] || 1e-12; // what is lower than all but 2 % is drawn alike
  return z.map((row) => row.map((v) => (v === null ? null : Math.log10(Math.max(v - lowest, 0) + least))));
}

// The share of the map that is lower than each place: lines at equal distances of it are lines of equal height, and
// between two neighbours lies the same area.
/** @param {(number | null)[][]} z */
export function ranks(z) {
  const sorted = Float64Array.from(z.flat().filter((v) => v !== null)).sort();
  const rank = (v) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < v) low = middle + 1;
      else high = middle;
    }
    return low / Math.max(1, sorted.length - 1);
  };
  return z.map((row) => row.map((v) => (v === null ? null : rank(v))));
}

/** @param {Descent} told @param {any} theme */
export function ground({ x, y, z, lowest, minima, axes }, theme) {
  const dark = STRONG[theme.dark ? "dark" : "light"].grid;
  return [
    {
      type: "heatmap",
      ...{ x, y, z: logarithms(z, lowest), customdata: z, showscale: false, zsmooth: "best" },
      colorscale: [
        [0, theme.background],
        [1, dark],
      ],
      hovertemplate: `${axes[0]} = %{x:.3g}<br>${axes[1]} = %{y:.3g}<br>height %{customdata:.4g}<extra></extra>`,
    },
    {
      type: "contour",
      ...{ x, y, z: ranks(z), showscale: false, hoverinfo: "skip" },
      contours: { coloring: "none", start: 1 / LEVELS, end: 1, size: 1 / LEVELS },
      line: { color: theme.muted, width: 0.7, smoothing: 0.6 },
      ncontours: LEVELS,
    },
    {
      type: "scatter",
      mode: "markers",
      ...{ x: minima.map(([a]) => a), y: minima.map(([, b]) => b), hovertemplate: "a minimum<extra></extra>" },
      marker: { symbol: "star", size: 13 * theme.zoom, color: theme.text, line: { width: 1, color: theme.background } },
    },
  ];
}

// Where a point of the map lies in a box, in pixels, and the other way round.
/** @param {Pick<Descent, "x" | "y">} told @param {number} width @param {number} height @param {{zoom: number}} theme */
export function places({ x, y }, width, height, theme) {
  const { l, r, t, b } = grown(MARGIN, theme);
  const [w, high] = [width - l - r, height - t - b];
  const [x0, x1, y0, y1] = [x[0], x[x.length - 1], y[0], y[y.length - 1]];
  return {
    to: (/** @type {number[]} */ [a, b]) => [l + ((a - x0) / (x1 - x0)) * w, t + (1 - (b - y0) / (y1 - y0)) * high],
    from: (/** @type {number[]} */ [u, v]) => [x0 + ((u - l) / w) * (x1 - x0), y1 - ((v - t) / high) * (y1 - y0)],
    holds: (/** @type {number[]} */ [u, v]) => u >= l && u <= l + w && v >= t && v <= t + high,
    clip: [l, t, w, high],
  };
}

// The ways up to a step, with a dot every so many steps and a larger one where each of them is.
/** @param {any} context @param {Descent} told @param {number} step @param {any} theme @param {any} at of `places` */
export function drawWays(context, told, step, theme, at) {
  context.save();
  context.beginPath();
  context.rect(...at.clip);
  context.clip();
  told.ways.forEach((way, k) => {
    const points = way.points.slice(0, step + 1).filter((point) => point.every((v) => v !== null));
    const colour = theme.classes[k % theme.classes.length];
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = 2 * theme.zoom;
    context.beginPath();
    for (const point of points) context.lineTo(...at.to(point));
    context.stroke();
    for (let s = 0; s < points.length; s += EVERY) dot(context, at.to(points[s]), 2.6 * theme.zoom);
    if (points.length) number(context, at.to(points[points.length - 1]), k + 1, theme);
  });
  context.restore();
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  const [u, v] = at.to(told.start);
  context.beginPath();
  for (const [a, b] of [
    [-7, -7],
    [7, 7],
  ])
    context.lineTo(u + a, v + b);
  context.moveTo(u - 7, v + 7);
  context.lineTo(u + 7, v - 7);
  context.stroke();
}

function dot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}

// Where an optimizer is stands its number in the table, so that nobody has to go by colours alone.
function number(context, [x, y], n, theme) {
  dot(context, [x, y], 9 * theme.zoom);
  context.fillStyle = theme.background;
  context.font = font(theme, "small", "600");
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(n), x, y + 1);
}

// How a way has gone up to a step, in words.
/** @param {Descent} told @param {Descent["ways"][number]} way @param {number} step */
export function fate({ x, y, minima }, { points, arrived }, step) {
  const broken = points.findIndex((point) => point.some((v) => v === null));
  if (broken >= 0 && broken <= step) return `diverged at step ${broken}`;
  const [a, b] = /** @type {number[]} */ (points[step]);
  if (a < x[0] || a > x[x.length - 1] || b < y[0] || b > y[y.length - 1]) return "is beyond the map";
  if (!minima.length) return "–";
  return arrived !== null && arrived <= step ? `step ${arrived}` : "not yet";
}
