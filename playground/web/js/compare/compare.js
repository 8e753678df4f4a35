// Two to four runs side by side on one clock.
//
// Comes in:  `data`, the bytes of a set of messages (`encode_many` in playground/web/message.py), one for each run that
//            this browser does not hold yet. Goes out: the trigger `wish`, {open: k}, {remove: k} or {missing: [name]};
//            and questions by the server's route.
import { h, tell } from "../shared/dom.js";
import { say, steady } from "../shared/format.js";
import { CONFIG, axis, layout, loadPlotly } from "../shared/plot.js";
import { layerColour, observeTheme, ramps } from "../shared/theme.js";
import { ask } from "../stage/ask.js";
import { icon } from "../stage/transport.js";
import { Recording, TEST_LOSS, TRAIN_LOSS, parseMessage } from "../stage/recording.js";
import { UNITS, convert, endOf, pace, rowAt } from "./clock.js";
import { disagreements, inWords, paintDifference } from "./difference.js";
import { figures, seedFigures } from "./figures.js";
import { Tile } from "./tile.js";

const LETTERS = "ABCD";
const DASHES = ["solid", "dash", "dot", "dashdot"];
const SPEEDS = [15, 60, 240];
const CHUNK = 60; // epochs in one question
const AGAIN_MS = 1000;
const CHART_EVERY_MS = 250;
const KEEP_RUNS = 16;
const MARGIN = { l: 48, r: 10, t: 6, b: 34 };
const BUSY = "input, textarea, select, option, [contenteditable], [role=listbox], [role=combobox], [role=radiogroup]";
/** @type {Map<string, Recording>} */
const held = new Map(); // runs by name, for as long as the tab is open
export const pages = new WeakMap();

export default function mount({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".compare-place");
  let page = pages.get(parentElement);
  if (!page || !place.contains(page.element)) {
    page = new Compare();
    pages.set(parentElement, page);
    place.replaceChildren(page.element);
  }
  page.wish = (wish) => setTriggerValue("wish", wish);
  page.receive(data);
  return () => setTimeout(() => parentElement.isConnected || page.close(), 0);
}

// A set of messages: the length of a header, the header in JSON, then the messages, whose lengths it tells.
export function parseMany(bytes) {
  const { header } = parseMessage(bytes);
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const messages = header.lengths.map((length) => {
    const part = bytes.subarray(at, at + length);
    at += length;
    return length ? parseMessage(part) : null;
  });
  return { page: header.page, messages };
}

// Put what came about a run where it belongs.
export function take(name, message) {
  if (message) {
    const { header, floats } = message;
    const run = held.get(name) ?? new Recording(header.run);
    Object.assign(run.header, header.run);
    run.append(floats.subarray(0, floats.length - header.run.singles * header.run.width), header.run.after);
    run.thin(header.run.dense, header.run.stride);
    held.delete(name);
    held.set(name, run);
    for (const old of held.keys()) if (held.size > KEEP_RUNS) held.delete(old);
  }
  return held.get(name) ?? null;
}

