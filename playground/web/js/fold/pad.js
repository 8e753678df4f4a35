// For data that are pictures: the first layer's weights as pictures, and a pad on which one draws and sees the answer of
// the network at the moment.
import { fit, h, pen, tell } from "../shared/dom.js";
import { placeOf } from "../shared/colour.js";
import { percent, say } from "../shared/format.js";
import { ramps } from "../shared/theme.js";
import { Network } from "../stage/network.js";

const SIDE = 176; // pixels of the pad on an ordinary screen
const MOST_UNITS = 32;

export class Pad {
  // `pixels` says how the inputs make a picture (playground/geometry/pixels.py).
  constructor(pixels, header, draw) {
    this.pixels = pixels;
    this.header = header;
    this.network = new Network(header.net);
    this.ink = new Float32Array(pixels.rows * pixels.columns); // from 0 to 1
    this.redraw = draw;
    this.canvas = h("canvas", { role: "img", "aria-label": "A pad to draw on" });
    this.answer = h("p", { class: "answer", role: "status" });
    this.bars = h("div", { class: "bars" });
    const clear = h("button", { type: "button", onclick: () => this.clear() }, "Wipe");
    const n = Math.min(MOST_UNITS, header.net.layers[0].n_out);
    this.units = Array.from({ length: n }, (_, j) => h("canvas", { role: "img", title: `Neuron ${j + 1}` }));
    this.element = h(
      "div",
      { class: "pad" },
      h("section", { "aria-label": "Draw" }, h("h3", {}, "Draw, and see the answer"), this.canvas, clear),
      h("section", { "aria-label": "The answer" }, this.answer, this.bars),
      h(
        "section",
        { "aria-label": "Weights of layer 1" },
        h("h3", {}, "What each neuron of layer 1 looks for"),
        h("div", { class: "units" }, ...this.units),
      ),
    );
    let held = false;
    this.canvas.addEventListener("pointerdown", (event) => {
      held = true;
      this.canvas.setPointerCapture?.(event.pointerId);
      this.stroke(event);
    });
    this.canvas.addEventListener("pointermove", (event) => held && this.stroke(event));
    this.canvas.addEventListener("pointerup", () => (held = false));
  }

  clear() {
    this.ink.fill(0);
    this.redraw();
  }

  stroke(event) {
    const box = this.canvas.getBoundingClientRect();
    const { rows, columns } = this.pixels;
    this.press(((event.clientX - box.left) / box.width) * columns, ((event.clientY - box.top) / box.height) * rows);
    this.redraw();
  }

  // A brush about a pixel and a half wide, soft at its edge.
  press(x, y) {
    const { rows, columns } = this.pixels;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const far = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const k = row * columns + column;
        this.ink[k] = Math.max(this.ink[k], Math.min(1, Math.max(0, 1.35 - far)));
      }
  }

  // What the network is told of the drawing: each pixel's ink, on the scale of the data.
  inputs() {
    const { places, high, middle, size } = this.pixels;
    return places.map((k, i) => Float32Array.of((this.ink[k] * high - middle[i]) / size[i]));
  }

  draw(parameters, theme) {
    const { rows, columns } = this.pixels;
    const cell = (SIDE * theme.zoom) / columns;
    const context = fit(this.canvas, cell * columns, cell * rows);
    this.ink.forEach((ink, k) => {
      context.globalAlpha = 1;
      context.fillStyle = theme.panel;
      context.fillRect((k % columns) * cell, Math.floor(k / columns) * cell, cell - 0.5, cell - 0.5);
      context.globalAlpha = ink;
      context.fillStyle = theme.text;
      context.fillRect((k % columns) * cell, Math.floor(k / columns) * cell, cell, cell);
    });
    context.globalAlpha = 1;
    this.tellAnswer(parameters, theme);
    this.units.forEach((canvas, j) => this.drawUnit(canvas, j, parameters, theme));
  }

  tellAnswer(parameters, theme) {
    const { task, data, scale } = this.header;
    if (!this.ink.some(Boolean)) {
      tell(this.answer, "Draw with the mouse or a finger on the pad.");
      this.bars.replaceChildren();
      return;
    }
    const out = this.network
      .propagate(parameters, this.inputs())
      .at(-1)
      .map((row) => row[0]);
    const shares = task === "multiclass" ? out : [1 - out[0], out[0]];
    const best = shares.indexOf(Math.max(...shares));
    if (task === "regression") return void tell(this.answer, `The network answers ${say(out[0])}.`);
    const sure = scale.probability || this.header.net.output === "softmax";
    tell(
      this.answer,
      `The network takes it for ${data.classes[best]}${sure ? `, ${percent(shares[best])} sure` : ""}.`,
    );
    if (!sure) return void this.bars.replaceChildren();
    this.bars.replaceChildren(
      ...shares.map((share, c) => {
        const bar = h("i", { "aria-hidden": "true" });
        bar.style.width = `${100 * share}%`;
        bar.style.background = theme.classes[c % theme.classes.length];
        return h("div", { class: "bar" }, h("span", {}, data.classes[c]), bar);
      }),
    );
  }

  // A neuron's weights where their pixels are: blue for ink that it looks for, orange for ink that speaks against it.
  drawUnit(canvas, j, parameters, theme) {
    const { rows, columns, places } = this.pixels;
    if (canvas.width !== columns) [canvas.width, canvas.height] = [columns, rows];
    const weights = places.map((_, i) => this.network.weight(parameters, 0, i, j));
    const reach = Math.max(1e-9, ...weights.map(Math.abs));
    const image = pen(canvas).createImageData(columns, rows);
    const words = new Uint32Array(image.data.buffer).fill(ramps(theme).signed[128]);
    weights.forEach((weight, i) => (words[places[i]] = ramps(theme).signed[placeOf(weight, 0, reach)]));
    pen(canvas).putImageData(image, 0, 0);
    canvas.setAttribute(
      "aria-label",
      `Neuron ${j + 1}: weights from ${say(Math.min(...weights), 3)} to ${say(Math.max(...weights), 3)}`,
    );
  }
}
