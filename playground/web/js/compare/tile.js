// One run of the comparison: its boundary at the clock's time, under its letter and what sets it apart.
import { fit, h, pen, tell } from "../shared/dom.js";
import { percent, say, steady } from "../shared/format.js";
import { gridPoints, Network } from "../stage/network.js";
import { EPOCH, TEST_LOSS, TEST_SCORE, TRAIN_LOSS, TRAIN_SCORE } from "../stage/recording.js";
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
    this.grids = new Map();
    this.map = document.createElement("canvas");
    this.canvas = h("canvas", { role: "img" });
    this.mark = h("b", { class: "letter" }, letter);
    this.name = h("span", { class: "apart" });
    this.figures = h("p", { class: "figures" });
    const button = (label, title, act) =>
      h("button", { type: "button", class: "small", title, "aria-label": `${title}: ${letter}`, onclick: act }, label);
    this.element = h(
      "section",
      { class: "tile", "aria-label": `Run ${letter}` },
      h(
        "h3",
        {},
        this.mark,
        this.name,
        button("Open", "Open in the Playground", hands.open),
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
    this.grids = new Map();
  }

  // What the network says after a row on a grid of n x n, over the range of its own data or of others.
  evaluate(row, n, range = this.run?.header.data.range) {
    const key = [n, ...range].join();
    if (!this.grids.has(key)) {
      const { x1, x2 } = gridPoints(range, n);
      this.grids.set(key, this.network.inputs(x1, x2));
    }
    return this.network.propagate(this.run?.parameters(row), this.grids.get(key));
  }

  // What it says at points of the plane.
  at(row, points) {
    return this.network.evaluate(this.run?.parameters(row), points.x1, points.x2);
  }

  /** @param {any} row @param {any} theme @param {number} fineness 0 for the finest grid */
  draw(row, theme, fineness) {
    this.row = row;
    this.drawAs(this, row, theme, GRIDS[fineness]);
    this.tellFigures(row);
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
    drawPoints(context, { x: 0, y: 0, width: side, height: side }, header, theme, Math.max(1.6, side / 150));
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

  tellFigures(row) {
    const run = /** @type {Recording} */ (this.run);
    const regression = run.header.task === "regression";
    const held = Number.isFinite(row[TEST_LOSS]);
    const score = row[held ? TEST_SCORE : TRAIN_SCORE];
    const words = [
      `${held ? "test" : "training"} loss ${steady(row[held ? TEST_LOSS : TRAIN_LOSS])}`,
      regression ? `R² ${steady(score)}` : `${percent(score)} right`,
    ];
    const over = run.ended && row === run.rows[run.rows.length - 1];
    if (over) words.push(`${run.header.diverged ? "diverged" : "stopped"} at epoch ${say(row[EPOCH])}`);
    tell(this.figures, words.join("; "));
  }
}
