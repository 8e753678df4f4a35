// The live stage: it plays a recorded run and draws every moment of it from the parameters alone.
//
// Comes in:  `data`, the bytes of a message; goes out: the trigger `wish`, and questions by the server's route. All are
//            explained in playground/web/message.py and declared in types.d.ts.
//
// One player lives as long as the tab; a stage on a page is a view of it, made of the panels in panels.js. The page
// names the parts on show: another page carries the transport and the timeline alone, with a small picture beside it.
import { h, scrolls, uncover } from "../shared/dom.js";
import { oneEntryForAPage } from "../shared/entries.js";
import { TYPED_INTO, listKeys } from "../shared/keys.js";
import { whatIsThis } from "../shared/notes.js";
import { loadPlotly } from "../shared/plot.js";
import { player } from "../shared/player.js";
import { isPressed, watchPresses } from "../shared/presses.js";
import { observeTheme } from "../shared/theme.js";
import { Address } from "./address.js";
import { ask } from "./ask.js";
import { Editor } from "./editor.js";
import { Network } from "./network.js";
import { PANELS } from "./panels.js";
import { parseMessage } from "./recording.js";
import { BUDGETS_MS } from "./surface.js";
import { Transport } from "./transport.js";

/** @import { Panel, Picture } from "./panels.js" */
/** @import { Recording } from "./recording.js" */
/** @import { Line, Message, Page, Row } from "./types.d.ts" */

const CHART_EVERY_MS = 100;
const WORDS_EVERY_MS = 3000; // how often the text alternatives follow while it plays
const WORDS_AFTER_MS = 250; // and how soon where the moment stands
const LOOK_EVERY_MS = 100;
const CHARTS_AFTER_MS = 2500; // a run that has waited so long for its charts begins to play without them
const TRIES_AFTER_MS = 2000;
const FINE_AFTER_MS = 80; // a moment that stands this long is drawn on the finest grid
// What has a use of its own for Space, arrows, Home and End; buttons and links only for Space.
const OWN_KEYS =
  "input, textarea, select, option, summary, canvas, iframe, audio, video, [contenteditable], [role=dialog], [role=alertdialog], [role=menu], [role=menubar], [role=radiogroup], [role=listbox], [role=combobox], [role=slider], [role=spinbutton], [role=tablist], [role=grid], [role=tree]";
/** @type {import("../shared/keys.js").Row[]} */
const KEYS = [
  ["Space", "play and pause"],
  ["→, ←", "one step on, and back"],
  ["Shift + →, ←", "one epoch on, and back"],
  ["Home, End", "to the first step, and to the last that there is"],
  ["Esc", "from a neuron that is large back to the output"],
  ["Ctrl + Z", "undo"],
];
// Without a talk a clicker leads the one page that fills the screen: where a page is longer, PageDown is for scrolling.
/** @type {import("../shared/keys.js").Row[]} */
const CLICKER_KEYS = [
  ["PageDown, clicker", "with Projector on: play and pause"],
  ["PageUp", "with Projector on: back to the first step"],
  [". or B", "with Projector on: black, and back"],
];
const CLICKER = ["PageDown", "PageUp", ".", "b", "B"];
const BUSY = "textarea, [contenteditable], [role=dialog], [role=listbox]";
const OWN_SPACE = "button, a, [role=button], [role=link], [role=checkbox], [role=switch]";
const address = new Address();
/** @type {WeakMap<Element, Stage>} */
export const stages = new WeakMap();

export default function mount({ data, parentElement, setTriggerValue }) {
  oneEntryForAPage();
  const message = parseMessage(data);
  setTimeout(keepTries, TRIES_AFTER_MS);
  return show(parentElement, message, {
    ask: (question, signal) => ask(message.header.page.ask, question, signal),
    tell: (wish) => setTriggerValue("wish", wish),
  });
}

// What keeps the tries is loaded once the first picture stands.
async function keepTries() {
  const [{ watch }, { store }] = await Promise.all([import("../tries/recorder.js"), import("../tries/kept.js")]);
  watch(player, store);
}

/**
 * Take a message and show it in an element; give back how to leave the page.
 * @param {Element} parent
 * @param {Message} message
 * @param {Line} line the ways to the server
 */
export function show(parent, message, line) {
  const known = stages.get(parent) ?? takeOver(parent, message.header.page);
  const stage = known ?? new Stage(parent, message.header.page);
  stages.set(parent, stage);
  player.connect(line);
  address.drawn();
  player.receive(message);
  if (!known) player.enter();
  stage.show();
  return () => setTimeout(() => parent.isConnected || stage.close(), 0);
}

