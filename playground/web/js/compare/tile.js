// One run of the comparison: its boundary at the clock's time, under its letter and what sets it apart.
import { fit, h, pen, tell } from "../shared/dom.js";
import { percent, say, steady } from "../shared/format.js";
import { gridPoints, Network } from "../stage/network.js";
import { EPOCH, TEST_LOSS, TEST_SCORE, TRAIN_LOSS, TRAIN_SCORE, endOf } from "../stage/recording.js";
import { drawPoints } from "../stage/points.js";
import { paint } from "../stage/surface.js";

/** @import { Recording } from "../stage/recording.js" */

const GRIDS = [100, 64, 44, 28];
export class Tile {
  /** @param {string} letter @param {Record<string, () => void>} hands what its buttons do */
  constructor(letter, hands) {
    this.letter = letter;
    /** @type {Recording | null} */
    this.run = null;
    /** @type {any} */
    this.network = null;
    /** @type {any} */
    this.row = null; // what is drawn
    /** @type {any} */
    this.counted = null; // the networks of many seeds whose votes are counted,
    /** @type {Uint8Array[]} */
    this.votes = []; // and how many of them name which class
    this.grids = new Map();
    this.map = document.createElement("canvas");
    this.dots = document.createElement("canvas"); // the points, which are the same in every picture
    this.dotted = ""; // of what they were drawn, as a text to compare
    this.canvas = h("canvas", { role: "img" });
    this.mark = h("b", { class: "letter" }, letter);
    this.name = h("span", { class: "apart" });
    this.figures = h("p", { class: "figures" });
    const button = (label, title, act) =>
      h("button", { type: "button", class: "small", title, "aria-label": `${title}: ${letter}`, onclick: act }, label);
    this.holdButton = button("Hold", "Stay at this moment while the clock goes on", hands.hold);
    this.element = h(
      "section",
      { class: "tile", "aria-label": `Run ${letter}` },
      h(
        "h3",
        {},
        this.mark,
        this.name,
        this.holdButton,
        button("Open", "Open in the Playground at this moment", hands.open),
        button("×", "Take away", hands.remove),
      ),
      h("div", { class: "square" }, this.canvas),
      this.figures,
    );
  }

  /** @param {Recording} run @param {string} apart */
  setRun(run, apart) {
    tell(this.name, apart);
    this.name.title = apart;
    if (run === this.run) return;
    this.run = run;
    this.network = new Network(run.header.net);
    this.counted = null;
    this.grids = new Map();
  }

  // What the network says after a row on a grid of n x n, over the range of its own data or of others.
  evaluate(row, n, range = this.run?.header.data.range) {
    return this.network.propagate(this.run?.parameters(row), this.inputs(n, range));
  }

  // A network's inputs on such a grid.
  inputs(n, range = this.run?.header.data.range) {
    const key = [n, ...range].join();
    if (!this.grids.has(key)) {
      const { x1, x2 } = gridPoints(range, n);
      this.grids.set(key, this.network.inputs(x1, x2));
    }
    return this.grids.get(key);
  }

  // What it says at points of the plane.
  at(row, points) {
    return this.network.evaluate(this.run?.parameters(row), points.x1, points.x2);
  }

  /** @param {any} row @param {any} theme @param {number} fineness 0 for the finest grid */
  draw(row, theme, fineness) {
    this.row = row;
    this.drawAs(this, row, theme, GRIDS[fineness]);
  }

  // The picture of another tile in the place of this one's.
  /** @param {Tile} tile @param {any} row @param {any} theme */
  drawAs(tile, row, theme, n = GRIDS[0]) {
    const { header } = /** @type {Recording} */ (tile.run);
    if (header.data.curve) return this.drawCurve(tile, row, theme);
    const values = tile.evaluate(row, n, this.run?.header.data.range);
    return this.picture(n, theme, (pixels) => paint(pixels, values, header, theme, null, false));
  }

  // A picture of n x n pixels as large as the tile, and the points on it.
  picture(n, theme, fill) {
    const side = this.canvas.parentElement?.clientWidth ?? 0;
    if (side < 20) return;
    const context = fit(this.canvas, side, side);
    if (this.map.width !== n) this.map.width = this.map.height = n;
    const small = pen(this.map);
    const image = small.createImageData(n, n);
    fill(new Uint32Array(image.data.buffer));
    small.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.map, 0, 0, side, side);
    this.drawPoints(context, side, theme);
  }

  drawPoints(context, side, theme) {
    const { header } = /** @type {Recording} */ (this.run);
    const key = [header.data.name, side, theme.dark, window.devicePixelRatio].join();
    if (key !== this.dotted) {
      this.dotted = key;
      const small = fit(this.dots, side, side);
      small.clearRect(0, 0, side, side);
      drawPoints(small, { x: 0, y: 0, width: side, height: side }, header, theme, Math.max(1.6, side / 150));
    }
    context.drawImage(this.dots, 0, 0, side, side);
  }

  // With one input the network is a curve.
  drawCurve(tile, row, theme) {
    const { data } = /** @type {Recording} */ (this.run).header;
    const side = this.canvas.parentElement?.clientWidth ?? 0;
    if (side < 20) return;
    const context = fit(this.canvas, side, side);
    context.clearRect(0, 0, side, side);
    this.drawPoints(context, side, theme);
    const n = 200;
    const [low, high] = data.range;
    const x = Float32Array.from({ length: n }, (_, k) => low + (k / (n - 1)) * (high - low));
    const out = tile.at(row, { x1: x, x2: new Float32Array(n) });
    context.beginPath();
    out[out.length - 1][0].forEach((v, k) =>
      context.lineTo((side * k) / (n - 1), side - ((v - data.up[0]) / (data.up[1] - data.up[0])) * side),
    );
    context.lineWidth = 2.5;
    context.strokeStyle = theme.positive;
    context.stroke();
  }

  // The figures of a moment; whether it is held there or has come to its end before the clock, and what else there is.
  /** @param {any} row @param {{isHeld: boolean, isOver: boolean, more: string}} state */
  tellFigures(row, { isHeld, isOver, more }) {
    this.row = row;
    const run = /** @type {Recording} */ (this.run);
    const regression = run.header.task === "regression";
    const held = Number.isFinite(row[TEST_LOSS]);
    const score = row[held ? TEST_SCORE : TRAIN_SCORE];
    const words = [
      `${held ? "test" : "training"} loss ${steady(row[held ? TEST_LOSS : TRAIN_LOSS])}`,
      regression ? `R² ${steady(score)}` : `${percent(score)} right`,
    ];
    const last = row === run.rows[run.rows.length - 1];
    const ended = endOf(run.header) || (isOver ? "stands at its end" : "");
    if (isHeld) words.push(`held at epoch ${say(row[EPOCH])}`);
    else if (last && ended) words.push(`${ended}${isOver && !run.ended ? "," : " at"} epoch ${say(row[EPOCH])}`);
    this.holdButton.setAttribute("aria-pressed", String(isHeld));
    tell(this.figures, [words.join("; "), more].filter(Boolean).join(". "));
  }
}
