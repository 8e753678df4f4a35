// The timeline: the loss curve as a track, and a playhead that is dragged, clicked, or moved by keys.
import { Curves } from "./curves.js";
import { h, tell } from "../shared/dom.js";
import { term } from "../shared/notes.js";
import { DASHES, runColour, runMark } from "../shared/runs.js";
import { EPOCH, STEP, TEST_LOSS, TRAIN_LOSS } from "./recording.js";
import { where } from "./sentence.js";
import { judged } from "./stops.js";
import { steady } from "../shared/format.js";

const SLOP = 8; // pixels across, from which on a finger drags
const SIGNS = { drop: "↓", plateau: "–", jumps: "↕", overfitting: "↗", death: "×", change: "◆", edit: "✎", stop: "■" };

export class Timeline extends Curves {
  constructor(player) {
    super({
      name: "timeline",
      title: "Timeline: drag the loss curve",
      margin: { l: 44, r: 14, t: 4, b: 18 },
      lines: (run, theme) => this.linesOf(theme),
      yaxis: () => ({ type: this.scale, rangemode: this.scale === "linear" ? "tozero" : "normal" }),
    });
    this.player = player;
    this.scale = "linear";
    this.branchesDrawn = null; // of what the chips and the marks were made, as texts to compare
    this.marksDrawn = null;
    this.scaleButton = h(
      "button",
      {
        type: "button",
        class: "words small",
        title: "Linear or logarithmic loss axis",
        onclick: () => this.switchScale(),
      },
      "Log scale",
    );
    this.fork = new ForkHere(player);
    this.chips = h("span", { class: "chips", role: "group", "aria-label": "Branches" });
    this.named.replaceChildren("Timeline: drag the ", term("Loss", "loss"), " curve");
    this.room = h("span", { class: "made-room" });
    this.anew = h(
      "button",
      {
        ...{ type: "button", class: "words small", hidden: true, onclick: () => player.anew() },
        title: "Train with these settings from the first weights on; the runs so far stay, to compare with",
      },
      "The same from the start",
    );
    this.branches = h("div", { class: "branches", hidden: true }, this.chips, this.anew, this.room);
    this.title.after(h("div", { class: "tools" }, this.scaleButton, this.fork.element), this.branches);
    this.handle = h("div", {
      class: "handle",
      role: "slider",
      tabindex: "0",
      "aria-label": "Moment of the run",
      "aria-valuemin": "0",
      "aria-valuenow": "0",
    });
    this.cursor.append(h("div", { class: "knob" }));
    this.marks = h("div", { class: "marks" });
    this.box.append(this.handle, this.marks);
    /** @type {{x: number, y: number} | null} */
    this.touched = null; // where a finger has come down that may be on its way to scroll
    // A mark is pressed by itself, but a finger that comes down on it may be on its way as well.
    const down = (event) => {
      if (!player.run) return;
      if (event.pointerType === "touch") this.touched = { x: event.clientX, y: event.clientY };
      else if (event.currentTarget === this.handle) this.take(event);
    };
    for (const element of [this.handle, this.marks]) element.addEventListener("pointerdown", down);
    const move = (event) => {
      const { x, y } = this.touched ?? { x: event.clientX, y: event.clientY };
      const across = Math.abs(event.clientX - x);
      if (across > SLOP && across > Math.abs(event.clientY - y)) this.take(event);
      else if (player.scrubbing) this.drag(event);
    };
    this.handle.addEventListener("pointermove", move);
    this.marks.addEventListener("pointermove", (event) => this.touched && move(event));
    for (const end of ["pointerup", "pointercancel"])
      // a tap goes to the mark
      this.marks.addEventListener(end, () => (this.touched = null));
    this.handle.addEventListener("pointerup", (event) => {
      if (this.touched) this.take(event);
      if (player.scrubbing) player.endScrub();
    });
    this.handle.addEventListener("pointercancel", () => {
      this.touched = null;
      if (player.scrubbing) player.endScrub();
    });
  }

  others() {
    return this.player.branches;
  }

  // Beside others a run is drawn in its own colour, as on the page Compare: bold the test loss, thin the training loss.
  linesOf(theme) {
    const { branch } = this.player;
    const [train, test] = [
      { name: "training loss", of: (row) => row[TRAIN_LOSS] },
      { name: "test loss", of: (row) => row[TEST_LOSS] },
    ];
    if (!branch)
      return [
        { ...train, colour: theme.train },
        { ...test, colour: theme.test, dash: "dot" },
      ];
    const colour = runColour(theme, branch.colour);
    return [
      { ...train, colour, width: 0.9 },
      { ...test, colour, width: 2.6, dash: DASHES[branch.colour] },
    ];
  }

  setRun(run) {
    super.setRun(run);
    this.fork.setRun(run);
  }

  // One chip for each branch, in its colour, with its loss at the epoch shown, or at its last one before that. Where all
  // are still the same run, each tells what it comes to.
  drawBranches(row, theme) {
    const { branches, made_room: room } = this.player.page;
    const key = JSON.stringify([branches, this.player.run.header.run, theme.dark]);
    const isNew = key !== this.branchesDrawn;
    if (isNew) {
      this.branchesDrawn = key;
      const chip = ({ run, title, colour }) =>
        h(
          "button",
          {
            type: "button",
            class: "small",
            "aria-pressed": String(run === this.player.run.header.run),
            title: `Go to ${title}`,
            onclick: () => this.player.tell({ branch: run }),
          },
          runMark(theme, colour),
          h("span", {}, title),
          h("b", { "data-run": run }),
        );
      this.chips.replaceChildren(...(branches.length > 1 ? branches.map(chip) : []));
      this.branches.hidden = branches.length < 2;
      this.anew.hidden = !this.player.run.header.fork; // it has begun at the start already
    }
    tell(this.room, room);
    const places = [...this.chips.querySelectorAll("b")];
    const runs = places.map((place) => this.player.runs.get(/** @type {string} */ (place.dataset.run)));
    const areOne = runs.every((run) => !run || run.header.parent === null || row[STEP] <= run.header.fork);
    const epoch = areOne ? Infinity : row[EPOCH];
    places.forEach((place, k) => {
      const run = runs[k];
      const at = run?.rows.length ? run.rows[run.indexAt(epoch, EPOCH)] : null;
      const isThen = areOne || (run && run.lastEpoch < epoch - 1);
      tell(place, at ? steady(at[judged(run, "loss")]) + (isThen ? ` at epoch ${Math.round(at[EPOCH])}` : "") : "");
    });
    if (isNew) this.scrollToChip();
  }

