// One step of training taken apart: the network with its numbers, a walk from idea to idea, and formulas whose terms
// and links light up together.
//
// Comes in:  `data`, an object made by playground/inside/picture.py.
// Goes out:  the trigger `pick`, the key of a unit (u:layer:unit) or of a link (l:layer:from:to), and the trigger `point`,
//            a point of the mini-batch; after the last idea the player goes to the step that comes next.
//
// The walk itself needs no server: all ideas come with the message, so that arrow keys answer at once.
import { signColour } from "../shared/colour.js";
import { untilGone } from "../shared/component.js";
import { h, scrolls, svg } from "../shared/dom.js";
import { TYPED_INTO, listKeys } from "../shared/keys.js";
import { pieces } from "./mathml.js";
import { say, short } from "../shared/format.js";
import { player } from "../shared/player.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";
import { Nudge } from "./nudge.js";
import { Sketches } from "./sketches.js";
import { Walk } from "./walk.js";

await loadStyle("inside.css", import.meta.url);

const CARRIED = {
  w: "its weight",
  share: "what it carries: its weight times what comes in",
  blame: "the blame that it takes back: its weight times δ",
  gradient: "its gradient",
  update: "how far it moves",
};
const SHOWN = { x: "x", a: "output a", z: "sum z", ŷ: "answer ŷ", p: "belief p", δ: "blame δ" };
const PITCH = 16; // the least room for a column of units, in pixels on an ordinary screen as all lengths here
const [TITLED, NUMBERED, LETTERED] = [42, 32, 56]; // of a column for its whole title, of a unit for its number, and its letter
const SIZED = 66; // of a column, for "size of δ" in full
const NAME = 18; // over an input, for its name
/** @type {import("../shared/keys.js").Row[]} */
const KEYS = [
  ["→, ←", "to the next idea, and to the one before (in place of a step of the run); after the last, to the next step"],
  ["PageDown, clicker", "with Projector on: to the next idea; after the last, to the next step"],
  ["PageUp", "with Projector on: to the idea before"],
  ["↑, ↓, Enter, in the drawing", "from unit to unit, and what it says"],
  ["↑, ↓, Enter, on the card", "from letter to letter of the formula, and to what it belongs to"],
];
const TOP = 42; // room above the units, for the title of a column and how large the blame is in it
const [TITLE, BLAME, ROD] = [13, 29, 34]; // from above, where they stand
const BELOW = 10; // pixels left free under the card
const BOTTOM = 18; // room below the units, for what is left out
const LEAST_STEP = 22; // pixels from unit to unit
const LOW = 240; // pixels of height for the drawing above the card
const MOST = 760;
const AMPLE = 600; // pixels of height at which the card has larger type
const LEAST = 300; // pixels of height for card and drawing
const SCALES = [1.4, 1.2, 1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.56]; // of the card's type: the largest at which all of it fits
const LEAST_SCALE = 0.7; // on an ordinary screen, and no smaller letters on another
const MOST_LETTERS = 3; // of an input's name in its box
const [MOST_BESIDE, LEAST_BESIDE, LEAST_BRIEF] = [1.2, 0.88, 0.76]; // beside pictures, which come before large letters
const STOP = "inside-stop"; // an event that tells the title of an idea to go to
const BUSY = `${TYPED_INTO}, dialog, [role=dialog]`; // what a clicker's keys do not go through
const BLACK = ".black:popover-open"; // the stage's, while it lies over the page
const FIELDS =
  "input, textarea, select, canvas, dialog, [contenteditable], [role=slider], [role=radiogroup], [role=listbox], [role=combobox], [role=grid], [role=tab], [role=tablist], [role=menu], [role=dialog]";

// What keys go through in a card: numbers, and letters by themselves.
const FORMULA_STOPS = ".number, .term:not(:has(.number))";

const views = new WeakMap();
let remembered = { stage: "forward", title: null }; // where the walk stood, from page to page

export default function mount({ data, parentElement, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    view = new Inside(parentElement);
    views.set(parentElement, view);
  }
  view.pick = (key) => setTriggerValue("pick", key);
  view.follow = (point) => setTriggerValue("point", point);
  view.receive(data);
  return untilGone(parentElement, () => view.close());
}

