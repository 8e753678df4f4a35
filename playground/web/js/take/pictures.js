// The small picture on the card of each export: drawn from the run's own numbers where it is of them, else a sign.
import { paint } from "../shared/portrait.js";
import { ramps } from "../shared/theme.js";

/**
 * @typedef {{film: any[], losses: (number | null)[][], weights: number[][][], sizes: number[], code: Record<string, number[][]>}} Drawn numbers of the run
 * @typedef {(context: CanvasRenderingContext2D, drawn: Drawn, theme: any, side: number, name: string) => void} Picture
 */

const STEP = 128; // of 256 colours from the middle to either end

/** @type {Record<string, Picture>} by the name of a picture in EXPORTERS */
export const PICTURES = {
  boundary: (c, { film }, theme, side) => paint(c, film.at(-1), theme, side),

  // Three moments, one behind the other.
  film(c, { film }, theme, side) {
    const small = 0.62 * side;
    film.forEach((portrait, k) => {
      const at = ((side - small) * k) / Math.max(1, film.length - 1);
      c.save();
      c.translate(at, at);
      c.beginPath();
      c.rect(0, 0, small, small);
      c.clip();
      paint(c, portrait, theme, small);
      c.restore();
      c.strokeStyle = theme.background;
      c.lineWidth = 2;
      c.strokeRect(at, at, small, small);
    });
  },

  play(c, { film }, theme, side) {
    paint(c, film.at(-1), theme, side);
    c.fillStyle = theme.text;
    c.globalAlpha = 0.85;
    c.beginPath();
    c.arc(side / 2, side / 2, 0.24 * side, 0, 7);
    c.fill();
    c.globalAlpha = 1;
    c.fillStyle = theme.background;
    shape(c, side, [
      [0.43, 0.37],
      [0.43, 0.63],
      [0.64, 0.5],
    ]);
    c.fill();
  },

  box(c, { film }, theme, side) {
    const small = 0.58 * side;
    c.save();
    c.translate((side - small) / 2, 0.04 * side);
    paint(c, film.at(-1), theme, small);
    c.restore();
    c.fillStyle = theme.positive;
    shape(c, side, [
      [0.08, 0.5],
      [0.92, 0.5],
      [0.84, 0.96],
      [0.16, 0.96],
    ]);
    c.fill();
    c.fillStyle = theme.background;
    c.fillRect(0.42 * side, 0.6 * side, 0.16 * side, 0.06 * side);
  },

  // The first lines of the program, as long as they are and as far in.
  code(c, { code }, theme, side, name) {
    const lines = code[name] ?? [];
    lines.forEach(([indent, length, kind], k) => {
      c.fillStyle = [theme.positive, theme.muted, theme.text][kind];
      const left = 0.06 + 0.012 * indent;
      const width = Math.min(0.94 - left, 0.012 * length);
      if (width > 0) c.fillRect(left * side, (0.06 + 0.075 * k) * side, width * side, 0.04 * side);
    });
    if (lines.length) return;
    c.fillStyle = theme.muted; // this run cannot be written so
    c.fillRect(0.25 * side, 0.48 * side, 0.5 * side, 0.04 * side);
  },

  braces(c, _, theme, side) {
    c.fillStyle = theme.muted;
    for (let k = 0; k < 4; k++)
      c.fillRect(0.32 * side, (0.28 + 0.13 * k) * side, (0.36 - 0.06 * (k % 2)) * side, 0.05 * side);
    c.fillStyle = theme.positive;
    c.font = `600 ${0.72 * side}px ${theme.font}`;
    c.textBaseline = "middle";
    c.textAlign = "center";
    c.fillText("{", 0.18 * side, 0.47 * side);
    c.fillText("}", 0.82 * side, 0.47 * side);
  },

  // The first weights of every layer, orange below zero and blue above it, as in the heat map of the stage.
  weights(c, { weights }, theme, side) {
    const { signed } = ramps(theme);
    const columns = weights.reduce((sum, layer) => sum + layer[0].length + 1, -1);
    const cell = side / Math.max(columns, ...weights.map((layer) => layer.length));
    let left = (side - cell * columns) / 2;
    for (const layer of weights) {
      const top = (side - cell * layer.length) / 2;
      layer.forEach((row, i) =>
        row.forEach((weight, j) => {
          const colour = signed[Math.max(0, Math.min(255, Math.round(STEP + weight * (STEP - 1))))];
          c.fillStyle = `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
          c.fillRect(left + j * cell, top + i * cell, cell, cell);
        }),
      );
      left += cell * (layer[0].length + 1);
    }
  },

  // The network with as many units as it has, eight of a layer at most.
  network(c, { sizes }, theme, side) {
    const shown = sizes.map((n) => Math.min(n, 8));
    const x = (l) => side * (0.12 + (0.76 * l) / Math.max(1, sizes.length - 1));
    const y = (l, k) => side * (0.5 + (0.8 * (k - (shown[l] - 1) / 2)) / Math.max(...shown));
    c.strokeStyle = theme.muted;
    c.lineWidth = 0.6;
    for (let l = 0; l + 1 < shown.length; l++)
      for (let i = 0; i < shown[l]; i++)
        for (let j = 0; j < shown[l + 1]; j++) {
          c.beginPath();
          c.moveTo(x(l), y(l, i));
          c.lineTo(x(l + 1), y(l + 1, j));
          c.stroke();
        }
    c.fillStyle = theme.positive;
    shown.forEach((n, l) => {
      for (let k = 0; k < n; k++) {
        c.beginPath();
        c.arc(x(l), y(l, k), 0.03 * side, 0, 7);
        c.fill();
      }
    });
  },

  // The loss in training and in the test, as on the timeline.
  curve(c, { losses }, theme, side) {
    [theme.test, theme.train].forEach((colour, k) => {
      c.strokeStyle = colour;
      c.lineWidth = 2;
      c.beginPath();
      const row = losses[1 - k];
      row.forEach((loss, at) => {
        if (loss === null) return;
        c.lineTo(side * (0.06 + (0.88 * at) / Math.max(1, row.length - 1)), side * (0.92 - 0.84 * loss));
      });
      c.stroke();
    });
  },

  points(c, { film }, theme, side) {
    const points = film.at(-1)?.points ?? [];
    for (let p = 0; p < points.length; p += 3) {
      c.fillStyle = theme.classes[points[p + 2] % theme.classes.length];
      c.beginPath();
      c.arc(((points[p] + 1) / 2) * side, ((1 - points[p + 1]) / 2) * side, side / 40, 0, 7);
      c.fill();
    }
  },
};

function shape(c, side, corners) {
  c.beginPath();
  corners.forEach(([x, y], k) => (k ? c.lineTo(x * side, y * side) : c.moveTo(x * side, y * side)));
  c.closePath();
}
