// Set a weight or a bias by hand: every panel follows while it is dragged, and on Set it becomes a step of the run.
import { h, isForFingers } from "../shared/dom.js";
import { say } from "../shared/format.js";

const REACH = 5;

export class Editor {
  constructor(player) {
    this.player = player;
    this.place = 0; // where the parameter lies in the flat vector
    this.step = 0; // the moment at which it is set
    this.before = 0;
    this.value = 0;
    /** @type {HTMLElement | null} */
    this.cameFrom = null; // what had the focus
    this.slider = h("input", {
      type: "range",
      step: "0.01",
      "aria-label": "Value",
      oninput: () => this.try(Number(this.slider.value)),
    });
    this.number = h("input", {
      type: "number",
      step: "any",
      "aria-label": "Exact value",
      oninput: () => this.number.value !== "" && this.try(this.number.valueAsNumber, true),
    });
    this.name = h("b", {});
    const set = h("button", { type: "button", class: "small", onclick: () => this.set() }, "Set");
    const cancel = h("button", { type: "button", class: "small", onclick: () => this.close() }, "Cancel");
    this.element = h(
      "div",
      { class: "editor", role: "dialog", "aria-label": "Set by hand", hidden: true },
      this.name,
      this.slider,
      this.number,
      set,
      cancel,
    );
    this.element.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault(); // or the key would press the button that has the focus next
      if (event.key === "Enter" && event.target !== cancel) this.set();
      else this.close();
    });
  }

  // `place` is where the parameter lies in the flat vector, (x, y) where it was clicked.
  open(place, name, value, x, y) {
    this.player.pause();
    this.place = place;
    this.step = this.player.step;
    this.value = this.before = value;
    this.cameFrom = /** @type {HTMLElement | null} */ (document.activeElement);
    this.name.textContent = name;
    const reach = Math.max(REACH, Math.ceil(2 * Math.abs(value)));
    this.slider.min = String(-reach);
    this.slider.max = String(reach);
    this.slider.value = String(value);
    this.number.value = String(Number(value.toPrecision(6)));
    this.element.hidden = false;
    const { offsetWidth, offsetHeight, offsetParent } = this.element;
    this.element.style.left = `${Math.max(0, Math.min(x - offsetWidth / 2, offsetParent.clientWidth - offsetWidth))}px`;
    this.element.style.top = `${Math.max(0, Math.min(y + 12, offsetParent.clientHeight - offsetHeight))}px`;
    if (isForFingers()) return this.slider.focus(); // a keyboard would cover the picture
    this.number.focus();
    this.number.select();
  }

  try(value, typed = false) {
    if (!Number.isFinite(value)) return;
    this.value = value;
    if (typed) this.slider.value = String(value);
    else this.number.value = String(value);
    this.player.changed = true;
  }

  // The parameters with the value that is being tried in its place.
  preview(parameters) {
    if (this.element.hidden) return parameters;
    if (this.player.step !== this.step || this.player.moving) {
      this.close();
      return parameters;
    }
    const tried = parameters.slice();
    tried[this.place] = this.value;
    return tried;
  }

  set() {
    if (this.value !== this.before) this.player.tell({ edit: { index: this.place, value: this.value } });
    this.close();
  }

  // The focus goes back to where it was.
  close() {
    const hadFocus = this.element.contains(document.activeElement);
    this.element.hidden = true;
    if (hadFocus) this.cameFrom?.focus();
    this.player.changed = true;
  }

  get sentence() {
    return this.element.hidden
      ? null
      : `${this.name.textContent}: ${say(this.before)} → ${say(this.value)}. Set makes it a step of the run.`;
  }
}
