// The network as a drawing: a small map in every neuron of what it sees, links as wide as their weights,
// biases as bars under the neurons; buttons to add and remove neurons and layers. Of a large network it shows the
// neurons that there is room for and the strongest links, and its title says so.
import { placeOf, signColour } from "../shared/colour.js";
import { fit, h, hide, isForFingers, onPress, pen, tell } from "../shared/dom.js";
import { scaleOf } from "./surface.js";
import { say } from "../shared/format.js";
import { parameterName, unitName } from "../shared/names.js";
import { TYPE } from "../shared/registry.js";
import { lineMark } from "../shared/runs.js";
import { ramps } from "../shared/theme.js";

export const MAP = 34; // pixels of a unit's map, before the screen scales it
const LEAST_ROOM = 7; // pixels from one unit to the next in which both can still be told
// On an ordinary screen, in pixels: what minus, number and plus take beside each other and below each other, across and
// from the top; and where fingers press them.
const BUTTONS = { beside: { wide: 78, high: 34 }, stacked: { wide: 30, high: 78 } };
const LARGE_BUTTONS = { beside: { wide: 108, high: 44 }, stacked: { wide: 46, high: 98 } };
const FEW_LINKS = 20; // between two layers: each is seen, however weak it is
const MOST_LINKS = 2000; // more are slow to draw, and nobody can follow them

// How large its parts are, in pixels on an ordinary screen: neurons where there is room, letters, the room beside the
// first and the last layer; how many times as wide the links are; and whether it has buttons.
export const USUAL = { neuron: 40, letters: TYPE.tick, beside: 30, links: 1, buttons: true };

export class Diagram {
  /**
   * @param {{look: {neuron: string}, awaitsRun?: boolean}} player which keeps what neuron is shown large, and knows
   *     whether another run is on its way
   */
  constructor(change, onFocus, edit, look = USUAL, player = { look: { neuron: "" } }) {
    this.change = change;
    this.onFocus = onFocus;
    this.edit = edit;
    this.look = look;
    this.player = player;
    /** @type {any} */
    this.run = this.network = this.theme = this.parameters = null;
    /** @type {number[] | null} */
    this.wanted = null; // the layers that the last press has asked for, while they are awaited
    this.width = this.height = this.zoom = 0;
    /** @type {any} */
    this.columns = null; // where the units stand, for this size
    this.side = this.slack = this.most = 0;
    this.bar = { off: 2, high: 3 };
    /** @type {number[]} */
    this.faintest = []; // by layer: the weakest weight that is drawn
    /** @type {any} */
    this.pointed = this.lit = this.bias = null; // what the pointer is on: a unit, a link, a bias
    /** @type {any} */
    this.shut = null; // the unit that the last click has closed, until the pointer leaves it
    this.pointer = { x: 0, y: 0 };
    this.canvas = h("canvas", { class: "under", role: "img", "aria-label": "The network" });
    this.buttons = h("div", { class: "layer-buttons" });
    this.tip = h("div", { class: "tip", hidden: true });
    this.box = h("div", { class: "plot" }, this.canvas, this.buttons, this.tip);
    this.named = h("span", {}, "The network: what every neuron sees");
    const signs = ["positive", "negative"].map((sign) => h("span", {}, lineMark(`var(--${sign})`), sign));
    this.title = h("h3", {}, this.named, h("span", { class: "legend" }, ...signs));
    this.element = h("section", { class: "panel diagram", "aria-label": "Network" }, this.title, this.box);
    this.maps = document.createElement("canvas");
    this.box.addEventListener("pointermove", (event) => this.hover(event));
    onPress(this.box, (event) => this.press(event));
    this.box.addEventListener("pointerleave", () => this.leave());
  }

  setRun(run, network) {
    this.run = run;
    this.network = network;
    this.columns = null;
    if (!this.opened) this.player.look.neuron = ""; // the network has no such neuron any more
    if (!this.player.awaitsRun) this.wanted = null;
    this.leave();
  }

