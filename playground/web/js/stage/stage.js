// The live stage of the playground.
//
// Comes in:  `data`, bytes: a message of playground/stage/message.py (a header in JSON, then rows of float32).
// Goes out:  the trigger `ask`, an object: {run, moment} and what is wanted of
//            have + want (more epochs), single (every step of a range), answers (how right the network is at the
//            moment; while that panel is open), refork (a change counts from this step),
//            change (settings), edit (a parameter by hand), branch (another run of the family), action ("reset", "new_seed", "undo").
//
// One player lives as long as the tab; a stage on a page is a view of it. The parts on show are named in the
// header, so that another page can carry the transport and the timeline alone.
import { Answers } from "./answers.js";
import { Curves } from "./curves.js";
import { Diagram } from "./diagram.js";
import { h, scrolls, uncover } from "../shared/dom.js";
import { Editor } from "./editor.js";
import { Network } from "./network.js";
import { player } from "../shared/player.js";
import { loadPlotly } from "../shared/plot.js";
import { TEST_SCORE, TRAIN_SCORE, parseMessage } from "./recording.js";
import {
  diagramInWords,
  gradientsInWords,
  scoresInWords,
  surfaceInWords,
  timelineInWords,
  weightsInWords,
} from "./spoken.js";
import { BUDGETS_MS, Surface } from "./surface.js";
import { currentTheme, layerColour } from "../shared/theme.js";
import { Timeline } from "./timeline.js";
import { Transport } from "./transport.js";
import { Weights } from "./weights.js";

const CHART_EVERY_MS = 100;
const WORDS_EVERY_MS = 3000; // how often the text alternatives follow while it plays
const WORDS_AFTER_MS = 250; // and how soon where the moment stands
const LOOK_EVERY_MS = 100;
const FINE_AFTER_MS = 80; // a moment that stands this long is drawn on the finest grid
// What has a use of its own for Space, arrows, Home and End; buttons and links only for Space.
const OWN_KEYS =
  "input, textarea, select, option, summary, canvas, iframe, audio, video, [contenteditable], [role=dialog], [role=alertdialog], [role=menu], [role=menubar], [role=radiogroup], [role=listbox], [role=combobox], [role=slider], [role=spinbutton], [role=tablist], [role=grid], [role=tree]";
const OWN_SPACE = "button, a, [role=button], [role=link], [role=checkbox], [role=switch]";
export const stages = new WeakMap();

export default function mount({ data, parentElement, setTriggerValue }) {
  return show(parentElement, parseMessage(data), { send: (question) => setTriggerValue("ask", question) });
}

// Take a message, and show it in an element; `transport` takes what the stage asks.
export function show(parentElement, message, transport) {
  let stage = stages.get(parentElement);
  if (!stage) {
    stage = new Stage(parentElement, message.header);
    stages.set(parentElement, stage);
  }
  player.connect(transport);
  player.receive(message);
  stage.show();
  return () => setTimeout(() => parentElement.isConnected || stage.close(), 0);
}

class Stage {
  constructor(parent, header) {
    this.player = player;
    this.transport = new Transport(player);
    this.timeline = new Timeline(player);
    this.full = header.parts === "full";
    this.surface = new Surface();
    this.surface.redraw = () => (player.changed = true);
    this.editor = new Editor(player);
    this.transport.aside = () => this.editor.sentence;
    const edit = (place, name, value, event) => {
      const box = this.element.getBoundingClientRect();
      this.editor.open(place, name, value, event.clientX - box.left, event.clientY - box.top);
      event.preventDefault(); // or the press would take the focus from the field again
    };
    this.diagram = new Diagram(
      (change) => player.ask({ change }, true),
      (focus) => this.setFocus(focus),
      edit,
    );
    this.weights = new Weights(edit);
    this.gradients = new Curves({
      name: "gradients",
      title: "Gradient norm by layer",
      lines: (run, theme) =>
        Array.from({ length: run.n_layers }, (_, l) => ({
          name: l + 1 === run.n_layers ? "output" : String(l + 1),
          colour: layerColour(theme, l, run.n_layers),
          of: (row) => run.gradients(row)[l] || null,
        })),
      yaxis: () => ({ type: "log", nticks: 5 }),
    });
    this.scores = new Curves({
      name: "scores",
      title: "Accuracy",
      lines: (run, theme) => [
        { name: "training", colour: theme.train, of: (row) => row[TRAIN_SCORE] },
        { name: "test", colour: theme.test, dash: "dot", of: (row) => row[TEST_SCORE] },
      ],
      yaxis: () => (player.run.header.task === "regression" ? {} : { range: [-0.02, 1.03], tickformat: ".0%" }),
    });
    this.answers = new Answers();
    this.answersButton = h("button", { type: "button", class: "words small", onclick: () => this.swapAnswers() });
    this.scores.title.append(this.answersButton);
    this.scores.box.after(this.answers.element);
    this.charts = this.full ? [this.timeline, this.gradients, this.scores] : [this.timeline];
    const panels = this.full
      ? [
          h("div", { class: "main" }, this.surface.element, this.diagram.element),
          h("div", { class: "strip" }, this.weights.element, this.gradients.element, this.scores.element),
        ]
      : [];
    this.element = h(
      "div",
      { class: `stage ${header.parts}` },
      this.transport.element,
      ...panels,
      this.timeline.element,
      this.editor.element,
    );
    parent.querySelector(".stage-place").replaceChildren(this.element);
    this.plotlyUrl = header.plotly;
    this.resize = new ResizeObserver(() => (player.changed = true));
    this.resize.observe(this.element);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.element.addEventListener("click", () => this.show());
    this.frames = 0;
    this.step = -1; // what was drawn, since when it stands, and what was last told of it
    this.movedAt = 0;
    this.described = null;
    this.describedAt = -Infinity;
    this.wake = () => this.askForFrame();
    player.watchers.add(this.wake);
    this.wake();
  }