  // The row of chips is scrolled to that of the run on screen, where it is too long; the end of the one before looks out.
  scrollToChip() {
    const shown = this.player.page.branches.findIndex(({ run }) => run === this.player.run.header.run);
    const chip = this.chips.children[shown];
    if (!chip) return;
    const left = chip.getBoundingClientRect().left - this.chips.getBoundingClientRect().left;
    this.branches.scrollLeft = left - this.branches.clientWidth / 8;
  }

  // Marks where something happened: hover says what, a click goes there.
  drawMarks() {
    const { run } = this.player;
    const { span } = this;
    if (!span) return;
    const shown = run.header.marks
      .filter((mark) => mark.epoch <= span.end)
      .map((mark) => ({
        ...mark,
        place: this.isLow(run.rows[run.indexAt(mark.epoch, EPOCH)]) ? "above" : "below",
      }));
    const key = JSON.stringify([shown, span, this.margin]);
    if (key === this.marksDrawn) return;
    this.marksDrawn = key;
    const inner = span.width - this.margin.l - this.margin.r;
    const mark = ({ epoch, kind, text, place }) => {
      const label = `Epoch ${Math.round(epoch)}: ${text}`;
      const at = `calc(${this.margin.l + (inner * epoch) / span.end}px - 0.5625rem)`;
      const style = `--at: ${at}; --least: ${this.margin.l}px; --most: ${this.margin.r}px`;
      const go = () => {
        this.player.halt();
        this.player.scrubTo(epoch);
      };
      return h(
        "button",
        { type: "button", class: `mark ${kind} ${place}`, style, title: label, "aria-label": label, onclick: go },
        SIGNS[kind] ?? "•",
      );
    };
    this.marks.replaceChildren(...shown.map(mark));
  }

  // Whether the curve runs through the lower half of the plane there, as it is drawn.
  isLow(row) {
    const axis = /** @type {any} */ (this.plot)._fullLayout?.yaxis;
    return Boolean(axis && row) && axis.d2p(row[TRAIN_LOSS]) > axis._length / 2;
  }

  // From here on the hand moves time.
  take(event) {
    this.touched = null;
    this.handle.setPointerCapture(event.pointerId);
    this.player.beginScrub();
    this.drag(event);
  }

  drag(event) {
    this.player.scrubTo(Math.max(0, this.epochAt(event.clientX)));
  }

  switchScale() {
    this.player.look.scale = this.scale === "linear" ? "log" : "linear";
    this.player.changed = true;
  }

  // Where nothing was chosen, a run that breaks has a logarithmic axis: on a linear one there is but its last moment.
  drawChart(Plotly, theme, goal) {
    this.scale = this.player.look.scale || (this.run?.header.diverged ? "log" : "linear");
    tell(this.scaleButton, this.scale === "linear" ? "Log scale" : "Linear scale");
    return super.drawChart(Plotly, theme, goal);
  }

  drawPlayhead(row, theme) {
    this.moveCursor(row[EPOCH]);
    this.drawBranches(row, theme);
    this.drawMarks();
    const { run } = this.player;
    const now = where(run, row);
    if (this.handle.getAttribute("aria-valuetext")?.startsWith(`${now},`)) return;
    this.handle.setAttribute("aria-valuemax", String(run.last));
    this.handle.setAttribute("aria-valuenow", String(row[0]));
    this.handle.setAttribute(
      "aria-valuetext",
      `${now}, training loss ${steady(row[TRAIN_LOSS])}, test loss ${steady(row[TEST_LOSS])}`,
    );
  }
}

// Change one setting from this moment on; the run so far stays as a branch to compare with.
class ForkHere {
  constructor(player) {
    this.player = player;
    this.live = []; // the settings that may change in mid-run
    this.setting = h("select", { "aria-label": "Setting to change from here on", onchange: () => this.fillValues() });
    this.value = h("select", { "aria-label": "Its new value" });
    const go = h("button", { type: "button", class: "small", onclick: () => this.go() }, "Fork");
    this.element = h(
      "details",
      { class: "fork" },
      h("summary", { title: "Change one setting from this moment on" }, "Fork here"),
      this.setting,
      this.value,
      go,
    );
  }

  setRun(run) {
    this.live = run.header.settings.live;
    this.setting.replaceChildren(...this.live.map((s) => h("option", { value: s.name }, s.label)));
    this.setting.value = "learning_rate";
    this.fillValues();
  }

  fillValues() {
    const chosen = this.live.find((s) => s.name === this.setting.value);
    this.value.replaceChildren(...chosen.values.map((v, k) => h("option", { value: k }, String(v) || "none")));
    const above = chosen.values.findIndex((v) => v > chosen.now);
    this.value.value = String(Math.max(0, above));
  }

  go() {
    const chosen = this.live.find((s) => s.name === this.setting.value);
    this.element.open = false;
    this.player.tell({ change: { [chosen.name]: chosen.values[this.value.value] } });
  }
}