  // The unit that was clicked, or that a link has named, as far as this network has it.
  get opened() {
    if (!this.run) return null;
    const [layer, number] = this.player.look.neuron.split(".").map(Number);
    const { net } = this.run.header;
    const n = layer === 0 ? net.features.length : net.layers[layer - 1]?.n_out;
    if (!(number >= 1 && number <= n) || layer >= net.layers.length) return null;
    return { layer, unit: number - 1, name: unitName(layer, number - 1, net) };
  }

  // The unit that the pointer has enlarged for now.
  get focus() {
    return isSame(this.pointed, this.shut) ? null : this.pointed;
  }

  // Where the units stand: columns[layer][unit] = {x, y} for as many as there is room for, and one side length for all.
  place(zoom) {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (this.columns && this.width === width && this.height === height && this.zoom === zoom) return;
    this.width = width;
    this.height = height;
    this.zoom = zoom;
    const counts = [this.run.header.net.features.length, ...this.run.header.net.layers.map((l) => l.n_out)];
    const [neuron, beside, letters] = [this.look.neuron * zoom, this.look.beside * zoom, this.look.letters * zoom];
    const gap = (width - 2 * beside) / Math.max(1, counts.length - 1);
    const sizes = isForFingers() ? LARGE_BUTTONS : BUTTONS;
    const ways = this.look.buttons ? Object.keys(sizes) : [];
    const buttons = ways.find((way) => gap >= sizes[way].wide * zoom) ?? "none";
    const top = buttons === "none" ? letters - 3 : sizes[buttons].high * zoom;
    const room = height - top - 14;
    const most = Math.min(Math.max(...counts), Math.max(1, Math.floor(room / LEAST_ROOM)));
    const close = room / most < 14;
    this.slack = close ? 0 : 3;
    this.bar = close ? { off: 0, high: 2 } : { off: 2, high: 3 };
    this.side = Math.max(5, Math.min(Math.max(neuron, height / 10), room / most - 8, gap * 0.55));
    this.columns = counts.map((all, l) => {
      const n = Math.min(all, most);
      const spread = Math.min(this.side * 1.9, (room - this.side) / Math.max(1, n - 1));
      const middle = top + room / 2;
      return Array.from({ length: n }, (_, k) => ({ x: beside + gap * l, y: middle + (k - (n - 1) / 2) * spread }));
    });
    this.drawButtons(buttons);
    this.drawTitle(counts, most);
  }

  drawTitle(counts, most) {
    const links = this.columns.reduce((sum, column, l) => sum + (l && column.length * this.columns[l - 1].length), 0);
    this.most = links > MOST_LINKS ? Math.round(MOST_LINKS / this.network.layers.length) : Infinity;
    const parts = [
      most < Math.max(...counts) && `the first ${most} of each layer`,
      links > MOST_LINKS && "the strongest links",
    ];
    const told = parts.filter(Boolean).join(" and ");
    const usual = h("span", { class: "more" }, ": what every neuron sees");
    this.named.replaceChildren("The network", told ? `: ${told}` : usual);
  }

  drawButtons(place) {
    const sizes = this.run.header.settings.hidden_layer_sizes;
    const { max_layers, max_neurons } = this.run.header.settings;
    const button = (text, label, next, disabled) => {
      const onclick = () => this.resize(next);
      return h("button", { type: "button", title: label, "aria-label": label, disabled, onclick }, text);
    };
    const groups = sizes.map((n, l) => {
      const by = (m) => (now) => now.map((old, k) => (k === l ? Math.max(1, Math.min(max_neurons, old + m)) : old));
      const group = h(
        "div",
        { class: `layer ${place}`, hidden: place === "none", style: `left:${this.columns[l + 1][0].x}px` },
        button("−", `Remove a neuron from hidden layer ${l + 1}`, by(-1), n <= 1),
        h("span", { title: `Hidden layer ${l + 1}: ${n} neurons` }, String(n)),
        button("+", `Add a neuron to hidden layer ${l + 1}`, by(1), n >= max_neurons),
      );
      return group;
    });
    const layers = h(
      "div",
      { class: "layers" },
      h("span", {}, "Layers"),
      button("−", "Remove the last hidden layer", (now) => now.slice(0, -1), sizes.length === 0),
      h("span", {}, String(sizes.length)),
      button(
        "+",
        "Add a hidden layer",
        (now) => (now.length < max_layers ? [...now, now[now.length - 1] ?? 4] : now),
        sizes.length >= max_layers,
      ),
    );
    // Rebuilding would take the focus away from a button that was just pressed.
    const focused = document.activeElement?.getAttribute("aria-label");
    this.buttons.replaceChildren(layers, ...groups);
    if (focused)
      [...this.buttons.querySelectorAll("button")].find((b) => b.getAttribute("aria-label") === focused)?.focus();
  }

