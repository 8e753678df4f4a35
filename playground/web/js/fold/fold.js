// What the layers do: the sheet of the input plane with its grid, the training points and the boundary, carried through
// every layer, at the moment of the timeline. All is drawn from the parameters that the player has.
//
// Comes in:  `data`, an object made by pages/fold.py: `viewpoints` and `separations` of playground/geometry/fold.py.
// Goes out:  nothing.
import { untilGone } from "../shared/component.js";
import { h, tell } from "../shared/dom.js";
import { percent, say } from "../shared/format.js";
import { listKeys } from "../shared/keys.js";
import { player } from "../shared/player.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";
import { Pad } from "./pad.js";
import { Beside } from "./beside.js";
import { Film } from "./film.js";
import { Picture } from "./picture.js";
import { placeOfRow, rowAt } from "./rows.js";
import { KINDS } from "./views.js";
import { filmSentence, inWords, pairedInWords, readings } from "./words.js";
import { EPOCH } from "../stage/recording.js";

await loadStyle("fold.css", import.meta.url);

const FINE_AFTER_MS = 80;
const WORDS_EVERY_MS = 400; // how often numbers in words follow while it plays
const STOPS_A_SECOND = 0.7; // of the film
const REST_MS = 350; // at each stop
const TURN = 0.01; // radians a pixel
const BUDGET_MS = 10; // for all pictures of a frame, before the small ones take turns,
const FEW = 3; // so many at a time
/** @type {import("../shared/keys.js").Row[]} */
const KEYS = [
  ["arrows", "from point to point, which is ringed everywhere; three neurons are turned"],
  ["Enter", "keep the ring, on the stage too, and take it away"],
];
export const pages = new WeakMap();