export class Inside {
  constructor(parent) {
    /** @type {(key: string) => void} */
    this.pick = () => {};
    /** @type {(point: number) => void} */
    this.follow = () => {};
    this.walk = new Walk((k) => this.go(k));
    this.nudge = new Nudge(() => this.turnCard());
    this.where = h("p", { class: "where" });
    this.which = h("span", { role: "status" });
    const [before, after] = [-1, 1].map((by) => {
      const words = by < 0 ? "The point before" : "The point after";
      const onclick = () => this.follow((this.data.point + by + this.data.n) % this.data.n);
      return h(
        "button",
        { type: "button", class: "small", title: words, "aria-label": words, onclick },
        by < 0 ? "‹" : "›",
      );
    });
    this.points = h("div", { class: "points" }, before, this.which, after);
    this.title = h("h3", {});
    this.sentence = h("p", { class: "idea-sentence" });
    this.vector = h("div", { class: "vector" });
    this.lines = h("div", { class: "lines" });
    this.sketches = new Sketches();
    this.card = h(
      "section",
      { class: "card", tabindex: 0, "aria-live": "polite", "aria-label": "Idea" },
      this.title,
      this.sentence,
      this.vector,
      this.lines,
      this.sketches.element,
    );
    this.drawing = svg("svg", {
      role: "group",
      "aria-label":
        "The network with its numbers: Up and Down go through neurons and links, Page Up and Page Down from neuron to neuron unless Projector is on, Enter picks",
    });
    this.scroller = h("div", { class: "scroller" }, this.drawing);
    this.legend = h("p", { class: "legend" });
    this.status = h("p", { class: "status" });
    this.chosen = h("span", {});
    this.aboutTitle = h("h3", {});
    this.copied = h("span", { class: "copied", role: "status" });
    this.groups = h("div", { class: "groups" });
    this.announced = h("p", { class: "announced", role: "status" });
    this.element = h(
      "div",
      { class: "inside" },
      this.walk.element,
      (this.halves = h(
        "div",
        { class: "halves" },
        h(
          "section",
          { class: "net", "aria-label": "Network" },
          (this.head = h("div", { class: "head" }, this.where, this.points, this.nudge.button)),
          this.scroller,
          this.legend,
          this.status,
          (this.foot = h(
            "p",
            { class: "foot" },
            this.chosen,
            h("button", { type: "button", class: "plain", onclick: () => this.showAbout() }, "All about it ↓"),
          )),
        ),
        this.card,
        this.nudge.element,
      )),
      (this.about = h(
        "section",
        { class: "about", "aria-label": "What is picked" },
        h(
          "div",
          { class: "about-head" },
          this.aboutTitle,
          h(
            "span",
            { class: "hint" },
            "Click a letter to go to what it belongs to, a number to copy it in full; or take ↑ ↓ and Enter.",
          ),
          this.copied,
        ),
        this.groups,
        this.announced,
      )),
    );
    parent.querySelector(".inside-place").replaceChildren(this.element);
    this.onKey = (event) => this.key(event);
    // In the capture phase, so that the timeline, which listens for the same keys, is not moved as well.
    document.addEventListener("keydown", this.onKey, true);
    this.unlist = listKeys(this.element, "Inside a step", KEYS);
    for (const name of ["pointerover", "focusin"])
      this.element.addEventListener(name, (event) => this.light(keyOf(event.target)));
    for (const name of ["pointerleave", "focusout"]) this.element.addEventListener(name, () => this.light(null));
    this.element.addEventListener("focusout", () => this.unpoint());
    this.element.addEventListener("click", (event) => this.use(event.target));
    this.element.addEventListener("keydown", (event) => this.keyWithin(event));
    this.resize = new ResizeObserver(() => this.fit());
    this.onResize = () => this.fit();
    window.addEventListener("resize", this.onResize);
    for (const element of [this.scroller, this.card, this.element.closest(".stMainBlockContainer")])
      if (element) this.resize.observe(element); // what stands above it may change its height
    this.onStop = (event) => this.arrive(event);
    document.addEventListener(STOP, this.onStop);
    this.lit = null;
    this.data = null;
    this.at = 0; // which of the ideas
    /** @type {number | null} */
    this.awaited = null; // the step whose first idea is to be shown when it comes
    this.forget = undefined; // the timer that takes a message away
    this.width = null; // for which the picture was drawn
    this.room = /** @type {number | null} */ (null); // pixels of height, where the window sets it
    this.above = this.lettered = this.numbered = true; // what stands at and in the units, where they have room
    this.places = new Map(); // by key: where a unit stands
    this.links = new Map();
    this.order = []; // the keys, as the keyboard goes through them
    this.theme = null;
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.width = null;
      this.draw();
      if (!this.data) return;
      this.drawAbout();
      this.sketches.receive(this.idea.sketches, theme);
      this.fitCard();
    });
  }

  close() {
    document.removeEventListener("keydown", this.onKey, true);
    this.unlist();
    document.removeEventListener(STOP, this.onStop);
    window.removeEventListener("resize", this.onResize);
    this.resize.disconnect();
    this.themes.stop();
  }

  receive(data) {
    this.data = data;
    const ideas = data.ideas;
    if (data.step === this.awaited) this.remember(ideas[0]);
    let k = ideas.findIndex((idea) => idea.title === remembered.title);
    if (k < 0) k = ideas.findIndex((idea) => idea.stage === remembered.stage);
    this.at = Math.max(0, k);
    this.themes.check();
    this.width = null;
    this.where.textContent = data.where;
    this.which.textContent = `point ${data.point + 1} of ${data.n}`;
    this.walk.receive(ideas, data.next);
    this.fit();
    this.drawIdea();
    this.drawAbout();
  }

  // ---- the walk ------------------------------------------------------------------------------------------------
  get idea() {
    return this.data.ideas[this.at];
  }

  // To an idea; beyond the last one, to the step that comes next.
  go(k) {
    const { ideas, next } = this.data;
    if (k < ideas.length) return this.show(k);
    if (next === null) return;
    this.awaited = next;
    player.halt();
    player.goTo(next);
  }

  remember({ stage, title }) {
    this.awaited = null;
    remembered = { stage, title };
  }

  show(k) {
    if (k === this.at || !this.data.ideas[k]) return;
    this.at = k;
    this.nudge.turn(false);
    this.remember(this.idea);
    this.drawIdea();
    this.drawAbout();
    this.paint();
  }

  // To pick a unit or a link: the walk goes to where it is spoken of, unless it is there already.
  choose(key) {
    const idea = this.data.ideas[stopFor(key, this.data.ideas, this.at)];
    this.remember(idea);
    if (key === this.data.pick) this.show(this.data.ideas.indexOf(idea));
    else this.pick(key);
  }

  key(event) {
    if (!this.data || event.altKey || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const target = event.composedPath()[0];
    const by = this.leads(event.key, target);
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(this.at + by);
  }

  // How many ideas further a key leads; undefined where it is not the walk's. A clicker leads the page that is shown on
  // a projector, wherever its focus is.
  leads(key, target) {
    const isOurs = !target.closest?.(BUSY) && !document.querySelector(BLACK);
    if (player.page?.projector && isOurs) {
      const by = { PageDown: 1, PageUp: -1 }[key];
      if (by) return by;
    }
    return target.closest?.(FIELDS) || scrolls(target, ["X"]) ? undefined : { ArrowRight: 1, ArrowLeft: -1 }[key];
  }

  // The drawing and each card have one Tab stop; from there on, keys go from one thing in it to the next. In a formula
  // the focus itself stays with the card: a formula is one thing to a screen reader, and is not to be taken apart.
  keyWithin(event) {
    const box = event.target.closest(".card, .group, svg");
    if (!box || event.altKey || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const here = box === this.drawing ? event.target : box.querySelector(".current");
    if (["Enter", " "].includes(event.key) && here) this.use(here);
    else if (!this.step(box, here, event.key)) return;
    event.preventDefault();
  }

  stops(box) {
    return box === this.drawing ? this.order.map((key) => this.drawn(key)) : [...box.querySelectorAll(FORMULA_STOPS)];
  }

  // Go to another stop; false for a key that leads nowhere here.
  step(box, here, key) {
    const stops = this.stops(box);
    const at = stops.indexOf(here);
    const isUnit = (stop) => stop.matches(".unit");
    const to = {
      ArrowDown: () => Math.min(at + 1, stops.length - 1),
      ArrowUp: () => Math.max(at - 1, 0),
      Home: () => 0,
      End: () => stops.length - 1,
      PageDown: () => stops.findIndex((stop, k) => k > at && isUnit(stop)),
      PageUp: () => stops.findLastIndex((stop, k) => k < at && isUnit(stop)),
    }[key]?.();
    if (!stops[to]) return false;
    if (box === this.drawing) {
      this.makeStop(stops[to]);
      stops[to].focus();
    } else this.point(stops[to]);
    return true;
  }

  makeStop(one) {
    for (const stop of this.stops(this.drawing)) stop.setAttribute("tabindex", stop === one ? 0 : -1);
  }

  // Point at a letter or a number of a formula, and say what it is.
  point(stop) {
    this.unpoint();
    stop.classList.add("current");
    stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    const key = keyOf(stop);
    const words = key && this.words(key, true);
    this.light(key);
    this.announced.textContent = words ? `${stop.textContent}, ${words}` : stop.textContent;
  }

  unpoint() {
    this.element.querySelector(".current")?.classList.remove("current");
  }

  drawIdea() {
    const { idea, at } = this;
    this.element.dataset.idea = idea.title;
    this.element.dataset.stage = idea.stage;
    this.walk.mark(at);
    this.title.textContent = idea.title;
    this.sentence.textContent = idea.sentence;
    this.vector.replaceChildren(...pieces(idea.vector));
    this.lines.replaceChildren(...idea.lines.map((each) => line(each)));
    this.sketches.receive(idea.sketches, this.theme);
    this.card.scrollTop = 0;
    this.fitCard();
  }

  // Another part of the page leads to a stop: the words of the program below.
  arrive(event) {
    if (!this.data) return;
    const found = this.data.ideas.findIndex((idea) => idea.title === event.detail);
    const k = found < 0 ? this.data.ideas.length - 1 : found; // a frozen layer's walk ends otherwise, but it ends there
    this.show(k);
    this.element.scrollIntoView({ block: "start" });
    this.walk.stops[k].focus({ preventScroll: true });
  }

  // All about what is picked stands below the picture, and mostly below the window.
  showAbout() {
    this.about.scrollIntoView({ block: "start" });
    this.groups.firstChild?.focus({ preventScroll: true });
  }

  // How many times as large as on an ordinary screen the page's type is.
  get zoom() {
    return this.theme?.zoom ?? 1;
  }

  // ---- as large as the window lets it be -------------------------------------------------------------------------
  // Drawing and card stand on one screen: they take what is left of the window below the walk. Where one stands above
  // the other, each has the height that it needs.
  fit() {
    if (!this.data) return;
    const page = this.element.closest(".stMain");
    const top = this.halves.getBoundingClientRect().top + (page?.scrollTop ?? 0);
    const { zoom } = this;
    const room = Math.max(LEAST * zoom, Math.min(MOST * zoom, window.innerHeight - top - BELOW));
    this.room = getComputedStyle(this.halves).gridTemplateColumns.split(" ").length > 1 ? Math.floor(room) : null;
    this.halves.style.height = this.room ? `${this.room}px` : "";
    this.walk.fit(zoom);
    this.draw();
    this.fitCard();
  }

  // The nudge stands in the place of the card, so that it is seen with the drawing.
  turnCard() {
    this.card.hidden = this.nudge.isOpen;
    this.element.classList.toggle("nudged", this.nudge.isOpen);
    this.fitCard();
    if (this.nudge.isOpen) this.nudge.element.scrollIntoView({ block: "nearest" }); // below the drawing on a phone
  }

  // Smaller type where a long formula would not fit otherwise; then with numbers beside letters and without notes, and
  // without pictures where even so they have too little room. A narrow page lets the card grow instead.
  fitCard() {
    const { room, zoom, card } = this;
    this.nudge.draw();
    const [most, least] = room ? [room < AMPLE * zoom ? 1 : 2, LEAST_SCALE / zoom] : [1, 1];
    const fits = (highest, lowest, isBrief = false) => {
      card.classList.toggle("brief", isBrief);
      return SCALES.filter((each) => each <= highest && each >= lowest).some((scale) => {
        card.style.setProperty("--fit", String(scale));
        return card.scrollHeight <= card.clientHeight;
      });
    };
    const { list, element } = this.sketches;
    const beside = (lowest, isBrief) => fits(Math.min(most, MOST_BESIDE), Math.max(least, lowest / zoom), isBrief);
    element.hidden = !list.length;
    this.sketches.clear();
    if (list.length && (beside(LEAST_BESIDE, false) || !room || beside(LEAST_BRIEF, true))) return this.sketches.draw();
    element.hidden = true;
    fits(most, least);
  }

  // ---- what is picked ------------------------------------------------------------------------------------------
  drawAbout() {
    const { about, weight, chosen } = this.idea;
    const { name, groups } = this.data.about[about];
    const focused = this.groups.contains(document.activeElement);
    this.chosen.textContent = this.chosen.title = `Chosen: ${chosen}. `;
    this.aboutTitle.textContent = name[0].toUpperCase() + name.slice(1);
    this.groups.replaceChildren(
      ...groups.map((group) =>
        h(
          "section",
          { class: "group", "data-stage": group.stage, tabindex: 0, "aria-label": group.title },
          h("h4", {}, group.title),
          ...group.lines.map((each) => line(each, true)),
        ),
      ),
    );
    if (focused) this.groups.firstChild?.focus(); // the card that had the focus is gone
    this.element.dataset.pick = this.data.pick;
    this.nudge.receive(this.data.nudges[weight], weight, this.theme);
    this.markGroups();
  }

  markGroups() {
    for (const group of this.groups.children) group.classList.toggle("now", group.dataset.stage === this.idea.stage);
  }

  // A number is copied; a letter leads to the link or unit that it belongs to.
  use(element) {
    const full = element.closest(".number[data-full]");
    const key = keyOf(element);
    if (full) this.copy(full.getAttribute("data-full"));
    else if (key && !key.startsWith("p:")) this.choose(key);
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.copied.textContent = `Copied ${text}`;
    } catch {
      window.prompt("The number at full precision:", text);
    }
    clearTimeout(this.forget);
    this.forget = setTimeout(() => (this.copied.textContent = ""), 4000);
  }

  // ---- the picture ---------------------------------------------------------------------------------------------
  // In lengths of an ordinary screen, and as many times as large as the page's type.
  draw() {
    const { zoom } = this;
    const room = this.scroller.clientWidth / zoom;
    const shape = `${room} ${this.room} ${zoom}`;
    if (!this.data || !room || shape === this.width) return;
    this.width = shape;
    const { columns, links } = this.data;
    const width = Math.max(room, PITCH * columns.length);
    const pitch = width / columns.length;
    const most = Math.max(...columns.map((column) => column.units.length));
    const space = this.room ? (this.room - this.around) / zoom - 8 : LOW;
    const grow = Math.max(1, Math.min(1.6, space / Math.min(400, 90 * most), pitch / 130)); // in a large window
    this.drawing.style.setProperty("--grow", String(grow / zoom)); // of type that grows with the page already
    const step = Math.max(LEAST_STEP, Math.min(54 * grow, (space - TOP - BOTTOM) / most));
    const height = Math.max(this.room ? space : 200, TOP + most * step + BOTTOM);
    const [w, high] = [Math.min(64 * grow, pitch * 0.8), Math.min(26 * grow, step - 5)];
    this.numbered = w >= NUMBERED * grow;
    this.lettered = w >= LETTERED * grow;
    this.drawing.classList.toggle("tight", !this.lettered);
    // An input's name stands in its box if it is short, else above it if that has room.
    const inputs = columns[0].units;
    const apart = Math.max(step, Math.min(high + (NAME + 8) * grow, (height - TOP - BOTTOM) / inputs.length));
    const isShort = this.lettered && inputs.every(({ name }) => name.length <= MOST_LETTERS);
    this.above = !isShort && apart - high >= NAME * grow;
    const gap = (width - w - 8) / Math.max(1, columns.length - 1);
    const focused = this.drawing.contains(document.activeElement) ? keyOf(document.activeElement) : null;
    this.places = new Map();
    this.links = new Map(links.flat().map((link) => [link.key, link]));
    this.order = columns.flatMap((column, l) =>
      column.units.flatMap(({ key }) => [
        key,
        ...(links[l - 1] ?? []).filter((link) => link.to === key).map((link) => link.key),
      ]),
    );
    columns.forEach((column, l) => {
      const each = l === 0 && this.above ? apart : step;
      const top = TOP + (height - TOP - BOTTOM - column.units.length * each) / 2 + each / 2;
      column.units.forEach((unit, k) =>
        this.places.set(unit.key, { x: 4 + w / 2 + gap * l, y: top + k * each, unit, layer: l }),
      );
    });
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.setAttribute("width", width * zoom);
    this.drawing.setAttribute("height", height * zoom);
    const paths = links.flat().map((link) => this.link(link, w));
    const units = [...this.places.values()].map((place) => this.unit(place, w, high));
    // The titles stand right above the highest unit.
    const highest = Math.min(...[...this.places.values()].map(({ y }) => y)) - high / 2;
    const lift = Math.max(0, highest - TOP - (this.above ? NAME : 0));
    const words = columns.map((column, l) => {
      const x = 4 + w / 2 + gap * l;
      const text = svg("text", { x, y: TITLE + lift, class: "column" });
      text.textContent = pitch < TITLED ? column.title.replace("layer ", "") : column.title;
      const more = svg("text", { x, y: height - 4, class: "column" });
      more.textContent = column.more ? `and ${column.more} more` : "";
      return [text, more, this.blame(column, x, lift, w, pitch)];
    });
    this.drawing.replaceChildren(...paths, ...units, ...words.flat());
    this.makeStop(this.drawn(focused) ?? this.drawn(this.data.pick) ?? this.drawn(this.order[0]));
    this.drawn(focused)?.focus();
    this.paint();
  }

  // How large the blame is in a layer, above its column, as a number and as a rod that is as long.
  blame({ blame }, x, lift, w, pitch) {
    const size = (column) => Math.abs(Number(column.blame?.[2] ?? 0));
    const most = Math.max(...this.data.columns.map(size).filter(Number.isFinite));
    const words = blame ? short(Number(blame[2])) : pitch < SIZED ? "|δ|" : "size of δ";
    const length = blame && most ? w * Math.min(1, size({ blame }) / most) : 0;
    return svg(
      "g",
      { class: "blame" },
      svg("text", { x, y: BLAME + lift, class: "column" }, words),
      svg("rect", { x: x - length / 2, y: ROD + lift, width: length || 0, height: 3 }),
    );
  }

  // Pixels of height that stand above and below the drawing.
  get around() {
    return [this.head, this.legend, this.status, this.foot].reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
  }

  drawn(key) {
    return this.drawing.querySelector(`[data-key="${key}"]`);
  }

  link(link, w) {
    const [a, b] = [this.places.get(link.from), this.places.get(link.to)];
    const [x0, x1] = [a.x + w / 2, b.x - w / 2];
    const bend = (x1 - x0) * 0.45;
    const d = `M${x0},${a.y}C${x0 + bend},${a.y} ${x1 - bend},${b.y} ${x1},${b.y}`;
    const group = svg(
      "g",
      {
        class: "link",
        "data-key": link.key,
        "data-layer": b.layer,
        role: "button",
        "aria-label": this.words(link.key, true),
      },
      svg("path", { d, class: "touch" }),
      svg("path", { d, class: "drops" }),
      svg("path", { d, class: "ink" }),
    );
    group.link = link;
    return group;
  }

  unit({ x, y, unit, layer }, w, high) {
    const box = svg("rect", { x: x - w / 2, y: y - high / 2, width: w, height: high, rx: 6 });
    const text = svg("text", { x, y, dy: "0.35em", class: "value" });
    const group = svg(
      "g",
      { class: "unit", "data-key": unit.key, "data-layer": layer, role: "button", "aria-label": this.words(unit.key) },
      box,
      text,
    );
    group.unit = unit;
    if (layer === 0 && this.above) {
      const name = svg("text", { x: x - w / 2 + 3, y: y - high / 2 - 6, class: "name" });
      name.textContent = unit.name;
      group.append(name);
    }
    return group;
  }

  // Colours, widths and numbers for the idea on show; everything else steps back.
  paint() {
    const { idea, theme } = this;
    if (!this.drawing.firstChild) return;
    const groups = [...this.drawing.querySelectorAll(".link")];
    const top = Math.max(1e-30, ...groups.map((g) => Math.abs(g.link[idea.carries])));
    for (const group of groups) {
      const value = group.link[idea.carries];
      const ink = group.lastChild;
      ink.style.stroke = signColour(value, theme);
      const share = Math.sqrt(Math.abs(value) / top);
      ink.style.strokeWidth = 0.5 + 4.5 * share;
      const drops = group.querySelector(".drops");
      drops.style.stroke = ink.style.stroke;
      drops.style.strokeWidth = value ? 2 + 6 * share : 0;
      for (const way of ["forward", "back"])
        group.classList.toggle(way, idea.flow === way && idea.links.includes(Number(group.dataset.layer)));
      group.classList.toggle("spoken", idea.links.includes(Number(group.dataset.layer)));
      group.classList.toggle("picked", group.dataset.key === idea.weight);
    }
    for (const group of this.drawing.querySelectorAll(".unit")) {
      const { layer } = group.dataset;
      const value = Number((group.unit[idea.shows[layer] ?? "a"] ?? group.unit.a)[2]);
      const letter = layer === "0" ? this.inputLetter(group.unit.name) : this.letter(Number(layer));
      const words = this.lettered ? [svg("tspan", { class: "letter" }, `${letter} `), short(value)] : [short(value)];
      group.querySelector(".value").replaceChildren(...(this.numbered ? words : []));
      const share = Math.round(8 + 50 * Math.min(1, Math.abs(value)));
      const [colour, much] =
        idea.shows[layer] === "p" ? this.belief(group, value) : [signColour(value, theme), value ? share : 0];
      group.firstChild.style.fill = `color-mix(in srgb, ${colour} ${much}%, ${theme.background})`;
      group.classList.toggle("spoken", idea.units.includes(Number(group.dataset.layer)));
      group.classList.toggle("followed", [idea.unit, idea.about].includes(group.dataset.key));
      group.classList.toggle("biased", group.unit.bias?.key === idea.weight);
    }
    this.drawing.classList.toggle("backward", idea.stage === "backward");
    this.drawLegend();
    this.light(this.lit);
    // A picture that is wider than its place shows what is spoken of.
    const spoken = [...this.places.values()].filter(({ layer }) => idea.units.includes(layer)).map(({ x }) => x);
    if (spoken.length)
      this.scroller.scrollLeft =
        (this.zoom * (Math.min(...spoken) + Math.max(...spoken)) - this.scroller.clientWidth) / 2;
  }

  // A belief has the colour of the class that it speaks for, the stronger the surer: [colour, percent].
  belief(group, p) {
    const { classes } = this.theme;
    const unit = Number(group.dataset.key.split(":")[2]);
    if (this.data.columns.at(-1).units.length > 1) return [classes[unit], Math.round(8 + 50 * p)];
    return [classes[Number(p >= 0.5)], Math.round(8 + 100 * Math.abs(p - 0.5))];
  }

  // What each line and colour of the drawing means.
  drawLegend() {
    const { flow, weight } = this.idea;
    const signs = {
      above: "above zero",
      below: "below zero",
      dashes: `chosen ${this.data.nudges[weight].name}`,
      ring: "in the formula",
      ...(flow && { dots: flow === "back" ? "runs back" : "runs forward" }),
    };
    const shown = Object.entries(signs).map(([kind, words]) => h("span", {}, h("i", { class: kind }), words));
    this.legend.replaceChildren(...shown);
  }

  // Light up a link or unit and every term that belongs to it.
  light(key) {
    this.lit = key;
    for (const element of this.element.querySelectorAll(".lit")) element.classList.remove("lit");
    if (key)
      for (const element of this.element.querySelectorAll(`[data-key="${CSS.escape(key)}"]`))
        element.classList.add("lit");
    const { idea } = this;
    const sizes = idea.stage === "backward" ? " Above: how large δ is in each layer, on average." : "";
    const still = `${this.shown()}. A link is as wide as ${CARRIED[idea.carries]}.${sizes} ${this.data.part}`;
    const text = key ? this.words(key) : null;
    if (this.status.textContent !== (text ?? still)) this.status.textContent = text ?? still;
  }

  // The letter of the number that the units of a layer show.
  letter(layer) {
    const name = this.idea.shows[layer] ?? "a";
    return name === "delta" ? "δ" : name === "a" ? this.data.columns[layer].letter : name;
  }

  inputLetter(name) {
    if (this.above) return "";
    return name.length <= MOST_LETTERS ? name : "x";
  }

  // What the units show, neighbouring layers of one kind together: "Layer 1 to layer 8: output a; output: sum z".
  shown() {
    /** @type {{letter: string, titles: string[]}[]} */
    const runs = [];
    this.data.columns.forEach(({ title }, layer) => {
      const letter = this.letter(layer);
      if (runs.at(-1)?.letter === letter) runs[runs.length - 1].titles.push(title);
      else runs.push({ letter, titles: [title] });
    });
    const parts = runs.map(({ letter, titles }) => `${listed(titles)}: ${SHOWN[letter]}`);
    return parts.join("; ").replace(/^./, (first) => first.toUpperCase());
  }

  // What a key stands for, with its numbers; in full for those who do not see where it lies.
  words(key, inFull = false) {
    const place = this.places?.get(key);
    if (place) {
      const { unit } = place;
      const parts = [`output a = ${say(Number(unit.a[2]))}`];
      if (unit.z) parts.push(`sum z = ${say(Number(unit.z[2]))}`, `blame δ = ${say(Number(unit.delta[2]))}`);
      if (unit.p) parts.push(`belief p = ${say(Number(unit.p[2]))}`);
      if (unit.bias) parts.push(`bias b = ${say(unit.bias.w)}`);
      return `${unit.name}: ${parts.join(", ")}`;
    }
    const bias = /^l:(\d+):(\d+):(\d+)$/.exec(key);
    const drawn = this.links?.get(key);
    const link = drawn ?? (bias && this.places?.get(`u:${bias[1]}:${bias[3]}`)?.unit.bias);
    if (!link || link.key !== key)
      return key.startsWith("p:") ? `point ${Number(key.slice(2)) + 1} of the mini-batch` : null;
    const nameOf = (unit) => this.places.get(unit).unit.name;
    const number = (unit) => Number(unit.split(":")[2]) + 1;
    const between =
      drawn &&
      (inFull ? `from ${nameOf(link.from)} to ${nameOf(link.to)}` : `${number(link.from)} → ${number(link.to)}`);
    const name = drawn ? `weight ${between}` : "bias";
    return `${name}: ${say(link.w)}, gradient ${say(link.gradient)}, moves by ${say(link.update)}`;
  }
}

