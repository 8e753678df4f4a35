// The time machine: which run is on, which moment of it, and whether it moves. It knows no page.
//
// States, and what leads from one to the next:
//   loading       no run yet            -> playing (the opening run plays by itself) or paused
//   paused        the moment stands     -> playing (Play), scrubbing (a drag), paused (Step, Back)
//   playing       the moment moves on   -> paused (Pause, or the goal is reached), waiting, diverged, scrubbing
//   waiting       played up to the end of what has arrived, more is on its way -> playing
//   scrubbing     a hand is on the timeline -> what was before it
//   diverged      at the last finite moment of a run that broke -> paused (any earlier moment)
//   disconnected  the server has not answered for a while -> what was before, at the same moment
import { EPOCH, Recording, STEP } from "./recording.js";

export const SPEEDS = [
  { name: "Slow motion", batches: 6 },
  { name: "15 epochs/s", epochs: 15 },
  { name: "60 epochs/s", epochs: 60 },
  { name: "240 epochs/s", epochs: 240 },
  { name: "Full speed", epochs: Infinity },
];
const PATIENCE_MS = 6000; // after this long without an answer the connection counts as lost
const RETRY_MS = 3000; // a question may have been lost on the way: after this long it is put again
const SETTLE_MS = 150; // a moment that stands this long is told to the server
const KEEP_RUNS = 5;
const MOST_EPOCHS = 10_000; // in one question; the server gives what it can train in a quarter of a second

export class Player {
  constructor() {
    this.runs = new Map();
    this.run = null;
    this.step = 0;
    this.moving = false;
    this.wantsToPlay = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scrubbing = false;
    this.goal = Infinity; // the epoch at which playing stops by itself
    this.epoch = 0; // where the playhead is between two rows
    this.speed = SPEEDS[2];
    this.byEpoch = false;
    this.asked = null; // when the server was last asked for more, and it has not answered
    this.told = -1; // the moment the server knows
    this.placedAt = -Infinity; // when the moment was last set by hand
    this.wantsAnswers = false; // whether a panel is open that shows how right the network is
    this.pendingStep = null; // a single step that is on its way
    this.send = null;
    this.holding = false; // for the answer that decides from where a change counts
    this.watchers = new Set(); // told when there is something new to draw
    this.changed = true;
  }

  get changed() {
    return this.isChanged;
  }

  set changed(value) {
    this.isChanged = value;
    if (value) for (const watcher of this.watchers) watcher();
  }

  get state() {
    if (!this.run) return "loading";
    if (this.asked && performance.now() - this.asked > PATIENCE_MS) return "disconnected";
    if (this.scrubbing) return "scrubbing";
    if (this.run.header.diverged && this.step >= this.run.last) return "diverged";
    if (!this.moving) return "paused";
    return this.starved ? "waiting" : "playing";
  }

  get row() {
    return this.run?.rows.length ? this.run.at(this.step) : null;
  }

  get atEnd() {
    return this.step >= this.run.last;
  }

  // ---- what arrives from the server --------------------------------------------------------------------------
  receive({ header, floats }) {
    this.asked = null;
    this.holding = false;
    let run = this.runs.get(header.run);
    if (!run && !header.net) return this.ask({ run: header.run, have: -1 }, true);
    run ??= this.remember(header);
    Object.assign(run.header, header);
    const split = floats.length - header.singles * header.width;
    run.appendSingle(floats.subarray(split));
    if (!run.append(floats.subarray(0, split), header.after))
      return this.ask({ run: header.run, have: run.last }, true);
    run.thin(header.dense, header.stride);
    if (run !== this.run) this.follow(run);
    this.takePendingStep();
    this.changed = true;
  }

  remember(header) {
    const run = new Recording(header);
    const parent = this.runs.get(header.parent);
    if (parent && header.fork <= Math.max(parent.last, this.step)) run.startFrom(parent, header.fork);
    this.runs.set(header.run, run);
    for (const name of this.runs.keys()) {
      if (this.runs.size <= KEEP_RUNS) break;
      if (name !== header.run && name !== this.run?.header.run) this.runs.delete(name);
    }
    return run;
  }