  // Each press counts from what the press before has asked for, however long that takes to come.
  resize(next) {
    const shown = this.run.header.settings.hidden_layer_sizes;
    this.wanted = next((this.player.awaitsRun && this.wanted) || shown);
    this.change({ hidden_layer_sizes: this.wanted });
  }

  draw(theme, parameters, values, frozen) {
    this.place(theme.zoom);
    if (this.width < 40) return;
    this.parameters = parameters;
    this.theme = theme;
    const context = fit(this.canvas, this.width, this.height);
    context.clearRect(0, 0, this.width, this.height);
    this.drawLinks(context, theme, parameters);
    this.drawUnits(context, theme, parameters, values);
    this.drawLetters(context, theme, frozen);
    this.sayTip();
  }

  drawLinks(context, theme, parameters) {
    const half = this.side / 2;
    const wide = this.look.links;
    this.faintest = this.network.layers.map((_, l) => this.faintestOf(l, parameters));
    this.network.layers.forEach((_, l) => {
      const n = this.columns[l].length * this.columns[l + 1].length;
      const thin = n > 200 ? 0.5 : 1;
      for (const [i, from] of this.columns[l].entries()) {
        for (const [j, to] of this.columns[l + 1].entries()) {
          const w = this.network.weight(parameters, l, i, j);
          if (Math.abs(w) < this.faintest[l]) continue;
          const lit = this.lit?.layer === l && this.lit.i === i && this.lit.j === j;
          const [faint, fine] = w && n <= FEW_LINKS ? [0.4, 1] : [0.12, 0.4];
          context.globalAlpha = lit ? 1 : Math.min(0.9, faint + 0.5 * Math.abs(w));
          context.lineWidth = wide * (lit ? 4 : thin * Math.min(5, fine + 1.3 * Math.abs(w)));
          context.strokeStyle = signColour(w, theme);
          const [x0, x1] = [from.x + half, to.x - half];
          const bend = (x1 - x0) * 0.45;
          context.beginPath();
          context.moveTo(x0, from.y);
          context.bezierCurveTo(x0 + bend, from.y, x1 - bend, to.y, x1, to.y);
          context.stroke();
        }
      }
    });
    context.globalAlpha = 1;
  }

  // The size from which on a weight's link is drawn.
  faintestOf(l, parameters) {
    const [n_in, n_out] = [this.columns[l].length, this.columns[l + 1].length];
    if (n_in * n_out <= this.most) return 0;
    const sizes = Float32Array.from({ length: n_in * n_out }, (_, k) =>
      Math.abs(this.network.weight(parameters, l, k % n_in, Math.floor(k / n_in))),
    );
    return sizes.sort()[sizes.length - this.most];
  }

  drawUnits(context, theme, parameters, values) {
    const colours = ramps(theme).signed;
    const n = Math.sqrt(values[0][0].length);
    const small = pen(this.maps);
    if (this.maps.width !== MAP) this.maps.width = this.maps.height = MAP;
    const pixels = small.createImageData(MAP, MAP);
    const words = new Uint32Array(pixels.data.buffer);
    const { side } = this;
    const lastLayer = values.length - 1;
    const shown = this.focus ?? this.opened;
    this.columns.forEach((column, l) => {
      column.forEach((at, k) => {
        const row = values[l][k];
        const [x, y] = [at.x - side / 2, at.y - side / 2];
        // Outputs are drawn as the surface draws them, everything else around zero.
        const { middle, reach } =
          l === lastLayer
            ? this.run.header.scale
            : { middle: 0, reach: scaleOf(values, { layer: l, unit: k }, this.run.header) };
        sample(words, row, n, middle, reach, colours);
        small.putImageData(pixels, 0, 0);
        context.imageSmoothingEnabled = true;
        context.drawImage(this.maps, x, y, side, side);
        const lit = shown?.layer === l && shown.unit === k;
        context.lineWidth = lit ? 2.5 : 1;
        context.strokeStyle = lit ? theme.text : theme.muted;
        context.strokeRect(x, y, side, side);
        if (l > 0 && this.network.net.use_bias)
          this.drawBias(context, theme, this.network.bias(parameters, l - 1, k), x, y + side + this.bar.off, side);
      });
    });
  }

