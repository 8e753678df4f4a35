// The time machine: which run is on, which moment of it, and whether it moves (state.js). It knows no page.
import { EPOCH, Recording, STEP } from "./recording.js";
import { begin, isMoving, nameOf, next } from "./state.js";

/** @import { Header, Message, Question } from "./types.d.ts" */
/** @import { Event } from "./state.js" */
/** @typedef {{name: string, epochs?: number, batches?: number}} Speed so many of them in a second */

/** @type {Speed[]} */
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
  /**
   * @param {{calm?: boolean, clock?: {now: () => number}}} options calm: the first run does not begin to play by itself
   */
  constructor({ calm = false, clock = performance } = {}) {
    this.clock = clock; // in milliseconds
    this.status = begin(!calm);
    /** @type {Map<string, Recording>} */
    this.runs = new Map();
    /** @type {Recording | null} */
    this.run = null;
    this.step = 0;
    this.epoch = 0; // where the playhead is between two rows
    this.goal = Infinity; // the epoch at which playing stops by itself
    this.speed = SPEEDS[2];
    this.fraction = 0; // of the next mini-batch, in slow motion
    this.byEpoch = false;
    /** @type {number | null} */
    this.pendingStep = null; // a single step that is on its way
    this.wantsAnswers = false; // whether a panel is open that shows how right the network is
    this.placedAt = -Infinity; // when the moment was last set by hand
    /** @type {{send: (question: Question) => void} | null} */
    this.transport = null; // the way to the server
    /** @type {Partial<Question>} */
    this.question = {}; // what was asked last
    /** @type {Partial<Question> | null} */
    this.later = null; // what waits until something that was to be done has been done
    this.serial = 0;
    this.askedAt = 0; // since when an answer has been awaited
    this.sentAt = 0; // when the question was last put
    this.told = -1; // the moment the server knows
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Set<() => void>} */
    this.watchers = new Set(); // told when there is something new to draw
    this.isChanged = true;
  }

  get changed() {
    return this.isChanged;
  }

  set changed(value) {
    this.isChanged = value;
    if (value) for (const watcher of this.watchers) watcher();
  }

  get state() {
    return nameOf(this.status);
  }

  get moving() {
    return isMoving(this.status);
  }

  get scrubbing() {
    return this.status.mode === "scrubbing";
  }

  get asked() {
    return this.status.line !== "idle";
  }

  get row() {
    return this.run?.rows.length ? this.run.at(this.step) : null;
  }

  get broken() {
    return this.run !== null && this.run.header.diverged !== null && this.step >= this.run.last;
  }

  // At the last moment of a run that goes no further.
  get atEnd() {
    return this.run !== null && this.run.ended && this.step >= this.run.last;
  }

  get atGoal() {
    return this.epoch >= this.goal;
  }

  /** @param {Event["type"]} type */
  happen(type, begins = false) {
    this.status = next(this.status, /** @type {Event} */ ({ type, begins, broken: this.broken }));
  }

  // ---- what arrives from the server --------------------------------------------------------------------------
  /** @param {Message} message */
  receive({ header, floats }) {
    // Other answers may be on their way still; a page that was drawn anew answers whatever was asked.
    if (header.serial === this.serial || header.serial === 0) this.happen("answer");
    let run = this.runs.get(header.run);
    if (!run && !header.net) return this.ask({ run: header.run, have: -1 }, true);
    run ??= this.remember(/** @type {Header} */ (header));
    Object.assign(run.header, header);
    const split = floats.length - header.singles * header.width;
    run.appendSingle(floats.subarray(split));
    if (!run.append(floats.subarray(0, split), header.after))
      return this.ask({ run: header.run, have: run.last }, true);
    run.thin(header.dense, header.stride);
    if (run !== this.run) this.follow(run);
    this.takePendingStep();
    this.happen("moved");
    this.changed = true;
    if (this.later && !this.asked) this.ask(this.later, true);
  }

  /** @param {Header} header */
  remember(header) {
    const run = new Recording(header);
    const parent = header.parent === null ? undefined : this.runs.get(header.parent);
    if (parent && header.fork <= Math.max(parent.last, this.step)) run.startFrom(parent, header.fork);
    this.runs.set(header.run, run);
    for (const name of this.runs.keys()) {
      if (this.runs.size <= KEEP_RUNS) break;
      if (name !== header.run && name !== this.run?.header.run) this.runs.delete(name);
    }
    return run;
  }

  /** @param {Recording} run */
  follow(run) {
    const { header } = run;
    if (this.run && this.run.header.run === header.instead_of && this.moving && this.step > header.moment) {
      // The change was made while the picture was further on than the server knew: let it count from here, and
      // wait here for what follows.
      this.runs.delete(header.run);
      this.happen("hold");
      return this.ask({ run: header.run, refork: this.step });
    }
    const first = this.run === null;
    const kin = this.run?.header.family === header.family;
    this.run = run;
    this.told = header.moment;
    this.place(run.has(header.moment) ? header.moment : run.rows[run.indexAt(header.moment)][STEP]);
    const start = kin ? this.epoch : 0;
    run.fillTo ??= Math.floor(start + header.goal);
    this.goal = kin && this.goal === Infinity ? Infinity : Math.ceil(start) + header.goal;
    // A run that is opened at a later moment, by a link, a file or Undo, stands there.
    this.happen("opened", (header.moment === 0 || kin) && (!first || header.parts === "full"));
    return undefined;
  }

  // The other runs that share their beginning with this one, as far as they are held here.
  get branches() {
    const { run } = this;
    return [...this.runs.values()].filter((other) => other !== run && other.header.family === run?.header.family);
  }

  // ---- what the user does ------------------------------------------------------------------------------------
  play() {
    if (!this.run || this.atEnd) return;
    if (this.atGoal) this.goal = Infinity;
    this.happen("play");
    this.changed = true;
  }

  pause() {
    this.halt();
    this.settle();
  }

  toggle() {
    if (this.moving) this.pause();
    else this.play();
  }

  halt() {
    this.happen("halt");
  }

  // One mini-batch or one epoch forwards or back; what is not here yet is asked for and shown when it comes.
  stepBy(/** @type {1 | -1} */ direction, whole = this.byEpoch) {
    const { run } = this;
    if (!run) return;
    this.halt();
    if (!whole) return this.goTo(this.step + direction);
    const k = run.indexAt(this.step);
    const between = run.rows[k][STEP] < this.step;
    const to = direction > 0 ? k + 1 : between ? k : k - 1;
    if (to < run.rows.length) return this.place(run.rows[Math.max(0, to)][STEP]);
    return this.goTo(run.last + run.header.steps_per_epoch);
  }

  goTo(/** @type {number} */ step) {
    const { run } = this;
    if (!run) return;
    const wanted = Math.max(0, step);
    if (run.has(wanted)) return this.place(wanted);
    if (wanted > run.last && run.ended) return this.place(run.last);
    this.pendingStep = wanted;
    const per = run.header.steps_per_epoch;
    const near = [Math.max(0, wanted - per), wanted + per];
    this.ask({ single: near, want: wanted > run.last ? 1 : 0 }, true);
    return undefined;
  }

  takePendingStep() {
    const { run, pendingStep } = this;
    if (!run || pendingStep === null) return;
    if (run.has(pendingStep)) this.place(pendingStep);
    else if (run.header.reached < run.last)
      return this.goTo(pendingStep); // a server started anew catches up
    else if (!run.ended) return;
    this.pendingStep = null;
  }

  reset() {
    this.halt();
    this.place(0);
    this.ask({ action: "reset" }, true);
  }

  // The recorded moment nearest to an epoch.
  scrubTo(/** @type {number} */ epoch) {
    if (!this.run) return;
    const { rows } = this.run;
    const k = this.run.indexAt(epoch, EPOCH);
    const after = rows[Math.min(k + 1, rows.length - 1)];
    this.place(epoch - rows[k][EPOCH] > after[EPOCH] - epoch ? after[STEP] : rows[k][STEP]);
  }

  beginScrub() {
    if (this.run) this.happen("grab");
  }

  endScrub() {
    this.happen("drop");
    this.settle();
  }

  setSpeed(/** @type {Speed} */ speed) {
    this.speed = speed;
    this.changed = true;
  }

  place(/** @type {number} */ step) {
    this.step = step;
    this.epoch = this.row?.[EPOCH] ?? 0;
    this.happen("moved");
    this.changed = true;
    this.settle();
  }

  // ---- time --------------------------------------------------------------------------------------------------
  // Called once for each painted frame with the seconds since the last one.
  tick(/** @type {number} */ seconds) {
    this.listen();
    const { run } = this;
    if (!run?.rows.length || this.status.mode === "holding") return;
    if (!this.moving) return this.fillAhead(run);
    const dt = Math.min(seconds, 0.1);
    const before = this.step;
    if (this.speed.batches) this.tickBatches(run, this.speed.batches, dt);
    else this.tickEpochs(run, this.speed.epochs ?? Infinity, dt);
    if (this.step !== before) this.changed = true;
    if (this.atGoal || this.atEnd) {
      this.happen("end");
      this.changed = true;
      this.settle();
    }
    return undefined;
  }

  // A question may have been lost on its way, and a server may be gone.
  listen() {
    if (!this.asked) return;
    const now = this.clock.now();
    if (now - this.askedAt > PATIENCE_MS) this.happen("silence");
    if (now - this.sentAt > RETRY_MS) this.askAgain();
  }

  // The first answer holds little, so that the picture comes soon. What the run would play by itself is fetched in
  // any case: a timeline that stands can be dragged that far.
  fillAhead(/** @type {Recording} */ run) {
    if (!this.filled) this.ask({ want: Math.ceil((run.fillTo ?? 0) - run.lastEpoch) });
  }

  get filled() {
    return this.run !== null && (this.run.ended || this.run.lastEpoch >= (this.run.fillTo ?? 0));
  }

  tickEpochs(/** @type {Recording} */ run, /** @type {number} */ perSecond, /** @type {number} */ dt) {
    const ahead = run.lastEpoch - this.epoch;
    const full = perSecond === Infinity;
    // A server that is late slows the run down before it stops it: the picture moves on while it waits.
    const late = !full && run.lastEpoch < this.goal && !run.ended;
    const most = full ? Math.max(60, ahead / 0.4) : perSecond;
    const rate = late ? Math.min(most, Math.max(15, ahead / 0.5)) : most;
    this.epoch = Math.min(this.epoch + rate * dt, run.lastEpoch, this.goal);
    this.step = Math.max(this.step, run.rows[run.indexAt(this.epoch, EPOCH)][STEP]);
    this.happen(this.epoch >= run.lastEpoch && !this.atGoal ? "starve" : "feed");
    const want = full ? MOST_EPOCHS : Math.ceil(2 * most);
    if (ahead < want / 2 && run.lastEpoch < this.goal && !run.ended) {
      this.ask({ want: Math.ceil(Math.min(want, this.goal - run.lastEpoch)) });
    }
  }

  tickBatches(/** @type {Recording} */ run, /** @type {number} */ perSecond, /** @type {number} */ dt) {
    this.fraction += perSecond * dt;
    if (this.fraction < 1) return;
    const here = run.has(this.step + 1);
    this.happen(here ? "feed" : "starve");
    if (here) {
      this.fraction = 0;
      this.step += 1;
      this.epoch = run.at(this.step)[EPOCH];
    }
    const soon = this.step + 2 * perSecond;
    const ahead = Array.from({ length: soon - this.step }, (_, k) => this.step + 1 + k);
    if (ahead.every((step) => run.has(step) || (run.ended && step > run.last))) return;
    this.ask({ single: [this.step, soon + run.header.steps_per_epoch], want: soon > run.last ? 2 : 0 });
  }

  // ---- the server --------------------------------------------------------------------------------------------
  connect(/** @type {{send: (question: Question) => void}} */ transport) {
    this.transport = transport;
  }

  // One question at a time, except for what the user waits for. A question may take the place of one that has not
  // reached the server yet: where that was to do something, it goes first.
  ask(/** @type {Partial<Question>} */ question, urgent = false) {
    if (!this.transport || (this.asked && !urgent)) return;
    this.later = this.asked && acts(this.question) && !acts(question) ? question : null;
    if (this.later) return;
    if (!this.asked) this.askedAt = this.clock.now();
    this.happen("ask");
    this.serial += 1;
    this.question = { ...question };
    this.put();
  }

  // Settings may arrive twice and change nothing the second time; an action may not.
  askAgain() {
    delete this.question.action;
    this.put();
  }

  put() {
    this.sentAt = this.clock.now();
    this.told = this.step;
    this.transport?.send({
      serial: this.serial,
      run: this.run?.header.run ?? null,
      moment: this.step,
      have: this.run?.last ?? -1,
      answers: this.wantsAnswers,
      ...this.question,
    });
  }

  // Tell the server the moment once it has stood for a little while, and fetch the steps around it that are not here.
  // Where the page follows the moment, a single step is told at once, and only those that follow closely wait.
  settle() {
    const now = this.clock.now();
    const wait = this.run?.header.parts === "timeline" && now - this.placedAt > SETTLE_MS ? 0 : SETTLE_MS;
    this.placedAt = now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), wait);
  }

  tell() {
    const { run, step } = this;
    if (this.moving || this.scrubbing || !run || this.told === step) return;
    const within = (/** @type {number} */ reach) => [Math.max(0, step - reach), step + reach];
    const per = run.header.steps_per_epoch;
    const held = within(Math.ceil(per / 2)).every((one) => run.has(Math.min(one, run.last)));
    this.ask(held ? {} : { single: within(per) }, true);
  }
}

/** @type {(question: Partial<Question>) => boolean} */
const acts = ({ action, change, edit, branch, refork }) =>
  [action, change, edit, branch, refork].some((deed) => deed !== undefined);
