// The timeline: the loss curve as a track, and a playhead that is dragged, clicked, or moved by keys.
import { Curves } from "./curves.js";
import { h } from "./dom.js";
import { EPOCH, TEST_LOSS, TRAIN_LOSS } from "./recording.js";
import { where } from "./sentence.js";
import { steady } from "./theme.js";

export class Timeline extends Curves {
  constructor(player) {
    super({
      name: "timeline",
      title: "Timeline: drag the loss curve",
      margin: { l: 44, r: 14, t: 4, b: 18 },
      lines: (run, theme) => [
        { name: "training loss", colour: theme.train, of: (row) => row[TRAIN_LOSS] },
        { name: "test loss", colour: theme.test, dash: "dot", of: (row) => row[TEST_LOSS] },
      ],
      yaxis: () => ({ type: this.scale, rangemode: this.scale === "linear" ? "tozero" : "normal", nticks: 4 }),
    });
    this.player = player;
    this.scale = "linear";
    this.scaleButton = h("button", { type: "button", class: "words small", title: "Linear or logarithmic loss axis", onclick: () => this.switchScale() }, "Log scale");
    this.title.append(this.scaleButton);
    this.handle = h("div", {
      class: "handle", role: "slider", tabindex: "0", "aria-label": "Moment of the run", "aria-valuemin": "0",
    });
    this.cursor.append(h("div", { class: "knob" }));
    this.box.append(this.handle);
    this.handle.addEventListener("pointerdown", (event) => {
      if (!player.run) return;
      this.handle.setPointerCapture(event.pointerId);
      player.beginScrub();
      this.drag(event);
    });
    this.handle.addEventListener("pointermove", (event) => player.scrubbing && this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) this.handle.addEventListener(name, () => player.scrubbing && player.endScrub());
  }

  drag(event) {
    this.player.scrubTo(Math.max(0, this.epochAt(event.clientX)));
  }

  switchScale() {
    this.scale = this.scale === "linear" ? "log" : "linear";
    this.scaleButton.textContent = this.scale === "linear" ? "Log scale" : "Linear scale";
    this.player.changed = true;
  }

  drawPlayhead(row) {
    this.moveCursor(row[EPOCH]);
    const { run } = this.player;
    const now = where(run, row);
    if (this.handle.getAttribute("aria-valuetext")?.startsWith(`${now},`)) return;
    this.handle.setAttribute("aria-valuemax", String(run.last));
    this.handle.setAttribute("aria-valuenow", String(row[0]));
    this.handle.setAttribute("aria-valuetext", `${now}, training loss ${steady(row[TRAIN_LOSS])}, test loss ${steady(row[TEST_LOSS])}`);
  }
}
