// Two to four runs side by side on one clock.
//
// Comes in:  `data`, the bytes of a set of messages (`encode_many` in playground/web/message.py), one for each run that
//            this browser does not hold yet. Goes out: the trigger `wish`, {open: k, step}, {remove: k} or
//            {missing: [name]}; and questions by the server's route.
import { untilGone, viewIn } from "../shared/component.js";
import { h, tell } from "../shared/dom.js";
import { listKeys } from "../shared/keys.js";
import { icon } from "../shared/icons.js";
import { moreButton } from "../shared/more.js";
import { say, steady } from "../shared/format.js";
import { CONFIG, axis, layout, loadPlotly } from "../shared/plot.js";
import { LETTERS, runColour, runMark } from "../shared/runs.js";
import { grown, observeTheme, ramps } from "../shared/theme.js";
import { ask } from "../stage/ask.js";
import { EPOCH, Recording, STEP, TEST_LOSS, parseMessage } from "../stage/recording.js";
import { UNITS, convert, endOf, pace, rowAt } from "./clock.js";
import { bandOf, curvesOf } from "./curves.js";
import { disagreements, inWords, paintDifference } from "./difference.js";
import { figures, seedFigures } from "./figures.js";
import { Tile } from "./tile.js";
import { USUAL, withView } from "./view.js";
import { ENOUGH, disputed, paintVotes, votesInWords, votesOf } from "./votes.js";

/** @import { CompareView } from "../stage/types.d.ts" */

const SPEEDS = [15, 60, 240];
const CHUNK = 60; // epochs in one question
const AGAIN_MS = 1000;
const VOTES_EVERY_MS = 150;
const CHART_EVERY_MS = 250;
const KEEP_RUNS = 16;
const MARGIN = { l: 48, r: 10, t: 6, b: 34 };
/** @type {import("../shared/keys.js").Row[]} */
const KEYS = [
  ["Space", "play and pause"],
  ["→, ←", "on, and back"],
  ["Home, End", "to the start, and to the end"],
  ["1 to 4", "one run alone, and all again"],
  ["D", "where two runs disagree"],
  ["X, held", "blink between two runs"],
  ["S", "many seeds of each run"],
  ["V", "where the seeds disagree"],
];
const BUSY = "input, textarea, select, option, [contenteditable], [role=listbox], [role=combobox], [role=radiogroup]";
/** @type {Map<string, Recording>} */
const held = new Map(); // runs by name, for as long as the tab is open
// What a link told to show, as a text to compare, and what was on show when the page was left.
let left = { told: "", view: USUAL };
let speed = SPEEDS[1]; // as it was chosen in this tab