  follow(run) {
    const { header } = run;
    if (this.run && this.run.header.run === header.instead_of && this.moving && this.step > header.moment) {
      // The change was made while the picture was further on than the server knew: let it count from here, and
      // wait here for what follows.
      this.runs.delete(header.run);
      this.holding = true;
      return this.ask({ run: header.run, refork: this.step });
    }
    const first = this.run === null;
    const kin = this.run?.header.family === header.family;
    this.run = run;
    this.told = header.moment;
    this.place(run.has(header.moment) ? header.moment : run.rows[run.indexAt(header.moment)][STEP]);
    const start = kin ? this.row[EPOCH] : 0;
    run.fillTo ??= Math.floor(start + header.goal);
    this.goal = kin && this.goal === Infinity ? Infinity : Math.ceil(start) + header.goal;
    // A run that is opened at a later moment, by a link, a file or Undo, stands there.
    const begins = header.moment === 0 || kin;
    this.moving = this.wantsToPlay && begins && (first ? header.parts === "full" : this.moving || !this.paused);
    return undefined;
  }

  // The other runs that share their beginning with this one, as far as they are held here.
  get branches() {
    return [...this.runs.values()].filter((run) => run !== this.run && run.header.family === this.run.header.family);
  }

  // ---- what the user does ------------------------------------------------------------------------------------
  play() {
    if (!this.run || (this.run.header.diverged && this.atEnd)) return;
    if (this.atGoal()) this.goal = Infinity;
    this.wantsToPlay = this.moving = true;
    this.paused = false;
    this.changed = true;
  }

  pause() {
    this.moving = this.wantsToPlay = false;
    this.paused = true;
    this.settle();
  }

  toggle() {
    if (this.moving) this.pause();
    else this.play();
  }

  // One mini-batch or one epoch forwards or back; what is not here yet is asked for and shown when it comes.
  stepBy(direction, whole = this.byEpoch) {
    if (!this.run) return;
    this.halt();
    const per = this.run.header.steps_per_epoch;
    if (!whole) return this.goTo(this.step + direction);
    const k = this.run.indexAt(this.step);
    const between = this.run.rows[k][STEP] < this.step;
    const to = direction > 0 ? k + 1 : between ? k : k - 1;
    if (to < this.run.rows.length) return this.place(this.run.rows[Math.max(0, to)][STEP]);
    return this.goTo(this.run.last + per);
  }

  goTo(step) {
    const wanted = Math.max(0, step);
    if (this.run.has(wanted)) return this.place(wanted);
    if (wanted > this.run.last && this.run.header.diverged) return this.place(this.run.last);
    this.pendingStep = wanted;
    const per = this.run.header.steps_per_epoch;
    const near = [Math.max(0, wanted - per), wanted + per];
    this.ask({ single: near, want: wanted > this.run.last ? 1 : 0 }, true);
    return undefined;
  }

  takePendingStep() {
    if (this.pendingStep === null) return;
    if (this.run.has(this.pendingStep)) this.place(this.pendingStep);
    else if (this.run.header.reached < this.run.last)
      return this.goTo(this.pendingStep); // a server started anew catches up
    else if (!this.run.header.diverged) return;
    this.pendingStep = null;
  }

  reset() {
    this.halt();
    this.place(0);
    this.ask({ action: "reset" }, true);
  }

  // The recorded moment nearest to an epoch.
  scrubTo(epoch) {
    const rows = this.run.rows;
    const k = this.run.indexAt(epoch, EPOCH);
    const next = rows[Math.min(k + 1, rows.length - 1)];
    this.place(epoch - rows[k][EPOCH] > next[EPOCH] - epoch ? next[STEP] : rows[k][STEP]);
  }

  beginScrub() {
    this.scrubbing = true;
    this.halt();
  }

  endScrub() {
    this.scrubbing = false;
    this.settle();
  }

  halt() {
    this.moving = false;
    this.paused = true;
  }

  setSpeed(speed) {
    this.speed = speed;
    this.changed = true;
  }

  place(step) {
    this.step = step;
    this.epoch = this.row?.[EPOCH] ?? 0;
    this.changed = true;
    this.settle();
  }

