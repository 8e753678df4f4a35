// A program whose names are linked: each lights up wherever it stands, says what it is, and leads to its idea.
//
// Comes in:  {text, folded, words: {name: {meaning, idea, term, explained}}}; folded is the part of the text that is shown
//            when it is asked for: long rows of numbers; term is a word of the glossary, or "".
// Goes out:  the event "inside-stop" on the document, with the title of an idea, for the walk above (inside/inside.js).
import { untilGone, viewIn } from "../shared/component.js";
import { h, tell } from "../shared/dom.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";

await loadStyle("program.css", import.meta.url);

const TOKENS = /(#[^\n]*|"[^"\n]*")|([A-Za-z_]\w*)|([^A-Za-z_#"]+|["#])/g;
const KEYWORDS = new Set(["import", "as", "def", "return", "for", "in", "if", "else", "lambda"]);
const STILL = "Point at a name to see what it stands for.";

export default function mount({ data, parentElement }) {
  const view = viewIn(parentElement, "program", () => new Program());
  view.receive(data);
  return untilGone(parentElement, () => view.themes.stop());
}

// The text in pieces: {text, kind}, where a name that has a meaning is a "word".
export function pieces(text, words) {
  return [...text.matchAll(TOKENS)].map(([whole, aside, name]) => {
    if (aside) return { text: whole, kind: "aside" };
    if (name) return { text: whole, kind: Object.hasOwn(words, name) ? "word" : KEYWORDS.has(name) ? "keyword" : "" };
    return { text: whole, kind: "" };
  });
}

// What a name stands for, and what its word in the glossary says.
export const told = (name, { meaning, term, explained }) =>
  `${name}: ${meaning}.${explained ? ` ${term}: ${explained}` : ""}`;

export class Program {
  constructor() {
    this.words = {};
    this.text = "";
    this.code = h("code", {});
    this.status = h("p", { class: "said", role: "status" }, STILL);
    this.copied = h("span", { role: "status" });
    const copy = h("button", { type: "button", onclick: () => this.copy() }, "Copy");
    this.element = h(
      "div",
      { class: "program" },
      h("div", { class: "head" }, this.status, this.copied, copy),
      h("pre", { tabindex: 0, "aria-label": "The step as a program" }, this.code),
    );
    for (const name of ["pointerover", "focusin"])
      this.code.addEventListener(name, (event) => this.light(wordOf(event.target)));
    for (const name of ["pointerleave", "focusout"]) this.code.addEventListener(name, () => this.light(null));
    this.code.addEventListener("click", (event) => this.follow(wordOf(event.target)));
    this.code.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.follow(wordOf(event.target));
    });
    this.themes = observeTheme(this.element, () => {});
  }

  receive({ text, folded, words }) {
    this.themes.check();
    this.words = words;
    if (text === this.text) return;
    this.text = text;
    const seen = new Set(); // only where it stands first is a name a stop of the Tab key
    const linked = (part) =>
      pieces(part, words).map((piece) => {
        if (piece.kind !== "word") return piece.kind ? h("span", { class: piece.kind }, piece.text) : piece.text;
        const first = !seen.has(piece.text);
        seen.add(piece.text);
        return h("a", { class: "word", role: "link", "data-word": piece.text, tabindex: first ? 0 : -1 }, piece.text);
      });
    const [before, after] = text.split(folded);
    const [title, ...rows] = folded.split("\n");
    const isOpen = this.code.querySelector("details")?.open ?? false;
    this.code.replaceChildren(
      ...linked(before),
      h("details", { open: isOpen }, h("summary", {}, ...linked(`${title}\n`)), ...linked(rows.join("\n"))),
      ...linked(after.replace(/^\n/, "")),
    );
  }

  light(name) {
    for (const lit of this.code.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (name)
      for (const same of this.code.querySelectorAll(`[data-word="${CSS.escape(name)}"]`)) same.classList.add("lit");
    tell(this.status, name ? told(name, this.words[name]) : STILL);
  }

  follow(name) {
    if (name) document.dispatchEvent(new CustomEvent("inside-stop", { detail: this.words[name].idea }));
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.text);
      this.copied.textContent = "Copied";
    } catch {
      this.copied.textContent = "This browser does not let the page copy: select the text.";
    }
  }
}

const wordOf = (element) => element.closest?.("[data-word]")?.getAttribute("data-word") ?? null;
