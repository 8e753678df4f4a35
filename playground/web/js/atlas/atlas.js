// An atlas of settings: a tile for each combination of a grid or each run of a search, all on one clock.
//
// Comes in:  `data`, the bytes of a message with an `AtlasPage`. Goes out: the trigger `wish`, {open: [cell, k]},
//            {compare: [cell, k]} or {seeds: [cell, k]} for the run of a cell from its seed number k, or {missing: name};
//            and questions by the server's route, which bring the tiles (playground/web/atlas_route.py).
import { untilGone, viewIn } from "../shared/component.js";
import { h, tell } from "../shared/dom.js";
import { listKeys } from "../shared/keys.js";
import { icon } from "../shared/icons.js";
import { percent, say } from "../shared/format.js";
import { loadPlotly } from "../shared/plot.js";
import { observeTheme } from "../shared/theme.js";
import { ask } from "../stage/ask.js";
import { parseMessage } from "../stage/recording.js";
import { Tile as Picture } from "../compare/tile.js";
import { drawEffect, drawSeeds, scoreName, seedsInWords } from "./charts.js";
import { Grid } from "./grid.js";
import { drawLines, drawSetting, drawnCells, fieldsFor, rungsInWords, toText } from "./search.js";
import { shortScore, Tiles, toCsv } from "./tiles.js";

export const VIEWS = { boundary: "Boundaries", curve: "Loss curves", score: "Scores", spread: "Seeds" };
const VIEW_HELP = {
  boundary: "What each network says about every point. The ticks at a tile's right edge are the scores of its seeds.",
  curve: "The loss on new points over the epochs, of every seed; all tiles share one scale.",
  score: "The score as a colour, from the lowest to the highest.",
  spread: "A dot for each seed at the height of its score; the further apart they lie, the fuller the colour.",
};
const SPEEDS = [10, 30, 60];
let speed = SPEEDS[1]; // as it was chosen in this tab
const AGAIN_MS = 1000;
const CHART_EVERY_MS = 400;
const DETAIL_EVERY_MS = 100; // while it plays: the points of a large picture take their time
/** @type {import("../shared/keys.js").Row[]} */
const KEYS = [
  ["Space", "play and pause"],
  ["Home, End", "to the start, and to the end"],
  ["1 to 4", "boundaries, loss curves, scores, seeds"],
  ["arrows, on the grid", "to the tile beside"],
  ["Enter, on the grid", "open that run in the Playground"],
  ["A", "add that run to Compare"],
  ["S", "train it from 20 seeds"],
];
const BUSY = "input, textarea, select, option, [contenteditable], [role=listbox], [role=combobox], [role=radiogroup]";
/** @type {any} */
const NOTHING = { axes: [{ label: "", values: [] }], cells: [], worlds: [], columns: 1, only: {} };

export default function mount({ data, parentElement, setTriggerValue }) {
  const page = viewIn(parentElement, "atlas", () => new Atlas());
  page.wish = (wish) => setTriggerValue("wish", wish);
  page.receive(parseMessage(data).header.page);
  return untilGone(parentElement, () => page.close());
}

