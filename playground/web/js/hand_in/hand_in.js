// A solution handed in to the class: a name of one's choice, and what the board says to it.
//
// Comes in:  {address, room, lesson, code, task}; the address from the folder of this module.
// Nothing goes out: it is posted, and the answer shown as text.
import { untilGone, viewIn } from "../shared/component.js";
import { h } from "../shared/dom.js";
import { loadStyle } from "../shared/style.js";
import { observeTheme } from "../shared/theme.js";

await loadStyle("../lessons/lessons.css", import.meta.url);

const MOST_LETTERS = 30;

export default function mount({ data, parentElement }) {
  const form = viewIn(
    parentElement,
    "hand_in",
    () => new Form((request) => fetch(new URL(data.address, import.meta.url), request)),
  );
  form.data = data;
  form.themes.check();
  return untilGone(parentElement, () => form.themes.stop());
}

export class Form {
  constructor(post) {
    this.post = post;
    this.data = null;
    this.name = h("input", { maxlength: MOST_LETTERS, required: true, autocomplete: "off", spellcheck: "false" });
    this.button = h("button", { type: "submit" }, "Hand in");
    this.said = h("p", { role: "status" });
    this.element = h(
      "form",
      { class: "hand-in", onsubmit: (event) => this.send(event) },
      h("label", {}, "A name for the board", this.name),
      this.button,
      this.said,
    );
    this.themes = observeTheme(this.element, () => {});
  }

  async send(event) {
    event.preventDefault();
    const { room, lesson, code, task } = this.data;
    this.button.disabled = true;
    this.said.textContent = "Your solution is tried once more …";
    try {
      const body = JSON.stringify({ room, lesson, code, task, name: this.name.value });
      const headers = { "Content-Type": "application/json" };
      const answer = await this.post({ method: "POST", headers, body });
      this.said.textContent = (await answer.json()).sentence;
    } catch {
      this.said.textContent = "The server does not answer. Your solution is not lost: try again in a moment.";
    }
    this.button.disabled = false;
  }
}
