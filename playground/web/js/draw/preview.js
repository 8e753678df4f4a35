// What a small network makes of the points on the sheet: the engine's answer (web/glance_route.py), drawn beside them.
import { fit, h, pen, tell } from "../shared/dom.js";
import { ramps } from "../shared/theme.js";
import { Network, gridPoints } from "../stage/network.js";
import { parseMessage } from "../stage/recording.js";
import { paintClasses } from "../stage/surface.js";
import { mark } from "./marks.js";

/** @import { GlanceTold } from "../stage/types.d.ts" */

const GRID = 100;
const EVERY_MS = 200; // so long after a change the server is asked; while it answers, the next change waits
const RADIUS = 1 / 130; // of a point, of the picture's side
const NETWORK =
  "The network that the playground opens with: two layers of 8 neurons, from the same first weights every time.";

export class Preview {
  constructor() {
    this.address = "";
    this.wanted = ""; // the points that it should show, as a text to compare
    this.shown = ""; // and those that it shows
    this.points = [];
    /** @type {{told: GlanceTold, network: Network, parameters: Float32Array} | null} */
    this.seen = null;
    this.hangUp = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.asking = false;
    /** @type {any} */
    this.theme = null;
    this.side = 0;
    this.reach = 1;
    this.canvas = h("canvas", { role: "img" });
    this.small = h("canvas", {});
    this.small.width = this.small.height = GRID;
    this.note = h("p", { class: "note-line" });
    this.element = h(
      "section",
      { class: "preview", "aria-label": "What a small network makes of them" },
      h("h3", { title: NETWORK }, "What a small network makes of them"),
      this.canvas,
      this.note,
      h("p", { class: "which" }, NETWORK),
    );
  }

  // Show the network for other points; without any there is nothing to show.
  /** @param {number[][]} points */
  follow(points) {
    this.points = points;
    this.wanted = points.length ? JSON.stringify(points.flat()) : "";
    if (!this.wanted) {
      this.forget();
      return;
    }
    if (this.wanted !== this.shown && !this.asking) this.timer ??= setTimeout(() => this.ask(), EVERY_MS);
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.hangUp.abort();
    this.seen = null;
    this.shown = "";
    tell(this.note, "");
    this.draw();
  }

  async ask() {
    this.timer = undefined;
    this.asking = true;
    const asked = this.wanted;
    this.hangUp = new AbortController();
    let failed = false;
    const slow = setTimeout(() => tell(this.note, "The network learns your points …"), 300);
    try {
      const answer = await fetch(new URL(this.address, import.meta.url), {
        ...{ method: "POST", headers: { "Content-Type": "application/json" } },
        ...{ body: `{"points":${asked}}`, signal: this.hangUp.signal },
      });
      if (!answer.ok) throw new Error(`The server answers with ${answer.status}.`);
      const { header, floats } = parseMessage(new Uint8Array(await answer.arrayBuffer()));
      if (this.wanted) this.take(header.glance, /** @type {Float32Array} */ (floats), asked);
    } catch {
      failed = !this.hangUp.signal.aborted;
      if (failed) tell(this.note, "The server does not answer just now: draw on, and it is asked again.");
    }
    clearTimeout(slow);
    this.asking = false;
    if (!failed && this.wanted && this.wanted !== this.shown) this.timer ??= setTimeout(() => this.ask(), EVERY_MS);
  }

  /** @param {GlanceTold} told @param {Float32Array} parameters @param {string} points */
  take(told, parameters, points) {
    this.seen = { told, network: new Network(told.net), parameters };
    this.shown = points;
    const passes = `${told.epochs.toLocaleString("en-US")} passes over them`;
    const words = `It gets ${told.right} of ${told.n} points right after ${passes}.`;
    tell(this.note, words);
    this.canvas.setAttribute("aria-label", words);
    this.paint();
  }

  // What the network answers at each place of a grid over the sheet, one row of probabilities for each class.
  probabilities(reach) {
    const { told, network, parameters } = /** @type {any} */ (this.seen);
    const { x1, x2 } = gridPoints([-reach, reach], GRID);
    const out = network.evaluate(parameters, x1, x2).at(-1);
    return told.task === "binary" ? [out[0].map((p) => 1 - p), out[0]] : out;
  }

  // Draw it so large, for a sheet from -reach to reach.
  size(theme, side, reach) {
    const isNew = theme !== this.theme || reach !== this.reach;
    this.theme = theme;
    this.side = side;
    this.reach = reach;
    if (isNew) this.paint();
    else this.draw();
  }

  // The ground, a pixel for each place of the grid.
  paint() {
    if (this.seen && this.theme) {
      const pixels = pen(this.small).createImageData(GRID, GRID);
      const { classes } = ramps(this.theme);
      const colours = this.seen.told.classes.map((c) => classes[c % classes.length]);
      paintClasses(new Uint32Array(pixels.data.buffer), this.probabilities(this.reach), colours, false);
      pen(this.small).putImageData(pixels, 0, 0);
    }
    this.draw();
  }

  draw() {
    const { theme, side, reach } = this;
    if (!theme || side < 40) return;
    const context = fit(this.canvas, side, side);
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, side, side);
    if (!this.seen) return;
    context.drawImage(this.small, 0, 0, side, side);
    const at = (x) => (side * (x + reach)) / (2 * reach);
    for (const [x, y, c] of this.points) mark(context, at(x), side - at(y), Math.max(3.5, RADIUS * side), c, theme);
  }
}
