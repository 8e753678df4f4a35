// A line laid on the plane by its two ends; afterwards the same plane with the network's border beside the line.
//
// Comes in:  {side, points: [[x1, x2, class], ...], guess: [x1, x2, to1, to2] or null, border: null or
//            {n, values: [...], differs: [...]}}: on n * n places, from the lowest row, what the network says there and
//            1 where the line has the place on its other side. With a border it only shows, without one it asks.
// Goes out:  the state `at`, the line's two ends, [x1, x2, to1, to2].
import { untilGone, viewIn } from "../shared/component.js";
import { contour } from "../shared/contour.js";
import { h, svg } from "../shared/dom.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";

await loadStyle("../lessons/lessons.css", import.meta.url);

const SIZE = 320; // of the picture, in units of its own
const STEP = 0.05; // of half the side, by an arrow key; five times as far with Shift
const NEAREST = 0.1; // of half the side: ends that are nearer to each other make no line
const TELL_AFTER_MS = 250; // keys that follow each other are one answer
const ENDS = ["First", "Second"];
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export default function mount({ data, parentElement, setStateValue }) {
  const line = viewIn(parentElement, "line", () => new Line());
  line.tell = (at) => setStateValue("at", at);
  line.draw(data);
  line.themes.check();
  return untilGone(parentElement, () => line.themes.stop());
}