// The stage that has drawn the first picture comes into the place that Streamlit has made for it.
/** @param {Element} parent @param {Page} page */
function takeOver(parent, page) {
  const first = document.getElementById("first");
  const stage = first && stages.get(first);
  if (!first || parent === first) return undefined;
  if (!stage) return void first.remove(); // it has not come in time
  if (page.parts === "full") stage.moveTo(parent, page);
  else stage.close();
  const view = parent.closest("[data-testid=stMain]");
  if (view) view.scrollTop = first.scrollTop;
  first.remove();
  return page.parts === "full" ? stage : undefined;
}

// A panel as it stands on other pages: small, if it has such a form, and only where there is room for it.
/** @type {(panel: Panel) => Panel} */
function beside({ small, ...panel }) {
  if (!small) return panel;
  const paint = (view, picture) => view.element.offsetParent && panel.paint(view, picture);
  const words = (view, picture) => (view.values ? panel.words(view, picture) : "");
  return { ...panel, make: small, chart: undefined, paint, words };
}

class Stage {
  constructor(/** @type {Element} */ parent, /** @type {Page} */ page) {
    this.isWhole = page.parts === "full"; // and not the transport and timeline alone
    this.transport = new Transport(player, this.isWhole);
    this.editor = new Editor(player);
    this.transport.aside = () => this.editor.sentence;
    const hands = {
      player,
      change: (change) => player.tell({ change }),
      focus: (focus) => this.setFocus(focus),
      goBack: () => this.views.diagram?.open(null),
      edit: (place, name, value, event) => this.edit(place, name, value, event),
    };
    const kinds = this.isWhole ? PANELS : PANELS.filter(({ place, small }) => place === "track" || small).map(beside);
    this.panels = kinds.map((kind) => ({ ...kind, view: kind.make(hands) }));
    for (const { about, view } of this.panels)
      view.named.after(whatIsThis(view.element.getAttribute("aria-label"), () => about(view)));
    this.views = Object.fromEntries(this.panels.map(({ name, view }) => [name, view]));
    const box = (place, tag = h("div", { class: place })) => {
      tag.append(...this.panels.filter((panel) => panel.place === place).map(({ view }) => view.element));
      return tag;
    };
    this.element = h("div", { class: `stage ${page.parts}` }, this.transport.element);
    if (this.isWhole) {
      this.element.append(box("main"), box("strip"));
      box("track", this.element);
    } else this.element.append(box("track", h("div", { class: "beside" }, box("main"))));
    this.element.append(this.editor.element);
    parent.querySelector(".stage-place")?.replaceChildren(this.element);

    this.frames = 0; // how many pictures have been painted
    /** @type {any} */
    this.run = null; // what was painted, since when it stands, and whether on the finest grid
    /** @type {any} */
    this.network = null;
    this.step = -1;
    this.movedAt = 0;
    this.fine = false;
    this.focus = null;
    this.dressed = ""; // what is hidden, as a text to compare
    this.described = ""; // of what the text alternatives tell
    this.describedAt = -Infinity;
    this.paintedAt = -Infinity;
    this.chartAt = -Infinity;
    this.turn = -1; // whose chart was drawn last
    this.ready = false; // whether all charts have been drawn
    this.plotlyUrl = parent.id === "first" ? "" : page.plotly; // which is large, and waits for Streamlit
    /** @type {Promise<any> | null} */
    this.loading = null;
    /** @type {any} */
    this.Plotly = null;
    /** @type {number | null} */
    this.loop = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.rest = undefined;
    /** @type {number | null} */
    this.shownAt = null; // when the first picture was drawn
    /** @type {number | null} */
    this.before = null; // when the frame before was, while it plays
    /** @type {any} */
    this.theme = null;
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      player.changed = true;
    });
    this.resize = new ResizeObserver(() => (player.changed = true));
    this.resize.observe(this.element);
    this.cover = uncover();
    watchPresses();
    this.onKey = (event) => this.key(event);
    this.onFirst = (event) => this.keyBeforeOthers(event);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("keydown", this.onFirst, true);
    this.unlist = listKeys(this.element, "The run", [...KEYS, ...CLICKER_KEYS.slice(this.isWhole ? 0 : -1)]);
    this.black = h("div", { class: "black", popover: "manual", "aria-label": "Black screen" });
    this.element.append(this.black);
    this.element.addEventListener("click", () => this.show());
    this.wake = () => this.askForFrame();
    player.watchers.add(this.wake);
    this.dress(page);
    this.wake();
  }

  /** @param {Element} parent @param {Page} page */
  moveTo(parent, page) {
    const place = parent.querySelector(".stage-place");
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    place?.replaceChildren(this.element);
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    this.plotlyUrl = page.plotly;
    this.cover.disconnect();
    this.cover = uncover();
    this.themes.check();
    player.changed = true;
  }

  close() {
    player.watchers.delete(this.wake);
    if (this.loop) cancelAnimationFrame(this.loop);
    clearTimeout(this.rest);
    this.themes.stop();
    this.cover.disconnect();
    this.resize.disconnect();
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("keydown", this.onFirst, true);
    this.unlist();
    for (const { view } of this.panels) if (view.plot?.data) this.Plotly?.purge(view.plot);
  }

  askForFrame() {
    clearTimeout(this.rest);
    this.loop ??= requestAnimationFrame((now) => this.frame(now));
  }

  // A browser that is not kept busy shows what a key has changed some 8 ms sooner, so where nothing moves it is left
  // alone but for a look now and then.
  frame(/** @type {number} */ now) {
    this.loop = null;
    this.rest = setTimeout(this.wake, LOOK_EVERY_MS);
    player.tick(this.before && this.isUp(now) ? (now - this.before) / 1000 : 0);
    this.before = player.moving ? now : null;
    this.draw(now);
    if (player.moving || !this.ready) this.wake();
  }

  // A run begins to play once its charts are here too, or if they are very late.
  isUp(/** @type {number} */ now) {
    this.shownAt ??= this.frames ? now : null;
    return this.ready || player.step > 0 || (this.shownAt !== null && now - this.shownAt > CHARTS_AFTER_MS);
  }

  // What a key or a click has changed is drawn at once: the next frame only has to show it.
  show() {
    if (player.changed && !player.moving) this.draw(performance.now());
  }

  draw(/** @type {number} */ now) {
    this.drawPictures(now);
    this.element.classList.toggle("moving", player.moving);
    address.follow(player);
    this.transport.draw(now); // after the pictures, which ask for sizes: a text written before would be laid out for them
  }

  drawPictures(/** @type {number} */ now) {
    const { row, run, page } = player;
    if (!row || !run || !page || !this.theme) return; // not on the page yet: it has no colours
    if (run !== this.run) this.setRun(run);
    this.dress(page);
    if (player.step !== this.step) {
      this.step = player.step;
      this.movedAt = now;
      this.fine = false;
    } else if (!this.fine && now - this.movedAt > FINE_AFTER_MS) player.changed = this.fine = true;
    if (player.changed) {
      this.paint(row);
      this.paintedAt = now;
    }
    this.describe(now, run, row);
    if (this.Plotly) this.paintCharts(now, row);
    else if (this.frames && this.plotlyUrl)
      this.loading ??= loadPlotly(this.plotlyUrl).then((Plotly) => (this.Plotly = Plotly));
  }

  // Simple or Full, what the link hides, and the projector's look.
  dress(/** @type {Page} */ { hidden, projector, view: shown }) {
    const isLeft = (/** @type {Panel} */ { inSimple }) =>
      shown === "simple" && inSimple && !(this.run && inSimple(this.run));
    const gone = [...hidden, ...this.panels.filter(isLeft).map(({ name }) => name)];
    const key = [shown, projector, ...gone].join();
    if (key === this.dressed) return;
    this.dressed = key;
    if (this.element.dataset.view !== shown) {
      this.element.dataset.view = shown;
      this.transport.setView(shown);
    }
    this.element.classList.toggle("projector", projector);
    this.element.dataset.hidden = hidden.join(" ");
    for (const { name, view } of this.panels) view.element.hidden = gone.includes(name);
    this.themes.setLook({ projector });
  }

  setRun(/** @type {Recording} */ run) {
    this.run = run;
    this.network = new Network(run.header.net);
    for (const { view } of this.panels) view.setRun(run, this.network);
    player.changed = true;
  }

  /** @returns {Picture} */
  picture(/** @type {Row} */ row) {
    return {
      run: this.run,
      network: this.network,
      row,
      parameters: this.editor.preview(this.run.parameters(row)),
      theme: this.theme,
      focus: this.focus,
      epoch: player.epoch,
      goal: player.goal,
      budget: BUDGETS_MS[this.fine ? "fine" : player.moving ? "playing" : "prompt"],
      calm: this.ready && !player.moving && !player.scrubbing,
    };
  }

  paint(/** @type {Row} */ row) {
    player.changed = false;
    const picture = this.picture(row);
    for (const { paint, view } of this.panels) paint(view, picture);
    this.frames++;
  }

  // Axes and charts that are due, one at a time: each takes about as long as a frame.
  paintCharts(/** @type {number} */ now, /** @type {Row} */ row) {
    // What was just drawn reaches the screen first: charts wait until the picture has stood for a moment.
    if (this.ready && now - (player.moving ? this.chartAt : this.paintedAt) < CHART_EVERY_MS) return;
    this.chartAt = now;
    const picture = this.picture(row);
    for (let k = 0; k < this.panels.length; k++) {
      this.turn = (this.turn + 1) % this.panels.length;
      const { chart, view } = this.panels[this.turn];
      if (chart?.(view, this.Plotly, picture)) {
        player.changed = true;
        return;
      }
    }
    this.ready = true;
  }

  // The text alternatives of the pictures, at a calm pace.
  describe(/** @type {number} */ now, /** @type {Recording} */ run, /** @type {Row} */ row) {
    const key = [run.header.run, run.version, player.step].join();
    const stands = !player.moving && !player.scrubbing && now - this.movedAt > WORDS_AFTER_MS;
    if (key === this.described || (!stands && now - this.describedAt < WORDS_EVERY_MS)) return;
    this.described = key;
    this.describedAt = now;
    const picture = { ...this.picture(row), parameters: run.parameters(row) };
    for (const { words, view } of this.panels) view.canvas.setAttribute("aria-label", words(view, picture));
  }

  setFocus(focus) {
    this.focus = focus;
    player.changed = true;
  }

  edit(place, name, value, event) {
    const box = this.element.getBoundingClientRect();
    this.editor.open(place, name, value, event.clientX - box.left, event.clientY - box.top);
    event.preventDefault(); // or the press would take the focus from the field again
  }

  // Keys count wherever nothing with the focus has a use for them; Streamlit keeps C and R for itself.
  key(event) {
    const target = event.composedPath()[0];
    if (event.defaultPrevented) return;
    const isPage = target.matches?.("[data-testid=stMain]"); // what a click beside everything gives the focus to
    const isOwn = target.closest?.(OWN_KEYS) || (!isPage && scrolls(target));
    if (isOwn && target !== this.views.timeline.handle) return;
    if (event.key === " " && target.closest?.(OWN_SPACE) && target !== this.transport.playButton) return;
    this.act(event);
  }

  // A clicker types into whatever has the focus, and what was chosen with a mouse has it still.
  keyBeforeOthers(event) {
    const target = event.composedPath()[0];
    const isClicker = CLICKER.includes(event.key) && this.theme?.projector;
    const isLeft = this.isWhole && isPressed(target) && target.closest?.("[data-testid=stSidebar]");
    const isTyped = event.key.length === 1 && target.closest?.(TYPED_INTO);
    const isOpen = target.ariaExpanded === "true"; // a list to choose from
    if (!(isClicker || isLeft) || isTyped || isOpen || target.closest?.(BUSY)) return;
    if (this.act(event)) event.stopImmediatePropagation();
  }

  // Whether it was one of ours.
  act(event) {
    if (event.altKey || event.metaKey || !player.run) return false;
    if (event.ctrlKey) {
      if (event.key !== "z") return false;
      this.transport.undo();
    } else if (event.key === " ") player.toggle();
    else if (this.click(event.key)) {
      // a clicker's key, and done
    } else if (event.key === "ArrowRight") player.stepBy(1, event.shiftKey || player.byEpoch);
    else if (event.key === "ArrowLeft") player.stepBy(-1, event.shiftKey || player.byEpoch);
    else if (event.key === "Home") player.halt() ?? player.place(0);
    else if (event.key === "End") player.halt() ?? player.place(player.run.last);
    else if (event.key === "Escape" && player.look.neuron) this.views.diagram?.open(null);
    else return false;
    event.preventDefault();
    this.show();
    return true;
  }

  // Whether it was one of the clicker's keys. The first press on a black screen only brings the page back.
  click(/** @type {string} */ key) {
    if (!this.theme?.projector || !CLICKER.includes(key)) return false;
    const dark = this.black.matches(":popover-open");
    if (!this.isWhole && !dark && key.length > 1) return false; // a page that is longer is scrolled
    if (dark) this.black.hidePopover();
    else if (key === "PageDown") player.toggle();
    else if (key === "PageUp") player.halt() ?? player.place(0);
    else this.black.showPopover();
    return true;
  }
}