export class Compare {
  constructor() {
    /** @type {any} */
    this.page = null;
    /** @type {Recording[]} */
    this.runs = [];
    /** @type {Tile[]} */
    this.tiles = [];
    this.time = 0;
    this.drawn = -1; // the time of the last picture
    this.playing = false;
    /** @type {import("./clock.js").Unit} */
    this.unit = "epochs";
    this.speed = SPEEDS[1];
    this.difference = false;
    this.seeds = false; // whether the same settings from twenty seeds are shown
    this.swapped = false; // while X is held
    this.solo = -1;
    this.fineness = 0;
    this.hangUp = new AbortController(); // of the questions about the runs,
    this.hangUpSeeds = new AbortController(); // and about their seeds
    this.loop = 0;
    this.before = 0;
    this.chartAt = -Infinity;
    this.charted = "";
    this.described = "";
    /** @type {any} */
    this.Plotly = null;
    /** @type {any} */
    this.theme = null;
    /** @type {(wish: any) => void} */
    this.wish = () => {};
    const button = (label, title, act, kind = "words") =>
      h("button", { type: "button", class: kind, title, "aria-label": title, onclick: act }, label);
    this.playButton = button("Play", "Play or pause (Space)", () => this.toggle(), "play");
    this.differenceButton = button("Difference", "Where A and B disagree (D)", () => this.turnDifference());
    this.differenceButton.setAttribute("aria-pressed", "false");
    this.seedsButton = button("20 seeds", "The same settings from 20 draws of the first weights: is it luck? (S)", () =>
      this.turnSeeds(),
    );
    this.seedsButton.setAttribute("aria-pressed", "false");
    this.blinkButton = h(
      "button",
      { type: "button", class: "words", title: "Hold to see B in the place of A (X)", "aria-label": "Blink" },
      "Blink",
    );
    this.blinkButton.addEventListener("pointerdown", () => this.blink(true));
    for (const end of ["pointerup", "pointerleave", "pointercancel"])
      this.blinkButton.addEventListener(end, () => this.blink(false));
    const select = (label, options, value, change) =>
      h(
        "select",
        { "aria-label": label, title: label, onchange: (event) => change(event.target.value) },
        ...options.map(([key, words]) => h("option", { value: key, selected: String(key) === String(value) }, words)),
      );
    const speeds = SPEEDS.map((speed) => [speed, `${speed} epochs/s`]);
    const units = Object.entries(UNITS).map(([name, unit]) => [name, `by ${unit.label}`]);
    this.where = h("b", { class: "where" });
    this.status = h("p", { class: "sentence", role: "status" });
    this.slider = h("input", {
      type: "range",
      class: "track",
      min: 0,
      max: 1000,
      value: 0,
      "aria-label": "Time",
      oninput: () => this.seek((this.slider.valueAsNumber / 1000) * this.end),
    });
    this.grid = h("div", { class: "tiles" });
    this.plot = h("div", { class: "over", "aria-hidden": "true" });
    this.canvas = h("div", { class: "under", role: "img" });
    this.cursor = h("div", { class: "cursor" });
    this.chart = h("div", { class: "chart" }, this.canvas, this.plot, this.cursor);
    this.chart.addEventListener("pointerdown", (event) => this.grab(event));
    this.table = h("table", { "aria-label": "What the runs differ in, and what they came to" });
    this.element = h(
      "div",
      { class: "compare" },
      h(
        "div",
        { class: "buttons", role: "toolbar", "aria-label": "All runs" },
        button(icon("reset"), "To the beginning (Home)", () => this.seek(0)),
        button(icon("back"), "Back by an epoch (Left arrow)", () => this.stepBy(-1)),
        this.playButton,
        button(icon("step"), "On by an epoch (Right arrow)", () => this.stepBy(1)),
        select("How fast Play goes", speeds, this.speed, (value) => (this.speed = Number(value))),
        select("What the clock counts", units, this.unit, (value) => this.setUnit(value)),
        this.differenceButton,
        this.blinkButton,
        this.seedsButton,
        this.where,
      ),
      this.status,
      this.grid,
      this.slider,
      this.chart,
      this.table,
    );
    this.onKey = (event) => this.key(event);
    this.onKeyUp = (event) => event.key.toLowerCase() === "x" && this.blink(false);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("keyup", this.onKeyUp);
    this.resize = new ResizeObserver(() => this.wake());
    this.resize.observe(this.element);
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.charted = "";
      this.wake();
    });
  }

  close() {
    this.hangUp.abort();
    this.hangUpSeeds.abort();
    cancelAnimationFrame(this.loop);
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("keyup", this.onKeyUp);
    this.themes.stop();
    this.resize.disconnect();
    if (this.plot.data) this.Plotly?.purge(this.plot);
  }

  // ---- what comes from the page --------------------------------------------------------------------------------
  receive(bytes) {
    const { page, messages } = parseMany(bytes);
    const first = this.page === null;
    this.page = page;
    const runs = page.runs.map((name, k) => take(name, messages[k]));
    if (runs.some((run) => run === null)) return this.wish({ missing: page.runs.filter((_, k) => !runs[k]) });
    this.runs = runs;
    while (this.tiles.length < runs.length) {
      const k = this.tiles.length;
      this.tiles.push(
        new Tile(LETTERS[k], { open: () => this.wish({ open: k }), remove: () => this.wish({ remove: k }) }),
      );
    }
    this.tiles.length = runs.length;
    this.tiles.forEach((tile, k) => tile.setRun(runs[k], page.titles[k]));
    if (this.solo >= runs.length) this.solo = -1;
    this.grid.replaceChildren(...this.tiles.map((tile) => tile.element));
    this.grid.dataset.count = String(runs.length);
    this.charted = this.described = "";
    this.differenceButton.disabled = this.blinkButton.disabled = !this.comparable;
    if (!this.comparable) this.turnDifference(false);
    this.hangUp.abort();
    this.hangUp = new AbortController();
    for (const name of page.runs) this.keepAsking(name, this.hangUp.signal, (run) => this.wantedEpochs(run));
    this.turnSeeds(this.seeds);
    if (first) this.play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    this.wake();
    return undefined;
  }

  // What to ask for next, so that all of a run is here that it plays by itself; null once it is.
  /** @param {Recording} run */
  wantedEpochs(run) {
    if (run.ended || run.lastEpoch >= this.goal) return null;
    return { want: Math.max(1, Math.min(CHUNK, Math.ceil(this.goal - run.lastEpoch))) };
  }

  // The same for the settings of a run from twenty seeds.
  /** @param {Recording} run */
  wantedSeeds(run) {
    const { seeds } = run.header;
    return seeds?.problem || seeds?.reached >= this.goal ? null : { seeds: this.goal };
  }

  // Ask about a run, piece after piece, until nothing is wanted any more.
  /** @param {string} name @param {AbortSignal} signal @param {(run: Recording) => any} wanted */
  async keepAsking(name, signal, wanted) {
    for (;;) {
      const run = held.get(name);
      const question = run && wanted(run);
      if (signal.aborted || !run || !question) return;
      try {
        const answer = await ask(this.page.ask, { run: name, have: run.last, ...question }, signal);
        if (answer === null) return void this.wish({ missing: [name] });
        take(name, answer);
        this.charted = "";
        this.wake();
      } catch {
        if (signal.aborted) return;
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    }
  }

  turnSeeds(on = !this.seeds) {
    this.seeds = on;
    this.seedsButton.setAttribute("aria-pressed", String(on));
    this.charted = "";
    this.hangUpSeeds.abort(); // those of before, or holding a key down would ask ever more often
    this.hangUpSeeds = new AbortController();
    const { signal } = this.hangUpSeeds;
    if (on) for (const name of this.page.runs) this.keepAsking(name, signal, (run) => this.wantedSeeds(run));
    this.wake();
  }

  // Whether A and B answer the same question about the same plane, so that one can be taken from the other.
  get comparable() {
    const [a, b] = this.runs.map((run) => run.header);
    return Boolean(b) && a.task === b.task && a.data.axes.join() === b.data.axes.join() && sameInputs(a.net, b.net);
  }

  // ---- time ----------------------------------------------------------------------------------------------------
  get goal() {
    return this.page.goal;
  }

  // The clock ends where the run ends that goes furthest.
  get end() {
    return Math.max(1, ...this.runs.map((run) => endOf(run, this.unit)));
  }

  get complete() {
    return this.runs.every((run) => run.ended || run.lastEpoch >= this.goal);
  }

  // The run that sets the pace: the longest on this clock.
  get leader() {
    return this.runs.reduce((a, b) => (endOf(b, this.unit) > endOf(a, this.unit) ? b : a), this.runs[0]);
  }

  play(on = true) {
    if (on && this.complete && this.time >= this.end) this.time = 0; // from the beginning again
    this.playing = on && this.runs.length > 0;
    this.playButton.textContent = this.playing ? "Pause" : "Play";
    this.before = 0;
    this.wake();
  }

  toggle() {
    this.play(!this.playing);
  }

  seek(time) {
    this.play(false);
    this.time = Math.max(0, Math.min(time, this.end));
    this.wake();
  }

  stepBy(direction) {
    if (this.leader) this.seek(this.time + direction * pace(this.leader, this.unit, 1));
  }

  setUnit(unit) {
    if (this.leader) this.time = convert(this.leader, this.time, this.unit, unit);
    this.unit = unit;
    this.charted = "";
    this.wake();
  }

  turnDifference(on = !this.difference) {
    this.difference = on && this.comparable;
    this.differenceButton.setAttribute("aria-pressed", String(this.difference));
    this.wake();
  }

  blink(on) {
    const swapped = on && this.comparable;
    if (swapped === this.swapped) return;
    this.swapped = swapped;
    this.wake();
  }

  grab(event) {
    const to = ({ clientX }) => {
      const box = this.chart.getBoundingClientRect();
      this.seek(((clientX - box.left - MARGIN.l) / (box.width - MARGIN.l - MARGIN.r)) * this.end);
    };
    to(event);
    this.chart.setPointerCapture(event.pointerId);
    this.chart.onpointermove = to;
    this.chart.onpointerup = this.chart.onpointercancel = () => (this.chart.onpointermove = null);
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.altKey || event.metaKey || event.ctrlKey || event.defaultPrevented || !this.runs.length) return;
    const slider = target === this.slider;
    if (!slider && target.closest?.(BUSY)) return;
    const key = event.key.toLowerCase();
    if (event.repeat && !key.startsWith("arrow")) return;
    if (key === " ") {
      if (target.closest?.("button, a") && target !== this.playButton) return;
      this.toggle();
    } else if (key === "arrowright") this.stepBy(1);
    else if (key === "arrowleft") this.stepBy(-1);
    else if (key === "home") this.seek(0);
    else if (key === "end") this.seek(this.end);
    else if (key === "d") this.turnDifference();
    else if (key === "x") this.blink(true);
    else if (key === "s") this.turnSeeds();
    else if (/^[1-4]$/.test(key) && Number(key) <= this.runs.length) {
      this.solo = this.solo === Number(key) - 1 ? -1 : Number(key) - 1;
      this.wake();
    } else return;
    event.preventDefault();
  }

  // ---- drawing -------------------------------------------------------------------------------------------------
  wake() {
    if (!this.loop) this.loop = requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.loop = 0;
    if (!this.runs.length || !this.theme || !this.runs.every((run) => run.rows.length)) return;
    if (this.playing) {
      const seconds = this.before ? Math.min(0.1, (now - this.before) / 1000) : 0;
      this.before = now;
      this.time = Math.min(this.end, this.time + seconds * pace(this.leader, this.unit, this.speed));
      if (this.time >= this.end && this.complete) this.play(false);
    }
    this.draw(now);
    if (this.playing) this.wake();
  }

  draw(now) {
    const rows = this.runs.map((run) => rowAt(run, this.time, this.unit));
    this.drawn = this.time;
    const start = performance.now();
    const [a, b] = [0, 1];
    this.tiles.forEach((tile, k) => {
      const colour = layerColour(this.theme, k, LETTERS.length);
      tile.mark.style.background = colour;
      tile.element.hidden = this.solo >= 0 && k !== this.solo;
      if (tile.element.hidden) return;
      tile.draw(rows[k], this.theme, this.fineness);
    });
    let words = "";
    if (this.difference) words = this.drawDifference(a, b, rows);
    else if (this.swapped) this.tiles[a].drawAs(this.tiles[b], rows[b], this.theme);
    tell(this.tiles[a].mark, this.swapped ? LETTERS[b] : this.difference ? "B−A" : LETTERS[a]);
    this.choose(performance.now() - start);
    const { one } = UNITS[this.unit];
    tell(this.where, `${one} ${say(Math.floor(this.time + 1e-6), 6)}`);
    const coming = this.runs.filter((run) => !run.ended && run.lastEpoch < this.goal).length;
    const wait = coming ? `Training ${coming === 1 ? "one run" : `${coming} runs`} up to epoch ${this.goal} …` : "";
    tell(this.status, words || wait || this.sentence(rows));
    if (document.activeElement !== this.slider) this.slider.value = String((1000 * this.time) / this.end);
    this.slider.setAttribute("aria-valuetext", `${one} ${Math.floor(this.time)}`);
    this.drawCursor();
    if (now - this.chartAt > CHART_EVERY_MS) {
      this.chartAt = now;
      this.drawChart();
      this.describe(rows);
    } else if (!this.playing) setTimeout(() => this.wake(), CHART_EVERY_MS);
  }

  // As fine as there is time for while it plays, the finest where it stands.
  choose(spent) {
    if (!this.playing) {
      if (this.fineness) this.wake();
      this.fineness = 0;
    } else if (spent > 9 && this.fineness < 3) this.fineness++;
    else if (spent < 3 && this.fineness > 1) this.fineness--;
  }

  // In the place of A: B minus A; in words on how much of the plane and of the test points they disagree.
  drawDifference(a, b, rows) {
    const [one, two] = [this.tiles[a], this.tiles[b]];
    const [headA, headB] = [this.runs[a].header, this.runs[b].header];
    const n = 100;
    const [va, vb] = [one, two].map((tile, k) => copied(tile.evaluate(rows[[a, b][k]], n, headA.data.range)));
    const scales = [headA.scale, headB.scale];
    one.picture(n, this.theme, (pixels) => paintDifference(pixels, va, vb, scales, ramps(this.theme).signed));
    const points = testPoints(headA.data);
    const [pa, pb] = [one, two].map((tile, k) => copied(tile.at(rows[[a, b][k]], points)));
    const wrong = disagreements(pa, pb, scales, points.x1.length);
    const share = disagreements(va, vb, scales, n * n) / (n * n);
    return inWords([LETTERS[a], LETTERS[b]], share, wrong, points.x1.length, headA.task);
  }

  sentence(rows) {
    if (this.runs.length < 2) return "Add another run to compare with.";
    const apart = ["Loss", "Dataset", "Own data"].some((name) => this.page.differences.some((d) => d.label === name));
    const losses = rows.map((row) => (Number.isFinite(row[TEST_LOSS]) ? row[TEST_LOSS] : Infinity));
    const k = losses.indexOf(Math.min(...losses));
    if (apart || losses[k] === Infinity) return ""; // losses of other kinds, or of other data, are no match
    return `At this moment ${LETTERS[k]} has the lowest test loss, ${steady(losses[k])}.`;
  }

  drawCursor() {
    const inner = this.chart.clientWidth - MARGIN.l - MARGIN.r;
    this.cursor.style.transform = `translateX(${MARGIN.l + inner * Math.min(1, this.time / this.end)}px)`;
  }

  // The test losses of all runs over the clock, the training losses thin behind them.
  drawChart() {
    const { clientWidth: width, clientHeight: height } = this.chart;
    if (width < 60) return;
    if (!this.Plotly) return void loadPlotly(this.page.plotly).then((Plotly) => (this.Plotly = Plotly) && this.wake());
    const key = [width, height, this.unit, ...this.runs.map((run) => run.header.run + run.version)].join();
    if (key === this.charted) return;
    this.charted = key;
    const { theme } = this;
    const line = (run, k, column, name, thin) => ({
      type: "scatter",
      mode: "lines",
      name: `${LETTERS[k]} ${name}`,
      x: run.rows.map((row) => UNITS[this.unit].of(run, row)),
      y: run.rows.map((row) => (row[column] > 0 ? row[column] : null)), // a logarithm has no zero
      opacity: thin ? 0.45 : 1,
      line: { color: layerColour(theme, k, LETTERS.length), width: (thin ? 1 : 2.2) * theme.zoom, dash: DASHES[k] },
      hovertemplate: `${LETTERS[k]} ${name}: %{y:.4~g}<extra></extra>`,
    });
    const bands = this.seeds
      ? this.runs.flatMap((run, k) => this.band(run, layerColour(theme, k, LETTERS.length)))
      : [];
    const curves = this.runs.flatMap((run, k) => [
      line(run, k, TRAIN_LOSS, "training loss", true),
      line(run, k, TEST_LOSS, "test loss", false),
    ]);
    const traces = [...bands, ...curves];
    const look = layout(theme, { width, height }, MARGIN, {
      hovermode: "x unified",
      xaxis: axis(theme, { range: [0, this.end], nticks: 8, title: UNITS[this.unit].label }),
      yaxis: axis(theme, { type: "log", nticks: 5, exponentformat: "power", title: "loss: test thick, training thin" }),
    });
    this.Plotly.react(this.plot, traces, look, CONFIG);
    this.drawTable();
  }

  // Where the middle 80 % of the seeds lie, and their median.
  band(run, colour) {
    const { seeds } = run.header;
    if (!seeds?.epochs.length) return [];
    const [low, middle, high] = seeds.loss;
    const x = seeds.epochs.map((epoch) => this.timeOf(run, epoch));
    const trace = (y, more) => ({ type: "scatter", mode: "lines", x, y, hoverinfo: "skip", ...more });
    const none = { width: 0, color: colour };
    return [
      trace(low, { line: none }),
      trace(high, { line: none, fill: "tonexty", fillcolor: `${colour}2e` }),
      trace(middle, { line: { width: 1.2, color: colour, dash: "dot" } }),
    ];
  }

  // An epoch on this clock.
  timeOf(run, epoch) {
    return (epoch / run.lastEpoch) * endOf(run, this.unit);
  }

  drawTable() {
    const seeds = this.seeds ? seedFigures(this.runs) : [];
    const rows = [...this.page.differences, ...figures(this.runs), ...seeds];
    this.table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", {}, ""), ...this.runs.map((_, k) => h("th", { scope: "col" }, this.chip(k))))),
      h(
        "tbody",
        {},
        ...rows.map(({ label, values }) =>
          h("tr", {}, h("th", { scope: "row" }, label), ...values.map((value) => h("td", {}, value))),
        ),
      ),
    );
  }

  chip(k) {
    const mark = h("i", { style: `border-top: 3px ${k === 0 ? "solid" : k === 2 ? "dotted" : "dashed"} currentColor` });
    return h(
      "span",
      { class: "chip", style: `color: ${layerColour(this.theme, k, LETTERS.length)}` },
      mark,
      LETTERS[k],
    );
  }

  // The pictures in words, where the moment stands.
  describe(rows) {
    if (this.playing) return;
    const key = [this.time, this.unit, ...this.runs.map((run) => run.version)].join();
    if (key === this.described) return;
    this.described = key;
    this.tiles.forEach((tile) =>
      tile.canvas.setAttribute("aria-label", `Decision boundary of run ${tile.letter}: ${tile.figures.textContent}`),
    );
    this.canvas.setAttribute(
      "aria-label",
      `Loss over ${UNITS[this.unit].label}: ${rows.map((row, k) => `${LETTERS[k]} at test loss ${steady(row[TEST_LOSS])}`).join(", ")}.`,
    );
  }
}

// The outputs of the last layer, in arrays of their own: a network computes the next ones in the same room.
const copied = (layers) => layers[layers.length - 1].map((values) => Float32Array.from(values));

// Whether the inputs of two networks are made of the plane's points alike, or of the same plane among more inputs.
function sameInputs(a, b) {
  return JSON.stringify(a.plane) === JSON.stringify(b.plane);
}

function testPoints(data) {
  const kept = data.traces.filter((trace) => trace.test);
  const of = (name) => Float32Array.from(kept.flatMap((trace) => trace[name]));
  return { x1: of("x1"), x2: data.curve ? new Float32Array(of("x1").length) : of("x2") };
}