  // The names of the inputs, the output's, and which layers are frozen.
  drawLetters(context, theme, frozen) {
    const { side } = this;
    const letters = this.look.letters * theme.zoom;
    context.fillStyle = theme.muted;
    context.font = `${letters}px ${theme.font}`;
    context.textAlign = "center";
    const inputs = this.columns[0];
    const room = inputs.length > 1 ? inputs[1].y - inputs[0].y : Infinity;
    if (room >= side + letters + 1) {
      this.run.header.net.feature_labels.forEach((label, k) => {
        context.fillText(label.length > 10 ? `${label.slice(0, 9)}…` : label, inputs[k].x, inputs[k].y - side / 2 - 4);
      });
    }
    const last = this.columns.length - 1;
    const gap = this.columns[last][0].x - this.columns[last - 1][0].x - side / 2;
    this.columns.forEach((column, l) => {
      const still = frozen.includes(l);
      const text = l === last ? (still ? "❄ output" : "output") : still ? "❄" : "";
      if (this.look.letters <= USUAL.letters || context.measureText(text).width < 2 * gap)
        context.fillText(text, column[0].x, column[0].y - side / 2 - 4);
    });
  }

  // A bias is a bar that grows from the middle: to the left and orange below zero, to the right and blue above.
  drawBias(context, theme, b, x, y, side) {
    const length = Math.tanh(Math.abs(b) / 2) * (side / 2);
    context.fillStyle = theme.grid;
    context.fillRect(x, y, side, this.bar.high);
    context.fillStyle = signColour(b, theme);
    context.fillRect(b < 0 ? x + side / 2 - length : x + side / 2, y, length, this.bar.high);
  }

  // What lies under a point: a bias mark, a unit, or a link.
  under(event) {
    const box = this.box.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const half = this.side / 2;
    /** @type {any} */
    let unit = null;
    /** @type {any} */
    let bias = null;
    this.columns.forEach((column, l) =>
      column.forEach((at, k) => {
        if (Math.abs(at.x - x) > half + 3) return;
        if (
          l > 0 &&
          this.network.net.use_bias &&
          y > at.y + half &&
          y < at.y + half + this.bar.off + this.bar.high + this.slack
        )
          bias = { layer: l - 1, j: k };
        else if (Math.abs(at.y - y) <= half + this.slack)
          unit ??= { layer: l, unit: k, name: unitName(l, k, this.run.header.net) };
      }),
    );
    if (bias) unit = null;
    return { x, y, bias, unit, link: unit || bias ? null : this.linkAt(x, y) };
  }

  hover(event) {
    if (!this.columns || !this.parameters) return;
    const { x, y, bias, unit, link } = this.under(event);
    this.pointed = unit;
    if (!isSame(unit, this.shut)) this.shut = null;
    this.lit = link;
    this.bias = bias;
    this.box.style.cursor = unit || bias || link ? "pointer" : "";
    this.pointer = { x, y };
    this.sayTip();
    this.tellFocus();
  }

  // A unit that is hovered, or else one that was opened by a click, is shown large.
  tellFocus() {
    const shown = this.focus ?? this.opened;
    this.onFocus(shown && shown.layer < this.run.header.net.layers.length ? shown : null);
  }

