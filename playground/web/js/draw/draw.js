// A sheet to draw points on, by mouse, finger or keys.
//
// Comes in:  {start, version, classes, points: [x1, x2, class, ...], most}: `points` are put on the sheet whenever
//            `version` is new; `classes` are the names of those that can be drawn.
// Goes out:  the trigger `use`, {points: [x1, x2, class, ...]}: train on these.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h } from "../shared/dom.js";
import { listKeys } from "../shared/keys.js";
import { observeTheme } from "../shared/theme.js";

const REACH = 3; // the sheet shows -3 to 3 both ways
const MARGIN = { l: 30, r: 8, t: 8, b: 26 };
const RADIUS = 5;
const SPRAY = 0.28; // how far points fly when sprayed
const SPRAY_EVERY_MS = 45;
const TOOLS = [
  { name: "draw", label: "Draw", title: "Click to add a point, drag to spray (D)", key: "d" },
  { name: "erase", label: "Erase", title: "Drag over points to take them away (E)", key: "e" },
  { name: "move", label: "Move", title: "Drag a point to another place (M)", key: "m" },
];
/** @type {import("../shared/keys.js").Row[]} */
const KEYS = [
  ["D, E, M", "draw, erase, move"],
  ["1, 2, …", "the class that is drawn"],
  ["arrows", "move the cross; with Shift, further"],
  ["Enter", "add a point at the cross"],
  ["Delete", "take the nearest point away"],
  ["Ctrl + Z", "undo"],
];
/** @type {any} */
let kept = null; // what was drawn, while other pages are looked at: {version, points}

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
    this.tool = "draw";
    this.chosen = 0;
    this.classes = [];
    this.most = 0; // points that there may be
    this.busy = false; // a stroke is being made
    this.sprayed = 0; // when the last point of it was
    this.held = null; // the point that is being moved
    this.cross = null; // where the keyboard is
    this.canvas = h("canvas", {
      tabindex: "0",
      role: "application",
      "aria-label":
        "Drawing sheet. Arrow keys move the cross, Enter adds a point, Delete takes the nearest away, digits choose the class.",
    });
    this.classButtons = h("span", { class: "group", role: "radiogroup", "aria-label": "Class to draw" });
    this.toolButtons = TOOLS.map((tool) => {
      const onclick = () => this.setTool(tool.name);
      return h("button", { type: "button", class: "words", role: "radio", title: tool.title, onclick }, tool.label);
    });
    this.undoButton = h(
      "button",
      { type: "button", class: "words", title: "Take the last stroke back (Ctrl+Z)", onclick: () => this.undo() },
      "Undo",
    );
    this.clearButton = h(
      "button",
      {
        type: "button",
        class: "words",
        title: "A blank sheet (Undo brings the points back)",
        onclick: () => this.clear(),
      },
      "Clear",
    );
    this.useButton = h("button", { type: "button", class: "play", onclick: () => this.use() }, "Train on these points");
    this.count = h("p", { class: "note-line", role: "status" });
    this.element = h(
      "div",
      { class: "stage draw" },
      h(
        "div",
        { class: "buttons" },
        this.classButtons,
        h("span", { class: "group", role: "radiogroup", "aria-label": "Tool" }, ...this.toolButtons),
        this.undoButton,
        this.clearButton,
        this.useButton,
      ),
      this.count,
      this.canvas,
    );
    Object.assign(this.canvas.style, {
      touchAction: "none",
      cursor: "crosshair",
      borderRadius: "8px",
      maxWidth: "100%",
    });
    Object.assign(this.count.style, { minHeight: "20px", color: "var(--muted)" });
    for (const [type, action] of Object.entries({
      pointerdown: "down",
      pointermove: "move",
      pointerup: "up",
      pointercancel: "up",
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
  }

  receive(data) {
    this.themes.check();
    this.most = data.most;
    this.classes = data.classes;
    if (kept?.version !== data.version) {
      const points = [];
      for (let k = 0; k + 2 < data.points.length; k += 3) points.push(data.points.slice(k, k + 3));
      kept = { version: data.version, points };
    }
    this.points = kept.points;
    this.past = [];
    this.classButtons.replaceChildren(
      ...this.classes.map((name, k) => {
        const canvas = h("canvas", { "aria-hidden": "true" });
        return h(
          "button",
          {
            type: "button",
            role: "radio",
            title: `Draw ${name} (${k + 1})`,
            "aria-label": name,
            onclick: () => this.choose(k),
          },
          canvas,
        );
      }),
    );
    this.draw();
  }

  // ---- what the hand does ------------------------------------------------------------------------------------
  choose(k) {
    this.chosen = Math.min(k, this.classes.length - 1);
    this.tool = "draw";
    this.draw();
  }

  setTool(name) {
    this.tool = name;
    this.draw();
  }

  down(event) {
    if (event.button) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.remember();
    this.busy = true;
    this.sprayed = performance.now();
    const at = this.at(event);
    if (this.tool === "draw") this.add(at);
    else if (this.tool === "erase") this.erase(at);
    else this.held = this.nearest(at, 0.35);
    this.draw();
  }

  move(event) {
    if (!this.busy) return;
    const at = this.at(event);
    if (this.tool === "draw") {
      const now = performance.now();
      if (now - this.sprayed < SPRAY_EVERY_MS) return;
      this.sprayed = now;
      const angle = 2 * Math.PI * Math.random();
      const far = SPRAY * Math.sqrt(Math.random());
      this.add([at[0] + far * Math.cos(angle), at[1] + far * Math.sin(angle)]);
    } else if (this.tool === "erase") this.erase(at);
    else if (this.held) this.held.splice(0, 2, ...at.map(tidy));
    this.draw();
  }

  up() {
    if (!this.busy) return;
    this.busy = false;
    this.held = null;
    if (same(this.past.at(-1), this.points)) this.past.pop(); // nothing came of it
    this.draw();
  }

  key(event) {
    const arrow = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const digit = Number(event.key);
    const tool = TOOLS.find((t) => t.key === event.key.toLowerCase());
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== "z") return;
      this.undo();
    } else if (arrow) {
      const step = event.shiftKey ? 0.5 : 0.1;
      this.cross = [0, 1].map((k) => tidy((this.cross?.[k] ?? 0) + step * arrow[k]));
    } else if (event.key === "Enter") {
      this.remember();
      this.add(this.cross ?? [0, 0]);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.remember();
      const near = this.nearest(this.cross ?? [0, 0], 0.5);
      this.points = kept.points = this.points.filter((p) => p !== near);
    } else if (digit >= 1 && digit <= this.classes.length) this.choose(digit - 1);
    else if (tool) this.setTool(tool.name);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  }

  blur() {
    this.cross = null;
    this.draw();
  }

  remember() {
    this.past = [...this.past.slice(-99), this.points.map((p) => [...p])];
  }

  undo() {
    if (!this.past.length) return;
    this.points = kept.points = this.past.pop();
    this.draw();
  }

  clear() {
    if (!this.points.length) return;
    this.remember();
    this.points = kept.points = [];
    this.draw();
  }

  add(at) {
    if (this.points.length < this.most) this.points.push([...at.map(tidy), this.chosen]);
  }

  erase(at) {
    this.points = kept.points = this.points.filter((p) => Math.hypot(p[0] - at[0], p[1] - at[1]) > 0.25);
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
    const box = this.canvas.getBoundingClientRect();
    const u = (event.clientX - box.left - MARGIN.l) / (box.width - MARGIN.l - MARGIN.r);
    const v = (event.clientY - box.top - MARGIN.t) / (box.height - MARGIN.t - MARGIN.b);
    return [REACH * (2 * u - 1), REACH * (1 - 2 * v)];
  }

  // ---- the picture -------------------------------------------------------------------------------------------
  draw() {
    const { theme } = this;
    if (!theme) return;
    const width = this.element.clientWidth;
    if (width < 80) return;
    const side = Math.max(Math.min(width, 320), Math.min(width, window.innerHeight - 440, 1000));
    const context = fit(this.canvas, side, side);
    const inner = { w: side - MARGIN.l - MARGIN.r, h: side - MARGIN.t - MARGIN.b };
    const X = (x) => MARGIN.l + ((x + REACH) / (2 * REACH)) * inner.w;
    const Y = (y) => MARGIN.t + ((REACH - y) / (2 * REACH)) * inner.h;
    context.fillStyle = theme.panel;
    context.fillRect(0, 0, side, side);
    context.fillStyle = theme.background;
    context.fillRect(MARGIN.l, MARGIN.t, inner.w, inner.h);
    context.strokeStyle = theme.grid;
    context.fillStyle = theme.muted;
    context.font = `11px ${theme.font}`;
    context.textBaseline = "middle";
    context.lineWidth = 1;
    for (let k = -REACH; k <= REACH; k++) {
      context.beginPath();
      context.moveTo(X(k), MARGIN.t);
      context.lineTo(X(k), MARGIN.t + inner.h);
      context.moveTo(MARGIN.l, Y(k));
      context.lineTo(MARGIN.l + inner.w, Y(k));
      context.stroke();
      context.textAlign = "center";
      context.fillText(String(k).replace("-", "−"), X(k), side - 10);
      context.textAlign = "right";
      context.fillText(String(k).replace("-", "−"), MARGIN.l - 6, Y(k));
    }
    context.save();
    context.beginPath();
    context.rect(MARGIN.l, MARGIN.t, inner.w, inner.h);
    context.clip();
    for (const [x, y, c] of this.points) mark(context, X(x), Y(y), RADIUS, c, theme);
    if (this.cross) {
      context.strokeStyle = theme.text;
      context.lineWidth = 1.5;
      context.beginPath();
      for (const [dx, dy] of [
        [1, 0],
        [0, 1],
      ]) {
        context.moveTo(X(this.cross[0]) - 9 * dx, Y(this.cross[1]) - 9 * dy);
        context.lineTo(X(this.cross[0]) + 9 * dx, Y(this.cross[1]) + 9 * dy);
      }
      context.stroke();
    }
    context.restore();
    this.drawButtons(theme);
  }

  drawButtons(theme) {
    const press = (button, on) => {
      button.setAttribute("aria-checked", String(on));
      button.style.borderColor = on ? theme.text : "";
      button.style.boxShadow = on ? `inset 0 0 0 1px ${theme.text}` : "";
    };
    [...this.classButtons.children].forEach((button, k) => {
      press(button, k === this.chosen && this.tool === "draw");
      const context = fit(button.firstChild, 20, 20);
      context.clearRect(0, 0, 20, 20);
      mark(context, 10, 10, 7, k, theme);
    });
    this.toolButtons.forEach((button, k) => press(button, TOOLS[k].name === this.tool));
    this.undoButton.disabled = !this.past.length;
    this.clearButton.disabled = !this.points.length;
    const counts = this.classes.map((_, k) => this.points.filter((p) => p[2] === k).length);
    const ready = this.points.length >= 8 && counts.filter((n) => n > 1).length > 1 && !counts.includes(1);
    this.useButton.disabled = !ready;
    const n = this.points.length;
    this.count.textContent = ready
      ? `${n} points${n >= this.most ? ": the sheet is full" : ""}.`
      : "Click or drag to draw: at least 8 points of two classes, two of each.";
  }
}

