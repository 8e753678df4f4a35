// The audience's page: it draws the moment of the large screen on the phone itself. Whoever likes lets go, looks around
// alone, and comes back.
import { h, tell } from "../shared/dom.js";
import { EPOCH, STEP } from "../stage/recording.js";
import { Line } from "./room.js";
import { View } from "./view.js";
import { Walk } from "./walk.js";

/** @import { Recording } from "../stage/recording.js" */
/** @import { Talk } from "./script.js" */

const FINE_AFTER_MS = 80;
const STATES = {
  open: "",
  lost: "The connection is lost; it comes back by itself.",
  closed: "The talk is over.",
};

export class Follower {
  /** @param {HTMLElement} place @param {Talk} talk @param {Recording[]} runs @param {string} room */
  constructor(place, talk, runs, room) {
    this.runs = runs;
    this.talk = talk;
    this.walk = new Walk(talk.scenes);
    this.view = new View(place, talk, runs);
    this.laser = h("div", { class: "laser", hidden: true });
    this.view.element.append(this.laser);
    this.view.vote = (k) => {
      this.line.send({ vote: k });
      this.wake();
    };
    this.told = null; // the speaker's moment, last
    this.alone = false; // whether this phone goes its own way
    this.received = 0;
    this.loop = 0;
    this.before = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.rest = undefined;
    const button = (words, act) => h("button", { type: "button", onclick: act }, words);
    this.status = h("p", { role: "status" }, "The talk begins in a moment.");
    this.letGo = button("Explore on your own", () => this.setAlone(true));
    this.comeBack = button("Back to the speaker", () => this.setAlone(false));
    this.play = button("Play", () => this.move(() => this.walk.toggle()));
    this.track = h("input", { type: "range", min: 0, max: 1000, value: 0, "aria-label": "Epoch" });
    this.track.addEventListener("input", () => this.move(() => this.seek(this.track.valueAsNumber / 1000)));
    this.open = h("a", { target: "_blank", rel: "noopener" }, "Open in the Playground");
    this.own = h("span", { class: "own", hidden: true }, this.play, this.track, this.open, this.comeBack);
    this.bar = h("footer", { class: "follow-bar" }, this.status, this.letGo, this.own);
    place.append(this.bar);
    document.title = talk.title;
    this.view.element.classList.add("follows");
    addEventListener("resize", () => this.wake());
    this.line = new Line(`../live/${room}/follow`, {
      hear: (told) => this.hear(told),
      state: (state) => tell(this.status, STATES[state]),
    });
    this.wake();
  }

  hear(told) {
    const sameScene = this.told?.scene === told.scene;
    this.told = told;
    this.received++;
    if (!sameScene && !this.alone) this.view.voted = -1;
    if (this.alone) return;
    this.walk.follow(told);
    this.view.votes = told.votes ?? null;
    this.wake();
  }

  setAlone(/** @type {boolean} */ alone) {
    this.alone = alone;
    this.letGo.hidden = alone;
    this.own.hidden = !alone;
    if (alone) this.walk.leave();
    else if (this.told) {
      this.walk.follow(this.told);
      this.view.votes = this.told.votes ?? null;
    }
    this.wake();
  }

  move(/** @type {() => void} */ change) {
    change();
    this.wake();
  }

  // How far the runs of this scene go here.
  get end() {
    const { runs, atlas, stops } = this.talk.scenes[this.walk.scene];
    if (atlas >= 0) return this.talk.atlases[atlas].tiles.page.epochs;
    if (!runs.length) return 0;
    return Math.max(this.runs[runs[0]].lastEpoch, ...stops.map(({ at }) => at));
  }

  seek(/** @type {number} */ share) {
    this.walk.playing = false;
    this.walk.epoch = share * this.end;
  }

  wake() {
    this.loop ||= requestAnimationFrame((now) => this.frame(now));
  }

  frame(/** @type {number} */ now) {
    const { walk } = this;
    this.loop = 0;
    walk.tick(this.before ? (now - this.before) / 1000 : 0);
    this.before = walk.playing ? now : 0;
    this.view.draw(walk.moment, false);
    this.drawLaser();
    this.drawBar();
    clearTimeout(this.rest);
    if (walk.playing) this.wake();
    else this.rest = setTimeout(() => this.view.draw(walk.moment, true), FINE_AFTER_MS);
  }

  // The speaker's pointer, where it is on its panel.
  drawLaser() {
    const pointer = this.alone ? null : this.told?.pointer;
    const panel = pointer && this.view.boxes[pointer[0]];
    this.laser.hidden = !panel;
    if (!panel) return;
    const [box, page] = [panel.getBoundingClientRect(), this.view.element.getBoundingClientRect()];
    this.laser.style.left = `${box.left - page.left + pointer[1] * box.width}px`;
    this.laser.style.top = `${box.top - page.top + pointer[2] * box.height}px`;
  }

  drawBar() {
    if (!this.alone) return;
    const { runs, atlas } = this.talk.scenes[this.walk.scene];
    tell(this.play, this.walk.playing ? "Pause" : "Play");
    this.play.disabled = !this.walk.play && !this.talk.scenes[this.walk.scene].stops[this.walk.stop + 1]?.play;
    this.track.disabled = !this.end;
    if (document.activeElement !== this.track || this.walk.playing)
      this.track.value = String(this.end ? (1000 * this.walk.epoch) / this.end : 0);
    this.open.hidden = !runs.length && atlas < 0;
    if (atlas >= 0) this.open.href = `../${this.talk.atlases[atlas].link}&at=${Math.round(this.walk.epoch)}`;
    if (!runs.length) return;
    const run = this.runs[runs[0]];
    const step = run.rows[run.indexAt(this.walk.epoch * (1 + 1e-6) + 1e-6, EPOCH)][STEP];
    const { link } = run.header;
    this.open.href = `../${link || "?"}${link.length > 1 ? "&" : ""}step=${step}`;
  }
}
