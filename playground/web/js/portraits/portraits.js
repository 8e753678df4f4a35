// Small pictures of runs: what a network answers all over the plane, and its points, each with a few words.
//
// Comes in:  {kind, heading, note, portraits: [{name, label, line, help, picture, address, finding, shares}], arrive}:
//            kind "patients" are buttons that open a run, "outcome" pictures to look at, "changes" rows of a list, all
//            but the first with a button, a finding and a bar from one share to another. A picture that is not given is
//            fetched from its address. `arrive` is {at, to, top}: once for each time, go to the part of the page that
//            has changed; an older one that comes late is over.
// Goes out:  the trigger `chosen`, a name.
import { untilGone, viewIn } from "../shared/component.js";
import { fit, h, hide } from "../shared/dom.js";
import { paint } from "../shared/portrait.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";

await loadStyle("portraits.css", import.meta.url);

const SIZES = { patients: 40, outcome: 96, changes: 44 }; // CSS pixels on an ordinary screen
const LOOK_MS = 100;
const LOOKS = 40; // for a part of the page that is still being drawn
let arrived = 0;

export default function mount({ data, parentElement, setTriggerValue }) {
  const view = viewIn(parentElement, "portraits", () => new Portraits());
  view.choose = (name) => setTriggerValue("chosen", name);
  view.receive(data);
  if (data.arrive && data.arrive.at > arrived) {
    arrived = data.arrive.at;
    goTo(data.arrive, LOOKS);
  }
  return untilGone(parentElement, () => view.themes.stop());
}

// Give a part of the page that has changed the focus, so that it is read out, and scroll until a part, which may be
// another, is at the top of the window: what is still being drawn below it takes nothing out of sight.
function goTo({ to, top }, looks) {
  const part = document.querySelector(to);
  if (!part) {
    if (looks) setTimeout(() => goTo({ to, top }, looks - 1), LOOK_MS);
    return;
  }
  part.setAttribute("tabindex", "-1");
  part.focus({ preventScroll: true });
  document.querySelector(top)?.scrollIntoView({ block: "start" });
}

const MADE = {
  patients: (parts, report, { help }, choose) =>
    h("button", { type: "button", title: help, onclick: choose }, ...parts),
  outcome: (parts, report, { help }) => h("figure", { title: help }, ...parts),
  changes: (parts, { finding, bar }, { label, isFirst }, choose) => {
    const use = h("button", { type: "button", "aria-label": `Use it: ${label}`, onclick: choose }, "Use it");
    return h("figure", {}, ...parts, bar, finding, ...(isFirst ? [] : [use]));
  },
};

// What a change has done: the finding in words, and a bar from the score without it to the score with it.
function report({ finding, bar }, { finding: words, shares }) {
  finding.textContent = words;
  finding.className = /^cures \d/.test(words) ? "cures" : "";
  bar.style.visibility = shares ? "visible" : "hidden";
  if (!shares) return;
  const [before, after] = shares;
  bar.style.setProperty("--before", `${100 * before}%`);
  bar.style.setProperty("--after", `${100 * after}%`);
}

// Put what a row shows into another order; the button that has the focus keeps it.
export function arrange(row, elements) {
  if (elements.every((element, k) => element === row.children[k])) return;
  const focused = row.querySelector(":focus");
  row.append(...elements);
  focused?.focus({ preventScroll: true });
}

export class Portraits {
  constructor() {
    /** @type {(name: string) => void} */
    this.choose = () => {};
    this.portraits = new Map(); // by name: {element, canvas, line, picture}
    this.heading = h("b", {});
    this.note = h("p", {});
    this.row = h("div", { class: "row" });
    this.element = h("section", {}, this.heading, this.note, this.row);
    this.theme = null;
    this.kind = "outcome";
    this.themes = observeTheme(this.element, (theme) => {
      this.theme = theme;
      this.draw();
    });
  }

  receive({ kind, heading, note = "", portraits }) {
    this.kind = kind;
    this.element.className = `portraits ${kind}`;
    this.element.setAttribute("aria-label", heading);
    this.heading.textContent = heading;
    this.note.textContent = note;
    hide(this.note, !note);
    for (const portrait of portraits) {
      const shown = this.portraits.get(portrait.name) ?? this.add(portrait, kind);
      shown.line.textContent = portrait.line || shown.line.textContent;
      shown.picture = portrait.picture ?? shown.picture;
      if (kind === "changes") report(shown.report, portrait);
    }
    arrange(
      this.row,
      portraits.map(({ name }) => this.portraits.get(name).element),
    );
    this.themes.check();
    this.draw();
  }

  add({ name, label, help, address }, kind) {
    const canvas = h("canvas", { "aria-hidden": "true" });
    const line = h("small", {});
    const parts = [canvas, h("span", {}, label), line];
    const report = { finding: h("em", {}), bar: h("i", { "aria-hidden": "true" }) };
    const element = MADE[kind](parts, report, { label, help, isFirst: !this.portraits.size }, () => this.choose(name));
    const shown = { element, canvas, line, report, picture: null };
    this.portraits.set(name, shown);
    this.row.append(element);
    if (address) this.fetch(shown, address);
    return shown;
  }

  async fetch(shown, address) {
    try {
      const answer = await fetch(new URL(address, import.meta.url));
      if (!answer.ok) return; // its name and its words are there all the same
      const told = await answer.json();
      shown.picture = told.picture;
      shown.line.textContent = told.line;
      this.draw();
    } catch {
      // without a server the page has nothing to open either
    }
  }

  draw() {
    if (!this.theme) return;
    const size = SIZES[this.kind] * this.theme.zoom;
    for (const { canvas, picture } of this.portraits.values())
      paint(fit(canvas, size, size), picture, this.theme, size);
  }
}
