// The list of lessons with what this browser knows of each; and, out of sight, what was done just now is kept.
//
// Comes in:  {lessons: [{name, title, about, minutes}], record: {name, guessed, right, stars, code} or null, room,
//            screen}. With no lessons there is only something to keep, and the screen on which one is.
// Goes out:  the trigger `open`, a lesson's name.
import { untilGone, viewIn } from "../shared/component.js";
import { h } from "../shared/dom.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";
import { asText, forget, keep, read, stars } from "./progress.js";

await loadStyle("lessons.css", import.meta.url);

const storage = () => window.localStorage; // a browser that forbids it throws as soon as it is named

const WORDS = ".st-key-lesson_words h4"; // where a screen begins
const WAY = ".st-key-lesson_way"; // the screens, to choose from
/** @type {string | null} */
let before = null; // which screen of which lesson was on show, "" for the list

// Another screen begins at its top, for the eyes as for the keys; who chose it above goes on choosing there.
export function arrive(now) {
  const isNew = before !== null && now !== before;
  before = now;
  if (!isNew) return;
  requestAnimationFrame(() => {
    document.querySelector(".stMain")?.scrollTo(0, 0);
    const heading = /** @type {HTMLElement | null} */ (document.querySelector(WORDS));
    if (!heading || document.activeElement?.closest(WAY)) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  });
}

export default function mount({ data, parentElement, setTriggerValue }) {
  if (data.record) keep(storage, data.record);
  arrive(data.record ? `${data.record.name} ${data.screen}` : "");
  if (!data.lessons.length) return () => {};
  const list = viewIn(parentElement, "lessons", () => new List());
  list.open = (name) => setTriggerValue("open", name);
  list.room = data.room;
  list.draw(data.lessons);
  list.themes.check();
  return untilGone(parentElement, () => list.themes.stop());
}

export class List {
  constructor() {
    this.cards = h("ol", { class: "cards" });
    this.said = h("span", { role: "status" });
    this.copied = h("textarea", { readonly: true, hidden: true, "aria-label": "My progress as text", rows: 5 });
    this.element = h(
      "div",
      { class: "lessons" },
      this.cards,
      h(
        "p",
        { class: "mine" },
        "What you have done is kept in this browser alone. ",
        h("button", { type: "button", onclick: () => this.copy() }, "Copy my progress"),
        h("button", { type: "button", onclick: () => this.forget() }, "Forget it"),
        this.said,
      ),
      this.copied,
    );
    /** @type {(name: string) => void} */
    this.open = () => {};
    this.lessons = [];
    this.room = "";
    this.themes = observeTheme(this.element, () => {});
  }

  draw(lessons) {
    this.lessons = lessons;
    const progress = read(storage);
    this.cards.replaceChildren(...lessons.map((lesson, k) => this.card(lesson, k, progress[lesson.name] ?? {})));
  }

  card({ name, title, about, minutes }, k, /** @type {import("./progress.js").Record_} */ record) {
    const { stars: got = 0, guessed } = record;
    const done = got ? `${got} of 3 stars` : guessed ? "begun" : "";
    return h(
      "li",
      {},
      h(
        "a",
        {
          href: `?${new URLSearchParams({ lesson: name, ...(this.room && { room: this.room }) })}`,
          onclick: (event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own
            event.preventDefault();
            this.open(name);
          },
        },
        h("b", {}, `${k + 1}. ${title}`),
        h("span", { class: "about" }, about),
        h(
          "span",
          { class: "how" },
          h("span", {}, `${minutes} minutes`),
          done && h("span", { class: "stars", role: "img", "aria-label": done }, got ? stars(got) : "begun"),
        ),
      ),
    );
  }

  async copy() {
    const text = asText(read(storage), this.lessons);
    this.copied.value = text;
    try {
      await navigator.clipboard.writeText(text);
      this.said.textContent = " Copied: paste it into a mail or a table.";
    } catch {
      this.copied.hidden = false; // no clipboard in this frame: it can be copied by hand
      this.copied.select();
      this.said.textContent = " Copy the text below.";
    }
  }

  forget() {
    forget(storage);
    this.draw(this.lessons);
    this.said.textContent = " Forgotten.";
  }
}
