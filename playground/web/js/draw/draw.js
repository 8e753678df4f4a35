// A sheet to draw points on, by mouse, finger or keys, beside what a small network makes of them.
//
// Comes in:  {version, classes, points: [x1, x2, class, ...], most, ask}: `points` are put on the sheet whenever
//            `version` is new, and Undo brings back what was there; without a version the sheet stays as it is.
//            `classes` are the names of those that can be drawn, `ask` where to ask what a network makes of points.
// Goes out:  the trigger `use`, {points: [x1, x2, class, ...]}: train on these.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h, hide, tell } from "../shared/dom.js";
import { listKeys } from "../shared/keys.js";
import { loadStyle } from "../shared/style.js";
import { font, grown, observeTheme } from "../shared/theme.js";
import { Controls, TOOLS, WIDTHS } from "./controls.js";
import { Examples } from "./examples.js";
import { mark } from "./marks.js";
import { Preview } from "./preview.js";
import { STAMPS, SYMMETRIES, images, outline, sprayed, stamped } from "./stamps.js";

await loadStyle("draw.css", import.meta.url);

const REACH = 3; // the sheet shows -3 to 3 both ways
// Lengths on an ordinary screen.
const MARGIN = { l: 30, r: 8, t: 8, b: 26 };
const LEAST = 320; // of the sheet
const MOST = 1000;
const RADIUS = 1 / 110; // of a point, of the sheet's side
const TWO_ABREAST = 620; // so wide sheet and preview stand beside each other, as draw.css has it
const GAP = 20; // between them
const EXAMPLE = 0.4; // of the preview's side, for the picture of a drawing to begin with
const AROUND = 265; // CSS pixels of the window's height for what stands above and below the sheet, besides the buttons
const LOW = { width: 720, height: 760 }; // in a window so wide and low the sheet stands alone, all else beside it
const BELOW = 16; // the sheet then
const WORDS = 68; // around the preview then: its heading, and how many are right
const LEAST_PREVIEW = 200;
const SPRAY_EVERY_MS = 45;
const SIZES = { least: 0.2, most: 3, usual: 1 }; // of a stamp
const MOST_UNDO = 100;
/** @type {import("../shared/keys.js").Row[]} */
const KEYS = [
  ["D, E, M", "draw, erase, move"],
  ["B, O, S, A", "stamp a blob, a ring, a stripe, a spiral arm"],
  ["1, 2, …", "the class that is drawn"],
  ["N, H, T", "no symmetry, mirror, turn by 180 degrees"],
  ["X", "the mirror image in the other class, or in the same"],
  ["+, −", "a wider and a narrower brush"],
  ["arrows", "move the cross; with Shift, further"],
  ["Enter", "add a point, or the stamp, at the cross"],
  ["Page Up, Page Down", "a larger and a smaller stamp"],
  [", and .", "turn the stamp"],
  ["Delete", "take the nearest point away"],
  ["Ctrl + Z", "undo"],
];
/** @type {any} */
let kept = null; // what was drawn, while other pages are looked at: {version, points, past}

export default function mount({ data, parentElement, setTriggerValue }) {
  const sheet = viewIn(parentElement, "draw", () => new Sheet());
  sheet.use = () => setTriggerValue("use", { points: sheet.points.flat() });
  sheet.receive(data);
  return untilGone(parentElement, () => sheet.close());
}