export class Atlas {
  constructor() {
    /** @type {any} */
    this.page = null;
    /** @type {Tiles} */
    this.tiles = new Tiles(NOTHING);
    this.grid = new Grid();
    this.time = 0;
    this.playing = false;
    this.show = "boundary";
    this.asking = false; // whether tiles are still fetched
    this.stopped = false; // by the user
    this.fineness = 1;
    this.pinned = -1; // the tile that was chosen,
    this.hovered = -1; // and the one under the pointer
    this.hangUp = new AbortController();
    this.loop = 0;
    this.before = 0;
    this.painted = ""; // of what the picture was made, as a text to compare
    this.charted = "";
    this.detailed = "";
    this.chartAt = this.detailAt = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.written = undefined; // a timer: the address bar is written once the moment stands
    /** @type {any} */
    this.Plotly = null;
    /** @type {any} */
    this.theme = null;
    /** @type {(wish: any) => void} */
    this.wish = () => {};
    const button = (label, title, act, kind = "words") =>
      h("button", { type: "button", class: kind, title, "aria-label": title, onclick: act }, label);
    this.playButton = button("Play", "Play or pause (Space)", () => this.play(!this.playing), "play");
    this.stopButton = button("Stop", "Stop training; what is there stays", () => this.turnTraining());
    this.speedSelect = h(
      "select",
      { "aria-label": "How fast Play goes", onchange: () => (speed = Number(this.speedSelect.value)) },
      ...SPEEDS.map((each) => h("option", { value: String(each), selected: each === speed }, `${each} epochs/s`)),
    );
    this.viewButtons = Object.entries(VIEWS).map(([name, label], k) =>
      h(
        "button",
        {
          ...{ type: "button", class: "words", title: `${VIEW_HELP[name]} (${k + 1})`, "aria-pressed": "false" },
          onclick: () => this.turnTo(name),
        },
        label,
      ),
    );
    this.where = h("b", { class: "where" });
    this.status = h("p", { class: "sentence", role: "status" });
    this.bar = h("progress", { max: 1, value: 0, "aria-label": "How much is trained" });
    this.notes = h("ul", { class: "notes" });
    this.slider = h("input", {
      ...{ type: "range", class: "track", min: 0, max: 1000, value: 0, "aria-label": "Epoch" },
      oninput: () => this.seek((this.slider.valueAsNumber / 1000) * this.end),
    });
    this.help = h("p", { class: "figures" });
    // The picture of one tile, by Compare's own hands.
    this.picture = new Picture("", {});
    this.picture.canvas.setAttribute("aria-label", "The chosen tile, once it is there");
    this.name = h("h3", {});
    this.words = h("p", { class: "figures" });
    const act = (label, title, wish) => button(label, title, () => this.wishFor(wish), "words small");
    this.openButton = act("Open in the Playground", "Open this very run in the Playground (Enter)", "open");
    this.compareButton = act("Add to Compare", "Keep this run to compare with others (A)", "compare");
    this.seedsButton = act("20 seeds", "Is it luck? This run from 20 seeds, in Compare (S)", "seeds");
    this.seedsPlot = h("div", { class: "chart", "aria-hidden": "true" });
    this.detail = h(
      "section",
      { class: "detail", "aria-label": "The tile chosen" },
      this.name,
      h("div", { class: "buttons" }, this.openButton, this.compareButton, this.seedsButton),
      /** @type {any} */ (this.picture.canvas.parentElement),
      this.picture.figures,
      h("h4", {}, "The loss of every seed; the one drawn in colour"),
      this.seedsPlot,
      this.words,
    );
    this.effects = h("div", { class: "effects" });
    this.linesPlot = h("div", { class: "chart", "aria-hidden": "true" });
    this.linesHelp = h("h4", {});
    this.fields = h("div", { class: "fields", role: "group", "aria-label": "Which runs are shown" });
    this.lines = h("section", { class: "through" }, this.linesHelp, this.fields, h("div", {}, this.linesPlot));
    /** @type {any[]} */
    this.plots = []; // of the effects, one for each axis,
    /** @type {HTMLElement[]} */
    this.titles = []; // and what stands above them
    this.table = h("table", {});
    this.element = h(
      "div",
      { class: "compare atlas" },
      h(
        "div",
        { class: "buttons", role: "toolbar", "aria-label": "All tiles" },
        button(icon("reset"), "To the beginning (Home)", () => this.seek(0)),
        this.playButton,
        this.speedSelect,
        ...this.viewButtons,
        this.stopButton,
        this.where,
      ),
      h("div", { class: "told" }, this.status, this.bar, this.notes),
      h(
        "div",
        { class: "sheet" },
        h("div", { class: "main" }, this.grid.element, this.slider, this.help, this.lines),
        this.detail,
        this.effects,
      ),
      h(
        "div",
        { class: "buttons" },
        button("Save as CSV", "All runs as a table for other programs", () => this.saveCsv()),
        button("Save as PNG", "The tiles as a picture", () => this.savePng()),
      ),
      h("details", {}, h("summary", {}, "The scores at the end as a table"), this.table),
    );
    const { canvas } = this.grid;
    canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.hover(this.at(event)));
    canvas.addEventListener("pointerleave", () => this.hover(-1));
    canvas.addEventListener("click", (event) => this.pin(this.at(event)));
    canvas.addEventListener("dblclick", () => this.wishFor("open"));
    canvas.addEventListener("focus", () => this.repaint());
    canvas.addEventListener("blur", () => this.repaint());
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.unlist = listKeys(this.element, "The atlas", KEYS);
    this.onScroll = () => this.repaint();
    document.addEventListener("scroll", this.onScroll, { capture: true, passive: true });
    this.resize = new ResizeObserver(() => this.repaint());
    this.resize.observe(this.element);
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.repaint();
    });
  }

  close() {
    this.hangUp.abort();
    cancelAnimationFrame(this.loop);
    clearTimeout(this.written);
    document.removeEventListener("keydown", this.onKey);
    this.unlist();
    document.removeEventListener("scroll", this.onScroll, { capture: true });
    this.themes.stop();
    this.resize.disconnect();
    for (const plot of [this.seedsPlot, this.linesPlot, ...this.plots]) if (plot.data) this.Plotly?.purge(plot);
  }

  // ---- what comes from the page and by the route -----------------------------------------------------------------
  receive(page) {
    const before = this.page;
    this.page = page;
    if (!before || before.show !== page.show) this.turnTo(page.show, false);
    if (before?.atlas === page.atlas) {
      if (toText(before.only) !== toText(page.only)) this.choosePart(page.only, false);
      if (before.at !== page.at && page.at !== null) this.seek(page.at);
      if (!this.tiles.complete && !this.stopped) this.fetch(); // the server had forgotten it
      return;
    }
    this.tiles = new Tiles(page);
    this.grid.setTiles(this.tiles);
    this.fineness = Math.max(1, this.grid.finest);
    this.pinned = this.hovered = -1;
    this.stopped = false;
    this.picture.run = null;
    this.plots = page.axes.map(() => h("div", { class: "chart", "aria-hidden": "true" }));
    this.titles = page.axes.map(() => h("h4", {}));
    this.effects.replaceChildren(...this.titles.map((title, k) => h("section", {}, title, this.plots[k])));
    this.lines.hidden = !this.tiles.isSearch;
    this.time = page.at ?? 0;
    this.playing = page.at === null && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (page.at === null && !this.playing) this.time = page.epochs;
    this.charted = this.detailed = "";
    this.tellHelp();
    this.fillTable();
    this.fetch();
    this.repaint();
  }

  // Ask for tiles, again and again, until all are there. As long as a question waits, the server has them trained.
  async fetch() {
    this.hangUp.abort();
    this.hangUp = new AbortController();
    const { signal } = this.hangUp;
    const { page, tiles } = this;
    this.asking = true;
    this.tellProgress();
    while (!signal.aborted && !tiles.complete) {
      try {
        const question = /** @type {any} */ ({ atlas: page.atlas, have: tiles.received });
        const answer = /** @type {any} */ (await ask(page.ask, question, signal));
        if (signal.aborted) return;
        if (answer === null) return void this.wish({ missing: page.atlas });
        tiles.take(answer);
        this.repaint();
      } catch {
        if (signal.aborted) return;
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
      this.tellProgress();
    }
    if (signal.aborted) return;
    this.asking = false;
    this.tellProgress();
    this.fillTable();
    this.repaint();
  }

  // Stop training, or go on with it.
  turnTraining() {
    this.stopped = !this.stopped;
    if (this.stopped) {
      this.hangUp.abort();
      this.asking = false;
      this.tellProgress();
      this.fillTable();
    } else this.fetch();
  }

  tellProgress() {
    const { tiles, page } = this;
    const { progress } = tiles;
    const wanted = page.cells.length - tiles.problems.size;
    const left = progress?.seconds_left;
    const time = left === null || left === undefined ? "" : `, about ${Math.max(1, Math.round(left))} s left`;
    const who = progress?.workers ? `: ${progress.workers}` : "";
    const count = `${tiles.count} of ${wanted} tiles`;
    const coming = progress && !progress.working && !progress.workers ? "Waiting for workers" : "Training";
    if (this.asking) tell(this.status, `${coming}${who}. ${count}${time}.`);
    else if (this.stopped) tell(this.status, `Stopped: ${count} are there.`);
    else tell(this.status, progress?.split || `All ${wanted} tiles are there.`);
    this.bar.value = progress?.done ?? 0;
    this.bar.hidden = !this.asking;
    this.stopButton.hidden = tiles.complete;
    tell(this.stopButton, this.stopped ? "Go on" : "Stop");
    const problems = new Set(tiles.problems.values());
    const rungs = rungsInWords(progress?.rungs ?? []);
    const notes = [
      ...rungs,
      ...(progress?.notes ?? []),
      ...[...problems].map((why) => `Not every tile can be: ${why}`),
    ];
    if (this.notes.childElementCount !== notes.length)
      this.notes.replaceChildren(...notes.map((note) => h("li", {}, note)));
  }

  // ---- time ------------------------------------------------------------------------------------------------------
  get end() {
    return this.page?.epochs ?? 1;
  }

  play(on = true) {
    if (on && this.time >= this.end) this.time = 0;
    this.playing = on;
    this.before = 0;
    this.wake();
    if (!on) this.writeAddress();
  }

  seek(time) {
    this.time = Math.max(0, Math.min(time, this.end));
    this.play(false);
  }

  turnTo(show, tells = true) {
    this.show = show;
    Object.keys(VIEWS).forEach((name, k) => this.viewButtons[k].setAttribute("aria-pressed", String(name === show)));
    this.tellHelp();
    this.repaint();
    if (tells) this.writeAddress();
  }

  tellHelp() {
    const number =
      this.show === "spread"
        ? "The number is half the distance from the worst to the best seed."
        : this.tiles.task === "regression"
          ? "The number is R² on new points: 1 is perfect, 0 no better than the mean."
          : "The number says how many of 100 new points are answered right.";
    const out = this.tiles.isSearch ? " Pale tiles were dropped on the way: the time went to better ones." : "";
    tell(this.help, `${VIEW_HELP[this.show]} ${number} The fuller a frame's colour, the better the rank.${out}`);
  }

  // The address bar holds what the tiles show and where the clock stands; axes and all else the server has written.
  writeAddress() {
    clearTimeout(this.written);
    this.written = setTimeout(() => {
      if (!this.element.isConnected || this.playing) return;
      const query = new URLSearchParams(location.search);
      if (!query.has("atlas") && !query.has("search")) return;
      if (this.show === "boundary") query.delete("tiles");
      else query.set("tiles", this.show);
      if (this.time >= this.end) query.delete("at");
      else query.set("at", String(Number(this.time.toFixed(2))));
      const only = toText(this.tiles.only);
      if (only) query.set("only", only);
      else query.delete("only");
      const search = `?${query}`;
      if (search !== location.search)
        history.replaceState(history.state, "", location.pathname + search + location.hash);
    }, 300);
  }

  // ---- one tile --------------------------------------------------------------------------------------------------
  at(event) {
    const box = this.grid.canvas.getBoundingClientRect();
    return this.grid.cellAt(event.clientX - box.left, event.clientY - box.top);
  }

  // The tile that is shown large: under the pointer, chosen, or the best.
  get chosen() {
    if (this.hovered >= 0) return this.hovered;
    return this.pinned >= 0 ? this.pinned : this.tiles.best;
  }

  hover(cell) {
    if (cell === this.hovered) return;
    this.hovered = cell;
    this.grid.canvas.style.cursor = cell >= 0 ? "pointer" : "default";
    this.repaint();
  }

  pin(cell) {
    if (cell < 0) return;
    this.pinned = cell;
    this.repaint();
  }

  wishFor(what) {
    const cell = this.pinned >= 0 ? this.pinned : this.chosen;
    const tile = this.tiles.cells[cell];
    if (tile) this.wish({ [what]: [cell, tile.told.middle] });
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.altKey || event.metaKey || event.ctrlKey || event.defaultPrevented || !this.page) return;
    if (target !== this.slider && target.closest?.(BUSY)) return;
    const key = event.key.toLowerCase();
    const onGrid = target === this.grid.canvas;
    if (key === " ") {
      if (target.closest?.("button, a, summary") && target !== this.playButton) return;
      this.play(!this.playing);
    } else if (key === "home") this.seek(0);
    else if (key === "end") this.seek(this.end);
    else if (/^[1-4]$/.test(key)) this.turnTo(Object.keys(VIEWS)[Number(key) - 1]);
    else if (key === "a" && !event.repeat) this.wishFor("compare");
    else if (key === "s" && !event.repeat) this.wishFor("seeds");
    else if (onGrid && key === "enter" && !event.repeat) this.wishFor("open");
    else if (onGrid && key.startsWith("arrow")) this.move(key);
    else return;
    event.preventDefault();
  }

  // The tile beside the chosen one.
  move(key) {
    const from = this.pinned >= 0 ? this.pinned : Math.max(0, this.tiles.best);
    const [dx, dy] = { arrowright: [1, 0], arrowleft: [-1, 0], arrowup: [0, -1], arrowdown: [0, 1] }[key] ?? [0, 0];
    const next = this.tiles.cellAt((from % this.tiles.columns) + dx, this.tiles.rowOf(from) + dy);
    if (next < 0) return;
    this.hovered = -1;
    this.pin(next);
    this.speak();
  }

  // The chosen tile in words, for those who do not see it.
  speak() {
    const cell = this.chosen;
    const tile = this.tiles.cells[cell];
    const name = cell >= 0 ? this.tiles.nameOf(cell) : "";
    const out = this.tiles.isOut(cell, this.time) ? `, dropped after epoch ${this.tiles.dropped.get(cell)}` : "";
    const told = tile ? `${this.inWords(tile)}${out}` : (this.tiles.problems.get(cell) ?? "not there yet");
    const { columns, rows } = this.tiles;
    this.grid.canvas.setAttribute(
      "aria-label",
      `${rows} rows of ${columns} tiles. ${name}: ${told}. Arrow keys move, Enter opens the run.`,
    );
  }

  inWords(tile) {
    const broke = tile.brokenAt(this.time);
    if (broke !== null) return `diverged after epoch ${broke}`;
    const score = tile.scoreAt(this.time);
    const { task } = this.tiles;
    return task === "regression" ? `R² ${say(score, 3)}` : `${percent(score)} right`;
  }

  // ---- drawing ---------------------------------------------------------------------------------------------------
  repaint() {
    this.painted = "";
    this.wake();
  }

  wake() {
    if (!this.loop) this.loop = requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.loop = 0;
    if (!this.page || !this.theme) return;
    if (this.playing) {
      const seconds = this.before ? Math.min(0.1, (now - this.before) / 1000) : 0;
      this.before = now;
      // Tiles that come while it plays begin with it: the clock waits for the first, and goes round until all are there.
      if (this.tiles.count) this.time = Math.min(this.end, this.time + seconds * speed);
      if (this.time >= this.end) {
        if (this.tiles.complete || this.stopped) this.play(false);
        else this.time = 0;
      }
    }
    this.draw(now);
    if (this.playing) this.wake();
  }

  draw(now) {
    const { grid, tiles } = this;
    const width = grid.element.clientWidth;
    if (width < 80) return;
    const moments = tiles.progress?.moments ?? [];
    let place = moments.length - 1;
    while (place > 0 && moments[place] > this.time + 1e-9) place--;
    const shown = toText(tiles.only);
    const key = [
      place,
      tiles.received,
      shown,
      this.show,
      this.chosen,
      this.pinned,
      this.fineness,
      width,
      innerHeight,
    ].join();
    if (key !== this.painted) {
      this.painted = key;
      grid.layOut(width, Math.max(260, innerHeight - 300 * this.theme.zoom), this.theme);
      const start = performance.now();
      grid.draw(this.theme, this.lookAt());
      this.choose(performance.now() - start);
    }
    tell(this.where, `Epoch ${say(Math.floor(this.time + 1e-6), 6)}`);
    if (document.activeElement !== this.slider || this.playing)
      this.slider.value = String((1000 * this.time) / this.end);
    this.slider.setAttribute("aria-valuetext", `Epoch ${Math.floor(this.time)}`);
    const label = this.playing ? "Pause" : "Play";
    tell(this.playButton, label);
    if (!this.playing || now - this.detailAt > DETAIL_EVERY_MS) {
      this.detailAt = now;
      this.drawDetail(place);
    }
    if (now - this.chartAt > CHART_EVERY_MS) {
      this.chartAt = now;
      this.drawCharts();
      if (!this.playing) this.speak();
    } else if (!this.playing) setTimeout(() => this.wake(), CHART_EVERY_MS);
  }

  lookAt(whole = false) {
    const { show, time: epoch, fineness, pinned } = this;
    const focus = document.activeElement === this.grid.canvas || this.hovered >= 0 ? this.chosen : -1;
    return { show, epoch, fineness, focus, pinned, whole };
  }

  // As fine as there is time for while it plays, the finest where it stands.
  choose(spent) {
    const before = this.fineness;
    const { finest } = this.grid;
    this.fineness = this.playing ? this.grid.affordable(before, spent) : finest;
    if (before !== this.fineness && !this.playing) this.repaint();
  }

  // The chosen tile, large.
  drawDetail(place) {
    const cell = this.chosen;
    const tile = cell >= 0 ? this.tiles.cells[cell] : null;
    const key = [
      cell,
      place,
      this.tiles.received,
      Boolean(tile),
      this.theme.dark,
      this.detail.clientWidth,
      this.playing,
    ].join();
    if (key === this.detailed) return;
    this.detailed = key;
    const why = this.tiles.problems.get(cell);
    tell(this.name, cell >= 0 ? this.tiles.nameOf(cell) : "The first tiles are on their way.");
    this.openButton.disabled = this.compareButton.disabled = this.seedsButton.disabled = !tile;
    this.detail.classList.toggle("empty", !tile);
    const row = tile?.rowAt(this.time);
    if (!tile || !row) {
      tell(this.words, why ?? (cell >= 0 ? "This tile is on its way." : ""));
      return;
    }
    this.picture.setRun(tile.run, "");
    this.picture.draw(row, this.theme, this.playing ? 2 : 0);
    if (!this.playing) this.picture.canvas.setAttribute("aria-label", `Decision boundary: ${this.tiles.nameOf(cell)}`);
    const ended = this.tiles.dropped.get(cell);
    const out = ended === undefined ? "" : ` It was dropped after epoch ${ended}; opened alone, it trains on.`;
    tell(this.words, `${seedsInWords(tile, this.tiles.task, percent)}${out}`);
  }

  drawCharts() {
    const { tiles, theme } = this;
    if (!tiles.count) return;
    if (!this.Plotly) return void loadPlotly(this.page.plotly).then((Plotly) => (this.Plotly = Plotly) && this.wake());
    const cell = this.chosen;
    const tile = this.tiles.cells[cell];
    const size = [this.detail.clientWidth, this.effects.clientWidth, theme.dark].join();
    const key = [cell, tiles.received, tiles.complete, toText(tiles.only), size].join();
    if (key === this.charted) return;
    const before = this.charted;
    this.charted = key;
    if (before.slice(before.indexOf(",") + 1) !== key.slice(key.indexOf(",") + 1)) this.drawAll();
    if (tile) drawSeeds(this.Plotly, this.seedsPlot, theme, tile, this.end);
  }

  // What is drawn of all tiles together.
  drawAll() {
    const { Plotly, theme, tiles } = this;
    this.titles.forEach((title, k) => tell(title, this.titleOf(k)));
    if (!tiles.isSearch) return this.plots.forEach((plot, k) => drawEffect(Plotly, plot, theme, tiles, k, this.end));
    const choose = (only) => this.choosePart(only);
    const left = tiles.count - drawnCells(tiles).length;
    const broken = left ? ` ${left} that diverged ${left > 1 ? "have" : "has"} no line.` : "";
    tell(
      this.linesHelp,
      `A line for every run, through its settings to the score at its end.${broken} Mark a part of an axis, or choose ` +
        `one here, to see the tiles of those runs alone:`,
    );
    // While somebody is in one of them, the fields stay: they would lose the focus.
    if (!this.fields.contains(document.activeElement)) this.fields.replaceChildren(...fieldsFor(tiles, choose));
    drawLines(Plotly, this.linesPlot, theme, tiles, choose);
    return this.plots.forEach((plot, k) => drawSetting(Plotly, plot, theme, tiles, k, this.firstRung));
  }

  // The epoch that all runs of a search have come to.
  get firstRung() {
    return this.tiles.progress?.rungs[0]?.[0] ?? this.end;
  }

  titleOf(k) {
    const { label } = this.page.axes[k];
    if (!this.tiles.isSearch)
      return `${label} by itself: a dot for every run at the end, and the line of their medians`;
    const share = this.tiles.progress?.importance[k];
    const told = share === undefined ? "" : ` It tells ${Math.round(100 * share)} % of the differences.`;
    return `${label} by itself: a dot for every run at epoch ${this.firstRung}.${told}`;
  }

  // Show the tiles in parts of the axes alone.
  choosePart(only, tells = true) {
    this.tiles.only = only;
    this.repaint();
    if (this.theme && this.Plotly) this.drawCharts();
    if (tells) this.writeAddress();
  }

  // The scores at the end: what the picture says, for those who do not see it.
  fillTable() {
    const { page, tiles } = this;
    if (tiles.isSearch) return this.listRuns();
    const [across, up] = page.axes;
    const scope = (value, kind) => h("th", { scope: kind }, value);
    const caption = `${scoreName(tiles.task)}, ${across.label.toLowerCase()} across${up ? `, ${up.label.toLowerCase()} down` : ""}`;
    const rows = Array.from({ length: tiles.rows }, (_, k) => tiles.rows - 1 - k);
    this.table.replaceChildren(
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, h("th", {}, ""), ...across.values.map((value) => scope(value, "col")))),
      h(
        "tbody",
        {},
        ...rows.map((row) =>
          h(
            "tr",
            {},
            scope(up ? up.values[row] : "", "row"),
            ...across.values.map((_, column) => h("td", {}, this.cellInWords(row * tiles.columns + column))),
          ),
        ),
      ),
    );
  }

  // The runs of a search, the best of those who came furthest first.
  listRuns() {
    const { page, tiles } = this;
    const ended = (cell) => tiles.dropped.get(cell) ?? this.end;
    const cells = tiles.cells.map((_, cell) => cell);
    cells.sort((a, b) => ended(b) - ended(a) || (tiles.lastScore(b) || -Infinity) - (tiles.lastScore(a) || -Infinity));
    const scope = (value, kind) => h("th", { scope: kind }, value);
    const heads = ["Run", ...page.axes.map(({ label }) => label), "Trained to epoch", scoreName(tiles.task)];
    this.table.replaceChildren(
      h("caption", {}, "All runs: those that came furthest first, and of them the best"),
      h("thead", {}, h("tr", {}, ...heads.map((head) => scope(head, "col")))),
      h(
        "tbody",
        {},
        ...cells.map((cell) =>
          h(
            "tr",
            {},
            scope(String(cell + 1), "row"),
            ...tiles.valuesOf(cell).map((value) => h("td", {}, value)),
            h("td", {}, tiles.cells[cell] ? String(ended(cell)) : "–"),
            h("td", {}, this.cellInWords(cell)),
          ),
        ),
      ),
    );
    return undefined;
  }

  cellInWords(cell) {
    const tile = this.tiles.cells[cell];
    if (!tile) return this.tiles.problems.has(cell) ? "not possible" : "–";
    const broke = tile.brokenAt(this.end);
    if (broke !== null) return `diverged after ${broke}`;
    return `${shortScore(tile.scoreAt(this.end), this.tiles.task)}${this.tiles.task === "regression" ? "" : " %"}`;
  }

  // ---- to take along ---------------------------------------------------------------------------------------------
  saveCsv() {
    save(new Blob([toCsv(this.tiles)], { type: "text/csv" }), "atlas.csv");
  }

  savePng() {
    const { grid } = this;
    grid.draw(this.theme, { ...this.lookAt(true), fineness: this.grid.finest, focus: -1, pinned: -1 });
    grid.canvas.toBlob((blob) => blob && save(blob, "atlas.png"));
    this.repaint();
  }
}

// Hand a file to whoever sits here.
function save(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
