// An epoch marked on a chart that is still empty; afterwards the same chart with what came.
//
// Comes in:  {low, high, label, guess: number or null, answer: number or null, curves: [{name, y: [...]}]}; with
//            curves it only shows, without any it asks.
// Goes out:  the state `at`, the epoch that was marked.
import { untilGone, viewIn } from "../shared/component.js";
import { h, svg } from "../shared/dom.js";
import { loadStyle } from "../shared/style.js";
import { grown, observeTheme } from "../shared/theme.js";

await loadStyle("../lessons/lessons.css", import.meta.url);

const EDGES = { left: 14, top: 8, bottom: 158, numbers: 176 }; // in pixels on an ordinary screen
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]; // between two upright lines, at most six of them
const TELL_AFTER_MS = 250; // keys that follow each other are one answer

export default function mount({ data, parentElement, setStateValue }) {
  const mark = viewIn(parentElement, "mark", () => new Mark());
  mark.tell = (at) => setStateValue("at", at);
  mark.draw(data);
  mark.themes.check();
  return untilGone(parentElement, () => mark.themes.stop());
}

export class Mark {
  constructor() {
    this.at = null;
    /** @type {{ low: number, high: number, label: string, guess: number | null, answer: number | null, curves: { name: string, y: number[] }[] }} */
    this.data = { low: 0, high: 1, label: "", guess: null, answer: null, curves: [] };
    this.picture = svg("svg");
    new ResizeObserver(() => this.paint()).observe(this.picture);
    this.picture.setAttribute("aria-hidden", "true");
    this.handle = h("div", { onkeydown: (event) => this.key(event), onblur: () => this.flush() }, this.picture);
    this.words = h("p", { role: "status" });
    this.element = h("div", { class: "mark" }, this.handle, this.words);
    for (const kind of ["pointerdown", "pointermove", "pointerup"])
      this.picture.addEventListener(kind, (event) => this.point(event));
    this.held = false;
    /** @type {(at: number) => void} */
    this.tell = () => {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.edges = EDGES; // in pixels
    this.themes = observeTheme(this.element, (theme) => {
      this.edges = grown(EDGES, theme);
      this.paint();
    });
  }

  get asks() {
    return !this.data.curves.length;
  }

  draw(data) {
    this.data = data;
    if (this.at === null || !this.asks) this.at = data.guess;
    const { handle } = this;
    const slider = { role: "slider", tabindex: "0", "aria-label": "The epoch that you expect" };
    for (const [name, value] of Object.entries(slider))
      if (this.asks) handle.setAttribute(name, value);
      else handle.removeAttribute(name);
    this.paint();
  }

  x(epoch) {
    const { low, high } = this.data;
    const { left } = this.edges;
    return left + ((epoch - low) / (high - low)) * (this.right - left);
  }

  get right() {
    const { left } = this.edges;
    return Math.max(left + 1, this.picture.clientWidth - left);
  }

  paint() {
    const { low, high, answer, curves, label } = this.data;
    const { left, top, bottom, numbers } = this.edges;
    const { right } = this;
    const frame = [svg("rect", { class: "empty", x: left, y: top, width: right - left, height: bottom - top })];
    const step = STEPS.find((each) => (high - low) / each <= 6) ?? 1000;
    for (let epoch = Math.ceil(low / step) * step; epoch <= high; epoch += step) {
      const x = this.x(epoch);
      const anchor = epoch === high ? "end" : epoch === low ? "start" : "middle";
      frame.push(svg("line", { class: "grid", x1: x, x2: x, y1: top, y2: bottom }));
      const name = epoch === high ? `${label} ${epoch}` : String(epoch);
      frame.push(svg("text", { x, y: numbers, "text-anchor": anchor }, name));
    }
    frame.push(svg("path", { class: "axis", d: `M${left},${top}V${bottom}H${right}` }));
    const most = Math.max(1e-9, ...curves.flatMap(({ y }) => y.filter(Number.isFinite)));
    const lines = curves.map(({ y }, k) => {
      const places = y.map((v, epoch) => [this.x(epoch), bottom - (v / most) * (bottom - top)]);
      const seen = places.filter(([x, height]) => Number.isFinite(height) && x <= right);
      return svg("path", {
        class: `curve c${k}`,
        d: `M${seen.map((p) => p.map((v) => v.toFixed(1)).join()).join("L")}`,
      });
    });
    const upright = (at, kind) =>
      at === null ? [] : [svg("line", { class: kind, x1: this.x(at), x2: this.x(at), y1: top, y2: bottom })];
    this.picture.replaceChildren(...frame, ...lines, ...upright(answer, "answer"), ...upright(this.at, "guess"));
    this.say(label);
  }

  say(label) {
    const { answer, curves, low, high } = this.data;
    if (this.asks) {
      const where = this.at === null ? `Tap the chart, or use the arrow keys.` : `Your mark: ${label} ${this.at}.`;
      if (this.words.textContent !== where) this.words.textContent = where;
      const now = { valuemin: low, valuemax: high, valuenow: this.at ?? low, valuetext: this.at ?? "nothing yet" };
      for (const [name, value] of Object.entries(now)) this.handle.setAttribute(`aria-${name}`, String(value));
      return;
    }
    const names = curves.flatMap(({ name }, k) => [h("i", { class: `c${k}` }), name]);
    const lines = [
      this.at === null ? "" : ` Dashed: your mark, ${label} ${this.at}.`,
      answer === null ? "" : ` Solid: what came, ${label} ${answer}.`,
    ];
    this.words.replaceChildren(...names, ...lines);
  }

  set(epoch) {
    const { low, high } = this.data;
    this.at = Math.min(high, Math.max(low, Math.round(epoch)));
    this.paint();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), TELL_AFTER_MS);
  }

  // Whoever goes on to the next control has answered.
  flush() {
    clearTimeout(this.timer);
    if (this.timer !== undefined) this.tell(this.at);
    this.timer = undefined;
  }

  point(event) {
    if (!this.asks) return;
    if (event.type === "pointerdown") this.held = true;
    if (this.held) {
      const box = this.picture.getBoundingClientRect();
      const { low, high } = this.data;
      const x = event.clientX - box.left;
      const { left } = this.edges;
      this.set(low + ((x - left) / (this.right - left)) * (high - low));
    }
    if (event.type !== "pointerup") return;
    this.held = false;
    this.flush();
  }

  key(event) {
    const { low, high } = this.data;
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const to = { Home: low, End: high }[event.key];
    if (!this.asks || (by === undefined && to === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(to ?? (this.at ?? Math.round((low + high) / 2)) + by * (event.shiftKey ? 10 : 1));
  }
}
