// All data that are ready to learn from, each as a card: a picture, its story in a line, and where it comes from.
//
// Comes in:  {chosen, cards: [{name, label, help, kind, signed, points, source?, images?, side?}]}: points as in the
//            gallery; of data that are pictures `images` holds some, `side` pixels wide, from 0 to 1.
// Goes out:  the trigger `chosen`, {kind, name}: learn from these.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h } from "../shared/dom.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";
import { dots } from "../gallery/gallery.js";

await loadStyle("ready.css", import.meta.url);

const SIDE = 132; // CSS pixels
const RADIUS = 2;

export default function mount({ data, parentElement, setTriggerValue }) {
  const ready = viewIn(parentElement, "ready", () => new Ready(data.cards));
  ready.choose = (card) => setTriggerValue("chosen", { kind: card.kind, name: card.name });
  ready.show(data.chosen);
  return untilGone(parentElement, () => ready.themes.stop());
}

export class Ready {
  constructor(cards) {
    this.cards = cards;
    /** @type {(card: any) => void} */
    this.choose = () => {};
    this.canvases = cards.map(() => h("canvas", { "aria-hidden": "true" }));
    this.buttons = cards.map((card, k) =>
      h(
        "button",
        { type: "button", onclick: () => this.choose(card) },
        this.canvases[k],
        h("b", {}, card.label),
        h("span", {}, card.help),
        card.source ? h("small", {}, card.source) : null,
      ),
    );
    const kinds = [...new Set(cards.map(({ kind }) => kind))];
    this.element = h(
      "div",
      { class: "ready" },
      ...kinds.flatMap((kind) => {
        const these = this.buttons.filter((_, k) => cards[k].kind === kind);
        return [h("h3", {}, kind), h("div", { class: "cards" }, ...these)];
      }),
    );
    this.theme = null;
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.draw();
    });
  }

  show(chosen) {
    this.themes.check();
    this.cards.forEach(({ name, kind }, k) => {
      const on = `${kind} ${name}` === chosen;
      if (on) this.buttons[k].setAttribute("aria-current", "true");
      else this.buttons[k].removeAttribute("aria-current");
    });
    this.draw();
  }

  draw() {
    if (!this.theme) return;
    this.cards.forEach((card, k) => paint(this.canvases[k], card, this.theme));
  }
}

export function paint(canvas, card, theme) {
  const context = fit(canvas, SIDE, SIDE);
  context.fillStyle = theme.background;
  context.fillRect(0, 0, SIDE, SIDE);
  if (card.images) paintImages(context, card, theme);
  dots(context, card, theme, SIDE, RADIUS);
}

// As many in a row as there are rows; a pixel is as strong as its ink.
function paintImages(context, { images, side }, theme) {
  const n = images.length / (side * side);
  const across = Math.ceil(Math.sqrt(n));
  const room = SIDE / across;
  const pixel = (0.86 * room) / side;
  context.fillStyle = theme.text;
  images.forEach((ink, k) => {
    if (!ink) return;
    const [image, place] = [Math.floor(k / (side * side)), k % (side * side)];
    context.globalAlpha = ink;
    context.fillRect(
      (image % across) * room + 0.07 * room + (place % side) * pixel,
      Math.floor(image / across) * room + 0.07 * room + Math.floor(place / side) * pixel,
      pixel,
      pixel,
    );
  });
  context.globalAlpha = 1;
}