  close() {
    player.watchers.delete(this.wake);
    cancelAnimationFrame(this.loop);
    clearTimeout(this.rest);
    this.resize.disconnect();
    document.removeEventListener("keydown", this.onKey);
    for (const chart of [...this.charts, this.surface, this.weights])
      if (chart.plot.data) this.Plotly?.purge(chart.plot);
  }

  askForFrame() {
    clearTimeout(this.rest);
    this.loop ??= requestAnimationFrame((now) => this.frame(now));
  }

  // A browser that is not kept busy shows what a key has changed some 8 ms sooner, so where nothing moves it is left
  // alone but for a look now and then.
  frame(now) {
    this.loop = null;
    this.rest = setTimeout(this.wake, LOOK_EVERY_MS);
    player.tick(this.before ? (now - this.before) / 1000 : 0);
    this.before = player.moving ? now : null;
    uncover();
    this.draw(now);
    if (player.moving || !this.ready) this.wake();
  }

  // What a key or a click has changed is drawn at once: the next frame only has to show it.
  show() {
    if (player.changed && !player.moving) this.draw(performance.now());
  }

  draw(now) {
    this.drawPictures(now);
    this.transport.draw(now); // after the pictures, which ask for sizes: a text written before would be laid out for them
  }

  drawPictures(now) {
    if (!player.row) return;
    if (player.run !== this.run) this.setRun(player.run);
    this.dress();
    this.checkTheme(now);
    if (player.step !== this.step) Object.assign(this, { step: player.step, movedAt: now, fine: false });
    else if (!this.fine && now - this.movedAt > FINE_AFTER_MS) player.changed = this.fine = true;
    if (player.changed) {
      this.paint(player.row);
      this.paintedAt = now;
    }
    this.describe(now);
    if (this.Plotly) this.paintCharts(now);
    else if (this.frames === 1 && !this.loading)
      this.loading = loadPlotly(this.plotlyUrl).then((Plotly) => (this.Plotly = Plotly));
  }

  // What the link hides, and the projector's look.
  dress() {
    const { hidden = [], projector } = player.run.header;
    const key = [projector, ...hidden].join();
    if (key === this.dressed) return;
    this.dressed = key;
    this.element.classList.toggle("projector", Boolean(projector));
    const parts = {
      diagram: this.diagram,
      weights: this.weights,
      gradients: this.gradients,
      scores: this.scores,
      timeline: this.timeline,
    };
    for (const [name, part] of Object.entries(parts)) part.element.hidden = hidden.includes(name);
    this.themeChecked = -Infinity;
  }

  setRun(run) {
    this.run = run;
    this.network = new Network(run.header.net);
    for (const part of [this.surface, this.diagram, this.weights, ...this.charts]) part.setRun(run, this.network);
    this.swapAnswers(!this.answers.element.hidden);
    player.changed = true;
  }

  checkTheme(now) {
    if (this.theme && now - this.themeChecked < 500) return;
    this.themeChecked = now;
    const theme = currentTheme(this.element, player.run.header.projector);
    if (["dark", "font", "projector"].some((name) => this.theme?.[name] !== theme[name])) {
      this.theme = theme;
      this.element.style.colorScheme = theme.dark ? "dark" : "light";
      for (const name of ["panel", "text", "muted", "grid", "positive", "negative", "background"])
        this.element.style.setProperty(`--${name}`, theme[name]);
      player.changed = true;
    }
  }

  paint(row) {
    player.changed = false;
    if (this.full) {
      const parameters = this.editor.preview(this.run.parameters(row));
      const values = this.surface.evaluate(
        parameters,
        BUDGETS_MS[this.fine ? "fine" : player.moving ? "playing" : "prompt"],
      );
      this.surface.parameters = parameters;
      this.surface.draw(this.theme, this.focus);
      this.diagram.draw(this.theme, parameters, values);
      this.weights.draw(this.theme, parameters);
    }
    for (const chart of this.charts) chart.span ??= chart.measure(player.goal);
    this.timeline.drawPlayhead(row);
    if (this.full) for (const chart of [this.gradients, this.scores]) chart.moveCursor(player.epoch);
    this.frames++;
  }

