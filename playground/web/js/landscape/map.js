// The map: the loss as a colour with lines of equal loss, and the path of the run across it.
import { contour } from "../shared/contour.js";
import { fit, pen } from "../shared/dom.js";
import { LETTERS, runColour } from "../shared/runs.js";
import { say } from "../shared/format.js";
import { font } from "../shared/theme.js";
import { lies, placeOf } from "./part.js";

const LINES = 16;
const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

// A scale that tells small losses apart and large ones too: log10(loss - 0.9 least + 1e-6), from the least to where 99 %
// of the map lies below.
export class Scale {
  constructor(losses) {
    const finite = [...losses].filter(Number.isFinite).sort((a, b) => a - b);
    this.least = finite[0] ?? 0;
    this.most = finite[Math.floor(0.99 * (finite.length - 1))] ?? 1;
    this.shift = 0.9 * this.least - 1e-6;
    this.low = this.raw(this.least);
    this.high = Math.max(this.low + 1e-6, this.raw(this.most));
  }

  raw(loss) {
    return Math.log10(Math.max(loss - this.shift, 1e-9));
  }

  // From 0 for the least loss to 1.
  of(loss) {
    return Math.max(0, Math.min(1, (this.raw(loss) - this.low) / (this.high - this.low)));
  }

  // The loss at a share of the scale.
  at(share) {
    return 10 ** (this.low + share * (this.high - this.low)) + this.shift;
  }
}

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

// From the lowest loss, in full colour, to the highest.
export function ramp(theme) {
  const [from, to] = [rgb(theme.positive), rgb(theme.neutral)];
  return Array.from({ length: 256 }, (_, k) => from.map((c, i) => Math.round(c + (to[i] - c) * (k / 255) ** 0.8)));
}
/** @param {number[]} colour */
const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

