// The landscape that the run goes through: a map of the training loss with the path on it, and how sharply it bends.
//
// Comes in:  `data`: {run, plotly, ask, n_parameters}, the addresses as in a `Page`.
// Goes out:  the trigger `start`, {values}: the parameters of a network of the map, to go on from.
//
// The map is asked for once the moment stands, coarse and then fine, and what is no longer waited for is hung up on.
import { untilGone } from "../shared/component.js";
import { fit, h, pen, tell } from "../shared/dom.js";
import { say } from "../shared/format.js";
import { loadPlotly } from "../shared/plot.js";
import { player } from "../shared/player.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";
import { drawPoints } from "../stage/points.js";
import { gridPoints, Network } from "../stage/network.js";
import { paint } from "../stage/surface.js";
import { drawProfile, drawSharpness, drawSpectrum, spectrumInWords } from "./charts.js";
import { Chart, mapInWords } from "./map.js";
import { askFor, networkAt, sheetOf } from "./part.js";
import { drawSolid } from "./solid.js";

await loadStyle("landscape.css", import.meta.url);

const PLANES = {
  path: "Along the path",
  ends: "Start, end and best",
  random: "Random directions",
  sharpest: "Sharpest directions",
  weights: "Two weights",
};
const OF_THE_PATH = ["path", "ends"]; // the same at every moment
const SETTLE_MS = 150;
const AGAIN_MS = 1500;
const [COARSE, FINE] = [31, 61];
const PREVIEW = 64;
export const pages = new WeakMap();

export default function mount({ data, parentElement, setTriggerValue }) {
  let view = pages.get(parentElement);
  if (!view) pages.set(parentElement, (view = new Landscape(parentElement)));
  view.start = (values) => setTriggerValue("start", { values });
  view.receive(data);
  return untilGone(parentElement, () => view.close());
}

