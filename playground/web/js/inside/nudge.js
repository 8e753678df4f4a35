// What happens to the loss if one weight is moved: the gradient's promise beside what really comes.
//
// All losses are the engine's own, one for each stop of the slider; the promise is gradient times change.
import { signColour } from "../shared/colour.js";
import { h, svg } from "../shared/dom.js";
import { say } from "../shared/format.js";

const [WIDTH, HEIGHT, EDGE] = [220, 110, 8];

// The numbers at one stop of the slider.
export function reading({ w, gradient, changes, losses }, k) {
  const change = changes[k];
  const now = losses[(losses.length - 1) / 2];
  return { change, value: w + change, now, loss: losses[k], promised: gradient * change, real: losses[k] - now };
}

// The same in a sentence; the two are told apart by a tenth of the larger one.
export function verdict({ change, promised, real }) {
  if (change === 0) return "Move the slider to change this number, and nothing else.";
  if (!Number.isFinite(real)) return "So far off, the loss is beyond all bounds.";
  const size = Math.max(Math.abs(promised), Math.abs(real));
  if (size === 0) return "Neither promises anything, nor changes anything.";
  if (Math.abs(promised - real) <= 0.1 * size) return "So close, the slope tells nearly the whole change.";
  if (promised * real < 0)
    return "So far off, even the direction is wrong: this is why a learning rate can be too high.";
  return "So far off, the curve bends away from its slope.";
}

export class Nudge {
  /** @param {() => void} turned told when it opens or closes */
  constructor(turned = () => {}) {
    this.turned = turned;
    this.isOpen = false;
    /** @type {any} */
    this.data = null;
    this.theme = null;
    this.pick = "";
    this.button = h("button", { type: "button", class: "small", onclick: () => this.turn(!this.isOpen) });
    this.title = h("h3", {});
    this.name = h("p", { class: "idea-sentence" });
    this.slider = h("input", { type: "range", min: 0, step: 1, oninput: () => this.show() });
    this.value = h("output", {});
    this.bars = ["promised", "real"].map((name) => {
      const [fill, number] = [h("i", {}), h("b", {})];
      const words = h("span", {}, name === "promised" ? "predicted: gradient × change" : "true: the loss anew");
      return {
        name,
        fill,
        number,
        element: h("div", { class: "bar" }, words, h("span", { class: "rod" }, fill), number),
      };
    });
    this.words = h("p", { class: "note", "aria-live": "polite" });
    this.curve = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
    this.element = h(
      "section",
      { class: "nudge", hidden: true },
      this.title,
      this.name,
      h("label", {}, this.slider, this.value),
      ...this.bars.map((bar) => bar.element),
      this.words,
      this.curve,
    );
  }

  // Open it, or close it.
  turn(isOpen) {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    this.element.hidden = !isOpen;
    this.tellButton();
    this.turned();
  }

  tellButton() {
    this.button.textContent = this.isOpen ? "Back to the formulas" : this.title.textContent;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
  }

  // Another weight, point or step; the slider keeps its place as long as it is the same weight.
  receive({ nudge: data, pick, name }, theme) {
    this.theme = theme;
    this.button.disabled = !data;
    this.button.title = data
      ? "See what the loss does when this one number is changed"
      : "Pick a link of the drawing first";
    this.title.textContent = `Nudge this ${data?.name ?? "weight"}`;
    this.tellButton();
    if (!data) return this.turn(false);
    const middle = (data.changes.length - 1) / 2;
    const same = this.pick === pick && this.data?.changes.length === data.changes.length;
    this.data = { ...data, losses: data.losses.map((loss) => loss ?? NaN) };
    this.pick = pick;
    this.name.textContent = `${name[0].toUpperCase()}${name.slice(1)}`;
    this.element.setAttribute("aria-label", this.title.textContent);
    this.slider.max = data.changes.length - 1;
    if (!same) this.slider.value = middle;
    this.show();
  }

  show() {
    const at = Number(this.slider.value);
    const read = reading(this.data, at);
    const signed = (x) => (x > 0 ? `+${say(x)}` : say(x));
    this.value.textContent = `${say(this.data.w)} → ${say(read.value)}`;
    this.slider.setAttribute("aria-label", `${this.title.textContent}: how far`);
    this.slider.setAttribute("aria-valuetext", `${signed(read.change)}: from ${this.value.textContent}`);
    const most = Math.max(1e-300, ...["promised", "real"].map((name) => finite(Math.abs(read[name]))));
    for (const { name, fill, number } of this.bars) {
      number.textContent = signed(read[name]);
      number.title = String(read[name]);
      const share = Math.min(1, Math.abs(finite(read[name])) / most) * 50;
      fill.style.left = `${read[name] < 0 ? 50 - share : 50}%`;
      fill.style.width = `${share}%`;
      if (this.theme) fill.style.background = signColour(read[name], this.theme);
    }
    const loss = `${this.data.loss} ${say(read.now)} → ${say(read.loss)}`;
    this.words.textContent = `${loss}. ${verdict(read)}`;
    this.draw(read);
  }

  // The true loss as a curve, the promise as its tangent, and where the slider stands on both.
  draw(read) {
    const { changes, losses, gradient } = this.data;
    const known = losses.filter(Number.isFinite);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const room = high - low || 1;
    const x = (change) => EDGE + ((change - changes[0]) / (changes.at(-1) - changes[0])) * (WIDTH - 2 * EDGE);
    const y = (loss) => HEIGHT - EDGE - ((loss - low) / room) * (HEIGHT - 2 * EDGE);
    const points = changes.map((change, k) => [x(change), y(losses[k])]).filter(([, at]) => Number.isFinite(at));
    const tangent = [changes[0], changes.at(-1)].map((change) => `${x(change)},${y(read.now + gradient * change)}`);
    const at = x(read.change);
    this.curve.replaceChildren(
      svg("line", { class: "zero", x1: x(0), x2: x(0), y1: 0, y2: HEIGHT }),
      svg("polyline", { class: "tangent", points: tangent.join(" ") }),
      svg("polyline", { class: "loss", points: points.map((p) => p.join(",")).join(" ") }),
      svg("circle", { class: "promise", cx: at, cy: y(read.now + read.promised), r: 4 }),
      ...(Number.isFinite(read.loss) ? [svg("circle", { class: "truth", cx: at, cy: y(read.loss), r: 4 })] : []),
    );
  }
}

const finite = (x) => (Number.isFinite(x) ? x : 0);