class Sheet {
  constructor() {
    this.use = () => {};
    this.points = []; // [x1, x2, class]
    this.past = [];
    this.tool = "draw"; // or the name of a stamp
    this.symmetry = "none";
    this.other = true; // whether the image of a point is of the other class
    this.chosen = 0;
    this.width = 0.3; // how far points fly
    this.size = SIZES.usual;
    this.angle = 0;
    this.classes = [];
    this.most = 0; // points that there may be
    this.full = false; // whether one found no room
    this.busy = false; // a stroke is being made
    this.sprayed = 0; // when the last point of it was
    this.held = null; // the point that is being moved
    /** @type {number[] | null} */
    this.anchor = null; // the middle of the stamp that is being made
    /** @type {number[] | null} */
    this.hover = null; // where the pointer is
    /** @type {number[] | null} */
    this.cross = null; // where the keyboard is
    this.canvas = h("canvas", {
      ...{ class: "paper", tabindex: "0", role: "application" },
      "aria-label":
        "Drawing sheet. Arrow keys move the cross, Enter adds a point or a stamp, Delete takes the nearest away, digits choose the class. Question mark lists all keys.",
    });
    this.preview = new Preview();
    this.examples = new Examples((points) => this.begin(points));
    this.controls = new Controls(this);
    this.useButton = h("button", { type: "button", class: "play", onclick: () => this.use() }, "Train on these points");
    this.count = h("p", { class: "note-line", role: "status" });
    const { undo, clear } = this.controls;
    const end = h("div", { class: "end" }, this.useButton, undo, clear, this.count);
    const sheet = h("section", { "aria-label": "Sheet" }, this.canvas, end);
    this.halves = h("div", { class: "halves" }, sheet, this.examples.element, this.preview.element);
    this.element = h("div", { class: "stage draw" }, this.controls.element, this.halves);
    for (const [type, action] of Object.entries({
      pointerdown: "down",
      pointermove: "move",
      pointerup: "up",
      pointercancel: "cancel",
      pointerleave: "leave",
      keydown: "key",
      blur: "blur",
    })) {
      this.canvas.addEventListener(type, (event) => this[action](event));
    }
    this.unlist = listKeys(this.element, "The drawing sheet, once it has the focus", KEYS);
    this.onResize = new ResizeObserver(() => this.draw());
    this.onResize.observe(this.element);
    this.theme = null;
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.draw();
    });
  }

  close() {
    this.unlist();
    this.onResize.disconnect();
    this.themes.stop();
    this.preview.forget();
  }

  receive(data) {
    this.themes.check();
    this.most = data.most;
    this.classes = data.classes;
    this.preview.address = data.ask;
    if (!kept || (data.version && kept.version !== data.version)) {
      const points = [];
      for (let k = 0; k + 2 < data.points.length; k += 3) points.push(data.points.slice(k, k + 3));
      const past = kept ? [...kept.past, kept.points].slice(-MOST_UNDO) : [];
      kept = { version: data.version, points, past };
    }
    this.points = kept.points;
    this.past = kept.past;
    this.full = false;
    this.controls.name(this.classes);
    this.draw();
  }

  // ---- what is chosen ----------------------------------------------------------------------------------------
  get stamp() {
    return STAMPS.find(({ name }) => name === this.tool) ?? null;
  }

  choose(k) {
    this.chosen = Math.min(k, this.classes.length - 1);
    if (!this.stamp) this.tool = "draw";
    this.draw();
  }

  setTool(name) {
    this.tool = name;
    this.draw();
  }

  setSymmetry(name) {
    this.symmetry = name;
    this.draw();
  }

  setOther(on) {
    this.other = on;
    this.draw();
  }

  setWidth(width) {
    this.width = width;
    this.draw();
  }

  // ---- what the hand does ------------------------------------------------------------------------------------
  down(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    this.busy = true;
    this.sprayed = performance.now();
    const at = this.at(event);
    if (this.stamp) this.anchor = at;
    else if (this.tool === "draw") this.add(at);
    else if (this.tool === "erase") this.erase(at);
    else this.held = this.nearest(at, 0.35);
    this.draw();
  }

  move(event) {
    const at = (this.hover = this.at(event));
    if (this.busy && this.anchor) this.pull(at);
    else if (this.busy && this.tool === "draw") {
      const now = performance.now();
      if (now - this.sprayed < SPRAY_EVERY_MS) return;
      this.sprayed = now;
      this.add(sprayed(at, this.width));
    } else if (this.busy && this.tool === "erase") this.erase(at);
    else if (this.held) this.held.splice(0, 2, ...at.map(onSheet));
    else if (!this.stamp) return;
    this.draw();
  }

  // A stamp that is pulled from its middle is as large as that, and turned that way.
  pull(at) {
    const [dx, dy] = [0, 1].map((k) => at[k] - /** @type {number[]} */ (this.anchor)[k]);
    const far = Math.hypot(dx, dy);
    if (far < SIZES.least) return;
    this.size = Math.min(far, SIZES.most);
    this.angle = Math.atan2(dy, dx);
  }

  up() {
    if (!this.busy) return;
    if (this.anchor) this.press(this.anchor);
    this.end();
  }

  cancel() {
    if (this.busy) this.end();
  }

  end() {
    this.busy = false;
    this.held = this.anchor = null;
    if (same(this.past.at(-1), this.points)) this.past.pop(); // nothing came of it
    this.draw();
  }

  leave() {
    this.hover = null;
    this.draw();
  }

  key(event) {
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const digit = Number(event.key);
    const letter = event.key.toLowerCase();
    const tool = [...TOOLS, ...STAMPS].find(({ key }) => key === letter);
    const symmetry = SYMMETRIES.find(({ key }) => key === letter);
    const wider = { "+": 1, "=": 1, "-": -1, "−": -1 }[event.key];
    const larger = { PageUp: 1.25, PageDown: 0.8 }[event.key];
    const turned = { ",": 1, ".": -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (letter !== "z" || event.altKey) return;
      this.undo();
    } else if (arrow) {
      const step = event.shiftKey ? 0.5 : 0.1;
      this.cross = [0, 1].map((k) => onSheet((this.cross?.[k] ?? 0) + step * arrow[k]));
    } else if (event.key === "Enter") {
      this.remember();
      const at = (this.cross ??= [0, 0]);
      if (this.stamp) this.press(at);
      else this.add(at);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.remember();
      const near = this.nearest(this.cross ?? [0, 0], 0.5);
      this.replace(this.points.filter((p) => p !== near));
    } else if (digit >= 1 && digit <= this.classes.length) this.choose(digit - 1);
    else if (tool) this.setTool(tool.name);
    else if (symmetry) this.setSymmetry(symmetry.name);
    else if (letter === "x") this.setOther(!this.other);
    else if (wider) {
      const k = WIDTHS.indexOf(this.width) + wider;
      this.setWidth(WIDTHS[Math.max(0, Math.min(WIDTHS.length - 1, k))]);
    } else if (larger) this.size = Math.max(SIZES.least, Math.min(SIZES.most, this.size * larger));
    else if (turned) this.angle += (turned * Math.PI) / 12;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  }

  blur() {
    this.cross = null;
    this.draw();
  }

  // ---- what becomes of the points ----------------------------------------------------------------------------
  remember() {
    this.past.push(this.points.map((p) => [...p]));
    if (this.past.length > MOST_UNDO) this.past.shift();
  }

  replace(points) {
    this.points = kept.points = points;
    this.full = false;
  }

  undo() {
    if (!this.past.length) return;
    this.replace(this.past.pop());
    this.draw();
  }

  // A drawing in place of what there is.
  begin(points) {
    this.remember();
    this.replace(points.map(([x, y, c]) => [onSheet(x), onSheet(y), c]));
    this.draw();
  }

  clear() {
    if (!this.points.length) return;
    this.remember();
    this.replace([]);
    this.draw();
  }

  // A point and its image; what would lie beside the sheet is left away, and what finds no room is told.
  add(place) {
    if (place.some((x) => Math.abs(x) > REACH)) return;
    const both = images(place.map(onSheet), this.chosen, this.symmetry, this.other);
    if (this.points.length + both.length > this.most) this.full = true;
    else this.points.push(...both);
  }

  press(at) {
    const { stamp } = this;
    if (stamp) for (const place of stamped(stamp, this.where(at), this.width)) this.add(place);
  }

  where(at) {
    return { at, size: this.size, angle: this.angle };
  }

  erase(at) {
    this.replace(this.points.filter((p) => Math.hypot(p[0] - at[0], p[1] - at[1]) > 0.25));
  }

  nearest(at, within) {
    let best = null;
    for (const p of this.points) {
      const far = Math.hypot(p[0] - at[0], p[1] - at[1]);
      if (far < within) [best, within] = [p, far];
    }
    return best;
  }

  at(event) {
    const { margin } = this;
    const box = this.canvas.getBoundingClientRect();
    const u = (event.clientX - box.left - margin.l) / (box.width - margin.l - margin.r);
    const v = (event.clientY - box.top - margin.t) / (box.height - margin.t - margin.b);
    return [REACH * (2 * u - 1), REACH * (1 - 2 * v)];
  }

  // Around the plane, in pixels.
  get margin() {
    return grown(MARGIN, this.theme ?? { zoom: 1 });
  }

  // ---- the picture -------------------------------------------------------------------------------------------
  draw() {
    const { theme } = this;
    if (!theme) return;
    const room = this.element.clientWidth;
    if (room < 80) return;
    const { zoom } = theme;
    const isLow = room >= LOW.width * zoom && window.innerHeight < LOW.height * zoom;
    this.element.classList.toggle("low", isLow);
    const width = room < TWO_ABREAST * zoom ? room : (room - GAP * zoom) / 2;
    const above =
      this.element.getBoundingClientRect().top + (document.querySelector("[data-testid=stMain]")?.scrollTop ?? 0);
    const high = isLow
      ? window.innerHeight - above - BELOW * zoom
      : window.innerHeight - AROUND * zoom - this.controls.element.offsetHeight;
    const side = Math.min(isLow ? 0.6 * room : width, Math.max(LEAST * zoom, high), MOST * zoom);
    this.drawSheet(theme, side);
    const ready = this.sayCount();
    const beside = isLow
      ? Math.min(room - side - GAP * zoom, this.left(side, zoom))
      : side - this.margin.l - this.margin.r;
    hide(this.examples.element, ready);
    hide(this.preview.element, !ready);
    this.preview.follow(ready ? this.points : []);
    this.preview.size(theme, beside, REACH);
    if (!ready) this.examples.draw(theme, width < room ? EXAMPLE * beside : (room - 80 * zoom) / 4, REACH);
    this.controls.draw(theme);
  }

  // What a low window leaves for the picture below the buttons that stand beside the sheet.
  left(side, zoom) {
    const taken = this.controls.element.offsetHeight + this.useButton.parentElement.offsetHeight + WORDS * zoom;
    return Math.max(LEAST_PREVIEW * zoom, side - taken);
  }

  drawSheet(theme, side) {
    const context = fit(this.canvas, side, side);
    const { margin } = this;
    const inner = side - margin.l - margin.r;
    const X = (x) => margin.l + ((x + REACH) / (2 * REACH)) * inner;
    const Y = (y) => margin.t + ((REACH - y) / (2 * REACH)) * inner;
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, side, side);
    context.fillStyle = theme.background;
    context.fillRect(margin.l, margin.t, inner, inner);
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.muted;
    context.font = font(theme, "tick");
    context.textBaseline = "middle";
    context.lineWidth = 1;
    for (let k = -REACH; k <= REACH; k++) {
      line(context, [
        [X(k), Y(-REACH)],
        [X(k), Y(REACH)],
      ]);
      line(context, [
        [X(-REACH), Y(k)],
        [X(REACH), Y(k)],
      ]);
      context.textAlign = "center";
      context.fillText(String(k).replace("-", "−"), X(k), side - 10 * theme.zoom);
      context.textAlign = "right";
      context.fillText(String(k).replace("-", "−"), margin.l - 6 * theme.zoom, Y(k));
    }
    context.save();
    context.beginPath();
    context.rect(margin.l, margin.t, inner, inner);
    context.clip();
    this.drawSymmetry(context, theme, X, Y);
    for (const [x, y, c] of this.points) mark(context, X(x), Y(y), Math.max(4, RADIUS * side), c, theme);
    this.drawGhost(context, theme, X, Y);
    if (this.cross) {
      const [x, y] = [X(this.cross[0]), Y(this.cross[1])];
      context.strokeStyle = theme.text;
      context.lineWidth = 1.5;
      for (const [dx, dy] of [
        [9, 0],
        [0, 9],
      ])
        line(context, [
          [x - dx, y - dy],
          [x + dx, y + dy],
        ]);
    }
    context.restore();
  }

  // The line that mirrors, or the place around which is turned.
  drawSymmetry(context, theme, X, Y) {
    if (this.symmetry === "none") return;
    context.strokeStyle = theme.text;
    context.lineWidth = 1.5;
    context.setLineDash([6, 5]);
    if (this.symmetry === "mirror") {
      line(context, [
        [X(0), Y(-REACH)],
        [X(0), Y(REACH)],
      ]);
    } else {
      context.beginPath();
      context.arc(X(0), Y(0), 9, 0, 7);
      context.stroke();
    }
    context.setLineDash([]);
  }

  // Where the stamp would come to lie, and its image.
  drawGhost(context, theme, X, Y) {
    const at = this.anchor ?? this.cross ?? this.hover;
    if (!this.stamp || !at) return;
    const way = outline(this.stamp, this.where(at));
    const both = images([0, 0], this.chosen, this.symmetry, this.other);
    both.forEach(([, , c], k) => {
      const flip = (place) => (k ? images(place, 0, this.symmetry, false)[1] : place);
      context.strokeStyle = theme.classes[c % theme.classes.length];
      context.lineWidth = 3;
      line(
        context,
        way.map(flip).map(([x, y]) => [X(x), Y(y)]),
      );
    });
  }

  // What is on the sheet, in words; gives whether a network can learn from it.
  sayCount() {
    const counts = this.classes.map((_, k) => this.points.filter((p) => p[2] === k).length);
    const ready = this.points.length >= 8 && counts.filter((n) => n > 1).length > 1 && !counts.includes(1);
    this.useButton.disabled = !ready;
    const full = this.full ? `; at most ${this.most} are kept, so the last ones found no room` : "";
    tell(
      this.count,
      ready
        ? `${this.points.length} points${full}.`
        : `${matchMedia("(pointer: coarse)").matches ? "Tap" : "Click"} or drag to draw: at least 8 points of two classes, two of each${full}.`,
    );
    return ready;
  }
}

function line(context, places) {
  context.beginPath();
  places.forEach(([x, y], k) => (k ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

const onSheet = (x) => Math.round(100 * Math.max(-REACH, Math.min(REACH, x))) / 100;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
