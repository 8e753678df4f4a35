// The optimizers of the engine on a map of two variables, all from one start, step by step.
//
// Comes in:  a `Descent` (stage/types.d.ts): the heights, and the ways that the engine's optimizers take. Goes out: the
//            trigger `start`, [x, y], where the map was clicked.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h, tell } from "../shared/dom.js";
import { say } from "../shared/format.js";
import { CONFIG, axis, layout, loadPlotly, textForPlotly } from "../shared/plot.js";
import { grown, observeTheme } from "../shared/theme.js";
import { MARGIN, drawWays, fate, ground, places } from "./picture.js";

/** @import { Descent } from "../stage/types.d.ts" */

const PER_SECOND = 40; // steps

export default function mount({ data, parentElement, setTriggerValue }) {
  const map = viewIn(parentElement, "descent", () => new DescentMap());
  map.wish = (start) => setTriggerValue("start", start);
  map.themes.check();
  map.receive(data);
  return untilGone(parentElement, () => map.close());
}

class DescentMap {
  constructor() {
    /** @type {Descent | null} */
    this.told = null;
    this.key = ""; // what was told, as a text to compare
    this.step = 0;
    this.playing = false;
    this.before = 0;
    this.loop = 0;
    this.fraction = 0;
    this.plotted = "";
    /** @type {any} */
    this.Plotly = null;
    /** @type {any} */
    this.theme = null;
    /** @type {(start: number[]) => void} */
    this.wish = () => {};
    this.plot = h("div", { class: "over", "aria-hidden": "true" });
    this.canvas = h("canvas", { class: "under", role: "img" });
    this.box = h("div", { class: "map", title: "Click to start from there" }, this.plot, this.canvas);
    this.box.addEventListener("click", (event) => this.click(event));
    this.playButton = h("button", { type: "button", class: "play", onclick: () => this.play(!this.playing) }, "Play");
    this.slider = h("input", {
      type: "range",
      class: "track",
      min: 0,
      value: 0,
      "aria-label": "Step",
      oninput: () => {
        this.play(false);
        this.step = this.slider.valueAsNumber;
        this.wake();
      },
    });
    this.where = h("b", { class: "where" });
    this.words = h("p", { class: "sentence", role: "status" });
    this.body = h("tbody", {});
    const head = ["Optimizer", "Learning rate", "Height now", "99 % of the way down"];
    this.table = h(
      "table",
      { "aria-label": "The optimizers on this map" },
      h("thead", {}, h("tr", {}, ...head.map((label) => h("th", { scope: "col" }, label)))),
      this.body,
    );
    this.signs = h("p", { class: "figures" });
    this.element = h(
      "div",
      { class: "descent compare" },
      this.words,
      h("div", { class: "buttons" }, this.playButton, this.slider, this.where),
      h("div", { class: "halves" }, this.box, h("div", {}, this.table, this.signs)),
    );
    this.resize = new ResizeObserver(() => this.wake());
    this.resize.observe(this.box);
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.plotted = "";
      this.wake();
    });
  }

  close() {
    cancelAnimationFrame(this.loop);
    this.themes.stop();
    this.resize.disconnect();
    if (this.plot.data) this.Plotly?.purge(this.plot);
  }

  /** @param {Descent} told */
  receive(told) {
    const key = JSON.stringify(told);
    if (key === this.key) return;
    this.key = key;
    this.told = told;
    this.plotted = "";
    this.slider.max = String(told.steps);
    tell(this.words, told.words);
    const star = told.minima.length ? ", a star where it is lowest" : "";
    tell(this.signs, `A cross marks where all of them start${star}. Click the map to start elsewhere.`);
    this.step = 0;
    this.play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    if (!this.playing) this.step = told.steps;
    this.wake();
  }

  play(on) {
    if (on && this.told && this.step >= this.told.steps) this.step = 0;
    this.playing = on;
    this.playButton.textContent = on ? "Pause" : "Play";
    this.before = 0;
    this.wake();
  }

  click(event) {
    if (!this.told) return;
    const { left, top, width, height } = this.box.getBoundingClientRect();
    const at = places(this.told, width, height, this.theme);
    const point = [event.clientX - left, event.clientY - top];
    if (at.holds(point)) this.wish(at.from(point).map((v) => Number(v.toPrecision(4))));
  }

  wake() {
    this.loop ||= requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.loop = 0;
    if (!this.told || !this.theme) return;
    if (this.playing) {
      const seconds = this.before ? Math.min(0.1, (now - this.before) / 1000) : 0;
      this.before = now;
      this.fraction += seconds * PER_SECOND;
      this.step = Math.min(this.told.steps, this.step + Math.floor(this.fraction));
      this.fraction %= 1;
      if (this.step >= this.told.steps) this.play(false);
    }
    this.draw(this.told);
    if (this.playing) this.wake();
  }

  /** @param {Descent} told */
  draw(told) {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (width < 100) return;
    const context = fit(this.canvas, width, height);
    context.clearRect(0, 0, width, height);
    drawWays(context, told, this.step, this.theme, places(told, width, height, this.theme));
    tell(this.where, `Step ${this.step}`);
    this.slider.value = String(this.step);
    this.slider.setAttribute("aria-valuetext", `Step ${this.step}`);
    this.drawTable(told);
    this.drawGround(told, width, height);
    if (!this.playing) this.describe(told);
  }

  drawGround(told, width, height) {
    if (!this.Plotly) return void loadPlotly(told.plotly).then((Plotly) => (this.Plotly = Plotly) && this.wake());
    const key = [width, height].join();
    if (key === this.plotted) return;
    this.plotted = key;
    const span = (values) => [values[0], values[values.length - 1]];
    const [across, up] = told.axes.map(textForPlotly);
    const look = layout(this.theme, { width, height }, grown(MARGIN, this.theme), {
      hovermode: "closest",
      xaxis: axis(this.theme, { range: span(told.x), title: across, showgrid: false, nticks: 7 }),
      yaxis: axis(this.theme, { range: span(told.y), title: up, showgrid: false, nticks: 7 }),
    });
    this.Plotly.react(this.plot, ground({ ...told, axes: [across, up] }, this.theme), look, CONFIG);
  }

  drawTable(told) {
    if (this.body.children.length !== told.ways.length)
      this.body.replaceChildren(
        ...told.ways.map(() => h("tr", {}, h("th", { scope: "row" }), h("td", {}), h("td", {}), h("td", {}))),
      );
    told.ways.forEach((way, k) => {
      const [name, rate, height, state] = this.body.children[k].children;
      tell(name, way.label);
      name.dataset.mark = String(k + 1);
      name.style.setProperty("--mark", this.theme.classes[k % this.theme.classes.length]);
      tell(rate, `${say(way.rate)}${way.is_best ? ", its best" : ""}`);
      const value = way.values[this.step];
      tell(height, value === null ? "–" : say(value));
      tell(state, fate(told, way, this.step));
    });
  }

  describe(told) {
    const each = told.ways.map((way) => {
      const value = way.values[this.step];
      return `${way.label} at ${value === null ? "no number" : say(value)}`;
    });
    this.canvas.setAttribute(
      "aria-label",
      `A map, and the optimizers on it from ${told.start.map((v) => say(v)).join(", ")}. Heights after step ${this.step}: ${each.join(", ")}.`,
    );
  }
}