/**
 * Which idea speaks of a unit or a link: the present one if it does, else another of its stage, else the sums.
 * @param {string} key
 * @param {{stage: string, layer: number | null, unit: string, link: string}[]} ideas
 * @param {number} at
 */
export function stopFor(key, ideas, at) {
  const here = ideas[at];
  const [kind, layer] = [key[0], Number(key.split(":")[1])];
  if (here.stage === "update" || here.layer === layer) return at;
  if (kind === "u" && !layer) return 0; // an input: where the point enters
  const last = Math.max(...ideas.map((idea) => idea.layer ?? 0));
  if (here.stage === "loss" && kind === "u" && layer === last) return at;
  const stage = here.stage === "backward" ? "backward" : "forward";
  const found = ideas.findIndex(
    (idea) => idea.stage === stage && idea.layer === layer && (stage === "forward" || !idea.link === (kind === "u")),
  );
  return found < 0 ? at : found;
}

const listed = (words) => [...new Set([words[0], words.at(-1)])].join(words.length > 2 ? " to " : " and ");
const keyOf = (element) => element?.closest?.("[data-key]")?.getAttribute("data-key") ?? null;

// "name = letters", and below it "= numbers = value"; no sign stands at the end of a line, away from what it is before.
// Only `inFull` does it show many terms of a long sum.
function line({ name, letters, numbers, value, note }, inFull = false) {
  const equals = (formula) => pieces(["row", "=", formula], inFull);
  const rows = [h("div", { class: "row" }, ...pieces(name), ...equals(letters ?? value))];
  if (letters) rows.push(h("div", { class: "row second" }, ...(numbers ? equals(numbers) : []), ...equals(value)));
  if (note) rows.push(h("div", { class: "note" }, note));
  return h("div", { class: "line" }, ...rows);
}