export class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.small = document.createElement("canvas");
    this.side = 0;
    /** @type {any} */
    this.sheet = null;
    /** @type {any} */
    this.scale = null;
  }

  // Where a place of the map is, in CSS pixels, and the way back.
  x(x) {
    const { middle, reach } = this.sheet.told;
    return (this.side / 2) * (1 + (x - middle[0]) / reach);
  }

  y(y) {
    const { middle, reach } = this.sheet.told;
    return (this.side / 2) * (1 - (y - middle[1]) / reach);
  }

  place(left, top) {
    const { middle, reach } = this.sheet.told;
    return [middle[0] + reach * ((2 * left) / this.side - 1), middle[1] + reach * (1 - (2 * top) / this.side)];
  }

  /** @param {any} sheet @param {any} theme @param {number} step where the playhead is @param {number[] | null} picked */
  draw(sheet, theme, step, picked) {
    this.sheet = sheet;
    this.side = this.canvas.parentElement?.clientWidth ?? 0;
    if (this.side < 60) return;
    const context = fit(this.canvas, this.side, this.side);
    this.drawLosses(context, theme);
    this.drawLines(context, theme);
    const { others, path } = this.sheet;
    others.forEach((other, k) => this.drawPath(context, theme, other, runColour(theme, k + 1)));
    this.drawPath(context, theme, path, theme.text);
    this.drawMarks(context, theme, step, picked);
  }

  // A pixel for each place; where the loss is beyond all measure, grey.
  drawLosses(context, theme) {
    const { losses, told } = this.sheet;
    const { n } = told;
    if (this.scale?.losses !== losses || this.scale.theme !== theme) {
      this.scale = Object.assign(new Scale(losses), { losses, theme });
      const colours = ramp(theme);
      this.small.width = this.small.height = n;
      const image = pen(this.small).createImageData(n, n);
      for (let row = 0; row < n; row++)
        for (let column = 0; column < n; column++) {
          const loss = losses[row * n + column];
          const colour = Number.isFinite(loss) ? colours[Math.round(255 * this.scale.of(loss))] : rgb(theme.grid);
          image.data.set([...colour, 255], 4 * ((n - 1 - row) * n + column));
        }
      pen(this.small).putImageData(image, 0, 0);
    }
    context.imageSmoothingEnabled = true;
    // The outermost places lie on the edge of the picture.
    const cell = this.side / (n - 1);
    context.drawImage(this.small, -cell / 2, -cell / 2, this.side + cell, this.side + cell);
  }

  drawLines(context, theme) {
    const { losses, told } = this.sheet;
    const values = losses.map((loss) => (Number.isFinite(loss) ? this.scale.raw(loss) : NaN));
    const cell = this.side / (told.n - 1);
    context.strokeStyle = theme.text;
    context.globalAlpha = 0.22;
    context.lineWidth = 1;
    context.beginPath();
    for (let k = 1; k < LINES; k++) {
      const level = this.scale.low + (k / LINES) * (this.scale.high - this.scale.low);
      contour(values, told.n, told.n, level).forEach(([p, q, share], end) => {
        const [x, y] = [p, q]
          .map((at) => [(at % told.n) * cell, this.side - Math.floor(at / told.n) * cell])
          .reduce((a, b) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]);
        if (end % 2) context.lineTo(x, y);
        else context.moveTo(x, y);
      });
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  // Its colour is the true loss; dashed where the map says something else. Its border tells one run from another.
  drawPath(context, theme, path, border) {
    const colours = ramp(theme);
    for (const wide of [true, false])
      for (let k = 0; k + 1 < path.length; k++) {
        const off = lies(path[k]) || lies(path[k + 1]);
        context.beginPath();
        context.moveTo(this.x(path[k].x), this.y(path[k].y));
        context.lineTo(this.x(path[k + 1].x), this.y(path[k + 1].y));
        context.setLineDash?.(off ? [4, 4] : []);
        context.lineCap = off ? "butt" : "round";
        context.lineWidth = (wide ? 5.5 : 2.5) * theme.zoom;
        context.strokeStyle = wide ? border : css(colours[Math.round(255 * this.scale.of(path[k + 1].loss))]);
        context.stroke();
      }
    context.setLineDash?.([]);
  }

  drawMarks(context, theme, step, picked) {
    const { path, told, others } = this.sheet;
    const word = (text, x, y) => {
      context.font = font(theme, "small", "600");
      context.lineWidth = 3;
      context.strokeStyle = theme.background;
      const left = x > this.side - 60; // where there is room
      context.textAlign = left ? "right" : "left";
      x += left ? -9 : 9;
      context.strokeText(text, x, y - 8);
      context.fillStyle = theme.text;
      context.fillText(text, x, y - 8);
      context.textAlign = "left";
    };
    const dot = (x, y, r, fill, line) => {
      context.beginPath();
      context.arc(x, y, r * theme.zoom, 0, 7);
      context.fillStyle = fill;
      context.fill();
      context.lineWidth = 2.5;
      context.strokeStyle = line;
      context.stroke();
    };
    const A = others.length ? "A " : "";
    const marks = [
      [path[0], others.some(([first]) => apart(first, path[0]) > 1e-3 * told.reach) ? "A start" : "start"],
      [path[path.length - 1], `${A}end`],
      ...others.map((other, k) => [other[other.length - 1], LETTERS[k + 1]]),
      ...(told.third > 0 ? [[path[told.third], "through here"]] : []),
    ];
    for (const [place, name] of marks) {
      const [x, y] = [this.x(place.x), this.y(place.y)];
      dot(x, y, 3.5, theme.text, theme.background);
      word(name, x, y);
    }
    const [x, y] = step === told.step ? told.here : placeOf(path, step);
    dot(this.x(x), this.y(y), 7, theme.positive, theme.background);
    if (picked) {
      dot(this.x(picked[0]), this.y(picked[1]), 6, theme.negative, theme.background);
      word("your network", this.x(picked[0]), this.y(picked[1]));
    }
  }

  // What the map has at a place: between its own four places around it.
  /** @param {number[]} place */
  lossAt([x, y]) {
    const { told, losses } = this.sheet;
    const { n, middle, reach } = told;
    const [u, v] = [x - middle[0], y - middle[1]].map((d) => ((d / reach + 1) / 2) * (n - 1));
    const [i, j] = [u, v].map((w) => Math.max(0, Math.min(n - 2, Math.floor(w))));
    const at = (a, b) => losses[(j + b) * n + i + a];
    const [s, t] = [u - i, v - j];
    return (1 - t) * ((1 - s) * at(0, 0) + s * at(1, 0)) + t * ((1 - s) * at(0, 1) + s * at(1, 1));
  }
}

export function mapInWords({ told, path, losses, others }) {
  const finite = [...losses].filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const off = path.filter((place) => lies(place)).length;
  return `Map of the training loss, ${told.labels[0]} across and ${told.labels[1]} up. Losses from ${say(least, 3)} to ${say(most, 3)}. The path begins at ${say(path[0].loss, 3)} and ends at ${say(path[path.length - 1].loss, 3)}; at ${off} of its ${path.length} places the map is off by more than a fifth.${others.map(besideInWords).join("")} ${told.words}`;
}

const besideInWords = (other, k) =>
  ` Path ${LETTERS[k + 1]} begins at ${say(other[0].loss, 3)} and ends at ${say(other[other.length - 1].loss, 3)}; the map is off at ${other.filter((place) => lies(place)).length} of its ${other.length} places.`;