export default function mount({ data, parentElement, setTriggerValue }) {
  const page = viewIn(parentElement, "compare", () => new Compare());
  page.wish = (wish) => setTriggerValue("wish", wish);
  page.receive(data);
  return untilGone(parentElement, () => page.close());
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
    const nets = header.run.seeds?.nets ?? 0;
    const split = floats.length - nets * header.run.width;
    run.take(header.run, floats.subarray(0, split));
    if (nets) {
      const rows = floats.subarray(split);
      const each = Array.from({ length: nets }, (_, k) => rows.slice(k * run.width, (k + 1) * run.width));
      run.nets = { at: header.run.seeds.nets_at, parameters: each.map((row) => run.parameters(row)) };
    }
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
    this.difference = false;
    this.pair = USUAL.pair; // the two runs that are set against each other
    this.seeds = false; // whether the same settings from twenty seeds are shown,
    this.votes = false; // and where those disagree
    /** @type {Map<string, number>} */
    this.holds = new Map(); // the steps at which runs stay that do not follow the clock
    this.told = ""; // what a link has told to show, as a text to compare
    this.swapped = false; // while X is held
    this.solo = -1;
    this.fineness = 0;
    this.hangUp = new AbortController(); // of the questions about the runs,
    this.hangUpSeeds = new AbortController(); // about their seeds,
    this.hangUpVotes = new AbortController(); // and about these seeds' networks
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
    this.differenceButton = button("Difference", "Where two of them disagree (D)", () => this.turnDifference());
    this.differenceButton.setAttribute("aria-pressed", "false");
    this.pairs = h("select", {
      title: "Which two are set against each other",
      "aria-label": "Which two are set against each other",
      onchange: () => this.setPair(this.pairs.value.split(",").map(Number)),
    });
    this.seedsButton = button("20 seeds", "The same settings from 20 draws of the first weights: is it luck? (S)", () =>
      this.turnSeeds(),
    );
    this.seedsButton.setAttribute("aria-pressed", "false");
    this.votesButton = button("Where seeds disagree", "How many of the 20 seeds say the same, at each place (V)", () =>
      this.turnVotes(),
    );
    this.votesButton.setAttribute("aria-pressed", "false");
    this.blinkButton = h(
      "button",
      {
        type: "button",
        class: "words",
        title: "Hold to see the one in the place of the other (X)",
        "aria-label": "Blink",
      },
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
    const speeds = SPEEDS.map((each) => [each, `${each} epochs/s`]);
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
        moreButton("speed, what the clock counts, differences and seeds"),
        select("How fast Play goes", speeds, speed, (value) => (speed = Number(value))),
        (this.units = select("What the clock counts", units, this.unit, (value) => this.setUnit(value))),
        this.differenceButton,
        this.blinkButton,
        this.pairs,
        this.seedsButton,
        this.votesButton,
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
    this.unlist = listKeys(this.element, "Compared runs", KEYS);
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
    left = { told: this.told, view: this.view };
    this.hangUp.abort();
    this.hangUpSeeds.abort();
    this.hangUpVotes.abort();
    cancelAnimationFrame(this.loop);
    document.removeEventListener("keydown", this.onKey);
    this.unlist();
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
        new Tile(LETTERS[k], {
          open: () => this.wish({ open: k, step: this.rowOf(k)[STEP] }),
          remove: () => this.wish({ remove: k }),
          hold: () => this.hold(k),
        }),
      );
    }
    this.tiles.length = runs.length;
    this.tiles.forEach((tile, k) => tile.setRun(runs[k], page.titles[k]));
    if (this.solo >= runs.length) this.solo = -1;
    this.grid.replaceChildren(...this.tiles.map((tile) => tile.element));
    this.grid.dataset.count = String(runs.length);
    this.charted = this.described = "";
    const told = JSON.stringify([page.view, page.wishes]);
    const isNews = told !== this.told;
    this.told = told;
    this.listPairs();
    if (isNews) this.follow(first && told === left.told ? left.view : page.view);
    this.hangUp.abort();
    this.hangUp = new AbortController();
    for (const name of page.runs) this.keepAsking(name, this.hangUp.signal, (run) => this.wantedEpochs(run));
    this.turnSeeds(this.seeds);
    this.turnVotes(this.votes);
    if (first && !this.time) this.play(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    this.wake();
    return undefined;
  }

  // ---- what is on show, as a link tells it -----------------------------------------------------------------------
  /** @returns {CompareView} */
  get view() {
    const on = { difference: this.difference, seeds: this.seeds, votes: this.votes };
    return {
      at: this.playing ? 0 : this.time,
      clock: this.unit,
      show: Object.keys(on).filter((name) => on[name]),
      pair: this.pair,
      hold: this.runs.map((run) => this.holds.get(run.header.run) ?? null),
    };
  }

  /** @param {CompareView} view */
  follow(view) {
    this.unit = /** @type {import("./clock.js").Unit} */ (view.clock);
    this.units.value = view.clock;
    if (view.at) this.play(false);
    this.time = view.at;
    this.holds = new Map();
    this.runs.forEach((run, k) => {
      const step = view.hold[k] ?? null;
      if (step !== null) this.holds.set(run.header.run, step);
    });
    this.setPair([...view.pair]);
    this.seeds = view.show.includes("seeds");
    this.votes = view.show.includes("votes");
    this.turnDifference(view.show.includes("difference"));
  }

  // The address holds all this once it stands; the server has put the runs there.
  writeAddress() {
    const { search, pathname, hash } = location;
    if (!this.element.isConnected || !new URLSearchParams(search).has("compare")) return;
    const news = withView(search, this.view);
    const same = (text) => JSON.stringify([...new URLSearchParams(text)].sort());
    if (same(news) !== same(search)) history.replaceState(history.state, "", pathname + news + hash);
  }

  hold(k) {
    const name = this.page.runs[k];
    if (!this.holds.delete(name)) this.holds.set(name, this.rowOf(k)[STEP]);
    this.wake();
  }

  // The row that a run shows: of the clock's time, or of the moment at which it is held.
  rowOf(k) {
    const run = this.runs[k];
    const step = this.holds.get(run.header.run);
    return step === undefined ? rowAt(run, this.time, this.unit) : rowAt(run, step, "updates");
  }

  listPairs() {
    const each = this.runs.map((_, k) => k);
    const pairs = each.flatMap((a) => each.filter((b) => b > a).map((b) => [a, b]));
    const option = (/** @type {number[]} */ [a, b]) =>
      h("option", { value: `${a},${b}` }, `${LETTERS[a]} and ${LETTERS[b]}`);
    this.pairs.replaceChildren(...pairs.map(option));
    this.pairs.hidden = pairs.length < 2;
    this.setPair(this.pair.every((k) => k < this.runs.length) ? this.pair : [...USUAL.pair]);
  }

  setPair(pair) {
    this.pair = pair;
    this.pairs.value = [...pair].sort().join();
    this.differenceButton.disabled = this.blinkButton.disabled = !this.comparable;
    if (!this.comparable) this.turnDifference(false);
    this.wake();
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
    if (!on) this.turnVotes(false);
    this.wake();
  }

  // Where the seeds disagree can only be shown of seeds.
  turnVotes(on = !this.votes) {
    this.votes = on;
    this.votesButton.setAttribute("aria-pressed", String(on));
    if (on && !this.seeds) this.turnSeeds(true);
    this.hangUpVotes.abort();
    this.hangUpVotes = new AbortController();
    const { signal } = this.hangUpVotes;
    if (on) this.page.runs.forEach((name, k) => this.askForNets(name, k, signal));
    this.wake();
  }

  // The networks of a run's seeds at the moment that it shows, for as long as they are on show.
  async askForNets(name, k, signal) {
    let asked = -1; // an epoch
    while (!signal.aborted) {
      const run = held.get(name);
      const seeds = run?.header.seeds;
      if (seeds?.problem) return;
      const at = run?.rows.length ? Math.min(Math.floor(this.rowOf(k)[EPOCH]), seeds?.reached ?? -1) : -1;
      if (run && at >= 0 && asked !== at) {
        try {
          const answer = await ask(
            this.page.ask,
            { run: name, have: run.last, seeds: Math.max(1, seeds.reached), seeds_at: at },
            signal,
          );
          if (answer === null) return void this.wish({ missing: [name] });
          take(name, answer);
          asked = at;
          this.wake();
        } catch {
          if (signal.aborted) return;
        }
      }
      await new Promise((done) => setTimeout(done, VOTES_EVERY_MS));
    }
  }

  // Whether the two answer the same question about the same plane, so that one can be taken from the other.
  get comparable() {
    const [a, b] = this.pair.map((k) => this.runs[k]?.header);
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
      const { l, r } = grown(MARGIN, this.theme);
      this.seek(((clientX - box.left - l) / (box.width - l - r)) * this.end);
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
    else if (key === "v") this.turnVotes();
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
      this.time = Math.min(this.end, this.time + seconds * pace(this.leader, this.unit, speed));
      if (this.time >= this.end && this.complete) this.play(false);
    }
    this.draw(now);
    if (this.playing) this.wake();
  }

  draw(now) {
    if (this.complete) this.time = Math.min(this.time, this.end);
    const rows = this.runs.map((_, k) => this.rowOf(k));
    this.drawn = this.time;
    const start = performance.now();
    const [a, b] = this.pair;
    this.tiles.forEach((tile, k) => {
      tile.mark.style.background = runColour(this.theme, k);
      tile.element.hidden = this.solo >= 0 && k !== this.solo;
      if (tile.element.hidden) return;
      tell(tile.mark, LETTERS[k]);
      const isHeld = this.holds.has(this.page.runs[k]);
      const isOver = !isHeld && this.time > endOf(this.runs[k], this.unit) + 1e-9;
      if (this.votes && this.runs[k].header.task !== "regression" && this.runs[k].nets) this.drawVotes(tile);
      else tile.draw(rows[k], this.theme, this.fineness);
      tile.tellFigures(rows[k], { isHeld, isOver, more: this.votes ? this.votesInWords(tile) : "" });
    });
    let words = "";
    if (this.difference) words = this.drawDifference(a, b, rows);
    else if (this.swapped) this.tiles[a].drawAs(this.tiles[b], rows[b], this.theme);
    if (this.comparable && (this.difference || this.swapped))
      tell(this.tiles[a].mark, this.swapped ? LETTERS[b] : `${LETTERS[b]}−${LETTERS[a]}`);
    this.choose(performance.now() - start);
    const { one } = UNITS[this.unit];
    tell(this.where, `${one} ${say(Math.floor(this.time + 1e-6), 6)}`);
    const coming = this.runs.filter((run) => !run.ended && run.lastEpoch < this.goal).length;
    const wait = coming ? `Training ${coming === 1 ? "one run" : `${coming} runs`} up to epoch ${this.goal} …` : "";
    const votes = this.votes ? "Full colour: all seeds say the same. The paler, the more they disagree." : "";
    tell(this.status, words || votes || wait || this.sentence(rows));
    if (document.activeElement !== this.slider) this.slider.value = String((1000 * this.time) / this.end);
    this.slider.setAttribute("aria-valuetext", `${one} ${Math.floor(this.time)}`);
    this.drawCursor();
    if (now - this.chartAt > CHART_EVERY_MS) {
      this.chartAt = now;
      this.drawChart();
      this.describe(rows);
      this.writeAddress();
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

  // How many of a run's seeds say which class, counted anew where their networks are others.
  drawVotes(tile) {
    const { header, nets } = tile.run;
    const n = 100;
    if (tile.counted !== nets) {
      tile.counted = nets;
      tile.votes = votesOf(tile.network, nets.parameters, tile.inputs(n), header.scale);
    }
    tile.picture(n, this.theme, (pixels) => paintVotes(pixels, tile.votes, header.seeds.n, ramps(this.theme)));
  }

  // What that comes to, in words.
  votesInWords(tile) {
    const { header, nets } = tile.run;
    if (header.task === "regression") return "The seeds answer with numbers: see their band below.";
    if (header.seeds?.problem) return header.seeds.problem;
    if (!nets || tile.counted !== nets) return "";
    const { n } = header.seeds;
    const least = Math.ceil(ENOUGH * n);
    const share = disputed(tile.votes, least) / tile.votes[0].length;
    const broken = nets.parameters.filter((all) => !all.every(Number.isFinite)).length;
    return votesInWords(nets.at, share, least, n, broken);
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
    const ofA = headA.data.name === headB.data.name ? "" : ` of ${LETTERS[a]}`;
    return inWords([LETTERS[a], LETTERS[b]], share, wrong, points.x1.length, headA.task, ofA);
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
    const { l, r } = grown(MARGIN, this.theme);
    const inner = this.chart.clientWidth - l - r;
    this.cursor.style.transform = `translateX(${l + inner * Math.min(1, this.time / this.end)}px)`;
  }

  // The test losses of all runs over the clock, the training losses thin behind them.
  drawChart() {
    const { clientWidth: width, clientHeight: height } = this.chart;
    if (width < 60) return;
    if (!this.Plotly) return void loadPlotly(this.page.plotly).then((Plotly) => (this.Plotly = Plotly) && this.wake());
    const key = [
      width,
      height,
      this.theme.zoom,
      this.unit,
      ...this.runs.map((run) => run.header.run + run.version),
    ].join();
    if (key === this.charted) return;
    this.charted = key;
    const { theme } = this;
    const many = this.runs.length > 2;
    const bands = this.seeds ? this.runs.flatMap((run, k) => bandOf(run, k, this.unit, theme, many)) : [];
    const traces = [...bands, ...this.runs.flatMap((run, k) => curvesOf(run, k, this.unit, theme, !this.seeds))];
    const look = layout(theme, { width, height }, grown(MARGIN, theme), {
      hovermode: "x unified",
      xaxis: axis(theme, { range: [0, this.end], nticks: 8, title: UNITS[this.unit].label }),
      yaxis: axis(theme, {
        type: "log",
        nticks: 5,
        exponentformat: "power",
        title: this.seeds ? "test loss: the run thick" : "loss: test thick, training thin",
      }),
    });
    this.Plotly.react(this.plot, traces, look, CONFIG);
    this.drawTable();
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
    return h(
      "span",
      { class: "chip", style: `color: ${runColour(this.theme, k)}` },
      runMark(this.theme, k),
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
