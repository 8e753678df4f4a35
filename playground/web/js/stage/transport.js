// The buttons, the read-out and the sentence: everything by which a person moves through time.
import { h, hide, tell } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { moreButton } from "../shared/more.js";
import { term } from "../shared/notes.js";
import { queryOf } from "./address.js";
import { SPEEDS } from "./player.js";
import { TEST_LOSS, TEST_SCORE, TRAIN_LOSS, TRAIN_SCORE } from "./recording.js";
import { inWords, plainly, sentence, where } from "./sentence.js";
import { spokenState } from "./spoken.js";
import { Visitor } from "./visitor.js";
import { STOPS, choiceInWords } from "./stops.js";
import { percent, say, steady } from "../shared/format.js";

const SENTENCE_EVERY_MS = 400; // slow enough to read while the numbers run: they stand beside it in Full
const SPOKEN_EVERY_MS = 5000; // and for a screen reader slower still
const SPOKEN_AFTER_MS = 700; // but soon where the moment stands

export class Transport {
  constructor(player, hasPicture = true, visitor = new Visitor()) {
    this.player = player;
    this.hasPicture = hasPicture; // of the boundary, beside it
    this.visitor = visitor;
    /** @type {() => string | null} */
    this.aside = () => null; // what is to be said instead of the sentence
    this.stood = null; // a moment, and since when it stands
    this.stoodSince = 0;
    this.told = null; // what a screen reader was told, and when
    this.spokenAt = -Infinity;
    this.shown = null; // whether the button says Pause
    this.said = null; // of what the sentence was made, as a text to compare
    this.flash = null; // a sentence that stays for a moment, and until when
    const button = (name, label, title, onclick) =>
      h("button", { type: "button", class: name, "aria-label": label, title, onclick }, icon(name));
    // Where there is no room for its word, the sign says it.
    const signed = (name, label, title, onclick) =>
      h("button", { type: "button", class: "signed", title, onclick }, icon(name), label);
    this.playIcons = { play: icon("play"), pause: icon("pause") };
    this.playButton = h(
      "button",
      { type: "button", class: "play", onclick: () => player.toggle() },
      this.playIcons.play,
      "Play",
    );
    this.unit = h(
      "select",
      {
        class: "unit seldom",
        title: "How far Step and Back go (with Shift: a whole epoch)",
        "aria-label": "Step by",
        onchange: () => (player.byEpoch = this.unit.value === "epoch"),
      },
      h("option", { value: "batch" }, "1 mini-batch"),
      h("option", { value: "epoch" }, "1 epoch"),
    );
    this.speed = h(
      "select",
      {
        class: "seldom",
        title: "How fast Play goes",
        "aria-label": "Speed",
        onchange: () => player.setSpeed(SPEEDS[this.speed.value]),
      },
      ...SPEEDS.map((speed, k) => h("option", { value: k, selected: speed === player.speed }, speed.name)),
    );
    this.stop = h("select", {
      class: "stop seldom",
      title: "When Play stops by itself",
      "aria-label": "Stop",
      onchange: () => player.setStop(STOPS[this.stop.selectedIndex]),
    });
    this.stopsOf = /** @type {any} */ (undefined); // the run whose stops are to choose from
    this.onButton = h(
      "button",
      {
        type: "button",
        class: "words seldom",
        title: "At the end of a run: train it for as many epochs again",
        onclick: () => player.trainOn(),
      },
      "Train on",
    );
    this.undoButton = signed("undo", "Undo", "", () => this.undo());
    this.undone = null; // what it would take back
    this.copyButton = signed("link", "Copy link", "Copy a link that opens this run at this moment", () =>
      this.copyLink(),
    );
    this.cells = {};
    this.labels = {};
    const cell = (name, label) =>
      h("span", { class: "cell" }, (this.labels[name] = h("small", {}, label)), (this.cells[name] = h("b", {}, "–")));
    this.readout = h(
      "div",
      { class: "readout" },
      cell("where", "Now at"),
      cell("train", "Training loss"),
      cell("test", "Test loss"),
      cell("trainScore", "Training accuracy"),
      cell("testScore", "Test accuracy"),
    );
    this.viewButton = h("button", { type: "button", class: "words view seldom", onclick: () => this.changeView() });
    /** @type {import("./sentence.js").Part[]} */
    this.parts = []; // of the plain sentence that stands in `words`
    this.pieces = []; // the element of each part
    this.isPlain = false; // whether the sentence is in plain words
    this.words = h("span", {});
    this.cureButton = h("button", { type: "button", class: "words", hidden: true, onclick: () => this.act("calm") });
    this.sentence = h("p", { class: "sentence" }, this.words, this.cureButton);
    this.spoken = h("p", { class: "spoken", role: "status", "aria-live": "polite" });
    const buttons = h(
      "div",
      { class: "buttons", role: "toolbar", "aria-label": "Training" },
      button("reset", "Reset", "Reset: the same first weights again", () => player.reset()),
      button("back", "Back", "Back (Left arrow; with Shift a whole epoch)", (e) =>
        player.stepBy(-1, e.shiftKey || player.byEpoch),
      ),
      this.playButton,
      button("step", "Step", "Step (Right arrow; with Shift a whole epoch)", (e) =>
        player.stepBy(1, e.shiftKey || player.byEpoch),
      ),
      moreButton("speed, other first weights, and what else there is"),
      this.onButton,
      this.unit,
      this.speed,
      this.stop,
      h(
        "button",
        {
          type: "button",
          class: "words seldom",
          title: "Other first weights and another order of the mini-batches",
          onclick: () => this.act("new_seed"),
        },
        "New seed",
      ),
      this.undoButton,
      this.copyButton,
      this.viewButton,
    );
    this.element = h("div", { class: "transport" }, buttons, this.readout, this.sentence, this.spoken);
  }