export class Line {
  constructor() {
    /** @type {{ side: number, points: number[][], guess: number[] | null, border: null | { n: number, values: number[], differs: number[] } }} */
    this.data = { side: 1, points: [], guess: null, border: null };
    this.ends = [-0.5, 0, 0.5, 0];
    this.isLaid = false;
    this.picture = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, "aria-hidden": "true" });
    this.handles = ENDS.map((_, k) => this.handle(k));
    this.plane = h("div", { class: "plane" }, this.picture, ...this.handles);
    this.words = h("p", { role: "status" });
    this.element = h("div", { class: "drawn-line" }, this.plane, this.words);
    this.held = -1;
    /** @type {(at: number[]) => void} */
    this.tell = () => {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.themes = observeTheme(this.element, () => {});
  }

  handle(k) {
    return h("button", {
      type: "button",
      onkeydown: (event) => this.key(k, event),
      onblur: () => this.flush(),
      onpointerdown: (event) => this.hold(k, event),
      onpointermove: (event) => this.drag(event),
      onpointerup: () => this.release(),
      onpointercancel: () => this.release(),
    });
  }

  get asks() {
    return !this.data.border;
  }

  draw(data) {
    const isNew = this.data.side !== data.side;
    this.data = data;
    if (data.guess && (!this.isLaid || !this.asks)) {
      this.ends = [...data.guess];
      this.isLaid = true;
    } else if (!this.isLaid && isNew) this.ends = [-0.5, 0, 0.5, 0].map((v) => v * data.side);
    for (const each of this.handles) each.hidden = !this.asks;
    this.paint();
  }

  // From the plane to the picture.
  x(x1) {
    return (x1 / this.data.side + 1) * (SIZE / 2);
  }

  y(x2) {
    return (1 - x2 / this.data.side) * (SIZE / 2);
  }

  paint() {
    const { points, border, guess } = this.data;
    const dots = points.map(([x1, x2, kind]) =>
      kind
        ? svg("rect", { class: "c1", x: this.x(x1) - 3, y: this.y(x2) - 3, width: 6, height: 6 })
        : svg("circle", { class: "c0", cx: this.x(x1), cy: this.y(x2), r: 3.4 }),
    );
    const shown = this.asks || guess ? [this.whole()] : [];
    this.picture.replaceChildren(...(border ? this.sides(border) : []), ...dots, ...shown);
    for (const [k, each] of this.handles.entries()) {
      const [x1, x2] = this.ends.slice(2 * k, 2 * k + 2);
      each.style.left = `${(100 * this.x(x1)) / SIZE}%`;
      each.style.top = `${(100 * this.y(x2)) / SIZE}%`;
      each.setAttribute(
        "aria-label",
        `${ENDS[k]} end of the line: x₁ ${told(x1)}, x₂ ${told(x2)}. Arrow keys move it.`,
      );
    }
    this.say();
  }

  // The line through both ends, beyond the picture's edges.
  whole() {
    const [x1, y1, x2, y2] = [this.x(this.ends[0]), this.y(this.ends[1]), this.x(this.ends[2]), this.y(this.ends[3])];
    const far = (2 * SIZE) / (Math.hypot(x2 - x1, y2 - y1) || 1);
    const [dx, dy] = [(x2 - x1) * far, (y2 - y1) * far];
    return svg("line", {
      class: this.isLaid ? "guess" : "guess idle",
      x1: x1 - dx,
      y1: y1 - dy,
      x2: x1 + dx,
      y2: y1 + dy,
    });
  }

  // What the network says everywhere, its border, and where the line says otherwise.
  sides({ n, values, differs }) {
    const step = SIZE / (n - 1);
    const place = (p) => [(p % n) * step, SIZE - Math.floor(p / n) * step];
    const cells = { c0: "", c1: "", differs: "" };
    const add = (kind, p) => {
      // Neighbours share the very digits of their edge: else a seam is seen between some of them.
      const [left, top, right, bottom] = [-1, 1].flatMap((side) =>
        place(p).map((v) => (v + (side * step) / 2).toFixed(1)),
      );
      cells[kind] += `M${left},${top}H${right}V${bottom}H${left}z`;
    };
    values.forEach((value, p) => {
      add(value > 0 ? "c1" : "c0", p);
      if (differs[p]) add("differs", p);
    });
    const pieces = [];
    const ends = contour(values, n, n).map(([p, q, share]) => {
      const [from, to] = [place(p), place(q)];
      return from.map((v, axis) => (v + share * (to[axis] - v)).toFixed(1)).join();
    });
    for (let k = 0; k + 1 < ends.length; k += 2) pieces.push(`M${ends[k]}L${ends[k + 1]}`);
    return [
      ...Object.entries(cells).map(([kind, d]) => svg("path", { class: `cells ${kind}`, d })),
      svg("path", { class: "answer", d: pieces.join("") }),
    ];
  }

  say() {
    const { guess } = this.data;
    const [x1, x2, to1, to2] = this.ends.map(told);
    const words = !this.asks
      ? guess
        ? "Solid: the network's border. Dashed: your line. Grey: where they say different things."
        : "Solid: the network's border."
      : !this.isLaid
        ? "Drag the two ends, or use the arrow keys on them."
        : this.isShort
          ? "The two ends are too near to each other: pull them apart."
          : `Your line goes through (${x1}, ${x2}) and (${to1}, ${to2}).`;
    if (this.words.textContent !== words) this.words.textContent = words;
  }

  get isShort() {
    const [x1, x2, to1, to2] = this.ends;
    return Math.hypot(to1 - x1, to2 - x2) < NEAREST * this.data.side;
  }

  move(k, x1, x2) {
    const { side } = this.data;
    [x1, x2].forEach((v, axis) => (this.ends[2 * k + axis] = Math.min(side, Math.max(-side, v))));
    this.isLaid = true;
    this.paint();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), TELL_AFTER_MS);
  }

  // Whoever goes on to the next control has answered. Ends that make no line are told too: then nothing is laid.
  flush() {
    if (this.held >= 0) return;
    clearTimeout(this.timer);
    if (this.timer !== undefined) this.tell(this.isShort ? [] : [...this.ends]);
    this.timer = undefined;
  }

  hold(k, event) {
    this.held = k;
    event.target.setPointerCapture?.(event.pointerId);
  }

  drag(event) {
    if (this.held < 0) return;
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    const { side } = this.data;
    const [right, down] = [(event.clientX - left) / width, (event.clientY - top) / height];
    this.move(this.held, (2 * right - 1) * side, (1 - 2 * down) * side);
  }

  release() {
    this.held = -1;
    this.flush();
  }

  key(k, event) {
    const by = KEYS[event.key];
    if (!by || !this.asks) return;
    event.preventDefault();
    event.stopPropagation();
    const step = STEP * this.data.side * (event.shiftKey ? 5 : 1);
    this.move(k, this.ends[2 * k] + by[0] * step, this.ends[2 * k + 1] + by[1] * step);
  }
}

const told = (v) => v.toFixed(1).replace("-0.0", "0.0").replace("-", "−");
