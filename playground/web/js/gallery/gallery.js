// The dataset gallery: a picture of each dataset, one of which is chosen.
//
// Comes in:  {chosen, datasets: [{name, label, help, kind, points: [x1, x2, class, ...]}]}.
// Goes out:  the trigger `chosen`, a dataset's name.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h } from "../shared/dom.js";
import { observeTheme } from "../shared/theme.js";

const SIDE = 44;
const MOST_COLUMNS = 4;

export default function mount({ data, parentElement, setTriggerValue }) {
  const gallery = viewIn(parentElement, "gallery", () => new Gallery(data.datasets));
  gallery.choose = (name) => setTriggerValue("chosen", name);
  gallery.chosen = data.chosen;
  gallery.themes.check();
  gallery.draw();
  return untilGone(parentElement, () => gallery.themes.stop());
}

export class Gallery {
  constructor(datasets) {
    this.datasets = datasets;
    this.chosen = null;
    /** @type {(name: string) => void} */
    this.choose = () => {};
    this.buttons = datasets.map((dataset) => {
      const canvas = h("canvas", { "aria-hidden": "true" });
      const pick = () => this.choose(dataset.name);
      return h(
        "button",
        { type: "button", role: "radio", title: dataset.help, onclick: pick },
        canvas,
        h("span", {}, dataset.label),
      );
    });
    this.element = h("div", { class: "gallery", role: "radiogroup", "aria-label": "Dataset" }, ...this.kinds());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.theme = null;
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.draw();
    });
  }

  // A block for each kind, in rows as even as they can be.
  kinds() {
    return [...new Set(this.datasets.map(({ kind }) => kind))].map((kind) => {
      const buttons = this.buttons.filter((_, k) => this.datasets[k].kind === kind);
      const style = `--columns: ${columns(buttons.length)}`;
      return h("div", {}, h("p", {}, kind), h("div", { class: "block", style }, ...buttons));
    });
  }

  draw() {
    const { theme } = this;
    if (!theme) return;
    this.buttons.forEach((button, k) => {
      const dataset = this.datasets[k];
      const on = dataset.name === this.chosen;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
      const context = fit(button.firstChild, SIDE, SIDE);
      context.clearRect(0, 0, SIDE, SIDE);
      const { points } = dataset;
      for (let p = 0; p < points.length; p += 3) {
        context.fillStyle = theme.classes[points[p + 2] % theme.classes.length];
        context.beginPath();
        context.arc(SIDE / 2 + points[p] * SIDE * 0.45, SIDE / 2 - points[p + 1] * SIDE * 0.45, 1.2, 0, 7);
        context.fill();
      }
    });
  }

  // A radio group is one stop for the Tab key; the arrows go from one choice to the next.
  key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.buttons.indexOf(document.activeElement);
    const to = (from + step + this.buttons.length) % this.buttons.length;
    this.buttons[to].focus();
    this.choose(this.datasets[to].name);
  }
}

// As many columns as there may be, or fewer if the last row would else be shorter than it need be.
export const columns = (n, most = MOST_COLUMNS) => Math.ceil(n / Math.ceil(n / most));