  press(event) {
    if (!this.columns || !this.parameters || event.target.closest("button")) return;
    this.hover(event);
    const { network, parameters } = this;
    if (this.bias) {
      const { layer, j } = this.bias;
      this.edit(
        network.biasPlace(layer, j),
        parameterName(layer, network.layers[layer].n_in, j, this.run.header.net),
        network.bias(parameters, layer, j),
        event,
      );
    } else if (this.lit) {
      const { layer, i, j } = this.lit;
      const name = parameterName(layer, i, j, this.run.header.net);
      this.edit(network.weightPlace(layer, i, j), name, network.weight(parameters, layer, i, j), event);
    } else {
      const { pointed } = this;
      const opens = pointed && !isSame(pointed, this.opened) && pointed.layer < network.layers.length;
      this.open(opens ? pointed : null);
    }
  }

  // Show a unit large until another is; null shows the output again, though the pointer may still be on the unit.
  open(/** @type {any} */ unit) {
    this.shut = unit ? null : this.pointed;
    this.player.look.neuron = unit ? `${unit.layer}.${unit.unit + 1}` : "";
    this.tellFocus();
  }

  linkAt(x, y) {
    const half = this.side / 2;
    /** @type {any} */
    let best = null;
    let nearest = 6;
    for (let l = 0; l + 1 < this.columns.length; l++) {
      const [x0, x1] = [this.columns[l][0].x + half, this.columns[l + 1][0].x - half];
      if (x < x0 || x > x1) continue;
      const u = bezierParameter((x - x0) / (x1 - x0));
      const s = 3 * u * u - 2 * u * u * u;
      this.columns[l].forEach((from, i) =>
        this.columns[l + 1].forEach((to, j) => {
          const distance = Math.abs(from.y + (to.y - from.y) * s - y);
          const drawn = Math.abs(this.network.weight(this.parameters, l, i, j)) >= this.faintest[l];
          if (drawn && distance < nearest) [nearest, best] = [distance, { layer: l, i, j }];
        }),
      );
    }
    return best;
  }

  // What the pointer is on, with its number at the moment that is drawn.
  get tipInWords() {
    const { parameters, network } = this;
    if (this.bias) {
      const { layer, j } = this.bias;
      const name = parameterName(layer, network.layers[layer].n_in, j, this.run.header.net);
      return `${name}: ${say(network.bias(parameters, layer, j))} (click to set it)`;
    }
    if (this.lit) {
      const { layer, i, j } = this.lit;
      const name = parameterName(layer, i, j, this.run.header.net);
      return `${name}: ${say(network.weight(parameters, layer, i, j))} (click to set it)`;
    }
    if (!this.pointed) return "";
    const { layer, unit, name } = this.pointed;
    if (layer === 0) return name;
    const { use_bias, activation_labels } = network.net;
    const bias = use_bias ? `, bias ${say(network.bias(parameters, layer - 1, unit))}` : "";
    return `${name}: ${activation_labels[layer - 1]}${bias}`;
  }

  sayTip() {
    const { x, y } = this.pointer;
    const text = this.tipInWords;
    hide(this.tip, !text);
    if (!text) return;
    tell(this.tip, text);
    const left = Math.min(x + 12, this.width - this.tip.offsetWidth - 4);
    this.tip.style.transform = `translate(${left}px, ${y + 14}px)`;
  }

  leave() {
    this.pointed = this.shut = this.lit = this.bias = null;
    this.tip.hidden = true;
    this.tellFocus();
  }
}

function isSame(one, other) {
  return one?.layer === other?.layer && one?.unit === other?.unit;
}

// Where on the link's curve (a Bézier with ends 45 % long) the share `t` of the way across is reached.
function bezierParameter(t) {
  let u = t;
  for (let k = 0; k < 8; k++) {
    const v = 1 - u;
    const across = 3 * v * v * u * 0.45 + 3 * v * u * u * 0.55 + u * u * u;
    u += t - across;
  }
  return Math.max(0, Math.min(1, u));
}

// A unit's map, MAP x MAP colours, from its values on a grid of n x n.
export function sample(words, row, n, middle, reach, colours) {
  const step = n / MAP;
  for (let r = 0, p = 0; r < MAP; r++) {
    const base = ((r * step) | 0) * n;
    for (let c = 0; c < MAP; c++, p++) words[p] = colours[placeOf(row[base + ((c * step) | 0)], middle, reach)];
  }
}