  // Axes and charts that are due, one at a time: each takes about as long as a frame.
  paintCharts(now) {
    // What was just drawn reaches the screen first: charts wait until the picture has stood for a moment.
    if (!player.moving && this.ready && now - this.paintedAt < CHART_EVERY_MS) return;
    if (this.ready && player.moving && now - this.chartAt < CHART_EVERY_MS) return;
    this.chartAt = now;
    const { Plotly, theme } = this;
    if (this.full && this.ready) {
      if (!player.moving && !player.scrubbing) this.weights.fillHover();
      if (!this.answers.element.hidden) {
        const { clientWidth: width, clientHeight: height } = this.answers.element;
        this.askForAnswers(now);
        this.answers.draw(Plotly, theme, this.run.header, { width, height });
      }
    }
    const drawings = this.charts.map((chart) => () => chart.drawChart(Plotly, theme, player.goal));
    if (this.full)
      drawings.push(
        () => this.surface.drawAxes(Plotly, theme),
        () => this.weights.drawAxes(Plotly, theme),
      );
    for (let k = 0; k < drawings.length; k++) {
      this.turn = ((this.turn ?? -1) + 1) % drawings.length;
      if (drawings[this.turn]()) {
        player.changed = true;
        return;
      }
    }
    this.ready = true;
  }

  // Once for a moment that stands, and every second while it plays. Every question that is asked while the panel is
  // open brings the answers along.
  askForAnswers(now) {
    const moment = [this.run.header.run, player.moving ? Math.floor(now / 1000) : player.step].join();
    const settled = player.moving || player.told === player.step; // before that, the player is about to ask
    if (!settled || player.scrubbing || player.asked || moment === this.answersAskedFor) return;
    this.answersAskedFor = moment;
    if (player.moving || this.run.header.answers?.step !== player.step) player.ask({});
  }

  // The score over time, or what stands behind it now.
  swapAnswers(open = this.answers.element.hidden) {
    this.answers.element.hidden = !open;
    player.wantsAnswers = open;
    this.answersAskedFor = null;
    this.scores.box.hidden = this.scores.legend.hidden = open;
    this.answers.drawn = null;
    const regression = this.run.header.task === "regression";
    this.scores.title.firstChild.textContent = open
      ? regression
        ? "Residuals"
        : "Confusion matrix"
      : regression
        ? "R²"
        : "Accuracy";
    this.answersButton.textContent = open ? "Over time" : regression ? "Residuals" : "Confusion";
    player.changed = true;
  }

  // The text alternatives of the pictures, at a calm pace.
  describe(now) {
    const { run, row } = player;
    const key = [run.header.run, run.version, player.step].join();
    const stands = !player.moving && !player.scrubbing && now - this.movedAt > WORDS_AFTER_MS;
    if (key === this.described || (!stands && now - this.describedAt < WORDS_EVERY_MS)) return;
    Object.assign(this, { described: key, describedAt: now });
    const tell = (part, words) => part.canvas.setAttribute("aria-label", words);
    tell(this.timeline, timelineInWords(run, row));
    if (!this.full) return;
    const parameters = run.parameters(row);
    tell(this.surface, surfaceInWords(run, row, this.surface.values));
    tell(
      this.diagram,
      diagramInWords(run, this.network, parameters, (l, k) => this.diagram.nameOf(l, k)),
    );
    tell(this.weights, weightsInWords(run, this.network, parameters));
    tell(this.gradients, gradientsInWords(run, row));
    tell(this.scores, scoresInWords(run, row));
  }

  setFocus(focus) {
    if (focus?.layer === this.focus?.layer && focus?.unit === this.focus?.unit) {
      player.changed = true;
      return;
    }
    this.focus = focus;
    player.changed = true;
  }

  // Keys count wherever nothing with the focus has a use for them; Streamlit keeps C and R for itself.
  key(event) {
    const target = event.composedPath()[0];
    if (event.altKey || event.metaKey || event.defaultPrevented || !player.run) return;
    if (target !== this.timeline.handle && (target.closest?.(OWN_KEYS) || scrolls(target))) return;
    if (event.ctrlKey) {
      if (event.key !== "z") return;
      this.transport.act("undo");
    } else if (event.key === " ") {
      if (target.closest?.(OWN_SPACE) && target !== this.transport.playButton) return;
      player.toggle();
    } else if (event.key === "ArrowRight") player.stepBy(1, event.shiftKey || player.byEpoch);
    else if (event.key === "ArrowLeft") player.stepBy(-1, event.shiftKey || player.byEpoch);
    else if (event.key === "Home") player.halt() ?? player.place(0);
    else if (event.key === "End") player.halt() ?? player.place(player.run.last);
    else return;
    event.preventDefault();
    this.show();
  }
}
