// Figures made by Python, redrawn in place, with a line at the moment of the timeline.
//
// Comes in:  `data`, an object made by playground/charts.py.
// Goes out:  the trigger `pick`, {key, curve, point}: a point that was pressed, of a chart whose points can be.
import { untilGone } from "../shared/component.js";
import { h, hide } from "../shared/dom.js";
import { CONFIG, enlarged, loadPlotly } from "../shared/plot.js";
import { player } from "../shared/player.js";
import { ROOT } from "../shared/registry.js";
import { observeTheme } from "../shared/theme.js";

const grids = new WeakMap();

export default function mount({ data, parentElement, setTriggerValue }) {
  let grid = grids.get(parentElement);
  if (!grid) grids.set(parentElement, (grid = new Grid(parentElement)));
  grid.pick = (pick) => setTriggerValue("pick", pick);
  grid.receive(data);
  return untilGone(parentElement, () => grid.close());
}

class Grid {
  constructor(parent) {
    this.charts = new Map();
    /** @type {(pick: {key: string, curve: number, point: number}) => void} */
    this.pick = () => {};
    /** @type {any} */
    this.Plotly = null;
    /** @type {number | null} */
    this.loop = null; // the frame in which the cursors move
    this.element = h("div", { class: "charts" });
    parent.querySelector(".charts-place").replaceChildren(this.element);
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.element);
    this.follow = () => (this.loop ??= requestAnimationFrame(() => this.moveCursors()));
    player.watchers.add(this.follow);
    this.zoom = 1; // of the page's type, to which Python's figures are made as large
    this.themes = observeTheme(this.element, ({ zoom }) => {
      this.zoom = zoom;
      this.draw();
    });
  }

  close() {
    player.watchers.delete(this.follow);
    if (this.loop) cancelAnimationFrame(this.loop);
    this.resize.disconnect();
    this.themes.stop();
    for (const chart of this.charts.values()) this.Plotly?.purge(chart.plot);
  }

  receive({ plotly, columns, charts }) {
    this.element.style.setProperty("--columns", columns);
    for (const { key, figure, words, title, says, height, over_time, wide, picks, save } of charts) {
      const chart = this.charts.get(key) ?? this.add(key, { overTime: over_time, wide, picks });
      chart.figure = figure;
      chart.picture.setAttribute("aria-label", words);
      chart.picture.style.height = `${height / ROOT}rem`;
      hide(chart.picture, !figure);
      chart.title.textContent = title;
      chart.says.textContent = says;
      hide(chart.head, !title && !says);
      chart.save = save;
      if (save) chart.button.textContent = `Save as ${save.format.toUpperCase()}`;
      hide(chart.button, !save);
    }
    if (this.Plotly) this.draw();
    else loadPlotly(plotly).then((Plotly) => ((this.Plotly = Plotly), this.draw()));
  }

  add(key, { overTime, wide, picks }) {
    const plot = h("div", { "aria-hidden": "true" });
    const cursor = overTime ? h("div", { class: "moment" }) : null;
    const picture = h("div", { class: "picture", role: "img" }, plot, cursor);
    const button = h("button", { type: "button", onclick: () => this.save(chart) });
    const [title, says] = [h("b", {}), h("span", {})];
    const head = h("p", {}, title, says);
    const element = h("div", { class: `chart${wide ? " wide" : ""}`, "data-key": key }, head, picture, button);
    this.element.append(element);
    const chart = /** @type {any} */ ({ element, head, title, says, picture, plot, cursor, picks, button });
    this.charts.set(key, chart);
    return chart;
  }

  // What is seen, in twice the size.
  save({ plot, save }) {
    const { width, height } = plot._fullLayout;
    this.Plotly?.downloadImage(plot, { ...save, width, height, scale: 2 });
  }

  // Only what has changed: a figure is compared as the text that came.
  draw() {
    if (!this.Plotly) return;
    for (const chart of this.charts.values()) {
      const width = chart.element.clientWidth;
      const { zoom } = this;
      if (!width || !chart.figure || (chart.drawn === chart.figure && chart.width === width && chart.zoom === zoom))
        continue;
      const { data, layout } = enlarged(JSON.parse(chart.figure), zoom);
      // What the reader hid in the legend, or magnified, stays so with other numbers.
      this.Plotly.react(chart.plot, data, { ...layout, width, uirevision: chart.element.dataset.key }, CONFIG);
      if (chart.picks && !chart.drawn)
        chart.plot.on("plotly_click", ({ points: [{ curveNumber: curve, pointNumber: point }] }) =>
          this.pick({ key: chart.element.dataset.key, curve, point }),
        );
      Object.assign(chart, { drawn: chart.figure, width, zoom, end: layout.xaxis.range?.[1], epoch: null });
    }
    this.follow();
  }

  moveCursors() {
    this.loop = null;
    for (const chart of this.charts.values()) {
      if (chart.cursor && chart.drawn && chart.epoch !== player.epoch) this.moveCursor(chart, player.epoch);
    }
  }

  moveCursor(chart, epoch) {
    chart.epoch = epoch;
    const area = chart.plot.querySelector(".nsewdrag"); // as large as the plot between its axes
    const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(area.getAttribute(name)));
    const { style } = chart.cursor;
    style.top = `${y}px`;
    style.height = `${height}px`;
    style.transform = `translateX(${x + width * Math.min(1, epoch / chart.end)}px)`;
    style.visibility = "visible";
  }
}