  act(action) {
    this.player.tell({ action });
  }

  undo() {
    const { player } = this;
    if (this.undone && !player.wish) this.say(`Undone: ${this.undone}.`);
    this.act("undo");
  }

  drawUndo(what) {
    if (what === this.undone) return;
    this.undone = what;
    this.undoButton.disabled = !what;
    this.undoButton.title = what ? `Undo: ${what} (Ctrl+Z)` : "Takes the last change of settings back (Ctrl+Z)";
  }

  changeView() {
    this.act(this.isPlain ? "show_everything" : "show_less");
  }

  // Simple has no choice of how far Step goes: it is a mini-batch.
  /** @param {import("./types.d.ts").View} view */
  setView(view) {
    this.isPlain = view !== "full";
    tell(this.viewButton, this.isPlain ? "Show everything" : "Show less");
    this.viewButton.title = this.isPlain
      ? "All charts and settings: weights, gradients, accuracy, other optimizers and more"
      : "Only the picture, the network and the loss";
    if (this.isPlain) [this.player.byEpoch, this.unit.value] = [false, "batch"];
    this.parts = [];
    this.said = null;
  }

  // Numbers change with every frame, words more slowly; the plain sentence is nothing but numbers while it plays.
  draw(now) {
    const { player } = this;
    const moving = player.moving;
    if (this.shown !== moving) {
      this.shown = moving;
      this.playButton.replaceChildren(this.playIcons[moving ? "pause" : "play"], moving ? "Pause" : "Play");
      this.playButton.title = moving ? "Pause (Space)" : "Play (Space); at the end it plays again from the start";
    }
    const { row, run } = player;
    player.deeds.forEach((deed) => this.visitor.did(deed));
    const speed = String(SPEEDS.indexOf(player.speed));
    if (this.speed.value !== speed) this.speed.value = speed; // a link may have said another
    if (row) {
      const set = (name, text) => tell(this.cells[name], text);
      set("where", where(run, row));
      set("train", steady(row[TRAIN_LOSS]));
      set("test", steady(row[TEST_LOSS]));
      const regression = run.header.task === "regression";
      const score = regression ? steady : percent;
      tell(this.labels.trainScore, regression ? "Training R²" : "Training accuracy");
      tell(this.labels.testScore, regression ? "Test R²" : "Test accuracy");
      set("trainScore", score(row[TRAIN_SCORE]));
      set("testScore", score(row[TEST_SCORE]));
      this.drawUndo(player.page?.undo ?? "");
      this.onButton.disabled = moving || !player.canTrainOn;
    }
    if (row && run !== this.stopsOf) this.drawStops(run);
    const stop = STOPS.indexOf(player.stop);
    if (this.stop.selectedIndex !== stop) this.stop.selectedIndex = stop;
    const aside = this.aside();
    const key = [
      aside,
      player.state,
      run?.header.run,
      run?.verdicts.size,
      moving && !this.isPlain ? Math.floor(now / SENTENCE_EVERY_MS) : player.step,
    ].join();
    if (key !== this.said) {
      this.said = key;
      this.write(aside ?? (this.flash && now < this.flash.until ? this.flash.text : null));
      const rate = player.state === "diverged" && player.page?.ask ? run?.header.calmer_rate : null;
      hide(this.cureButton, !rate);
      if (rate) this.cureButton.textContent = `Start again with ${say(rate)}`;
      this.sentence.classList.toggle("alert", player.state === "diverged" || player.state === "disconnected");
    }
    this.speak(now);
  }

