// The speaker's window: notes, what comes next, and the clock; its keys are those of the large screen, which it tells.
import { h, tell } from "../shared/dom.js";
import { observeTheme } from "../shared/theme.js";
import { actionOf } from "./keys.js";
import { nextInWords, placeInWords } from "./presenter.js";

/** @import { Presenter } from "./presenter.js" */
/** @import { Talk } from "./script.js" */

export const SPEAKER = "#speaker";

// The windows of one browser hear each other: give what sends.
/** @param {(data: any) => void} hear @returns {(data: any) => void} */
export function channelOf(hear) {
  const channel = new BroadcastChannel(`mlp talk ${location.pathname}`);
  channel.onmessage = ({ data }) => hear(data);
  return (data) => channel.postMessage(data);
}

// On the large screen: tell where it is, and do what the window says.
export function serveSpeaker(/** @type {Presenter} */ presenter) {
  const send = channelOf((data) => {
    if (data.action) presenter.act(data.action);
    else if (data.hello) presenter.tell();
  });
  presenter.listeners.add((told) => send({ told }));
  presenter.openSpeaker = () => {
    open(location.pathname + location.search + SPEAKER, "speaker", "popup,width=900,height=700");
  };
  presenter.tell();
}

export class SpeakersWindow {
  /**
   * @param {HTMLElement} place
   * @param {Talk} talk
   * @param {(hear: (data: any) => void) => (data: any) => void} connect with the large screen; gives what sends
   */
  constructor(place, talk, connect) {
    this.talk = talk;
    this.send = connect((data) => data.told && this.show(data.told));
    this.told = null;
    this.clock = h("b", { class: "clock" }, "0:00");
    this.planned = h("span", {}, `of ${talk.minutes} minutes`);
    this.where = h("span", { class: "where" });
    this.heading = h("h1", {});
    this.said = h("p", { class: "said" });
    this.notes = h("div", { class: "notes" });
    this.next = h("p", { class: "next" });
    this.votes = h("p", { class: "counted", hidden: true });
    const button = (words, action) => h("button", { type: "button", onclick: () => this.send({ action }) }, words);
    this.element = h(
      "main",
      { class: "speaker" },
      h("header", {}, this.clock, this.planned, this.where),
      this.heading,
      this.said,
      this.notes,
      this.votes,
      this.next,
      h(
        "footer",
        {},
        button("◀ Back", "back"),
        button("Play / pause", "toggle"),
        button("Next ▶", "next"),
        button("Black", "black"),
        button("Votes", "votes"),
      ),
    );
    place.replaceChildren(this.element);
    document.title = `Speaker: ${talk.title}`;
    this.themes = observeTheme(this.element, () => {});
    document.addEventListener("keydown", (event) => this.key(event));
    setInterval(() => this.tick(), 500);
    this.show({ scene: 0, stop: 0, started: 0, black: false, counted: null, waits: true });
    this.send({ hello: true });
  }

  key(/** @type {KeyboardEvent} */ event) {
    const action = actionOf(event);
    if (!action || action === "speaker" || action === "full") return;
    event.preventDefault();
    this.send({ action });
  }

  show(told) {
    this.told = told;
    const scene = this.talk.scenes[told.scene];
    if (!scene) return;
    const { options, stops, notes } = scene;
    tell(this.heading, scene.heading);
    tell(this.said, stops[told.stop]?.say ?? "");
    this.notes.replaceChildren(...notes.map((note) => h("p", {}, note)));
    tell(this.next, told.waits ? "The large screen is not open yet." : nextInWords(this.talk, told));
    tell(this.where, `${placeInWords(this.talk, told)}${told.black ? ", black" : ""}`);
    this.votes.hidden = !told.counted || !options.length;
    if (told.counted)
      tell(this.votes, `Votes: ${options.map((option, k) => `${option} ${told.counted[k] ?? 0}`).join(", ")}`);
    this.tick();
  }

  tick() {
    const seconds = this.told?.started ? Math.max(0, Math.floor((Date.now() - this.told.started) / 1000)) : 0;
    tell(this.clock, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    this.clock.classList.toggle("late", seconds > 60 * this.talk.minutes);
  }
}