  // ---- time --------------------------------------------------------------------------------------------------
  // Called once for each painted frame with the seconds since the last one.
  tick(seconds) {
    if (this.asked && performance.now() - this.sentAt > RETRY_MS) this.askAgain();
    if (this.holding || !this.run?.rows.length) return;
    if (!this.moving) return this.fillAhead();
    const dt = Math.min(seconds, 0.1);
    const before = this.step;
    if (this.speed.batches) this.tickBatches(dt);
    else this.tickEpochs(dt);
    if (this.step !== before) this.changed = true;
    if (this.atGoal() || (this.run.header.diverged && this.atEnd)) {
      this.moving = false;
      this.changed = true;
      this.settle();
    }
    return undefined;
  }

  // The first answer holds little, so that the picture comes soon. What the run would play by itself is fetched in
  // any case: a timeline that stands can be dragged that far.
  fillAhead() {
    if (!this.filled) this.ask({ want: Math.ceil(this.run.fillTo - this.run.lastEpoch) });
  }

  get filled() {
    return this.run.header.diverged || this.run.lastEpoch >= this.run.fillTo;
  }

  tickEpochs(dt) {
    const { run } = this;
    const ahead = run.lastEpoch - this.epoch;
    const full = this.speed.epochs === Infinity;
    // A server that is late slows the run down before it stops it: the picture moves on while it waits.
    const late = !full && run.lastEpoch < this.goal && !run.header.diverged;
    const most = full ? Math.max(60, ahead / 0.4) : this.speed.epochs;
    const rate = late ? Math.min(most, Math.max(15, ahead / 0.5)) : most;
    this.epoch = Math.min(this.epoch + rate * dt, run.lastEpoch, this.goal);
    this.step = Math.max(this.step, run.rows[run.indexAt(this.epoch, EPOCH)][STEP]);
    this.starved = this.epoch >= run.lastEpoch && !this.atGoal();
    const want = full ? MOST_EPOCHS : Math.ceil(2 * most);
    if (ahead < want / 2 && run.lastEpoch < this.goal) {
      this.ask({ want: Math.ceil(Math.min(want, this.goal - run.lastEpoch)) });
    }
  }

  tickBatches(dt) {
    this.fraction = (this.fraction ?? 0) + this.speed.batches * dt;
    if (this.fraction < 1) return;
    const { run } = this;
    const per = run.header.steps_per_epoch;
    this.starved = !run.has(this.step + 1);
    if (!this.starved) {
      this.fraction = 0;
      this.step += 1;
      this.epoch = this.row[EPOCH];
    }
    const soon = this.step + 2 * this.speed.batches;
    if (!run.has(soon)) this.ask({ single: [this.step, soon + per], want: soon > run.last ? 2 : 0 });
  }

  atGoal() {
    return this.run && this.epoch >= this.goal;
  }

  // ---- the server --------------------------------------------------------------------------------------------
  // One question at a time, except for what the user waits for.
  ask(question, urgent = false) {
    if (!this.send || (this.asked && !urgent)) return;
    this.asked ??= performance.now();
    this.question = { ...question, serial: (this.question?.serial ?? 0) + 1 };
    this.put();
  }

  // Settings may arrive twice and change nothing the second time; an action may not.
  askAgain() {
    delete this.question.action;
    this.put();
  }

  put() {
    this.sentAt = performance.now();
    this.told = this.step;
    const { step: moment, wantsAnswers: answers } = this;
    this.send({ run: this.run?.header.run ?? null, moment, have: this.run?.last ?? -1, answers, ...this.question });
  }

  // Tell the server the moment once it has stood for a little while, and fetch the steps around it that are not here.
  // Where the page follows the moment, a single step is told at once, and only those that follow closely wait.
  settle() {
    const now = performance.now();
    const wait = this.run?.header.parts === "timeline" && now - this.placedAt > SETTLE_MS ? 0 : SETTLE_MS;
    this.placedAt = now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.moving || this.scrubbing || !this.run || this.told === this.step) return;
      const per = this.run.header.steps_per_epoch;
      const within = (reach) => [Math.max(0, this.step - reach), this.step + reach];
      const held = within(Math.ceil(per / 2)).every((step) => this.run.has(Math.min(step, this.run.last)));
      this.ask(held ? {} : { single: within(per) }, true);
    }, wait);
  }
}
