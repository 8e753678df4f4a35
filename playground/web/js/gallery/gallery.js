// The dataset gallery: a picture of each dataset, one of which is chosen.
//
// Comes in:  {chosen, datasets: [{name, label, help, kind, signed, points: [x1, x2, class, ...]}]}: where
//            `signed`, a number from -1 to 1 in place of a class.
// Goes out:  the trigger `chosen`, a dataset's name.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h } from "../shared/dom.js";
import { markRadios, nextRadio } from "../shared/radios.js";
import { observeTheme } from "../shared/theme.js";
import { shade } from "../stage/points.js";

const SIDE = 44; // pixels of a picture on an ordinary screen
const MOST_COLUMNS = 4;
const MOST_DOTS = 120; // in so small a picture
const SIGNED = { middle: 0, reach: 1 };

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
    this.element = h("div", { class: "gallery" }, ...this.kinds());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.theme = null;
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.draw();
    });
  }

  // A block for each kind, in rows as even as they can be; only the first is in sight from the start, or what lies
  // below would not be.
  kinds() {
    return [...new Set(this.datasets.map(({ kind }) => kind))].map((kind, k) => {
      const buttons = this.buttons.filter((_, k) => this.datasets[k].kind === kind);
      const style = `--columns: ${columns(buttons.length)}`;
      const block = h("div", { class: "block", role: "radiogroup", "aria-label": kind, style }, ...buttons);
      return k ? h("details", {}, h("summary", {}, kind), block) : h("div", {}, h("p", {}, kind), block);
    });
  }

  draw() {
    const { theme } = this;
    if (!theme) return;
    const isChosen = (k) => this.datasets[k].name === this.chosen;
    markRadios(this.buttons, isChosen);
    this.unfold((button) => isChosen(this.buttons.indexOf(button)));
    this.buttons.forEach((button, k) => {
      const dataset = this.datasets[k];
      const side = SIDE * theme.zoom;
      const context = fit(button.firstChild, side, side);
      context.clearRect(0, 0, side, side);
      dots(context, { ...dataset, points: dataset.points.slice(0, 3 * MOST_DOTS) }, theme, side, 1.2 * theme.zoom);
    });
  }

  /** Open what the buttons lie in that pass. @param {(button: HTMLElement) => boolean} passes */
  unfold(passes) {
    for (const button of this.buttons.filter(passes)) {
      const fold = button.closest("details");
      if (fold) fold.open = true;
    }
  }

  // An arrow goes on from one kind to the next.
  key(event) {
    if (event.key.startsWith("Arrow") && this.buttons.includes(event.target)) this.unfold(() => true);
    const to = nextRadio(event, this.buttons);
    if (to !== null) this.choose(this.datasets[to].name);
  }
}

// The points of a dataset on a square of `side` CSS pixels: a class has its colour, a number that of its size and sign.
export function dots(context, { points, signed }, theme, side, radius) {
  const at = (x) => side * (0.5 + 0.45 * x);
  for (let p = 0; p < points.length; p += 3) {
    const of = points[p + 2];
    context.fillStyle = signed ? shade(of, SIGNED, theme) : theme.classes[of % theme.classes.length];
    context.beginPath();
    context.arc(at(points[p]), side - at(points[p + 1]), radius, 0, 7);
    context.fill();
  }
}

// As many columns as there may be, or fewer if the last row would else be shorter than it need be.
export const columns = (n, most = MOST_COLUMNS) => Math.ceil(n / Math.ceil(n / most));
