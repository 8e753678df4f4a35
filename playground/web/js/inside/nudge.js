// What happens to the loss if one weight is moved: the gradient's promise beside what really comes.
//
// All losses are the engine's own, one for each stop of the slider; the promise is gradient times change.
import { h } from "../shared/dom.js";
import { say } from "../shared/format.js";
import { EDGE, curve } from "./sketches.js";

const THUMB = 16; // pixels of the slider's

// The numbers at one stop of the slider.
export function reading({ w, gradient, changes, losses }, k) {
  const change = changes[k];
  const now = losses[(losses.length - 1) / 2];
  return { change, value: w + change, now, loss: losses[k], promised: gradient * change, real: losses[k] - now };
}

// Which way a change of the loss leads.
export const way = (change) => (change > 0 ? "rises" : change < 0 ? "falls" : "stays");

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
    this.slider = h("input", { type: "range", min: 0, step: 1, oninput: () => this.show() });
    this.value = h("output", {});
    this.bars = ["promised", "real"].map((name) => {
      const [fill, number] = [h("i", {}), h("b", {})];
      const words = h("span", {}, name === "promised" ? "predicted: gradient × change" : "true: the loss anew");
      return {
        name,
        fill,
        number,
        element: h("div", { class: `bar ${name}` }, words, h("span", { class: "rod" }, fill), number),
      };
    });
    this.words = h("p", { class: "note", "aria-live": "polite" });
    this.plot = h("div", { class: "plot", "aria-hidden": "true" });
    this.element = h(
      "section",
      { class: "nudge", hidden: true },
      this.title,
      h("label", {}, this.value, this.slider),
      this.plot,
      ...this.bars.map((bar) => bar.element),
      this.words,
    );
  }

  // Open it, or close it.
  turn(isOpen) {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    this.element.hidden = !isOpen;
    this.tellButton();
    this.turned();
    if (isOpen) this.slider.focus({ preventScroll: true }); // so that the arrow keys move it
  }

  tellButton() {
    this.button.textContent = this.isOpen ? "Back to the formulas" : `Nudge this ${this.data?.name ?? "weight"}`;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
  }

  // Another weight, point or step; the slider keeps its place as long as it is the same weight.
  receive(data, pick, theme) {
    this.theme = theme;
    const middle = (data.changes.length - 1) / 2;
    const same = this.pick === pick && this.data?.changes.length === data.changes.length;
    this.data = { ...data, losses: data.losses.map((loss) => loss ?? NaN) };
    this.pick = pick;
    this.title.textContent = `Nudge ${data.inFull}`;
    this.button.title = `See what the loss does when ${data.inFull} alone is changed`;
    this.tellButton();
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
      number.textContent = `${signed(read[name])} ${way(read[name])}`;
      number.title = String(read[name]);
      const share = Math.min(1, Math.abs(finite(read[name])) / most) * 50;
      fill.style.left = `${read[name] < 0 ? 50 - share : 50}%`;
      fill.style.width = `${share}%`;
    }
    const loss = `Loss ${this.data.loss} ${say(read.now)} → ${say(read.loss)}: it ${way(read.real)}. `;
    this.words.textContent = `${read.change ? loss : ""}${verdict(read)} Line: the true loss; dashed: as predicted.`;
    this.draw();
  }

  // The true loss as a curve, the promise as its tangent, and where the slider stands on both: right under its thumb.
  draw() {
    const { plot, theme, slider } = this;
    if (!this.isOpen || !theme || !plot.clientWidth) return;
    const { name, loss, w, gradient, changes, losses } = this.data;
    const { zoom } = theme;
    const read = reading(this.data, Number(slider.value));
    const to = (height) => (read.change && Number.isFinite(height) ? [read.value, height] : null);
    slider.style.marginLeft = `${EDGE.left * zoom - THUMB / 2}px`;
    slider.style.marginRight = `${EDGE.right * zoom - THUMB / 2}px`;
    const picture = {
      names: [name === "bias" ? "b" : "w", loss],
      x: changes.map((change) => w + change),
      y: losses.map((each) => (Number.isFinite(each) ? each : null)),
      at: [w, read.now],
      slope: gradient,
      to: to(read.loss),
      truth: null,
      promise: to(read.now + read.promised),
    };
    const size = { width: plot.clientWidth / zoom, height: plot.clientHeight / zoom };
    plot.replaceChildren(...curve(picture, size, theme));
  }
}

const finite = (x) => (Number.isFinite(x) ? x : 0);