// A point of a class, by colour and by shape: circle, diamond, square, triangle, cross, star.
function mark(context, x, y, r, c, theme) {
  context.fillStyle = theme.classes[c % theme.classes.length];
  context.strokeStyle = theme.background;
  context.lineWidth = 1;
  context.beginPath();
  const kind = c % 6;
  if (kind === 0) context.arc(x, y, r, 0, 7);
  else {
    SHAPES[kind].forEach(([dx, dy], k) =>
      k ? context.lineTo(x + r * dx, y + r * dy) : context.moveTo(x + r * dx, y + r * dy),
    );
    context.closePath();
  }
  context.fill();
  context.stroke();
}

const star = Array.from({ length: 10 }, (_, k) => {
  const [far, angle] = [k % 2 ? 0.55 : 1.25, (Math.PI * k) / 5 - Math.PI / 2];
  return [far * Math.cos(angle), far * Math.sin(angle)];
});
const SHAPES = [
  [], // a circle
  [
    [0, -1.25],
    [1.1, 0],
    [0, 1.25],
    [-1.1, 0],
  ],
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.2],
    [1.15, 0.85],
    [-1.15, 0.85],
  ],
  [
    [-0.4, -1.1],
    [0.4, -1.1],
    [0.4, -0.4],
    [1.1, -0.4],
    [1.1, 0.4],
    [0.4, 0.4],
    [0.4, 1.1],
    [-0.4, 1.1],
    [-0.4, 0.4],
    [-1.1, 0.4],
    [-1.1, -0.4],
    [-0.4, -0.4],
  ],
  star,
];

const tidy = (x) => Math.round(100 * Math.max(-REACH, Math.min(REACH, x))) / 100;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
