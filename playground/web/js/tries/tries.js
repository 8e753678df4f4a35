// The table of tries: every run that was on screen, to be had back, named, starred, sorted, compared and taken along.
//
// Comes in:  nothing; the tries are this browser's own (store.js). Goes out: the trigger `wish`, {open: try} or
//            {compare: [try, ...]}, where a try is {run, link}.
import { untilGone, viewIn } from "../shared/component.js";
import { h, tell } from "../shared/dom.js";
import { player } from "../shared/player.js";
import { observeTheme } from "../shared/theme.js";
import { FIGURES, apart, csv } from "./entry.js";
import { store } from "./kept.js";

/** @import { Try } from "./entry.js" */

const MOST_COMPARED = 4;
const CURRENT_EVERY_MS = 1000;

export default function mount({ parentElement, setTriggerValue }) {
  const table = viewIn(parentElement, "tries", () => new Tries(store));
  table.wish = (wish) => setTriggerValue("wish", wish);
  table.themes.check();
  table.draw();
  return untilGone(parentElement, () => table.close());
}

// What an order is by, what it is called, and what a try has there; the smallest comes first.
const ORDERS = [
  { key: "number", label: "Newest first", value: (/** @type {Try} */ one) => -one.number },
  { key: "star", label: "Starred first", value: (/** @type {Try} */ one) => Number(!one.star) },
  ...FIGURES.map((figure) => ({ ...figure, label: `By ${figure.label.toLowerCase()}` })),
  { key: "name", label: "By name", value: (/** @type {Try} */ one) => one.name.toLowerCase() || "\uffff" },
];

