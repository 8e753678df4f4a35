// What a run can be taken along as, a card each, of which one is chosen: the page shows beside them what is in it.
//
// Comes in:  {chosen, cards: [{name, label, help, picture}], drawn}: `picture` is one of PICTURES, and `drawn` holds the
//            run's numbers that they are drawn from. The first card is the largest.
// Goes out:  the trigger `chosen`, a name.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h, tell } from "../shared/dom.js";
import { markRadios, nextRadio } from "../shared/radios.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";
import { PICTURES } from "./pictures.js";

await loadStyle("take.css", import.meta.url);

const SIDE = 64; // CSS pixels
const BELOW = ".st-key-taken"; // where the page shows what was chosen
const NARROW = "(max-width: 760px)"; // there it stands below the cards, and is gone to

export default function mount({ data, parentElement, setTriggerValue }) {
  const view = viewIn(parentElement, "take", () => new Cards(data.cards));
  view.choose = (name) => setTriggerValue("chosen", name);
  view.receive(data);
  return untilGone(parentElement, () => view.themes.stop());
}

export class Cards {
  constructor(cards) {
    this.cards = cards;
    this.drawn = null;
    this.chosen = "";
    /** @type {(name: string) => void} */
    this.choose = () => {};
    this.canvases = cards.map(() => h("canvas", { "aria-hidden": "true" }));
    this.lines = cards.map(() => h("span", {}));
    this.buttons = cards.map((card, k) =>
      h(
        "button",
        { type: "button", role: "radio", onclick: () => this.pick(card.name) },
        this.canvases[k],
        h("span", { class: "said" }, h("b", {}, card.label), this.lines[k]),
      ),
    );
    this.element = h("div", { class: "take", role: "radiogroup", "aria-label": "Take along as" }, ...this.buttons);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.theme = null;
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.draw();
    });
  }

  receive({ chosen, cards, drawn }) {
    cards.forEach(({ help }, k) => tell(this.lines[k], help));
    this.drawn = drawn;
    this.chosen = chosen;
    this.themes.check();
    this.mark();
    this.draw();
  }

  pick(name) {
    this.choose(name);
    this.chosen = name;
    this.mark();
    if (window.matchMedia(NARROW).matches) document.querySelector(BELOW)?.scrollIntoView({ block: "start" });
  }

  mark() {
    markRadios(this.buttons, (k) => this.cards[k].name === this.chosen);
  }

  draw() {
    const { theme, drawn } = this;
    if (!theme || !drawn) return;
    this.cards.forEach(({ name, picture }, k) => {
      const context = fit(this.canvases[k], SIDE, SIDE);
      context.clearRect(0, 0, SIDE, SIDE);
      PICTURES[picture](context, drawn, theme, SIDE, name);
    });
  }

  key(event) {
    const to = nextRadio(event, this.buttons);
    if (to === null) return;
    this.choose(this.cards[to].name);
    this.chosen = this.cards[to].name;
    this.mark();
  }
}
