// Where in its talk a speaker is: the scene, how many presses into it, the epoch, the layer that the film has come to, and
// whether one of these moves.
// It knows no page, no key and no clock.

/** @import { Play, Scene } from "./script.js" */
/**
 * All that a follower must know. `big` is the panel that fills the screen, from 1; 0 for none.
 * @typedef {{scene: number, stop: number, epoch: number, film: number, playing: boolean, black: boolean, big: number}} Moment
 */

const MOST_FRAME_SECONDS = 0.1;

export class Walk {
  /** @param {Scene[]} scenes */
  constructor(scenes) {
    this.scenes = scenes;
    this.scene = 0;
    this.stop = 0;
    this.epoch = 0;
    this.film = 0;
    this.playing = false;
    this.black = false;
    this.big = 0;
    this.stand(0, 0);
  }

  get here() {
    return this.scenes[this.scene].stops[this.stop];
  }

  // What Space plays: what this press has played, or one before it in the scene.
  /** @returns {Play | null} */
  get play() {
    const { stops } = this.scenes[this.scene];
    return stops.slice(0, this.stop + 1).findLast((stop) => stop.play)?.play ?? null;
  }

  // One press. What still moves comes to its end first.
  next() {
    const { stops } = this.scenes[this.scene];
    if (this.black) this.black = false;
    else if (this.playing) this.finish();
    else if (this.stop + 1 < stops.length) this.enter(this.scene, this.stop + 1);
    else if (this.scene + 1 < this.scenes.length) this.enter(this.scene + 1, 0);
  }

  back() {
    if (this.black) this.black = false;
    else if (this.stop > 0) this.stand(this.scene, this.stop - 1);
    else if (this.scene > 0) this.stand(this.scene - 1, Infinity);
  }

  // Forwards into a stop: what it plays begins.
  enter(/** @type {number} */ scene, /** @type {number} */ stop) {
    this.stand(scene, stop);
    const { play } = this.here;
    if (!play) return;
    this[play.what] = play.start;
    this.playing = play.end > play.start;
  }

  // At a stop as it looks once it has played; whatever does not exist is brought within the talk.
  stand(/** @type {number} */ scene, /** @type {number} */ stop) {
    const within = (/** @type {number} */ k, /** @type {number} */ n) =>
      Math.max(0, Math.min(Math.trunc(k) || 0, n - 1));
    const before = this.scene;
    this.scene = within(scene, this.scenes.length);
    const { stops } = this.scenes[this.scene];
    this.stop = within(Math.min(stop, stops.length), stops.length);
    this.epoch = this.here.at;
    this.film = this.here.film;
    this.playing = false;
    if (this.scene !== before) this.big = 0;
  }

  finish() {
    if (this.play) this[this.play.what] = this.play.end;
    this.playing = false;
  }

  toggle() {
    const { play } = this;
    const following = this.scenes[this.scene].stops[this.stop + 1];
    if (this.playing) this.playing = false;
    else if (!play) {
      if (following?.play) this.next();
    } else {
      if (this[play.what] >= play.end) this[play.what] = play.start;
      this.playing = play.end > play.start;
    }
  }

  // Let time pass; whether anything has moved.
  tick(/** @type {number} */ seconds) {
    const { play } = this;
    if (!this.playing || !play) return false;
    const dt = Math.min(seconds, MOST_FRAME_SECONDS);
    this[play.what] = Math.min(play.end, this[play.what] + ((play.end - play.start) * dt) / play.seconds);
    if (this[play.what] >= play.end) this.playing = false;
    return true;
  }

  enlarge(/** @type {number} */ number) {
    const n = this.panels;
    this.big = number === this.big || number > n ? 0 : number;
  }

  // How many panels are on show: one for each run side by side, and the others.
  get panels() {
    const others = this.here.show.filter((panel) => panel !== "picture").length;
    return others + (this.here.show.includes("picture") ? this.scenes[this.scene].runs.length : 0);
  }

  leave() {
    this.big = 0;
    this.black = false;
  }

  // ---- the place in an address, and for those who follow -----------------------------------------------------
  get hash() {
    return `scene=${this.scene + 1}${this.stop ? `.${this.stop + 1}` : ""}`;
  }

  /** @param {string} hash */
  go(hash) {
    const found = /(?:^|[#&])scene=(\d{1,4})(?:\.(\d{1,3}))?(?=&|$)/.exec(hash);
    if (found) this.stand(Number(found[1]) - 1, Number(found[2] ?? 1) - 1);
  }

  /** @returns {Moment} */
  get moment() {
    const { scene, stop, epoch, film, playing, black, big } = this;
    const short = (/** @type {number} */ x) => Math.round(1000 * x) / 1000;
    return { scene, stop, epoch: short(epoch), film: short(film), playing, black, big };
  }

  // What plays here on its own clock is left alone as long as it is about where the speaker's is.
  /** @param {Moment} moment */
  follow(moment) {
    const { scene, stop } = this;
    const before = { epoch: this.epoch, film: this.film };
    this.stand(moment.scene, moment.stop);
    const { play } = this;
    this.epoch = Number(moment.epoch) || 0;
    this.film = Number(moment.film) || 0;
    if (play && moment.playing && scene === this.scene && stop === this.stop) {
      const second = (play.end - play.start) / play.seconds;
      const own = before[play.what];
      if (Math.abs(own - this[play.what]) < 0.5 * second) this[play.what] = own;
    }
    this.playing = Boolean(moment.playing && play);
    this.black = Boolean(moment.black);
    this.big = Math.max(0, Math.trunc(moment.big) || 0);
  }
}