export default function mount({ data, parentElement }) {
  let fold = pages.get(parentElement);
  if (!fold) pages.set(parentElement, (fold = new Fold(parentElement)));
  fold.receive(data);
  return untilGone(parentElement, () => fold.close());
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class Fold {
  constructor(parent) {
    this.frames = 0; // how many pictures have been painted
    /** @type {any} */
    this.told = this.theme = this.moment = null;
    this.laidOut = ""; // for which run, as a text to compare
    /** @type {Film | null} */
    this.film = null;
    /** @type {any[]} */
    this.panels = [];
    /** @type {Beside | null} */
    this.beside = null; // another run below this one
    this.besideTold = ""; // what was told of it, as a text to compare
    /** @type {Film | null} */
    this.besideFilm = null;
    this.pair = [0];
    this.at = Infinity; // where the film is, in stops
    this.playing = false;
    this.restUntil = 0;
    /** @type {number | null} */
    this.ringed = null; // the point under the pointer, or else the one that was chosen
    /** @type {any} */
    this.chosen = null; // of which the row was looked up last
    this.step = -1;
    this.movedAt = 0;
    this.isFine = false;
    this.saidAt = -Infinity;
    this.said = "";
    this.cost = 0; // milliseconds a frame
    this.turn = 0; // which of the small pictures is drawn next, where they take turns
    /** @type {number | null} */
    this.loop = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.rest = undefined;
    this.before = 0;
    this.play = h("button", { type: "button", class: "film-play", onclick: () => this.toggle() }, "▶ Play the film");
    this.slider = h("input", {
      ...{ type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Between the layers" },
      oninput: () => this.goTo(Number(this.slider.value)),
    });
    this.ticks = h("div", { class: "ticks", "aria-hidden": "true" });
    this.sentence = h("p", { class: "what", role: "status" });
    this.note = h("p", { class: "note" });
    this.pairs = h("select", {
      "aria-label": "Which two classes the output tells apart",
      onchange: () => this.choosePair(),
    });
    this.pairBox = h("label", {}, "Between ", this.pairs);
    this.switches = h("input", { type: "checkbox", onchange: () => this.wake() });
    const label = h(
      "label",
      { title: "The lines at which a neuron's sum is zero, on the input plane" },
      this.switches,
      "Where each neuron switches",
    );
    this.big = h("canvas", { role: "img", tabindex: 0 });
    this.picture = new Picture(this.big);
    this.row = h("div", { class: "row" });
    this.padPlace = h("div", {});
    /** @type {Pad | null} */
    this.pad = null;
    const film = h(
      "section",
      { class: "film", "aria-label": "Between the layers" },
      h("div", { class: "square" }, this.big),
      h("div", { class: "track" }, this.slider, this.ticks),
    );
    this.element = h(
      "div",
      { class: "fold" },
      h("div", { class: "tools" }, this.play, this.pairBox, label),
      this.sentence,
      h("div", { class: "pictures" }, film, this.row),
      this.note,
      this.padPlace,
    );
    parent.querySelector(".fold-place").replaceChildren(this.element);
    this.listen(
      this.big,
      () => this.picture,
      () => this.stops[Math.round(this.at)]?.station,
    );
    this.wake = () => (this.loop ??= requestAnimationFrame((now) => this.frame(now)));
    this.unlist = listKeys(this.element, "The large picture of Fold, once it has the focus", KEYS);
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.wake();
    });
    this.resize = new ResizeObserver(() => this.wake());
    this.resize.observe(this.element);
    player.watchers.add(this.wake);
    this.wake();
  }

  close() {
    this.beside?.close();
    player.watchers.delete(this.wake);
    if (this.loop) cancelAnimationFrame(this.loop);
    clearTimeout(this.rest);
    this.unlist();
    this.themes.stop();
    this.resize.disconnect();
  }

  receive(data) {
    const { moment, ...told } = data;
    this.moment = moment;
    this.told = told;
    this.saidAt = -Infinity;
    this.themes.check();
    this.wake();
  }

  // ---- what is on the page -----------------------------------------------------------------------------------------
  // The pictures, one for each station; how a layer was looked at stays while its size does.
  layOut(run) {
    const { header } = run;
    const [told] = this.told.beside;
    const besideTold = told ? [header.run, told.run, told.epoch, told.order].join() : "";
    if (besideTold !== this.besideTold) {
      this.beside?.close();
      this.beside = told ? new Beside(told, header, this.wake) : null;
      this.besideTold = besideTold;
      this.laidOut = "";
    }
    if (this.beside && told) this.beside.told = told;
    const key = [header.run, JSON.stringify(this.told.spaces.map((space) => space.mean))].join();
    if (key === this.laidOut) return;
    this.laidOut = key;
    this.said = "";
    const before = this.film;
    this.film = new Film(this.told, header);
    for (const [k, station] of this.stations.entries()) {
      const old = before?.stations[k];
      if (old && old.nUnits === station.nUnits && station.kinds.includes(old.choice.kind)) station.choice = old.choice;
    }
    if (before?.last !== this.film.last) this.at = this.film.last;
    // The other run is looked at from where this one is, so that the two can be compared.
    this.besideFilm = this.beside ? new Film(this.told, header) : null;
    this.besideFilm?.stations.forEach((station, k) => (station.choice = this.stations[k].choice));
    this.showPairs(header);
    this.pad = this.told.pixels ? new Pad(this.told.pixels, header, this.wake) : null;
    this.padPlace.replaceChildren(...(this.pad ? [this.pad.element] : []));
    this.panels = this.stations.map((station, k) => this.panel(station, this.besideFilm?.stations[k]));
    this.row.classList.toggle("two-runs", Boolean(this.beside));
    this.row.replaceChildren(...this.panels.map(({ element }) => element));
    this.slider.max = String(this.stops.length - 1);
    this.ticks.replaceChildren(...this.stops.map(({ kind, layer }) => h("span", {}, shortName(kind, layer))));
    this.picture.scene = null;
  }

  get stations() {
    return this.film?.stations ?? [];
  }

  get stops() {
    return this.film?.stops ?? [];
  }

  showPairs(header) {
    const { classes } = header.data;
    const { pairs } = this.told;
    this.pairBox.hidden = pairs.length < 2;
    if (!pairs.some((pair) => pair.join() === this.pair.join())) this.pair = pairs[0];
    this.pairs.replaceChildren(
      ...pairs.map((pair) =>
        h(
          "option",
          { value: pair.join(), selected: pair.join() === this.pair.join() },
          pair.map((c) => classes[c] ?? c + 1).join(" and "),
        ),
      ),
    );
  }

  choosePair() {
    this.pair = this.pairs.value.split(",").map(Number);
    this.wake();
  }

  panel(station, other) {
    const canvas = h("canvas", { role: "img" });
    const picture = new Picture(canvas);
    const reading = h("p", { class: "reading" });
    const large = h(
      "button",
      {
        type: "button",
        class: "large",
        title: "Show it large",
        onclick: () => this.goTo(this.stops.findIndex((stop) => stop.station === station && stop.kind !== "before")),
      },
      station.title,
    );
    const choose = station.kinds.length > 1 ? this.chooser(station) : null;
    const below = other ? this.below(other) : null;
    const element = h(
      "section",
      { class: "station", "aria-label": station.title },
      h("h3", {}, large),
      h("div", { class: "square" }, canvas),
      choose,
      reading,
      ...(below ? [h("h4", {}, below.name), h("div", { class: "square under" }, below.canvas), below.reading] : []),
    );
    for (const one of [{ canvas, picture }, ...(below ? [below] : [])])
      this.listen(
        one.canvas,
        () => one.picture,
        () => station,
      );
    return { element, canvas, picture, reading, station, below };
  }

  // The picture of the run beside, in the same layer.
  below(station) {
    const canvas = h("canvas", { role: "img" });
    const name = this.beside?.told.title ?? "";
    return {
      station,
      canvas,
      name,
      picture: new Picture(canvas),
      reading: h("p", { class: "reading under" }),
    };
  }

  chooser(station) {
    const { choice, nUnits } = station;
    const option = (value, text, chosen) => h("option", { value, selected: value === chosen }, text);
    const units = [0, 1].map((k) =>
      h(
        "select",
        {
          "aria-label": `Neuron ${k ? "up" : "across"}, ${station.title}`,
          onchange: (event) => {
            choice.units[k] = Number(event.target.value);
            this.wake();
          },
        },
        ...Array.from({ length: nUnits }, (_, i) =>
          option(i, station.short(i).replace("neuron ", ""), choice.units[k]),
        ),
      ),
    );
    const two = h("span", { class: "two", hidden: choice.kind !== "units" }, ...units);
    const select = h(
      "select",
      {
        "aria-label": `How to look at it, ${station.title}`,
        onchange: () => {
          choice.kind = select.value;
          two.hidden = choice.kind !== "units";
          this.saidAt = -Infinity;
          this.wake();
        },
      },
      ...station.kinds.map((kind) =>
        option(kind, kind === "units" && station.kind !== "after" ? "Two inputs" : KINDS[kind], choice.kind),
      ),
    );
    return h("div", { class: "choose" }, select, two);
  }

  // ---- hands -------------------------------------------------------------------------------------------------------
  // Hover a point, or walk to it with the arrow keys: it is ringed everywhere. Three neurons are turned in the same ways.
  listen(canvas, pictureOf, stationOf) {
    let held = false;
    const isSolid = () => stationOf()?.view.kind === "solid";
    const turn = (x, y) => {
      const { choice } = stationOf();
      choice.turn = [choice.turn[0] + x, Math.max(-1.5, Math.min(1.5, choice.turn[1] + y))];
      this.wake();
    };
    canvas.addEventListener("pointerdown", (event) => {
      held = isSolid();
      if (held) canvas.setPointerCapture?.(event.pointerId);
      const near = this.ring(pictureOf(), event);
      if (near !== null && !held) this.keepRing(near);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (held) turn(-TURN * event.movementX, TURN * event.movementY);
      else this.ring(pictureOf(), event);
    });
    canvas.addEventListener("mousedown", (event) => held || event.preventDefault()); // Space and arrows stay the stage's
    canvas.addEventListener("pointerup", () => (held = false));
    canvas.addEventListener("pointerleave", () => this.setRing(this.keptRow()));
    canvas.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (by && isSolid()) turn(0.1 * by[0], 0.1 * by[1]);
      else if (by) this.setRing(pictureOf().next(this.ringed, by) ?? this.ringed);
      else if (event.key === "Enter" && this.ringed !== null) this.keepRing(this.ringed);
      else return;
      event.preventDefault();
    });
    canvas.addEventListener("blur", () => this.setRing(this.keptRow()));
  }

  ring(picture, event) {
    const box = picture.canvas.getBoundingClientRect();
    const near = picture.nearest(event.clientX - box.left, event.clientY - box.top);
    this.setRing(near ?? this.keptRow());
    return near;
  }

  // A click keeps the ring, here and on the stage, until another click on the point takes it away.
  keepRing(/** @type {number} */ p) {
    const at = placeOfRow(player.run?.header.data, this.told.labels, p);
    player.ringed = player.ringed?.join() === at?.join() ? null : at;
  }

  keptRow() {
    return player.ringed && rowAt(player.run?.header.data, this.told.labels, player.ringed);
  }

  setRing(p) {
    if (p === this.ringed) return;
    this.ringed = p;
    this.wake();
  }

  goTo(at) {
    this.playing = false;
    this.at = at;
    this.wake();
  }

  toggle() {
    this.playing = !this.playing;
    if (this.playing && this.at >= this.stops.length - 1) this.at = 0;
    this.restUntil = performance.now() + REST_MS;
    this.wake();
  }

  // ---- time --------------------------------------------------------------------------------------------------------
  frame(now) {
    this.loop = null;
    clearTimeout(this.rest);
    const seconds = Math.min(0.1, (now - this.before) / 1000);
    this.before = now;
    const tours = this.stations.filter(({ choice }) => choice.kind === "tour");
    if (!calm()) for (const { choice } of tours) choice.seconds += seconds;
    if (this.playing) this.advance(now, seconds);
    if (player.step !== this.step) {
      this.step = player.step;
      this.movedAt = now;
    }
    const moves = player.moving || player.scrubbing || this.playing || (tours.length > 0 && !calm());
    this.isFine = !moves && now - this.movedAt >= FINE_AFTER_MS;
    this.draw(now);
    if (this.playing || (tours.length && !calm())) this.wake();
    else if (!this.isFine || now - this.saidAt < WORDS_EVERY_MS) this.rest = setTimeout(this.wake, FINE_AFTER_MS);
  }

  advance(now, seconds) {
    if (now < this.restUntil) return;
    const last = this.stops.length - 1;
    const next = Math.floor(this.at + 1e-9) + 1;
    this.at = calm() ? next : Math.min(next, this.at + STOPS_A_SECOND * seconds);
    if (this.at >= next) this.restUntil = now + (calm() ? 4 : 1) * REST_MS;
    if (this.at >= last) [this.at, this.playing] = [last, false];
  }

  draw(now) {
    const { run, row } = player;
    const { told, theme } = this;
    if (!run || !row || !theme || told?.run !== run.header.run) return;
    this.layOut(run);
    const parameters = run.parameters(row);
    if (!parameters.every(Number.isFinite)) {
      tell(
        this.sentence,
        "The run has blown up here: its weights are no longer numbers that a picture could be drawn of. Go back in time.",
      );
      return;
    }
    if (player.ringed !== this.chosen) {
      this.chosen = player.ringed;
      this.ringed = this.keptRow();
    }
    this.tellPage();
    const started = performance.now();
    const film = this.carry(/** @type {Film} */ (this.film), parameters);
    const others = this.beside?.parametersAt(row[EPOCH]);
    this.row.classList.toggle("waits", Boolean(this.beside && !others));
    const there = this.besideFilm && others?.every(Number.isFinite) ? this.carry(this.besideFilm, others) : null;
    this.at = Math.max(0, Math.min(this.at, film.last));
    const groups = film.groups(this.theme);
    this.picture.draw(film.sceneAt(this.at), film.moment.theme, groups, this.ringed);
    for (const { picture, station, below } of this.due()) {
      picture.draw(film.sceneOf(station), film.moment.theme, groups, this.ringed);
      if (below && there) below.picture.draw(there.sceneOf(below.station), there.moment.theme, groups, this.ringed);
    }
    this.pad?.draw(parameters, this.theme);
    this.frames++;
    this.cost += 0.2 * (performance.now() - started - this.cost);
    this.describe(now, run, row, film, there);
  }

  // The small pictures that are drawn in this frame: all, unless that takes so long that the film would not run smoothly.
  due() {
    const n = this.panels.length;
    if (this.isFine || this.cost < BUDGET_MS || n <= FEW) return this.panels;
    this.turn = (this.turn + FEW) % n;
    return Array.from({ length: FEW }, (_, k) => this.panels[(this.turn + k) % n]);
  }

  // Take a film to the moment, as fine as there is time for.
  carry(/** @type {Film} */ film, parameters) {
    Object.assign(film, { pair: this.pair, switches: this.switches.checked });
    film.move(parameters, this.isFine, this.theme);
    return film;
  }

  // ---- words -------------------------------------------------------------------------------------------------------
  tellPage() {
    tell(this.play, this.playing ? "⏸ Stop the film" : "▶ Play the film");
    if (!this.stops.length) return;
    const at = Math.max(0, Math.min(this.at, this.stops.length - 1));
    if (Number(this.slider.value) !== at) this.slider.value = String(at);
    const words = filmSentence(this.stops, at);
    tell(this.sentence, words);
    if (this.slider.getAttribute("aria-valuetext") !== words) this.slider.setAttribute("aria-valuetext", words);
  }

  describe(now, run, row, /** @type {Film} */ film, /** @type {Film | null} */ there) {
    this.tellNote(run);
    const key = [
      run.header.run,
      player.step,
      this.moment?.step,
      Boolean(there),
      this.pair,
      this.at,
      JSON.stringify(this.stations.map(({ choice }) => [choice.kind, choice.units])),
    ].join();
    if (now - this.saidAt < WORDS_EVERY_MS || key === this.said) return;
    [this.said, this.saidAt] = [key, now];
    const { task, data } = run.header;
    const known = this.moment?.step === player.step;
    const describeOne = (
      { station, reading, canvas },
      /** @type {Film} */ { cloud, scenes },
      separations,
      name = "",
      late = "",
    ) => {
      const scene = scenes.get(station);
      const hasNumber = known && station.space;
      if (!scene) return; // was not drawn this time
      const parts = readings({
        share: station.share(cloud),
        nUnits: station.nUnits,
        kind: station.view.kind,
        separation: hasNumber ? (separations?.[station.layer] ?? null) : null,
        task,
        folded: scene.folded.length ? shareOf(scene.folded) : null,
        crushed: shareOf(scene.crushed),
      });
      if (late) parts.push(late);
      tell(reading, capital(parts.join("; ")) + ".");
      canvas.setAttribute(
        "aria-label",
        name + inWords(station.title, parts, run, row, task === "regression" ? [] : data.classes),
      );
      canvas.tabIndex = station.view.kind === "solid" ? 0 : -1;
    };
    const late = this.beside?.lateWords(row[EPOCH]);
    for (const panel of this.panels) {
      describeOne(panel, film, this.moment?.separations);
      if (panel.below && there)
        describeOne(panel.below, there, this.beside?.told.separations, `${panel.below.name}: `, late);
    }
    this.big.setAttribute("aria-label", `${filmSentence(this.stops, this.at)} ${where(film.moment, data.classes)}`);
  }

  tellNote(run) {
    const { told, ringed } = this;
    const { classes } = run.header.data;
    if (ringed !== null) {
      const label = told.labels[ringed];
      tell(
        this.note,
        `Point ${ringed + 1}: ${classes[label] ?? `value ${say(label)}`}. It is ringed in every picture; ` +
          (this.keptRow() === ringed ? "click it again to take the ring away." : "click to keep it, on the stage too."),
      );
      return;
    }
    const n = told.labels.length;
    const some =
      n < told.n_points
        ? ` ${n} of the ${told.n_points} training points are drawn, and the shares of the spread are theirs.`
        : "";
    tell(
      this.note,
      `Thick line: the boundary, carried along with the sheet.${some} Hover a point to find it in every picture.` +
        (this.beside ? ` ${pairedInWords(this.beside.told)}` : ""),
    );
  }
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
const shareOf = (flags) => (flags.length ? flags.filter(Boolean).length / flags.length : 0);
const shortName = (kind, layer) =>
  ({ plane: "in", inputs: "in", features: "features", before: `z${sub(layer)}`, after: `a${sub(layer)}` })[kind];
const sub = (n) => [...String(n)].map((c) => "₀₁₂₃₄₅₆₇₈₉"[Number(c)]).join("");

// How the plane is shared out.
function where({ side }, classes) {
  const counts = new Map();
  for (const k of side) counts.set(k, (counts.get(k) ?? 0) + 1);
  const name = (k) => classes[k] ?? (k ? "above the middle" : "below the middle");
  return `${[...counts]
    .sort(([a], [b]) => a - b)
    .map(([k, n]) => `${name(k)} has ${percent(n / side.length)}`)
    .join(", ")} of the sheet.`;
}