export class Tries {
  /** @param {import("./store.js").Store} kept */
  constructor(kept) {
    this.store = kept;
    /** @type {(wish: any) => void} */
    this.wish = () => {};
    /** @type {Set<string>} */
    this.chosen = new Set();
    /** @type {Try | null} */
    this.gone = null; // what was removed last, to be had back
    /** @type {any} */
    this.theme = null;
    /** @type {Map<string, {element: HTMLElement, drawn: string}>} */
    this.rows = new Map();
    this.order = h(
      "select",
      { "aria-label": "Order of the tries", onchange: () => this.draw() },
      ...ORDERS.map(({ key, label }) => h("option", { value: key }, label)),
    );
    const button = (label, act, title) => h("button", { type: "button", title, onclick: act }, label);
    this.compareButton = button("Compare", () => this.compare(), "Two to four, side by side on one clock");
    this.saveButton = button("Download table", () => this.download(), "All tries with all their settings, as CSV");
    this.undoButton = button("Undo", () => this.restore(), "Have the removed try back");
    this.words = h("p", { role: "status" });
    this.body = h("tbody", {});
    const head = ["Compare", "Boundary", "Name", "Star", "What differs from the one before"];
    this.table = h(
      "table",
      { role: "table", "aria-label": "Tries" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...[...head, ...FIGURES.map(({ label }) => label), "Remove"].map((label) => h("th", { scope: "col" }, label)),
        ),
      ),
      this.body,
    );
    this.summary = h("summary", {});
    this.element = h(
      "details",
      { class: "tries", open: true },
      this.summary,
      h("div", { class: "bar" }, this.compareButton, this.order, this.saveButton, this.words, this.undoButton),
      h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Table of tries" }, this.table),
    );
    this.watcher = () => this.draw();
    this.store.watchers.add(this.watcher);
    this.timer = setInterval(() => this.mark(), CURRENT_EVERY_MS);
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.draw();
    });
  }

  close() {
    this.store.watchers.delete(this.watcher);
    clearInterval(this.timer);
    this.themes.stop();
  }

  draw() {
    if (!this.theme) return;
    const tries = this.store.all;
    const { value } = ORDERS.find(({ key }) => key === this.order.value) ?? ORDERS[0];
    const before = new Map(tries.map((one, k) => [one.run, tries[k - 1]]));
    const sorted = tries.toSorted((a, b) => compareValues(value(a), value(b)) || b.number - a.number);
    for (const run of this.rows.keys()) if (!this.store.tries.has(run)) this.rows.delete(run);
    for (const run of this.chosen) if (!this.store.tries.has(run)) this.chosen.delete(run);
    const rows = sorted.map((one) => this.row(one, before.get(one.run)));
    // Putting a row where it is already would take the focus out of it.
    rows.forEach(
      (row, k) => this.body.children[k] === row || this.body.insertBefore(row, this.body.children[k] ?? null),
    );
    while (this.body.children.length > rows.length) this.body.lastChild?.remove();
    tell(this.summary, tries.length === 1 ? "1 try" : `${tries.length} tries`);
    this.tellState(tries.length);
    this.mark();
  }

  tellState(n) {
    const { unreadable, problem } = this.store;
    const lost = unreadable ? `${unreadable} of what is stored here cannot be read, and is left as it is.` : "";
    const none = n ? "" : "Every run that is on screen for a second is kept here, in this browser alone.";
    const removed = this.gone ? `Try ${this.gone.number} is removed.` : "";
    tell(this.words, [removed, problem, lost, none].filter(Boolean).join(" "));
    this.undoButton.hidden = !this.gone;
    this.table.hidden = this.saveButton.disabled = !n;
    const { size } = this.chosen;
    this.compareButton.disabled = size < 2;
    tell(this.compareButton, size < 2 ? "Compare: choose 2 to 4" : `Compare ${size}`);
    for (const box of this.body.querySelectorAll("input[type=checkbox]"))
      box.disabled = !box.checked && size >= MOST_COMPARED;
  }

  // The row of a try; it is made anew only where something of it has changed, so that the focus stays.
  /** @param {Try} one @param {Try | undefined} before */
  row(one, before) {
    const drawn = JSON.stringify([this.theme.dark, { ...one, name: "" }, before?.told]);
    const known = this.rows.get(one.run);
    if (known?.drawn === drawn) return known.element;
    const { run, number } = one;
    const label = (what) => `${what}: try ${number}`;
    const box = h("input", {
      type: "checkbox",
      "aria-label": label("Compare"),
      checked: this.chosen.has(run),
      onchange: () => {
        this.chosen[box.checked ? "add" : "delete"](run);
        this.tellState(this.store.tries.size);
      },
    });
    const open = h(
      "button",
      {
        type: "button",
        class: "map",
        title: "Have it back on screen",
        onclick: () => this.wish({ open: wished(one) }),
      },
      h("img", { src: one.maps[this.theme.dark ? "dark" : "light"], alt: label("Have it back") }),
    );
    const name = h("input", {
      type: "text",
      value: one.name,
      placeholder: `Try ${number}`,
      maxlength: 60,
      "aria-label": label("Name"),
      onchange: () => this.store.say(run, { name: name.value.trim() }),
    });
    const star = h(
      "button",
      {
        type: "button",
        class: "star",
        title: "Stars are kept when room runs out",
        "aria-label": label("Star"),
        "aria-pressed": String(one.star),
        onclick: () => this.store.say(run, { star: !one.star }),
      },
      one.star ? "★" : "☆",
    );
    const gone = h(
      "button",
      {
        type: "button",
        class: "remove",
        title: "Remove",
        "aria-label": label("Remove"),
        onclick: () => this.remove(run),
      },
      "×",
    );
    const cell = (name_, ...children) => h("td", { role: "cell", "data-label": name_ }, ...children);
    const element = h(
      "tr",
      { role: "row", "data-run": run },
      cell("Compare", box),
      cell("Boundary", open),
      cell("Name", name),
      cell("Star", star),
      cell("", h("span", { class: "apart" }, apart(one, before))),
      ...FIGURES.map((figure) => cell(figure.label, figure.words(one))),
      cell("Remove", gone),
    );
    const focused = known?.element.contains(document.activeElement) ? document.activeElement?.ariaLabel : null;
    known?.element.replaceWith(element);
    if (focused) /** @type {any} */ (element.querySelector(`[aria-label="${CSS.escape(focused)}"]`))?.focus();
    this.rows.set(run, { element, drawn });
    return element;
  }

  // Which of them is on screen.
  mark() {
    const now = player.run?.header.run;
    for (const [run, { element }] of this.rows) {
      if (run === now) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    }
  }

  remove(run) {
    this.gone = this.store.tries.get(run) ?? null;
    this.store.remove(run);
    this.undoButton.focus();
  }

  restore() {
    const one = this.gone;
    this.gone = null;
    if (one) this.store.note(one);
    this.order.focus();
  }

  compare() {
    const chosen = this.store.all.filter(({ run }) => this.chosen.has(run));
    this.wish({ compare: chosen.map(wished) });
  }

  download() {
    const text = csv(this.store.all, location.origin + location.pathname);
    const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
    h("a", { href: address, download: "tries.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  }
}

/** @param {Try} one */
const wished = ({ run, link }) => ({ run, link });

const compareValues = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