class Landscape {
  constructor(parent) {
    /** @type {(values: number[]) => void} */
    this.start = () => {};
    /** @type {any} */
    this.told = this.theme = this.Plotly = null;
    /** @type {any} */
    this.sheet = null; // the map on screen
    /** @type {any} */
    this.curve = null;
    /** @type {any} */
    this.spectrum = null;
    this.plane = "path";
    this.seed = 1;
    this.weights = [0, 1];
    /** @type {number[] | null} */
    this.picked = null;
    this.asked = ""; // what the parts on screen answer, as texts to compare
    this.mapKey = this.curveKey = this.spectrumKey = "";
    this.hangUp = new AbortController();
    this.drawnCharts = "";
    this.mapDrawn = "";
    /** @type {number | null} */
    this.loop = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;

    const choose = (name, text) => h("option", { value: name }, text);
    this.planes = h(
      "select",
      { "aria-label": "Plane of the map", onchange: () => this.choose({ plane: this.planes.value }) },
      ...Object.entries(PLANES).map((entry) => choose(...entry)),
    );
    this.seeds = h("input", {
      type: "number",
      min: 0,
      max: 99999,
      value: 1,
      "aria-label": "Seed of the directions",
      onchange: () => this.choose({ seed: whole(this.seeds, 99_999) }),
    });
    this.seedBox = h("label", { hidden: true }, "seed ", this.seeds);
    this.places = [0, 1].map((k) =>
      h("input", {
        type: "number",
        min: 0,
        value: k,
        "aria-label": `Weight ${k ? "up" : "across"}`,
        onchange: () => this.choose({ weights: this.places.map((input) => whole(input, this.told.n_parameters - 1)) }),
      }),
    );
    this.weightBox = h("label", { hidden: true }, "parameters ", ...this.places);
    this.canvas = h("canvas", { role: "img", "aria-label": "Map of the loss" });
    this.chart = new Chart(this.canvas);
    this.solid = h("div", { class: "solid", hidden: true, "aria-hidden": "true" });
    this.inSpace = h("input", { type: "checkbox", onchange: () => this.turnSolid() });
    this.low = h("span", {});
    this.high = h("span", {});
    this.bar = h("i", { "aria-hidden": "true" });
    this.labels = h("p", { class: "labels" });
    this.words = h("p", { class: "what", role: "status" });
    this.preview = h("canvas", { role: "img", "aria-label": "What the network at the chosen place says" });
    this.pickedWords = h("p", {});
    this.go = h("button", { type: "button", class: "go", onclick: () => this.startThere() }, "Start from there");
    this.aside = h(
      "section",
      { class: "picked", hidden: true, "aria-label": "The network that you chose on the map" },
      h("div", { class: "small" }, this.preview),
      h("div", {}, this.pickedWords, this.go),
    );
    const plots = ["profile", "sharpness", "spectrum"];
    const titles = [
      "Straight from start to end",
      "How sharply the loss bends, over the run",
      "All bends at this moment",
    ];
    this.plots = Object.fromEntries(
      plots.map((name, k) => [name, h("div", { class: "plot", role: "img", "aria-label": titles[k] })]),
    );
    this.notes = Object.fromEntries(plots.map((name) => [name, h("p", { class: "note" })]));
    const right = plots.map((name, k) =>
      h("section", { "aria-label": titles[k] }, h("h3", {}, titles[k]), this.plots[name], this.notes[name]),
    );
    this.element = h(
      "div",
      { class: "landscape" },
      h(
        "div",
        { class: "tools" },
        h("label", {}, "Map: ", this.planes),
        this.seedBox,
        this.weightBox,
        h("label", {}, this.inSpace, "In 3-D"),
      ),
      this.words,
      h(
        "div",
        { class: "pictures" },
        h(
          "div",
          { class: "left" },
          h("div", { class: "square" }, this.canvas, this.solid),
          h("p", { class: "legend" }, this.low, this.bar, this.high),
          this.labels,
          this.aside,
        ),
        h("div", { class: "right" }, ...right),
      ),
    );
    parent.querySelector(".landscape-place").replaceChildren(this.element);
    this.canvas.addEventListener("click", (event) => this.pick(event));

    this.wake = () => (this.loop ??= requestAnimationFrame(() => this.frame()));
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.drawnCharts = this.mapDrawn = "";
      this.wake();
    });
    this.resize = new ResizeObserver(() => {
      this.drawnCharts = this.mapDrawn = "";
      this.wake();
    });
    this.resize.observe(this.element);
    player.watchers.add(this.wake);
    this.wake();
  }

  close() {
    player.watchers.delete(this.wake);
    this.hangUp.abort();
    clearTimeout(this.timer);
    if (this.loop) cancelAnimationFrame(this.loop);
    this.themes.stop();
    this.resize.disconnect();
    for (const plot of [this.solid, ...Object.values(this.plots)]) this.Plotly?.purge(plot);
  }

  receive(data) {
    if (this.told?.run !== data.run || this.told.beside.join() !== data.beside.join()) {
      this.picked = this.sheet = this.curve = this.spectrum = null;
      this.asked = this.mapKey = this.curveKey = this.spectrumKey = "";
    }
    this.told = data;
    for (const input of this.places) input.max = String(data.n_parameters - 1);
    loadPlotly(data.plotly).then((Plotly) => {
      this.Plotly = Plotly;
      this.wake();
    });
    this.themes.check();
    this.wake();
  }

  /** @param {{plane?: string, seed?: number, weights?: number[]}} change */
  choose({ plane = this.plane, seed = this.seed, weights = this.weights }) {
    [this.plane, this.seed, this.weights, this.picked] = [plane, seed, weights, null];
    this.seedBox.hidden = plane !== "random";
    this.weightBox.hidden = plane !== "weights";
    this.wake();
  }

  // ---- what is asked -----------------------------------------------------------------------------------------------
  // Once the moment stands, and the run is here as far as it plays by itself.
  want() {
    const { run, step } = player;
    if (!run || player.moving || player.scrubbing || !player.filled || run.header.run !== this.told?.run) return "";
    return [run.header.run, run.last, step, this.plane, this.seed, this.weights, this.told.beside].join();
  }

  frame() {
    this.loop = null;
    const want = this.want();
    if (want !== this.asked) {
      this.asked = want;
      this.hangUp.abort();
      clearTimeout(this.timer);
      if (want) this.timer = setTimeout(() => this.ask(want), SETTLE_MS);
    }
    this.draw();
  }

  async ask(want) {
    const { signal } = (this.hangUp = new AbortController());
    const { run, step } = player;
    const last = run?.last ?? 0;
    const common = { run: this.told.run, step, last };
    const asked = async (question) => {
      const answer = await askFor(this.told.ask, { ...common, ...question }, signal);
      if (!answer) throw new Error("unknown run");
      return answer;
    };
    const { plane, seed, weights } = this;
    const fixed = OF_THE_PATH.includes(plane);
    const { beside } = this.told;
    const mapKey = [common.run, last, plane, seed, weights, fixed ? "" : step, beside].join();
    try {
      for (const n of mapKey === this.mapKey && this.sheet?.told.n ? [0] : [COARSE, FINE]) {
        const { told, floats } = await asked({ what: "map", plane, n, seed, weights, beside });
        this.take(told, told.problem ? null : sheetOf(told, floats));
      }
      this.mapKey = mapKey;
      const spectrumKey = [common.run, step].join();
      if (spectrumKey !== this.spectrumKey) {
        this.spectrum = (await asked({ what: "spectrum" })).told;
        this.spectrumKey = spectrumKey;
        this.wake();
      }
      const curveKey = [common.run, last].join();
      if (curveKey !== this.curveKey) {
        this.curve = (await asked({ what: "curve" })).told;
        this.curveKey = curveKey;
        this.wake();
      }
    } catch {
      // The server is gone or was started anew: the page will have the run made again.
      if (!signal.aborted) this.timer = setTimeout(() => this.asked === want && this.ask(want), AGAIN_MS);
    }
  }

  take(told, sheet) {
    if (told.problem) {
      this.sheet = null;
      tell(this.words, told.problem);
    } else if (sheet.told.n) this.sheet = sheet;
    else if (this.sheet)
      this.sheet = { ...sheet, losses: this.sheet.losses, told: { ...sheet.told, n: this.sheet.told.n } };
    this.wake();
  }

  // ---- what is drawn -----------------------------------------------------------------------------------------------
  draw() {
    const { run, row } = player;
    const { theme, sheet } = this;
    if (!run || !row || !theme) return;
    if (sheet) {
      this.chart.draw(sheet, theme, player.step, this.picked);
      const words =
        sheet.told.step === player.step
          ? sheet.told.words
          : `Map made at step ${sheet.told.step}; it follows once the moment stands.`;
      tell(this.words, words);
      if (this.mapDrawn !== words) {
        this.mapDrawn = words;
        this.canvas.setAttribute("aria-label", mapInWords(sheet));
        tell(
          this.labels,
          `${legend(this.told, sheet)}Across: ${sheet.told.labels[0]}. Up: ${sheet.told.labels[1]}. The path's colour is its true loss; dashed where the map is off by more than a fifth. Click the map to see the network there.`,
        );
        tell(this.low, say(this.chart.scale?.least ?? NaN, 3));
        tell(this.high, `${say(this.chart.scale?.most ?? NaN, 3)} and more`);
      }
    } else {
      const context = fit(
        this.canvas,
        this.canvas.parentElement?.clientWidth ?? 0,
        this.canvas.parentElement?.clientWidth ?? 0,
      );
      context.clearRect(0, 0, 2000, 2000);
      if (!this.words.textContent) tell(this.words, "The map comes as soon as the moment stands.");
    }
    this.drawPicked(run, theme);
    this.drawCharts(theme);
  }

  drawCharts(theme) {
    const { Plotly, sheet, curve, spectrum } = this;
    if (!Plotly) return;
    const key = [this.mapKey, sheet?.told.n, sheet?.train[0], this.curveKey, this.spectrumKey, player.epoch].join();
    if (key === this.drawnCharts || player.moving) return;
    this.drawnCharts = key;
    if (sheet) {
      if (!this.solid.hidden) drawSolid(Plotly, this.solid, theme, sheet);
      drawProfile(Plotly, this.plots.profile, theme, sheet);
      const top = Math.max(...sheet.train);
      tell(
        this.notes.profile,
        `Between ${say(sheet.train[0], 3)} at the start and ${say(sheet.train[sheet.train.length - 1], 3)} at the end, the loss is at most ${say(top, 3)} on the straight line.`,
      );
    }
    if (curve) {
      drawSharpness(Plotly, this.plots.sharpness, theme, curve, player.epoch);
      const [first, end] = [curve.values[0], curve.values[curve.values.length - 1]];
      tell(
        this.notes.sharpness,
        curve.problem || `Largest eigenvalue: ${say(first, 3)} at first, ${say(end, 3)} at last. ${curve.words}`,
      );
    }
    if (spectrum) {
      if (!spectrum.problem) drawSpectrum(Plotly, this.plots.spectrum, theme, spectrum);
      tell(this.notes.spectrum, spectrum.problem || spectrumInWords(spectrum));
    }
    for (const [name, plot] of Object.entries(this.plots))
      if (this.notes[name].textContent) plot.setAttribute("aria-label", this.notes[name].textContent);
  }

  // In 3-D the path is drawn at its true loss; whoever does not see it has the words of the flat map.
  turnSolid() {
    this.solid.hidden = !this.inSpace.checked;
    this.drawnCharts = "";
    this.wake();
  }

  // ---- a network of the map ----------------------------------------------------------------------------------------
  pick(event) {
    if (!this.sheet) return;
    const box = this.canvas.getBoundingClientRect();
    this.picked = this.chart.place(event.clientX - box.left, event.clientY - box.top);
    this.wake();
  }

  drawPicked(run, theme) {
    const { picked } = this;
    this.aside.hidden = !(picked && this.sheet);
    if (!picked || !this.sheet) return;
    const { header } = run;
    const network = new Network(header.net);
    const parameters = networkAt(this.sheet, picked);
    const side = 150;
    const context = fit(this.preview, side, side);
    if (header.data.curve) this.drawCurve(context, side, header, network, parameters, theme);
    else {
      const { x1, x2 } = gridPoints(header.data.range, PREVIEW);
      const small = document.createElement("canvas");
      small.width = small.height = PREVIEW;
      const image = pen(small).createImageData(PREVIEW, PREVIEW);
      paint(new Uint32Array(image.data.buffer), network.evaluate(parameters, x1, x2), header, theme, null, false);
      pen(small).putImageData(image, 0, 0);
      context.drawImage(small, 0, 0, side, side);
      drawPoints(context, { x: 0, y: 0, width: side, height: side }, header, theme, 1.6, false);
    }
    tell(
      this.pickedWords,
      `The network at (${picked.map((x) => say(x, 3)).join(", ")}): a loss of ${say(this.chart.lossAt(picked), 3)}, says the map.`,
    );
  }

  drawCurve(context, side, header, network, parameters, theme) {
    const [low, high] = header.data.range;
    const x = Float32Array.from({ length: 100 }, (_, k) => low + (k / 99) * (high - low));
    const [values] = network.evaluate(parameters, x, new Float32Array(100)).at(-1);
    context.clearRect(0, 0, side, side);
    drawPoints(context, { x: 0, y: 0, width: side, height: side }, header, theme, 1.6, false);
    context.beginPath();
    values.forEach((v, k) =>
      context.lineTo(
        (side * k) / 99,
        side - ((v - header.data.up[0]) / (header.data.up[1] - header.data.up[0])) * side,
      ),
    );
    context.strokeStyle = theme.positive;
    context.lineWidth = 2;
    context.stroke();
  }

  startThere() {
    if (this.picked && this.sheet)
      this.start([...networkAt(this.sheet, this.picked)].map((value) => Number(value.toPrecision(6))));
  }
}

// Which path is whose.
const legend = ({ titles }, { others }) => (others.length ? `Paths: ${titles.join(", ")}. ` : "");

// A whole number from a field; what does not fit becomes what does, in the field too.
function whole(input, most) {
  const value = Math.max(0, Math.min(most, Math.round(Number(input.value)) || 0));
  input.value = String(value);
  return value;
}
