// A scene on screen: a heading, the panels that it names and nothing else, one sentence, and the answers to a question.
// The panels are the stage's own, larger and without a thing to press.
import { h, tell } from "../shared/dom.js";
import { say } from "../shared/format.js";
import { observeTheme } from "../shared/theme.js";
import { Diagram } from "../stage/diagram.js";
import { Network } from "../stage/network.js";
import { EPOCH, frozenAt } from "../stage/recording.js";
import { diagramInWords, surfaceInWords } from "../stage/spoken.js";
import { BUDGETS_MS, Surface } from "../stage/surface.js";
import { Chart, markOf } from "./chart.js";
import { FilmPanel } from "./film.js";
import { placesOf } from "./places.js";
import { AtlasPanel } from "./atlas.js";

/** @import { Recording } from "../stage/recording.js" */
/** @import { Place } from "./places.js" */
/** @import { Point, Scene, Talk } from "./script.js" */
/** @import { Moment } from "./walk.js" */

const CHARTS = ["loss", "accuracy", "gradients"];
const ALL_POINTS = { look: { testPoints: true, discretize: false }, changed: false };
const NO_MARGIN = { l: 2, r: 2, t: 2, b: 2 };
const LETTERS = "ABCD";
const nobody = () => {};

export class View {
  /** @param {HTMLElement} place @param {Talk} talk @param {Recording[]} runs */
  constructor(place, talk, runs) {
    this.talk = talk;
    this.runs = runs;
    this.networks = runs.map((run) => new Network(run.header.net));
    this.surfaces = LETTERS.split("").map(() => new Surface(ALL_POINTS, NO_MARGIN));
    this.letters = 28; // pixels
    this.look = { neuron: 96, letters: 28, beside: 70, links: 1.8, buttons: false };
    this.diagram = new Diagram(nobody, nobody, nobody, this.look);
    this.chart = new Chart();
    this.film = new FilmPanel();
    this.atlas = new AtlasPanel();
    this.heading = h("h1", {});
    this.panels = h("div", { class: "panels" });
    this.marks = h("div", { class: "marks", "aria-hidden": "true" });
    this.options = h("ol", { class: "options" });
    this.said = h("p", { class: "say", role: "status" });
    this.walked = h("div", { class: "walked", "aria-hidden": "true" });
    this.black = h("div", { class: "black", hidden: true });
    this.element = h(
      "main",
      { class: "talk" },
      this.heading,
      this.panels,
      this.options,
      this.said,
      this.walked,
      this.black,
    );
    if (talk.theme !== "auto") document.documentElement.dataset.theme = talk.theme;
    place.replaceChildren(this.element);
    /** @type {any} */
    this.theme = null;
    /** @type {HTMLElement[]} */
    this.boxes = []; // of the panels on show, in order
    this.frames = 0; // how many pictures have been painted
    this.arranged = ""; // for what, as a text to compare
    this.drawn = "";
    this.still = { of: "", fine: false }; // the moment of the run that is painted: a film moves while it stands
    /** @type {((option: number) => void) | null} */
    this.vote = null; // what a tap on an answer does
    this.voted = -1; // the answer that was tapped here
    /** @type {number[] | null} */
    this.votes = null; // how many chose each, once the speaker shows it
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.drawn = this.arranged = "";
    });
    this.themes.setLook({ projector: true, zoom: 1.3 });
    this.resize = new ResizeObserver(() => (this.drawn = this.arranged = ""));
    this.resize.observe(this.element);
    this.resize.observe(this.panels);
  }

  // Draw a moment, unless it is what is on screen; `fine` for one that stands.
  /** @param {Moment} moment @param {boolean} fine */
  draw(moment, fine) {
    const key = JSON.stringify([moment, fine, this.votes, this.voted]);
    if (key === this.drawn || !this.theme) return false;
    this.drawn = key;
    const scene = this.talk.scenes[moment.scene];
    const arranged = [moment.scene, moment.stop, moment.big, this.votes, this.voted].join("/");
    if (arranged !== this.arranged) {
      this.arranged = arranged;
      this.arrange(scene, moment);
    }
    this.black.hidden = !moment.black;
    this.paint(scene, moment, fine);
    this.frames++;
    return true;
  }

  // ---- what is on show ---------------------------------------------------------------------------------------
  /** @param {Scene} scene @param {Moment} moment */
  arrange(scene, moment) {
    this.still.of = "";
    const { say: said, show, answer } = scene.stops[moment.stop];
    tell(this.heading, scene.heading);
    this.element.classList.toggle("words-only", !show.length);
    this.keepRoom(scene);
    tell(this.said, said);
    this.element.classList.toggle("big", moment.big > 0);
    this.walked.style.width = `${(100 * (moment.scene + 1)) / this.talk.scenes.length}%`;
    this.arrangeOptions(scene, answer);
    this.arrangePanels(scene, show, moment.big);
  }

  // The sentence has as many lines as the longest of its scene, so that nothing moves when another is said.
  keepRoom(/** @type {Scene} */ scene) {
    this.said.style.minHeight = "";
    const heights = scene.stops.map(({ say: said }) => {
      this.said.textContent = said;
      this.said.hidden = !said;
      return said ? this.said.offsetHeight : 0;
    });
    this.said.hidden = !Math.max(...heights);
    this.said.style.minHeight = `${Math.max(...heights)}px`;
  }

  /** @param {Scene} scene @param {boolean} answer */
  arrangeOptions({ options, right }, answer) {
    this.options.hidden = !options.length;
    const most = Math.max(1, ...(this.votes ?? []));
    const choose = (k) => {
      this.voted = k;
      this.vote?.(k);
    };
    this.options.replaceChildren(
      ...options.map((option, k) => {
        const marks = [answer && right === k + 1 && "right", this.voted === k && "voted"].filter(Boolean).join(" ");
        const words = [
          h("b", {}, LETTERS[k]),
          h("span", {}, option),
          answer && right === k + 1 ? h("i", {}, "✓") : null,
        ];
        const count = this.votes
          ? h("em", { style: `--share: ${(100 * (this.votes[k] ?? 0)) / most}%` }, String(this.votes[k] ?? 0))
          : null;
        const inner = this.vote
          ? h(
              "button",
              { type: "button", "aria-pressed": String(this.voted === k), onclick: () => choose(k) },
              ...words,
            )
          : h("div", {}, ...words);
        return h("li", { class: marks }, inner, count);
      }),
    );
  }

  /** @param {Scene} scene @param {string[]} show @param {number} big */
  arrangePanels(scene, show, big) {
    const runs = scene.runs.map((k) => this.runs[k]);
    const chart = show.find((panel) => CHARTS.includes(panel)) ?? "";
    const size = parseFloat(getComputedStyle(this.panels).fontSize);
    this.letters = size;
    Object.assign(this.look, {
      letters: size / this.theme.zoom,
      neuron: (3.6 * size) / this.theme.zoom,
      beside: (2.4 * size) / this.theme.zoom,
      links: size / 14,
    });
    /** @type {{element: HTMLElement, kind: "pictures" | "network" | "chart" | "atlas", k: number}[]} */
    const all = [];
    if (show.includes("picture")) {
      scene.runs.forEach((number, k) => {
        const surface = this.surfaces[k];
        surface.setRun(this.runs[number], this.networks[number]);
        surface.title.textContent = "";
        surface.element.dataset.label = scene.labels[k];
        if (runs.length > 1 && chart) {
          const { colour, border } = markOf(this.theme, k, runs.length);
          surface.element.style.setProperty("--mark", `6px ${border} ${colour}`);
        } else surface.element.style.removeProperty("--mark");
        all.push({ element: surface.element, kind: "pictures", k });
      });
    }
    if (show.includes("fold")) {
      this.film.setRun(runs[0], this.talk.folds[scene.runs[0]]);
      all.push({ element: this.film.element, kind: "pictures", k: 0 });
    }
    if (show.includes("atlas")) {
      this.atlas.setTiles(this.talk.atlases[scene.atlas].tiles, scene.tiles);
      all.push({ element: this.atlas.element, kind: "atlas", k: 0 });
    }
    if (show.includes("network") && runs.length) {
      this.diagram.setRun(runs[0], this.networks[scene.runs[0]]);
      all.push({ element: this.diagram.element, kind: "network", k: 0 });
    }
    if (chart && runs.length) {
      const end = Math.max(...scene.stops.flatMap(({ at, play }) => [at, play?.end ?? 0]));
      this.chart.set(chart, runs, scene.labels, end);
      this.chart.named = runs.length > 1 && show.includes("picture") && !big;
      all.push({ element: this.chart.element, kind: "chart", k: 0 });
    }
    const shown = big ? all.slice(big - 1, big) : all;
    const elements = shown.map(({ element }) => element);
    this.boxes = elements.map((element) => /** @type {HTMLElement} */ (element.querySelector(".plot")));
    if (elements.length !== this.panels.children.length - 1 || elements.some((e, k) => this.panels.children[k] !== e))
      this.panels.replaceChildren(...elements, this.marks);
    this.panels.hidden = !shown.length;
    this.placePanels(shown, size);
  }

  // Each where it is largest.
  placePanels(shown, /** @type {number} */ size) {
    const names = shown.some(({ element }) => element.dataset.label || element === this.film.element);
    const kinds = shown.map(({ kind }) => kind);
    const { clientWidth: width, clientHeight: height } = this.panels;
    const places = placesOf(
      {
        pictures: kinds.filter((kind) => kind === "pictures").length,
        network: kinds.includes("network"),
        chart: kinds.includes("chart"),
        atlas: kinds.includes("atlas") ? this.atlas.aspect : 0,
      },
      width,
      this.isStacked ? Infinity : height,
      names ? 1.7 * size : 0,
    );
    this.panels.style.minHeight = this.isStacked ? `${places.height}px` : "";
    let picture = 0;
    for (const { element, kind } of shown) {
      const place = /** @type {Place} */ (kind === "pictures" ? places.pictures[picture++] : places[kind]);
      for (const [name, value] of Object.entries(place))
        element.style[{ x: "left", y: "top" }[name] ?? name] = `${value}px`;
      element.classList.toggle("named", names && kind === "pictures");
    }
  }

  // A window as narrow as a phone's shows the panels one below the other, and scrolls.
  get isStacked() {
    return getComputedStyle(this.element).getPropertyValue("--stacked").trim() === "1";
  }

  // ---- pictures ----------------------------------------------------------------------------------------------
  /** @param {Scene} scene @param {Moment} moment @param {boolean} fine */
  paint(scene, moment, fine) {
    const epoch = moment.epoch * (1 + 1e-6) + 1e-6; // a row has its epoch in single precision
    const of = `${moment.scene} ${moment.epoch}`;
    if (of !== this.still.of || (fine && !this.still.fine)) {
      this.still = { of, fine };
      this.paintRuns(scene, moment, epoch, fine);
    }
    if (this.film.element.isConnected && scene.runs.length) {
      const run = this.runs[scene.runs[0]];
      this.film.name(moment.film, scene.stops[moment.stop], moment.epoch);
      this.film.draw(this.theme, run.parameters(run.rows[run.indexAt(epoch, EPOCH)]), {
        layers: moment.film,
        fine,
        letters: this.letters,
      });
    }
    this.pointAt(scene.stops[moment.stop].points);
  }

  // All that follows the clock of the runs alone.
  /** @param {Scene} scene @param {Moment} moment @param {number} epoch @param {boolean} fine */
  paintRuns(scene, moment, epoch, fine) {
    const { show } = scene.stops[moment.stop];
    const budget = BUDGETS_MS[fine ? "fine" : "playing"] / Math.max(1, scene.runs.length);
    scene.runs.forEach((number, k) => {
      const [run, surface] = [this.runs[number], this.surfaces[k]];
      const row = run.rows[run.indexAt(epoch, EPOCH)];
      const parameters = run.parameters(row);
      if (!show.includes("picture")) surface.setRun(run, this.networks[number]);
      surface.parameters = parameters;
      const values = surface.evaluate(parameters, budget);
      if (surface.element.isConnected && show.includes("picture")) surface.draw(this.theme, null);
      if (k === 0 && this.diagram.element.isConnected)
        this.diagram.draw(this.theme, parameters, values, frozenAt(run.header, row));
      if (fine) {
        surface.canvas.setAttribute("aria-label", surfaceInWords(run, row, values));
        if (k === 0)
          this.diagram.canvas.setAttribute("aria-label", diagramInWords(run, row, surface.network, parameters));
      }
    });
    if (this.atlas.element.isConnected) this.atlas.draw(this.theme, epoch, fine, this.isStacked ? null : this.letters);
    if (this.chart.element.isConnected) {
      this.chart.draw(this.theme, epoch, this.letters);
      if (fine)
        this.chart.canvas.setAttribute("aria-label", `${this.chart.title.textContent}, epoch ${say(moment.epoch)}`);
    }
  }

  // ---- what is pointed at ------------------------------------------------------------------------------------
  /** @param {Point[]} points */
  pointAt(points) {
    const room = this.panels.getBoundingClientRect();
    const found = points.flatMap((point) => {
      const at = this.targetOf(point);
      return at ? [{ ...at, text: point.text }] : [];
    });
    this.marks.replaceChildren(...found.flatMap((target) => markAt(target, room, this.letters)));
  }

  // Where it is in its panel: a middle and a size, in pixels; null where the panel is not on show.
  targetOf(/** @type {Point} */ { kind, at }) {
    const { diagram, chart, atlas } = this;
    const around = 0.6 * this.letters;
    const [surface] = this.surfaces;
    if (kind === "place" && surface.element.isConnected) {
      const { range } = surface.run.header.data;
      const box = surface.box.getBoundingClientRect();
      const share = (value) => (value - range[0]) / (range[1] - range[0]);
      const size = 2.4 * around;
      return { box, x: share(at[0]) * box.width, y: (1 - share(at[1])) * box.height, width: size, height: size };
    }
    if (diagram.element.isConnected && diagram.columns && (kind === "neuron" || kind === "layer")) {
      const column = diagram.columns[at[0]] ?? [];
      const units = kind === "neuron" ? column.slice(at[1] - 1, at[1]) : column;
      if (!units.length) return null;
      const ys = units.map((unit) => unit.y);
      const [low, high] = [Math.min(...ys), Math.max(...ys)];
      const size = diagram.side + around;
      const box = diagram.box.getBoundingClientRect();
      return { box, x: units[0].x, y: (low + high) / 2, width: size, height: size + high - low };
    }
    if (kind === "tile") return atlas.element.isConnected ? atlas.placeOf(at) : null;
    const place = chart.element.isConnected ? chart.placeOf({ kind, at }) : null;
    if (!place) return null;
    const size = { width: Math.max(place.width, 1.6 * around), height: Math.max(place.height, 1.6 * around) };
    return { box: chart.box.getBoundingClientRect(), ...place, ...size };
  }
}

// A frame around what is pointed at, and its words where there is room for them: below, above, or beside it.
function markAt({ box, x, y, width, height, text }, room, letters) {
  const [left, top] = [box.left - room.left + x, box.top - room.top + y];
  const ring = h("div", { class: "ring" });
  const frame = { left: left - width / 2, top: top - height / 2, width, height };
  for (const [name, value] of Object.entries(frame)) ring.style[name] = `${value}px`;
  if (!text) return [ring];
  const label = h("div", { class: "label" }, text);
  const line = 2.2 * letters;
  const below = top + height / 2 + line < room.height;
  const above = top - height / 2 - line > 0;
  const rightwards = left < room.width / 2;
  label.classList.add(below ? "below" : above ? "above" : rightwards ? "right" : "left");
  if (below || above) {
    label.style.left = `${left}px`;
    label.style.top = `${top + (below ? height : -height) / 2}px`;
    label.style.setProperty("--shift", `${-100 * Math.max(0, Math.min(1, left / Math.max(1, room.width)))}%`);
  } else {
    label.style.left = `${left + (rightwards ? width : -width) / 2}px`;
    label.style.top = `${top}px`;
  }
  return [ring, label];
}