  // A sentence in plain words explains some of them: those stay where they are while the numbers between them change.
  write(instead) {
    if (instead !== null || !this.isPlain) {
      this.parts = [];
      tell(this.words, instead ?? sentence(this.player));
      return;
    }
    const parts = plainly(this.player, this.visitor, this.hasPicture);
    const same = parts.length === this.parts.length && parts.every((part, k) => alike(part, this.parts[k]));
    if (!same) {
      this.pieces = parts.map((part) => (typeof part === "string" ? h("span", {}, part) : term(part.word, part.text)));
      this.words.replaceChildren(...this.pieces);
    } else parts.forEach((part, k) => tell(place(this.pieces[k]), textOf(part)));
    this.parts = parts;
  }

  // What there is to stop at is called after the data: a share that is right, or R².
  drawStops(run) {
    this.stopsOf = run;
    this.stop.replaceChildren(...STOPS.map((stop) => h("option", {}, choiceInWords(run, stop))));
  }

  speak(now) {
    const { player } = this;
    const moment = [player.state, player.run?.header.run, player.step].join();
    if (moment !== this.stood) {
      this.stood = moment;
      this.stoodSince = now;
    }
    const calm = player.moving ? now - this.spokenAt >= SPOKEN_EVERY_MS : now - this.stoodSince >= SPOKEN_AFTER_MS;
    if (!calm) return;
    const words = this.isPlain ? inWords(plainly(player, this.visitor, this.hasPicture)) : spokenState(player);
    if (words === this.told) return;
    this.told = words;
    this.spokenAt = now;
    this.spoken.textContent = words;
  }

  say(text) {
    this.flash = { text, until: performance.now() + 2500 };
    this.spoken.textContent = text;
    this.said = null;
    setTimeout(() => (this.said = null), 2600);
    this.player.changed = true;
  }

  async copyLink() {
    const { header } = this.player.run ?? { header: { link_holds_all: true } };
    const query = queryOf(this.player, this.player.step);
    const link = location.origin + location.pathname + (query && `?${query}`);
    try {
      await navigator.clipboard.writeText(link);
      this.say(
        header.link_holds_all
          ? "The link is copied: it opens this run at this moment for anyone."
          : "The link is copied, but your data or weights are too many for it: take the experiment file along instead.",
      );
    } catch {
      window.prompt("Copy this link; it opens these settings for anyone:", link);
    }
  }
}

const textOf = (part) => (typeof part === "string" ? part : part.text);
const alike = (one, other) => (typeof one === "string" ? typeof other === "string" : one.word === other.word);
// Where the text of a part stands: in the button of one that is explained.
const place = (element) => element.querySelector("button") ?? element;
